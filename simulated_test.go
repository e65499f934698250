package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
	"fangzhuo/schedule"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
)

// simulated is the whole program as the office runs it, real pace and all, in
// synthetic time over the stand-in WeChat. It dies when told to, with all that it
// had not stored, and is started again half a minute later on what it had. The
// store is in memory: what bolt promises of a commit its own tests hold.
type simulated struct {
	t      *testing.T
	server *wechattest.Server
	cfg    *config.Config
	data   string
	store  *mem.Store
	clock  *schedule.Clock

	mu    sync.Mutex
	first *life
	life  *life // the present one
	lives int
	over  bool
	// There is no network until then.
	downUntil time.Time
	ended     chan struct{} // closed when nothing runs any more
	log       bytes.Buffer  // of the present life
}

// life is one process, as it were: a step is something that it does to the
// outside world, and with the step at which it dies it can do nothing any more.
type life struct {
	s      *simulated
	cancel context.CancelFunc

	mu    sync.Mutex
	steps []string
	dies  int // at this step; 0 never
	dead  bool
}

// errDead is what everything answers to a program that is dead.
var errDead = errors.New("the program is dead")

// simulate starts the sample mine, where everybody has a remark but Hou, in a
// bubble of synthetic time. It dies at the given step.
func simulate(t *testing.T, from time.Time, dies int, before ...func(*simulated)) *simulated {
	t.Helper()
	wall, began := from, time.Now()
	s := &simulated{t: t, data: t.TempDir(), store: mem.New(), ended: make(chan struct{})}
	s.clock = schedule.NewClock(func() time.Time { return wall.Add(time.Since(began)).In(calendar.Zone) }, time.Time{})
	// A socket would be waited for in real time: there is none where a folder is.
	if err := os.MkdirAll(filepath.Join(s.data, controlSocket, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.server = wechattest.New(s.clock.Now)
	s.server.ScanAlways(wechattest.Uin)
	var err error
	// Nobody is told that the office is closed, whenever he hears.
	always := bytes.Replace(demoConfig, []byte("hours: 9:00—11:30、14:30—17:00"), []byte("hours: 0:00—23:59"), 1)
	if s.cfg, err = config.Load("demo.yaml", always); err != nil {
		t.Fatal(err)
	}
	s.cfg.Data, s.cfg.Sandbox.Listen, s.cfg.WeChat.Enabled = s.data, "", true
	for _, f := range before {
		f(s)
	}
	for i := range s.cfg.People {
		p := &s.cfg.People[i]
		remark := ""
		if p.ID != "hou" {
			p.Code = fmt.Sprintf("GZ-%04d", i+1)
			remark = p.Code + " " + p.Name
		}
		s.server.AddPerson(wechattest.Person{ID: p.ID, Nick: "昵称" + p.ID, Remark: remark})
	}
	for i := range s.cfg.Groups {
		g := &s.cfg.Groups[i]
		g.Marker = "〔" + g.ID + "〕"
		s.server.AddGroup(wechattest.Group{ID: g.ID, Name: g.Marker + g.Name, Members: g.Members})
	}
	go s.run(dies)
	t.Cleanup(s.close)
	s.server.AwaitOnline(after(time.Hour))
	return s
}

// run starts the program again whenever it has died.
func (s *simulated) run(dies int) {
	defer close(s.ended)
	for {
		ctx, cancel := context.WithCancel(context.Background())
		l := &life{s: s, cancel: cancel, dies: dies}
		dies = 0
		s.mu.Lock()
		if s.over {
			s.mu.Unlock()
			cancel()
			return
		}
		s.life = l
		s.lives++
		if s.first == nil {
			s.first = l
		}
		s.log.Reset()
		s.mu.Unlock()
		err := serve(ctx, s.cfg, world{clock: s.clock, stdout: io.Discard, stderr: s,
			network: brittleNetwork{l, s.server.RoundTripper()},
			storage: func(storage.Store) storage.Store { return brittleStore{s.store, l} }})
		cancel()
		l.mu.Lock()
		dead := l.dead
		l.mu.Unlock()
		if !dead && err != nil {
			s.t.Errorf("the program ended with %v", err)
			return
		}
		time.Sleep(30 * time.Second)
	}
}

// Write implements io.Writer: the log.
func (s *simulated) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Contains(p, []byte("level=ERROR")) && !s.life.isDead() {
		s.t.Errorf("the program logged %s", p)
	}
	for _, secret := range s.server.Secrets() {
		if bytes.Contains(p, []byte(secret)) {
			s.t.Errorf("the secret %q stands in the log: %s", secret, p)
		}
	}
	return s.log.Write(p)
}

// outage takes the network away for a while.
func (s *simulated) outage(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.downUntil = time.Now().Add(d)
}

func (s *simulated) down() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.downUntil)
}

