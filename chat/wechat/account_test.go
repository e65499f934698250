package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

// epoch is where synthetic time begins.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func clock() time.Time { return epoch.Add(time.Since(epoch)) }

// memory is a Session in memory.
type memory struct {
	mu    sync.Mutex
	kept  []byte
	wipes int // the login was given up and the account kept

	full, lost atomic.Bool // it cannot be written, or read
}

func (m *memory) Load(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lost.Load() {
		return nil, errors.New("input/output error")
	}
	return bytes.Clone(m.kept), nil
}

func (m *memory) Save(_ context.Context, b []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full.Load() {
		return errors.New("no space left on device")
	}
	if bytes.Contains(m.kept, []byte(`"login":`)) && !bytes.Contains(b, []byte(`"login":`)) &&
		bytes.Contains(b, fmt.Appendf(nil, `"uin":%d`, wechattest.Uin)) {
		m.wipes++
	}
	m.kept = bytes.Clone(b)
	return nil
}

func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.kept)
}

// journal collects what is logged; it is safe to use from several goroutines.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// office is an account on a stand-in WeChat, with what it heard and showed.
type office struct {
	t       *testing.T
	server  *wechattest.Server
	session *memory
	opt     wechat.Options
	log     *journal
	said    *journal // errors
	screen  *journal

	account *wechat.Account
	got     chan chat.Message
	handle  chat.Handler // instead of keeping into got
	stop    func()

	mu      sync.Mutex
	states  []chat.LinkState
	secrets map[string]bool
}

// inOffice runs a test in synthetic time, with Zhang and Li, who have remarks, a
// friend without one, and a group of them.
func inOffice(t *testing.T, test func(*testing.T, *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		test(t, o)
	})
}

func newOffice(t *testing.T) *office {
	s := wechattest.New(clock)
	s.AddPerson(wechattest.Person{ID: "zhang", Nick: "三哥", Remark: "GZ-0001 张三"})
	s.AddPerson(wechattest.Person{ID: "li", Nick: "李四", Remark: "GZ-0002"})
	s.AddPerson(wechattest.Person{ID: "wang", Nick: "GZ-0001 张三"}) // a nickname proves nothing
	s.AddPerson(wechattest.Person{ID: "passer", Nick: "过客", Stranger: true})
	s.AddPerson(wechattest.Person{ID: "news", Nick: "煤矿新闻", Official: true})
	s.AddGroup(wechattest.Group{ID: "team", Name: "〔GZ-A〕综采一队", Members: []string{"zhang", "li", "passer"}, BotName: "信访小信"})
	s.AddGroup(wechattest.Group{ID: "yard", Name: "大院", Members: []string{"zhang"}})
	s.ScanAlways(wechattest.Uin)
	o := &office{t: t, server: s, session: &memory{}, log: &journal{}, said: &journal{}, screen: &journal{},
		got: make(chan chat.Message, 1000), secrets: map[string]bool{}}
	o.opt = wechat.Options{
		Session: o.session, HTTP: s.RoundTripper(), QR: o.screen, Now: clock,
		Log:     slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Markers: []string{"〔GZ-A〕", "〔GZ-B〕"},
		OnState: func(s chat.LinkState) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.states = append(o.states, s)
			for _, secret := range o.server.Secrets() {
				o.secrets[secret] = true
			}
		},
	}
	t.Cleanup(func() {
		if o.stop != nil {
			o.stop()
		}
		o.keptSecret()
	})
	return o
}

// keptSecret holds every log line and error of a test to give no secret of any
// login away, and nothing that people said or are called.
func (o *office) keptSecret() {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	words := []string{"skey=", "ticket=", "sid=", "CODE0", "三哥", "张三", "李四"}
	for secret := range o.secrets {
		words = append(words, secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret)))
	}
	for _, out := range []string{o.log.String(), o.said.String()} {
		for _, word := range words {
			if strings.Contains(out, word) {
				o.t.Errorf("%q is in the log or an error:\n%s", word, out)
			}
		}
	}
}

