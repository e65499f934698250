package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/chattest"
	"fangzhuo/chat/sandbox"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
)

var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 30, 9, 0, 0, 0, zone)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// bot keeps what it is given and answers when it is settled, as the real one.
type bot struct {
	room   *sandbox.Room
	answer func(m chat.Message) []chat.Outgoing

	mu    sync.Mutex
	down  error
	inbox []chat.Message
	seen  []chat.Message
}

func (b *bot) keep(_ context.Context, batch []chat.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return b.down
	}
	b.inbox = append(b.inbox, batch...)
	b.seen = append(b.seen, batch...)
	return nil
}

func (b *bot) breakDown(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = err
}

func (b *bot) got() []chat.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]chat.Message(nil), b.seen...)
}

func (b *bot) settle(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ; len(b.inbox) > 0; b.inbox = b.inbox[1:] {
		for _, o := range b.answer(b.inbox[0]) {
			if _, err := b.room.Send(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// echo answers with what was said; in groups only when called.
func echo(m chat.Message) []chat.Outgoing {
	if m.Group() && !m.Addressed {
		return nil
	}
	text := "您说：" + m.Text
	for _, a := range m.Media {
		text += fmt.Sprintf("[%s %s]", a.Kind, a.Name)
	}
	return []chat.Outgoing{{Key: "echo/" + string(m.ID), To: m.Chat, Text: text}}
}

var (
	people = []sandbox.Person{
		{ID: "zhang", Name: "张三", Title: "掘进二队", Role: "worker"},
		{ID: "li", Name: "李干事", Title: "信访办", Role: "staff"},
		{ID: "wang", Name: "王矿长", Title: "矿长", Role: "leader"},
	}
	groups = []sandbox.Group{{ID: "g-zc1", Name: "综采一队", Members: []string{"zhang", "li"}}}
)

// fixture is a served room with a bot in it.
type fixture struct {
	*sandbox.Room
	t     *testing.T
	bot   *bot
	clock *clock
	url   string
}

// serve runs a room on the store until the test ends or stop is called.
func serve(t *testing.T, store storage.Store, change func(*sandbox.Options)) (f *fixture, stop func()) {
	t.Helper()
	f = &fixture{t: t, clock: newClock(), bot: &bot{answer: echo}}
	o := sandbox.Options{
		People: people, Groups: groups, BotName: "小信", Store: store, Files: t.TempDir(), Now: f.clock.Now, Settle: f.bot.settle,
		Move: func(_ context.Context, to time.Time) error { f.clock.set(to); return nil },
	}
	if change != nil {
		change(&o)
	}
	f.Room = sandbox.New(o)
	f.bot.room = f.Room
	server := httptest.NewServer(f.Handler())
	f.url = server.URL
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	running := make(chan struct{})
	go func() { close(running); ended <- f.Run(ctx, f.bot.keep) }()
	<-running
	f.await()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run ended with %v", err)
		}
		server.Close()
	})
	t.Cleanup(stop)
	return f, stop
}

// await returns when the bot is in the room.
func (f *fixture) await() {
	for {
		rec := httptest.NewRecorder()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		req := httptest.NewRequestWithContext(ctx, "GET", "/api/sandbox/events", nil)
		req.Host, req.Header = "localhost", http.Header{"Authorization": {"Bearer secret"}}
		f.Handler().ServeHTTP(rec, req)
		if rec.Code == http.StatusOK {
			return
		}
	}
}

// call asks the API and returns the status and the body.
func (f *fixture) call(method, path, body string, header ...string) (int, string) {
	f.t.Helper()
	req, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// say posts a message and returns the status and the body.
func (f *fixture) say(from, in, text string) (int, string) {
	f.t.Helper()
	body, err := json.Marshal(map[string]string{"from": from, "chat": in, "text": text})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.call("POST", "/api/sandbox/messages", string(body))
}

type message struct {
	ID          uint64
	At          time.Time
	From, Text  string
	Attachments []struct{ Kind, Name string }
}

func (f *fixture) messages(in string, after uint64) []message {
	f.t.Helper()
	status, body := f.call("GET", fmt.Sprintf("/api/sandbox/messages?chat=%s&after=%d", in, after), "")
	var list []message
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		f.t.Fatalf("reading %s: status %d, %v", in, status, err)
	}
	return list
}

// world lets the suite of all transports speak through the JSON API.
type world struct {
	t     *testing.T
	store storage.Store
	f     *fixture
}

func (w *world) room() chat.Transport {
	room := sandbox.New(sandbox.Options{People: people, Groups: groups, BotName: "小信", Store: w.store, Now: newClock().Now})
	server := httptest.NewServer(room.Handler())
	w.t.Cleanup(server.Close)
	w.f = &fixture{t: w.t, Room: room, url: server.URL}
	return room
}

func (w *world) chat(p chattest.Person, c chattest.Chat) string {
	if c == chattest.Team {
		return "g-zc1"
	}
	return "p-" + string(p)
}

func (w *world) Say(p chattest.Person, c chattest.Chat, text string) {
	w.f.say(string(p), w.chat(p, c), text)
}
func (w *world) Call() string            { return "@小信" }
func (w *world) Gone() chat.Address      { return "sandbox:p-nobody" }
func (w *world) Restart() chat.Transport { return w.room() }

func (w *world) Received(p chattest.Person, c chattest.Chat) []string {
	var texts []string
	for _, m := range w.f.messages(w.chat(p, c), 0) {
		if m.From == "bot" {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func TestTransport(t *testing.T) {
	chattest.Run(t, func(t *testing.T) (chat.Transport, chattest.World) {
		w := &world{t: t, store: mem.New()}
		return w.room(), w
	})
}

func TestSendsAKeyOnce(t *testing.T) {
	store := mem.New()
	f, stop := serve(t, store, nil)
	first, err := f.Send(t.Context(), chat.Outgoing{Key: "k1", To: "sandbox:p-li", Text: "提醒"})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	f, _ = serve(t, store, nil)
	again, err := f.Send(t.Context(), chat.Outgoing{Key: "k1", To: "sandbox:p-li", Text: "提醒"})
	if err != nil || again != first {
		t.Errorf("sent again after a restart: id %q, %v; want the first id %q", again, err, first)
	}
	other, err := f.Send(t.Context(), chat.Outgoing{Key: "k2", To: "sandbox:p-li", Text: "提醒"})
	if err != nil || other == first {
		t.Errorf("another key: id %q, %v; want a new one", other, err)
	}
	if got := f.messages("p-li", 0); len(got) != 2 {
		t.Errorf("%d messages stand in the chat, want 2", len(got))
	}
}

func TestKeepsWhatTheBotCouldNotTake(t *testing.T) {
	store := mem.New()
	f, stop := serve(t, store, nil)
	f.bot.breakDown(errors.New("disk is full"))
	for _, text := range []string{"第一句", "第二句"} {
		status, body := f.say("zhang", "p-zhang", text)
		if status != http.StatusServiceUnavailable || !strings.Contains(body, "the message is kept") || strings.Contains(body, "disk") {
			t.Errorf("refused message: %d %s, want 503 that says it is kept", status, body)
		}
	}
	stop()
	f, _ = serve(t, store, nil)
	status, body := f.say("zhang", "p-zhang", "第三句")
	if status != http.StatusOK {
		t.Fatalf("after the restart: %d %s", status, body)
	}
	var texts []string
	for _, m := range f.bot.got() {
		texts = append(texts, m.Text)
	}
	if got := strings.Join(texts, " "); got != "第一句 第二句 第三句" {
		t.Errorf("the bot got %q after the restart, want all three in order, once", got)
	}
}

func TestNoBotNoAnswer(t *testing.T) {
	f, stop := serve(t, mem.New(), nil)
	handler := f.Handler()
	stop()
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("POST", "/api/sandbox/messages", bytes.NewBufferString(`{"from":"zhang","chat":"p-zhang","text":"在吗"}`))
	req.Host = "localhost:8080"
	handler.ServeHTTP(rec, req)
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("a message while the bot is away: status %d, want 503", rec.Code)
	}
}

func TestQuoteAndRecall(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	f.say("li", "g-zc1", "「张三：收到」\n- - - - - - - - - - - - - - -\n@小信 接待日")
	f.say("zhang", "p-zhang", "澡堂没水")
	got := f.bot.got()
	if len(got) != 2 || got[0].Quoted != "收到" || got[0].Text != "接待日" || !got[0].Addressed {
		t.Fatalf("the bot was told %+v", got)
	}
	for body, want := range map[string]int{
		`{"from":"zhang","chat":"p-zhang","recalls":` + number(got[1].ID) + `}`: http.StatusOK,
		`{"from":"zhang","chat":"p-zhang","recalls":99}`:                        http.StatusNotFound,
		`{"from":"zhang","chat":"g-zc1","recalls":` + number(got[0].ID) + `}`:   http.StatusNotFound, // another's
	} {
		if status, answer := f.call("POST", "/api/sandbox/messages", body); status != want {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if all := f.bot.got(); len(all) != 3 || all[2].Recalls != got[1].ID || all[2].Text != "" || all[2].ID == got[1].ID {
		t.Errorf("the bot was told %+v", all[2:])
	}
}

// number is the id that the page's API has for a message.
func number(id chat.MessageID) string { return string(id[strings.LastIndexByte(string(id), '-')+1:]) }
