package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/storage/bolt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// command runs a command line in this process.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args   string
		code   int
		stdout string // what stdout holds
		stderr string // what stderr holds; "" for nothing at all
	}{
		{"", exitOK, "Available Commands", ""},
		{"--help", exitOK, "demo ", ""},
		{"demo --help", exitOK, "--now string", ""},
		{"run --help", exitOK, "--config string", ""},
		{"register --help", exitOK, "--channel string", ""},
		{"check --help", exitOK, "--config string", ""},
		{"backup --help", exitOK, "fangzhuo backup FILE", ""},
		{"version --help", exitOK, "fangzhuo version", ""},
		{"completion --help", exitOK, "powershell", ""},
		{"version", exitOK, "fangzhuo ", ""},
		{"completion bash", exitOK, "__start_fangzhuo", ""},
		{"completion zsh", exitOK, "#compdef fangzhuo", ""},
		{"completion fish", exitOK, "complete -c fangzhuo", ""},
		{"completion powershell", exitOK, "Register-ArgumentCompleter", ""},
		{"check --config config.example.yaml", exitOK, "not ready to run", ""},

		{"dmeo", exitUsage, "", "unknown command \"dmeo\" for \"fangzhuo\"\n\nDid you mean this?\n\tdemo\n\nhint: fangzhuo --help"},
		{"demo now", exitUsage, "", "hint: fangzhuo demo --help"},
		{"demo --port 1", exitUsage, "", "unknown flag: --port\nhint: fangzhuo demo --help"},
		{"demo --now rubbish", exitUsage, "", `"rubbish" is not a time: write it like 2026-12-07T08:00:00+08:00`},
		{"demo --now 2026-12-07", exitUsage, "", "is not a time"},
		{"run --conf x", exitUsage, "", "unknown flag"},
		{"check config.yaml", exitUsage, "", "hint: fangzhuo check --help"},
		{"backup", exitUsage, "", "name one file to write the backup to\nhint: fangzhuo backup --help"},
		{"backup a b", exitUsage, "", "name one file"},
		{"completion tcsh", exitUsage, "", "unknown command"},

		{"demo --listen 0.0.0.0:8080", exitFailure, "", `fangzhuo: listen address "0.0.0.0:8080" can be reached from other machines`},
		{"demo --listen [::]:8080", exitFailure, "", "can be reached from other machines"},
		{"demo --listen nonsense", exitFailure, "", `listen address "nonsense"`},
		{"demo --data go.mod", exitFailure, "", "make the data folder"},
		{"demo --data go.mod/data", exitFailure, "", "make the data folder"},
		{"backup --data testdata copy.db", exitFailure, "", "no data to back up in testdata: name the folder with --data"},
		{"check --config missing.yaml", exitFailure, "", "missing.yaml"},
		{"register --config config.example.yaml", exitFailure, "", "office.phone is still a blank"},
		{"run --config config.example.yaml", exitFailure, "", "config.example.yaml:15:3: office.phone is still a blank"},
	} {
		t.Run(test.args, func(t *testing.T) {
			code, stdout, stderr := command(t, strings.Fields(test.args)...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(stdout, test.stdout) || test.stdout == "" && stdout != "" {
				t.Errorf("stdout %q, want %q", stdout, test.stdout)
			}
			if !strings.Contains(stderr, test.stderr) || test.stderr == "" && stderr != "" {
				t.Errorf("stderr %q, want %q", stderr, test.stderr)
			}
		})
	}
}

// A config with several mistakes: all at once, each at its place, nothing else.
func TestCheckBrokenConfig(t *testing.T) {
	code, stdout, stderr := command(t, "check", "--config", "testdata/cli/broken.yaml")
	if code != exitFailure || stdout != "" {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	for _, want := range []string{
		"broken.yaml:2:1: unknown key \"ofice\": did you mean \"office\"?\n",
		"broken.yaml:4:10: reception.rule.nth is 9: write 1 to 4",
		"broken.yaml:7:14: groups[1].name is empty: write the group's name or remove the entry\n",
		"broken.yaml:9:18: schedules[0].cron ",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is missing in\n%s", want, stderr)
		}
	}
	if n := strings.Count(stderr, "reception.rule"); n != 1 {
		t.Errorf("one bad rule is reported %d times in\n%s", n, stderr)
	}
	place := regexp.MustCompile(`^broken\.yaml:\d+:\d+: `)
	for line := range strings.Lines(stderr) {
		if !place.MatchString(line) {
			t.Errorf("no place in %q", line)
		}
	}
}

// The next twelve reception days with the reason of each move, and what is sent
// next: not the stage that is off.
func TestCheckPrintsWhatComes(t *testing.T) {
	for _, test := range []struct {
		name string
		now  time.Time
	}{
		{"check", time.Date(2026, 8, 20, 10, 0, 0, 0, calendar.Zone)},
		{"check-day", time.Date(2025, 12, 20, 10, 0, 0, 0, calendar.Zone)},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join("testdata", "cli", test.name)
			var out bytes.Buffer
			if err := check(file+".yaml", test.now, &out); err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file+".golden", out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != string(want) {
				t.Errorf("printed\n%s\nwant\n%s", &out, want)
			}
		})
	}
}

func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	code, _, stderr := command(t, "demo", "--listen", taken.Addr().String())
	if code != exitFailure || !strings.Contains(stderr, "open the page: ") || !strings.Contains(stderr, "try --listen 127.0.0.1:0") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	oneLine(t, stderr)
}