// kill is kill -9 between two steps.
func (s *simulated) kill() {
	s.mu.Lock()
	l := s.life
	s.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.die()
}

// close stops the program for good.
func (s *simulated) close() {
	s.mu.Lock()
	s.over = true
	s.life.cancel()
	s.mu.Unlock()
	<-s.ended
}

// settle lets everything come to rest.
func (s *simulated) settle() {
	time.Sleep(10 * time.Minute)
	synctest.Wait()
}

// after returns a channel that is closed after a while.
func after(d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	time.AfterFunc(d, func() { close(c) })
	return c
}

func (l *life) die() {
	l.dead = true
	l.cancel()
}

func (l *life) isDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// past returns the steps so far.
func (l *life) past() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.steps)
}

// step notes a step and reports whether the program lives on.
func (l *life) step(format string, args ...any) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return false
	}
	l.steps = append(l.steps, fmt.Sprintf(format, args...))
	if len(l.steps) == l.dies {
		l.die()
	}
	return !l.dead
}

// brittleStore is the store of one life.
type brittleStore struct {
	storage.Store
	life *life
}

// View implements storage.Store.
func (b brittleStore) View(ctx context.Context, fn func(storage.Reader) error) error {
	if b.life.isDead() {
		return errDead
	}
	return b.Store.View(ctx, fn)
}

// Update implements storage.Store.
func (b brittleStore) Update(ctx context.Context, fn func(storage.Tx) error) error {
	tables := map[storage.Table]bool{}
	if !b.life.step("before a commit") {
		return errDead
	}
	err := b.Store.Update(ctx, func(tx storage.Tx) error {
		clear(tables)
		return fn(noting{tx, tables})
	})
	if err == nil && !b.life.step("after the commit of %v", slices.Sorted(maps.Keys(tables))) {
		return errDead
	}
	return err
}

// Drop implements storage.Store.
func (b brittleStore) Drop(ctx context.Context, t storage.Table) error {
	if !b.life.step("before dropping %s", t) {
		return errDead
	}
	return b.Store.Drop(ctx, t)
}

// Close implements storage.Store: the next life has the same.
func (b brittleStore) Close() error { return nil }

// noting notes which tables are written.
type noting struct {
	storage.Tx
	tables map[storage.Table]bool
}

// Put implements storage.Tx.
func (n noting) Put(t storage.Table, key, value []byte) error {
	n.tables[t] = true
	return n.Tx.Put(t, key, value)
}

// brittleNetwork is the network of one life.
type brittleNetwork struct {
	life *life
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper. The long polls are no steps: they
// change nothing.
func (b brittleNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoint := path.Base(r.URL.Path)
	poll := endpoint == "synccheck" || endpoint == "login"
	if poll && b.life.isDead() || !poll && !b.life.step("before %s", endpoint) {
		return nil, errDead
	}
	if b.life.s.down() {
		return nil, &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}
	}
	resp, err := b.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if poll && b.life.isDead() || !poll && !b.life.step("after %s", endpoint) {
		resp.Body.Close()
		return nil, errDead
	}
	return resp, nil
}

// say makes a person say something, in a group or, with "", in private, and
// returns the message's id.
func (s *simulated) say(who, group, text string) string { return s.server.Say(who, group, text) }

// texts yields what a person or group has been told, and waits for more until
// over is closed.
func (s *simulated) texts(who string, over <-chan struct{}) iter.Seq[string] {
	return func(yield func(string) bool) {
		for n := 0; s.server.AwaitSent(over, who, n+1); {
			for _, text := range s.server.Sent(who)[n:] {
				if n++; !yield(text) {
					return
				}
			}
		}
	}
}

// hears waits until a person or group has got a text that holds all the parts,
// and returns it.
func (s *simulated) hears(who string, parts ...string) string {
	s.t.Helper()
	for text := range s.texts(who, after(time.Hour)) {
		if holdsAll(text, parts) {
			return text
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t.Fatalf("%s waits in vain for %q, has heard %q; log:\n%s", who, parts, s.server.Sent(who), &s.log)
	return ""
}

func holdsAll(text string, parts []string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(text, p) })
}