// noted notes an error, so that it is searched for secrets.
func (o *office) noted(err error) error {
	if err != nil {
		fmt.Fprintln(o.said, err)
	}
	return err
}

// start runs a new Account on what the office has kept.
func (o *office) start() {
	o.account = wechat.New(o.opt)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	account := o.account
	go func() {
		ended <- account.Run(ctx, func(ctx context.Context, batch []chat.Message) error {
			if o.handle != nil {
				return o.handle(ctx, batch)
			}
			for _, m := range batch {
				o.got <- m
			}
			return nil
		})
	}()
	o.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			o.t.Errorf("Run = %v, want nil", err)
		}
	})
	o.pass(5 * time.Second)
}

// pass lets synthetic time go by.
func (o *office) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// say makes somebody speak and returns what the handler got of it.
func (o *office) say(who, in, text string) chat.Message {
	o.t.Helper()
	o.server.Say(who, in, text)
	return o.next()
}

func (o *office) next() chat.Message {
	o.t.Helper()
	synctest.Wait()
	select {
	case m := <-o.got:
		return m
	default:
		o.t.Fatalf("nothing was handed over; log:\n%s", o.log)
		return chat.Message{}
	}
}

func (o *office) nothing() {
	o.t.Helper()
	synctest.Wait()
	select {
	case m := <-o.got:
		o.t.Fatalf("handed over %+v, want nothing", m)
	default:
	}
}

func (o *office) send(to chat.Address, text string) (chat.MessageID, error) {
	id, err := o.account.Send(o.t.Context(), chat.Outgoing{Key: "k", To: to, Text: text})
	return id, o.noted(err)
}

func (o *office) wantState(p chat.Phase, hint string) {
	o.t.Helper()
	synctest.Wait()
	if got := o.account.LinkState(); got.Phase != p || got.Hint != hint {
		o.t.Fatalf("link is %s %q, want %s %q; log:\n%s", got.Phase, got.Hint, p, hint, o.log)
	}
}

func (o *office) sawPhase(p chat.Phase, hint string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.states {
		if s.Phase == p && s.Hint == hint {
			return true
		}
	}
	return false
}

func TestReceivesAndSends(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		m := o.say("zhang", "", "反映\n姓名：张三\n事由:\n澡堂的锁坏了 <急> &amp; 😀")
		if m.Text != "反映\n姓名：张三\n事由:\n澡堂的锁坏了 <急> &amp; 😀" {
			t.Errorf("text = %q, want it as typed", m.Text)
		}
		if m.From != "wechat:p/GZ-0001" || m.Chat != m.From || !m.At.Equal(clock()) || m.Addressed {
			t.Errorf("message = %+v, want it from GZ-0001, now", m)
		}
		if id, err := o.send(m.From, "已收到 <1> & 2"); err != nil || id == "" {
			t.Fatalf("Send = %q, %v", id, err)
		}
		if got := o.server.Sent("zhang"); len(got) != 1 || got[0] != "已收到 <1> & 2" {
			t.Errorf("Zhang reads %q", got)
		}
		g := o.say("li", "team", "@信访小信\u2005反映\n姓名:\n李四")
		if g.Text != "反映\n姓名:\n李四" || !g.Addressed || g.From != "wechat:p/GZ-0002" || g.Chat != "wechat:g/〔GZ-A〕" {
			t.Errorf("group message = %+v, want the form with its line breaks, addressed", g)
		}
		if _, err := o.send(g.Chat, "收到"); err != nil {
			t.Fatal(err)
		}
		if got := o.server.Sent("team"); len(got) != 1 || got[0] != "收到" {
			t.Errorf("the group reads %q", got)
		}
	})
}

