package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fangzhuo/chat/sandbox"
	"fangzhuo/config"
	"fangzhuo/schedule"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// TestScriptsInSandbox plays every script over the sandbox's own HTTP API.
func TestScriptsInSandbox(t *testing.T) {
	open := func(t *testing.T, start time.Time) network {
		return &sandboxNetwork{program: program{data: t.TempDir(), wall: start}}
	}
	playAll(t, "testdata/scripts", open)
	playAll(t, "testdata/scripts/sandbox", open) // slow elsewhere: WeChat gets time after each failure
}

// program is the whole program running in this process, on a wall clock that
// stands still: only the script moves time.
type program struct {
	data     string
	wall     time.Time
	terminal io.Writer // what it prints; nil throws it away
	fixed    bool      // nobody moves its clock
	clock    *schedule.Clock
	cancel   context.CancelFunc
	done     chan error
	live     running
	stopped  bool
}

// begin starts the program with a config.
func (p *program) begin(t *testing.T, cfg *config.Config, w world) {
	t.Helper()
	wall := p.wall
	if p.clock != nil {
		wall = p.clock.Now()
	}
	p.stopped = false
	p.clock = schedule.NewClock(func() time.Time { return wall }, wall)
	cfg.Data = p.data
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(context.Background())
	p.done = make(chan error, 1)
	started := make(chan running, 1)
	w.clock, w.movable, w.resume = p.clock, !p.fixed, !p.fixed
	w.stdout, w.stderr = cmp.Or[io.Writer](p.terminal, io.Discard), t.Output()
	w.started = func(r running) { started <- r }
	go func() { p.done <- serve(ctx, cfg, w) }()
	select {
	case p.live = <-started:
	case err := <-p.done:
		t.Fatalf("the program did not start: %v", err)
	}
}

func (p *program) stop(t *testing.T) {
	t.Helper()
	if p.stopped {
		return
	}
	p.stopped = true
	p.cancel()
	if err := <-p.done; err != nil {
		t.Errorf("the program ended with: %v", err)
	}
}

