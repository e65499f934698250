//go:build unix

package main

import (
	"bufio"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// within fails the test when the process lives on after a stop was asked for.
func (p *process) within(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.AfterFunc(d, func() { _ = p.cmd.Process.Kill() }) // end then returns "killed"
	defer timer.Stop()
	if err := p.end(); err != nil {
		t.Errorf("it ended with %v\n%s", err, &p.log)
	}
}

// Asked to stop while everybody talks and a page is live, it is gone in five
// seconds, says no error, and has lost nothing.
func TestTerminatedUnderLoad(t *testing.T) {
	c := newCrowd(t)
	random := rand.New(rand.NewPCG(c.seed, 0))
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := c.start()
		c.examine(p, random, 30)
		live, err := http.Get("http://" + p.page + "/api/sandbox/events")
		if err != nil {
			t.Fatal(err)
		}
		c.load(p, 60, func() error { return p.cmd.Process.Signal(signal) })
		p.within(t, stopWithin)
		_ = live.Body.Close() // the other end is gone
		if !p.quiet() {
			t.Errorf("%v: logged\n%s", signal, &p.log)
		}
		c.round++
	}
	p := c.start()
	c.examineAll(p, random)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.within(t, stopWithin)
}

// Only the owner can get at what people said: not at the folder, not at the
// file, not at the socket.
func TestDataIsPrivate(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	data := filepath.Join(t.TempDir(), "deep", "data")
	d := startDemoRun(t, "--data", data)
	for name, want := range map[string]fs.FileMode{"": 0o700, databaseFile: 0o600, chatsFile: 0o600, controlSocket: 0o600} {
		info, err := os.Stat(filepath.Join(data, name))
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != want {
			t.Errorf("%q has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
	if code := d.stop(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// A backup taken from a running program that is being written to holds all that
// was answered before it was asked for.
func TestBackupWhileRunning(t *testing.T) {
	data, target := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "copy.db")
	p := begin(t, build(t), "demo", "--listen", "127.0.0.1:0", "--data", data, "--now", "2026-12-01T10:00:00+08:00")
	write := func(place string) string {
		got, err := p.ask("luo", "反映 事由："+place+"更衣柜锁坏了 署名：保密")
		if err != nil {
			t.Error(err)
		}
		for _, s := range got {
			if r := receipt.FindStringSubmatch(s); r != nil {
				return r[1]
			}
		}
		t.Errorf("no receipt: %q", got)
		return ""
	}
	before := map[string]string{}
	for _, place := range strings.Fields("东井 西井 南井 北井") {
		before[write(place)] = place + "更衣柜锁坏了"
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = p.say("bai", "p-bai", "查询 1") // only to keep it writing
			}
		}
	}()
	code, stdout, stderr := command(t, "backup", "--data", data, target)
	if code != exitOK || stdout != target+": written and verified\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
	info, err := os.Stat(target)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	code, _, stderr = command(t, "backup", "--data", data, target)
	if after, err := os.Stat(target); code != exitFailure || !strings.Contains(stderr, "exists") || err != nil || after.ModTime() != info.ModTime() {
		t.Errorf("over an existing file: exit code %d, %q, %v", code, stderr, err)
	}
	oneLine(t, stderr)
	code, _, stderr = command(t, "backup", "--data", data, filepath.Join(data, "no", "folder.db"))
	if code != exitFailure || !strings.Contains(stderr, "the running bot could not write the backup") {
		t.Errorf("into a folder that is not there: exit code %d, %q", code, stderr)
	}
	close(stop)
	<-stopped
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.within(t, stopWithin)
	restored(t, target, "2026-12-02T10:00:00+08:00", before)
}

// A stream that is open does not keep the program from stopping, and ends.
func TestTerminatedWithOpenStream(t *testing.T) {
	p := begin(t, build(t), "demo", "--listen", "127.0.0.1:0")
	live, err := http.Get("http://" + p.page + "/api/sandbox/events")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Body.Close()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.within(t, stopWithin)
	for lines := bufio.NewScanner(live.Body); lines.Scan(); { // ends, or the test does not
	}
	if said := strings.Count(p.said.String(), "\n"); said != 5 {
		t.Errorf("printed %d lines", said)
	}
}