// A database that cannot be used gives one clear line and stays as it is.
func TestUnusableDatabase(t *testing.T) {
	for _, test := range []struct {
		name, want string
		spoil      func(t *testing.T, file string)
	}{
		{"locked", "database is in use by another process", func(t *testing.T, file string) {
			store := openDatabase(t, file, 1)
			t.Cleanup(func() { _ = store.Close() }) // it was only read
		}},
		{"newer", "schema 99 of the file is newer than schema 1 of this program: use a newer program", func(t *testing.T, file string) {
			if err := openDatabase(t, file, 99).Close(); err != nil {
				t.Fatal(err)
			}
		}},
		{"cut short", "database file is damaged: cut short", func(t *testing.T, file string) {
			if err := openDatabase(t, file, 1).Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(file, 9000); err != nil {
				t.Fatal(err)
			}
		}},
		{"garbage", "database file is damaged: not a bbolt file", func(t *testing.T, file string) {
			if err := os.WriteFile(file, bytes.Repeat([]byte("矿"), 20_000), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"a folder", "not a regular file", func(t *testing.T, file string) {
			if err := os.Mkdir(file, 0o700); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := t.TempDir()
			file := filepath.Join(data, databaseFile)
			test.spoil(t, file)
			before, _ := os.ReadFile(file) // nothing for a folder
			code, _, stderr := command(t, "demo", "--data", data, "--listen", "127.0.0.1:0")
			if code != exitFailure || !strings.Contains(stderr, test.want) || !strings.Contains(stderr, file) {
				t.Errorf("exit code %d, %q; want %q", code, stderr, test.want)
			}
			oneLine(t, stderr)
			if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func openDatabase(t *testing.T, file string, schema int) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(file, bolt.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func oneLine(t *testing.T, stderr string) {
	t.Helper()
	if !strings.HasPrefix(stderr, "fangzhuo: ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("not one line: %q", stderr)
	}
}

// demoRun is `fangzhuo demo` in this process, until stop.
type demoRun struct {
	printed []string
	page    string
	cancel  context.CancelFunc
	code    chan int
	rest    chan []string
}

func startDemoRun(t *testing.T, args ...string) *demoRun {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	d := &demoRun{cancel: cancel, code: make(chan int, 1), rest: make(chan []string, 1)}
	read, write := io.Pipe()
	go func() {
		d.code <- run(ctx, append([]string{"demo", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), write, t.Output())
		_ = write.Close() // never fails
	}()
	lines := bufio.NewScanner(read)
	for len(d.printed) < 5 && lines.Scan() {
		d.printed = append(d.printed, lines.Text())
	}
	if len(d.printed) == 0 || printedAddress.FindString(d.printed[0]) == "" {
		t.Fatalf("printed %q, exit code %d", d.printed, <-d.code)
	}
	d.page = printedAddress.FindString(d.printed[0])
	go func() {
		var more []string
		for lines.Scan() {
			more = append(more, lines.Text())
		}
		d.rest <- more
	}()
	return d
}

// stop asks the program to end and returns its exit code.
func (d *demoRun) stop(t *testing.T) int {
	t.Helper()
	d.cancel()
	select {
	case code := <-d.code:
		return code
	case <-time.After(stopWithin):
		t.Fatalf("it did not stop within %v", stopWithin)
		return -1
	}
}

// The demo says in five lines where it is and what to try, and leaves nothing
// behind; a page that is open and live does not hold it up.
func TestDemoComesAndGoes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR")) // Windows
	d := startDemoRun(t)
	live, err := http.Get(d.page + "/api/sandbox/events")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Body.Close()
	if first, err := bufio.NewReader(live.Body).ReadString('\n'); err != nil || first != "event: clock\n" {
		t.Errorf("the stream begins with %q, %v", first, err)
	}
	for i, must := range []string{d.page, "反映", "登记 1", "概况", "到下一个接待日"} {
		if i >= len(d.printed) || !strings.Contains(d.printed[i], must) {
			t.Errorf("line %d does not tell of %s: %q", i+1, must, d.printed)
		}
	}
	if code := d.stop(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if more := <-d.rest; len(more) > 0 {
		t.Errorf("more than five lines: %q", more)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Backing up a program that is not running.
func TestBackupAtRest(t *testing.T) {
	data, target := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "copy.db")
	d := startDemoRun(t, "--data", data, "--now", "2026-12-01T10:00:00+08:00")
	p := &process{page: strings.TrimPrefix(d.page, "http://"), http: http.DefaultClient}
	if _, err := p.ask("luo", "反映 事由：更衣柜锁坏了 署名：保密"); err != nil {
		t.Fatal(err)
	}
	if code := d.stop(t); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	code, stdout, stderr := command(t, "backup", "--data", data, target)
	if code != exitOK || stdout != target+": written and verified\n" {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	first, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr = command(t, "backup", "--data", data, target)
	if again, _ := os.ReadFile(target); code != exitFailure || !strings.Contains(stderr, "exists") || !bytes.Equal(first, again) {
		t.Errorf("over an existing file: exit code %d, %q", code, stderr)
	}
	restored(t, target, "2026-12-02T10:00:00+08:00", map[string]string{"2026-0001": "更衣柜锁坏了"})
}

// restored starts a demo on a copy and looks for luo's matters.
func restored(t *testing.T, copied, now string, matters map[string]string) {
	t.Helper()
	if err := bolt.Verify(copied); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, databaseFile), content, 0o600); err != nil {
		t.Fatal(err)
	}
	d := startDemoRun(t, "--data", data, "--now", now)
	p := &process{page: strings.TrimPrefix(d.page, "http://"), http: http.DefaultClient}
	for no, text := range matters {
		got, err := p.ask("luo", "查询 "+no)
		if err != nil || !slices.ContainsFunc(got, func(s string) bool {
			return strings.HasPrefix(s, no+"：") && strings.Contains(s, "事由："+text)
		}) {
			t.Errorf("%s (%s): %q, %v", no, text, got, err)
		}
	}
	if code := d.stop(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}