func TestIgnoresWhatNobodySaidToTheOffice(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Post(wechattest.Message{From: "self", Chat: "zhang", Text: "我自己在手机上写的"})
		o.server.Post(wechattest.Message{From: "self", Chat: "team", Text: "群里我自己写的"})
		o.server.Post(wechattest.Message{From: "zhang", Type: 51, Raw: "<msg/>"})
		o.server.Post(wechattest.Message{From: "zhang", Type: 10002, Raw: "<revokemsg/>"})
		o.server.Post(wechattest.Message{From: "team", Type: 10000, Raw: "\"张三\"邀请\"李四\"加入了群聊"})
		o.server.Say("news", "", "今日要闻")
		o.nothing()
		if m := o.say("zhang", "", "在吗"); m.Text != "在吗" {
			t.Errorf("then got %q", m.Text)
		}
	})
}

func TestMedia(t *testing.T) {
	for _, test := range []struct {
		name string
		sent wechattest.Message
		want chat.Media
	}{
		{"image", wechattest.Message{Type: 3, Raw: "&lt;msg/&gt;"}, chat.Media{Kind: chat.Image}},
		{"voice", wechattest.Message{Type: 34}, chat.Media{Kind: chat.Voice, Seconds: 3}},
		{"video", wechattest.Message{Type: 43}, chat.Media{Kind: chat.Video}},
		{"short video", wechattest.Message{Type: 62}, chat.Media{Kind: chat.Video}},
		{"sticker", wechattest.Message{Type: 47}, chat.Media{Kind: chat.Other}},
		{"card", wechattest.Message{Type: 42}, chat.Media{Kind: chat.Card}},
		{"file", wechattest.Message{Type: 49, AppType: 6, FileName: "工资条&.xlsx"}, chat.Media{Kind: chat.File, Name: "工资条&.xlsx"}},
		{"link", wechattest.Message{Type: 49, AppType: 5, FileName: "文章"}, chat.Media{Kind: chat.Other, Name: "文章"}},
		{"place", wechattest.Message{Type: 1, Raw: "三号楼:<br/>/cgi-bin/x", URL: "http://apis.map.qq.com/x"}, chat.Media{Kind: chat.Location, Name: "三号楼"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				test.sent.From = "zhang"
				o.server.Post(test.sent)
				m := o.next()
				if ref := m.Media[0].Ref; (ref != "") != test.want.Kind.Fetched() {
					t.Errorf("there is the reference %q", ref)
				}
				m.Media[0].Ref = ""
				if m.Text != "" || len(m.Media) != 1 || m.Media[0] != test.want {
					t.Errorf("got %+v, want %+v alone", m, test.want)
				}
			})
		})
	}
}

func TestOddMessageCostsNobodyElse(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Post(wechattest.Message{From: "zhang", Text: "一", Odd: true})
		if m := o.say("li", "", "二"); m.Text != "一" || m.ID == "" {
			t.Errorf("first = %+v, want the odd one", m)
		}
		if m := o.next(); m.Text != "二" {
			t.Errorf("second = %q", m.Text)
		}
	})
}

func TestHandlerErrorKeepsTheCursor(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		refused := make(chan chat.Message, 100)
		var full atomic.Bool
		full.Store(true)
		o.handle = func(_ context.Context, batch []chat.Message) error {
			for _, m := range batch {
				if full.Load() {
					refused <- m
				} else {
					o.got <- m
				}
			}
			if full.Load() {
				return errors.New("disk is full")
			}
			return nil
		}
		o.start()
		before := o.session.text()
		id := o.server.Say("zhang", "", "第一句")
		synctest.Wait()
		if first := <-refused; string(first.ID) != id {
			t.Errorf("refused %s, want %s", first.ID, id)
		}
		if o.session.text() != before {
			t.Error("the kept cursor moved although the batch was refused")
		}
		o.pass(500 * time.Millisecond)
		full.Store(false)
		o.pass(2 * time.Second)
		if again := o.next(); string(again.ID) != id || again.Text != "第一句" {
			t.Errorf("then got %+v, want the same message", again)
		}
		if o.session.text() == before {
			t.Error("the kept cursor did not move although the batch was taken")
		}
		o.nothing()
	})
}