func (p *program) freeze(t *testing.T) func() {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{databaseFile, chatsFile} {
		data, err := os.ReadFile(filepath.Join(p.data, name))
		if err != nil && (name == databaseFile || !errors.Is(err, fs.ErrNotExist)) {
			t.Fatal(err)
		}
		if err == nil {
			files[name] = data
		}
	}
	return func() {
		for name, data := range files {
			if err := os.WriteFile(filepath.Join(p.data, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (p *program) folder() string { return p.data }

func (p *program) now() time.Time { return p.clock.Now() }

func (p *program) move(t *testing.T, to time.Time) {
	t.Helper()
	if p.stopped {
		p.clock = schedule.NewClock(func() time.Time { return to }, to)
		return
	}
	if err := p.live.move(t.Context(), to); err != nil {
		t.Fatalf("move the clock: %v", err)
	}
}

// settle sends what is owed by now.
func (p *program) settle(t *testing.T) {
	t.Helper()
	if err := p.live.settle(t.Context()); err != nil {
		t.Fatalf("send what is owed: %v", err)
	}
}

// sandboxNetwork plays a script over the JSON API.
type sandboxNetwork struct {
	program
	perHour int // messages from one person; 0 leaves it to the demo
	store   *watched
	room    http.Handler // the chats while the program is cut off
	file    *bolt.Store  // likewise
}

func (n *sandboxNetwork) config(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Sandbox.Listen = "127.0.0.1:0"
	cfg.Intake.PerHour = cmp.Or(n.perHour, cfg.Intake.PerHour)
	return cfg
}

func (n *sandboxNetwork) start(t *testing.T) {
	n.begin(t, n.config(t), world{storage: func(s storage.Store) storage.Store {
		n.store = &watched{Store: s}
		n.store.changed = sync.NewCond(&n.store.mu)
		return n.store
	}})
}

// watched is a store that tells of every update.
type watched struct {
	storage.Store
	mu      sync.Mutex
	changed *sync.Cond
}

func (w *watched) Update(ctx context.Context, fn func(storage.Tx) error) error {
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.changed.Broadcast()
	}()
	return w.Store.Update(ctx, fn)
}

// offline stops the program; the chats go on without it, on the same file.
func (n *sandboxNetwork) offline(t *testing.T) {
	n.stop(t)
	var err error
	if n.file, err = bolt.Open(filepath.Join(n.data, chatsFile), bolt.Options{Schema: chatsSchema}); err != nil {
		t.Fatal(err)
	}
	o, err := understand(n.config(t))
	if err != nil {
		t.Fatal(err)
	}
	room := o.room(world{clock: n.clock}, n.file, nil, "", slog.New(slog.DiscardHandler), nil, nil)
	room.Now = func() time.Time { return n.clock.Now() }
	n.room = sandbox.New(room).Handler()
}

// online starts the program and waits until it has taken all that was said.
func (n *sandboxNetwork) online(t *testing.T) {
	if err := n.file.Close(); err != nil {
		t.Fatal(err)
	}
	n.start(t)
	n.store.mu.Lock()
	for n.untaken(t) {
		n.store.changed.Wait()
	}
	n.store.mu.Unlock()
	n.settle(t)
}

func (n *sandboxNetwork) untaken(t *testing.T) (any bool) {
	err := n.store.View(t.Context(), func(r storage.Reader) error {
		for range r.Scan("sandbox/untaken", nil, nil) {
			any = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return any
}

// ask sends a request to the page's API and reads the answer.
func (n *sandboxNetwork) ask(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if n.stopped { // the bot will be given it later
		got := httptest.NewRecorder()
		n.room.ServeHTTP(got, httptest.NewRequest(method, "http://127.0.0.1/api/sandbox/"+path, bytes.NewReader(b)))
		if got.Code == http.StatusOK {
			_ = json.Unmarshal(got.Body.Bytes(), answer)
		}
		return
	}
	req, err := http.NewRequest(method, "http://"+n.live.page+"/api/sandbox/"+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, got, err)
	}
	if err := json.Unmarshal(got, answer); err != nil {
		t.Fatal(err)
	}
}

func chatOf(person, group string) string { return cmp.Or(group, "p-"+person) }

func (n *sandboxNetwork) say(t *testing.T, person, group, text string) string {
	t.Helper()
	var posted struct{ ID uint64 }
	n.ask(t, "POST", "messages", map[string]string{"from": person, "chat": chatOf(person, group), "text": text}, &posted)
	if n.stopped { // the answer was that it waits
		var all []struct{ ID uint64 }
		n.ask(t, "GET", "messages?chat="+url.QueryEscape(chatOf(person, group)), nil, &all)
		posted.ID = all[len(all)-1].ID
	}
	return fmt.Sprint(posted.ID)
}

func (n *sandboxNetwork) recall(t *testing.T, person, group, id string) {
	t.Helper()
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	n.ask(t, "POST", "messages", map[string]any{"from": person, "chat": chatOf(person, group), "recalls": number}, &struct{}{})
}

func (n *sandboxNetwork) account(t *testing.T, person string) []string {
	for _, p := range n.config(t).People {
		if p.ID == person {
			return []string{"sandbox:p-" + person, p.Name}
		}
	}
	t.Fatalf("nobody is %q", person)
	return nil
}

// sandboxNote is a message as the API shows it.
type sandboxNote struct {
	From, Text  string
	Attachments []struct{ Name, URL string }
}

// heard lists what the bot has said in a chat.
func (n *sandboxNetwork) heard(t *testing.T, chat string) []sandboxNote {
	t.Helper()
	id := "p-" + chat
	if group, ok := strings.CutPrefix(chat, "@"); ok {
		id = group
	}
	var messages []sandboxNote
	n.ask(t, "GET", "messages?chat="+url.QueryEscape(id), nil, &messages)
	return slices.DeleteFunc(messages, func(m sandboxNote) bool { return m.From != "bot" })
}

func (n *sandboxNetwork) sent(t *testing.T, chat string) []string {
	t.Helper()
	var texts []string
	for _, m := range n.heard(t, chat) {
		if len(m.Attachments) == 0 {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func (n *sandboxNetwork) attach(t *testing.T, person, kind string, f file) {
	t.Helper()
	attached := map[string]any{"kind": kind, "name": f.name}
	if f.data != nil {
		attached["data"] = f.data
	}
	message := map[string]any{"from": person, "chat": chatOf(person, ""), "text": "", "attachments": []any{attached}}
	n.ask(t, "POST", "messages", message, &struct{ ID uint64 }{})
}

func (n *sandboxNetwork) files(t *testing.T, chat string) []file {
	t.Helper()
	var files []file
	for _, m := range n.heard(t, chat) {
		for _, a := range m.Attachments {
			resp, err := http.Get("http://" + n.live.page + "/" + a.URL)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("save %s: %s %v", a.Name, resp.Status, err)
			}
			files = append(files, file{a.Name, b})
		}
	}
	return files
}
