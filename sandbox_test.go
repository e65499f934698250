package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fangzhuo/config"
	"fangzhuo/schedule"
)

// TestScriptsInSandbox plays every script over the sandbox's own HTTP API.
func TestScriptsInSandbox(t *testing.T) {
	playAll(t, func(t *testing.T, start time.Time) network {
		return &sandboxNetwork{program: program{data: t.TempDir(), wall: start}}
	})
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
}

// begin starts the program with a config.
func (p *program) begin(t *testing.T, cfg *config.Config, w world) {
	t.Helper()
	wall := p.wall
	if p.clock != nil {
		wall = p.clock.Now()
	}
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
	p.cancel()
	if err := <-p.done; err != nil {
		t.Errorf("the program ended with: %v", err)
	}
}

func (p *program) freeze(t *testing.T) func() {
	t.Helper()
	file := filepath.Join(p.data, databaseFile)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *program) now() time.Time { return p.clock.Now() }

func (p *program) move(t *testing.T, to time.Time) {
	t.Helper()
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
}

func (n *sandboxNetwork) start(t *testing.T) {
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Sandbox.Listen = "127.0.0.1:0"
	cfg.Intake.PerHour = cmp.Or(n.perHour, cfg.Intake.PerHour)
	n.begin(t, cfg, world{})
}

func (n *sandboxNetwork) say(t *testing.T, person, group, text string) {
	t.Helper()
	chat := "p-" + person
	if group != "" {
		chat = group
	}
	body, _ := json.Marshal(map[string]string{"from": person, "chat": chat, "text": text})
	resp, err := http.Post("http://"+n.live.page+"/api/sandbox/messages", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		t.Fatalf("say %q: %s %s", text, resp.Status, b)
	}
}

func (n *sandboxNetwork) sent(t *testing.T, chat string) []string {
	t.Helper()
	id := "p-" + chat
	if group, ok := strings.CutPrefix(chat, "@"); ok {
		id = group
	}
	resp, err := http.Get(fmt.Sprintf("http://%s/api/sandbox/messages?chat=%s", n.live.page, url.QueryEscape(id)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var messages []struct{ From, Text string }
	if err := json.NewDecoder(resp.Body).Decode(&messages); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range messages {
		if m.From == "bot" {
			texts = append(texts, m.Text)
		}
	}
	return texts
}