func TestPanickingHandlerIsAnError(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		var panicked atomic.Bool
		o.handle = func(_ context.Context, batch []chat.Message) error {
			if panicked.CompareAndSwap(false, true) {
				panic("handler bug")
			}
			o.got <- batch[0]
			return nil
		}
		o.start()
		id := o.server.Say("zhang", "", "在吗")
		o.pass(2 * time.Second)
		if m := o.next(); string(m.ID) != id {
			t.Errorf("got %s, want %s", m.ID, id)
		}
	})
}

func TestCrashBeforeTheCursorMoved(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.say("zhang", "", "昨天的")
		o.handle = func(context.Context, []chat.Message) error { return errors.New("killed here") }
		id := o.server.Say("zhang", "", "第一句")
		synctest.Wait()
		o.stop()
		o.handle = nil
		o.server.Say("li", "", "停机时说的")
		o.start()
		if m := o.next(); string(m.ID) != id || m.Text != "第一句" {
			t.Errorf("after the crash got %+v, want the message in hand", m)
		}
		if m := o.next(); m.Text != "停机时说的" {
			t.Errorf("then got %q, want what was said meanwhile", m.Text)
		}
		o.nothing()
		if o.server.Codes() != 1 {
			t.Errorf("%d codes were shown, want the first alone", o.server.Codes())
		}
	})
}

func TestSameMessageAgainHasSameID(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		first := o.say("zhang", "", "一次")
		o.server.Repeat()
		if again := o.next(); again.ID != first.ID {
			t.Errorf("again = %s, want %s", again.ID, first.ID)
		}
	})
}

func TestMissingSyncKey(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Next("webwxsync", wechattest.Fault{Omit: "SyncKey"})
		first := o.say("zhang", "", "一")
		o.pass(time.Second) // without a cursor the same comes again
		if again := o.next(); again.ID != first.ID {
			t.Errorf("got %+v", again)
		}
		if m := o.say("zhang", "", "二"); m.Text != "二" {
			t.Errorf("got %q", m.Text)
		}
	})
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Next("webwxinit", wechattest.Fault{Omit: "SyncKey"})
		o.start()
		o.pass(time.Second)
		o.wantOnline()
	})
}

func TestKeepsSecrets(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		m := o.say("zhang", "", "我的话不进日志")
		secrets := o.server.Secrets()
		for _, endpoint := range []string{"synccheck", "webwxsync", "webwxsendmsg", "webwxgetcontact"} {
			o.server.Next(endpoint, wechattest.Fault{Drop: true}, wechattest.Fault{Status: 500},
				wechattest.Fault{Body: "{"}, wechattest.Fault{Ret: -1}, wechattest.Fault{Ret: 1203})
		}
		var said []string
		for range 5 {
			if _, err := o.send(m.From, "回答也不进日志"); err != nil {
				said = append(said, err.Error())
			}
		}
		o.server.Say("li", "", "再说一句")
		o.pass(15 * time.Minute)
		o.server.Next("webwxinit", wechattest.Fault{Drop: true}, wechattest.Fault{Status: 500}, wechattest.Fault{Body: "{"})
		o.server.Next("synccheck", wechattest.Fault{Ret: 1102})
		o.server.CutPolls()
		o.pass(15 * time.Minute)
		if len(said) != 5 {
			t.Errorf("%d sends failed, want 5", len(said))
		}
		out := o.log.String() + strings.Join(said, "\n")
		if !strings.Contains(out, "connection reset") || !strings.Contains(out, "sync failed") {
			t.Errorf("the log does not say what failed:\n%s", out)
		}
		for _, secret := range append(append(secrets, o.server.Secrets()...), "我的话", "回答也", "三哥", "张三", "CODE0001", "skey=", "ticket=") {
			if strings.Contains(out, secret) {
				t.Errorf("%q is in the log or an error:\n%s", secret, out)
			}
		}
	})
}

func TestGroupCalls(t *testing.T) {
	for _, test := range []struct {
		said, text string
		called     bool
	}{
		{"@信访小信\u2005查询 47", "查询 47", true},
		{"@信访小信 查询 47", "查询 47", true},
		{"@小信 查询 47", "查询 47", true},
		{"查询 47 @小信\u2005", "查询 47", true},
		{"查询 47@小信", "查询 47", true},
		{"@小信，查询 47", "查询 47", true},
		{"@小信", "", true},
		{"请 @小信 看看", "请 看看", true},
		{"@小信\n反映\n锁坏了", "\n反映\n锁坏了", true},
		{"@小信箱 你好", "@小信箱 你好", false},
		{"@所有人 开会", "@所有人 开会", false},
		{"小信 查询", "小信 查询", false},
	} {
		t.Run(test.said, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				if m := o.say("zhang", "team", test.said); m.Text != test.text || m.Addressed != test.called {
					t.Errorf("got %q, %t; want %q, %t", m.Text, m.Addressed, test.text, test.called)
				}
			})
		})
	}
}

// A remark begins with a code exactly as the config takes one.
func TestRemarkCodes(t *testing.T) {
	for remark, want := range map[string]string{
		"GZ-0042":      "wechat:p/GZ-0042",
		"ZCYD-0042 赵":  "wechat:p/ZCYD-0042",
		"GZ-0042赵六":    "wechat:p/GZ-0042",
		"GZ-00421 赵":   "wechat:s/@",
		"G-0042 赵":     "wechat:s/@",
		"ABCDE-0042 赵": "wechat:s/@",
		"gz-0042 赵":    "wechat:s/@",
		"赵 GZ-0042":    "wechat:s/@",
	} {
		inOffice(t, func(t *testing.T, o *office) {
			o.server.AddPerson(wechattest.Person{ID: "zhao", Nick: "赵", Remark: remark})
			o.start()
			if m := o.say("zhao", "", "在吗"); !strings.HasPrefix(string(m.From), want) {
				t.Errorf("remark %q: from %q, want %s", remark, m.From, want)
			}
		})
	}
}

// wantOnline holds the link to be up, with one group of two not saved.
func (o *office) wantOnline() {
	o.t.Helper()
	o.wantState(chat.Online, "")
	o.wantTroubles(chat.Trouble{Hint: wechat.HintGroupMissing, About: "〔GZ-B〕"})
}

func (o *office) wantTroubles(want ...chat.Trouble) {
	o.t.Helper()
	if got := o.account.LinkState().Troubles; !slices.Equal(got, want) {
		o.t.Fatalf("troubles are %v, want %v; log:\n%s", got, want, o.log)
	}
}

// An error that quotes what was sent, not only where to, gives nothing away.
func TestKeepsSecretsThatErrorsQuote(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.opt.HTTP = &failing{base: o.opt.HTTP, fails: func(r *http.Request) (*http.Response, error) {
			if endpointOf(r) == "webwxsendmsg" || endpointOf(r) == "webwxgetmsgimg" {
				return nil, fmt.Errorf("proxy refused %v with %s", o.server.Secrets(), url.QueryEscape(strings.Join(o.server.Secrets(), " ")))
			}
			return nil, errPass
		}}
		o.start()
		image := o.post(sentMedia["image"])
		if _, err := o.send("wechat:p/GZ-0001", "在"); err == nil || !strings.Contains(err.Error(), "proxy refused") {
			t.Errorf("Send = %v, want the error without the secrets", err)
		}
		if _, err := o.fetch(image); err == nil || !strings.Contains(err.Error(), "proxy refused") {
			t.Errorf("Fetch = %v, want the error without the secrets", err)
		}
	})
}
