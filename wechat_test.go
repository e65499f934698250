package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
)

// TestScriptsOverWeChat plays the same scripts with the real openwechat client
// against the stand-in server.
func TestScriptsOverWeChat(t *testing.T) {
	open := func(t *testing.T, start time.Time) network {
		return &wechatNetwork{program: program{data: t.TempDir(), wall: start}}
	}
	playAll(t, "testdata/scripts", open)
	playAll(t, "testdata/scripts/wechat", open)
}

// wechatNetwork plays a script as friends and groups of a WeChat account.
type wechatNetwork struct {
	program
	server  *wechattest.Server
	change  func(*config.Config) // what the config has otherwise; nil for nothing
	alarms  []config.Alarm
	shows   *terminal // what the program prints
	waits   bool      // something was posted while the program was cut off
	console bool      // the staff page is on
}

func (n *wechatNetwork) start(t *testing.T) {
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Sandbox.Listen = ""
	if n.console {
		cfg.Console.Listen = "127.0.0.1:0"
	}
	cfg.WeChat = config.WeChat{Enabled: true, AskAgain: true}
	cfg.Alarms = n.alarms
	if n.change != nil {
		n.change(cfg)
	}
	for i := range cfg.People {
		cfg.People[i].Code = fmt.Sprintf("GZ-%04d", i+1)
	}
	for i := range cfg.Groups {
		cfg.Groups[i].Marker = "〔" + cfg.Groups[i].ID + "〕"
	}
	if n.server == nil {
		n.server = wechattest.New(func() time.Time { return n.clock.Now() })
		n.people(cfg)
	}
	if n.shows == nil {
		n.shows = newTerminal()
		if n.terminal != nil {
			n.terminal = io.MultiWriter(n.terminal, n.shows)
		} else {
			n.terminal = n.shows
		}
	}
	online := n.shows.count("微信：在线")
	polls := len(n.server.Requests("synccheck"))
	n.begin(t, cfg, world{network: n.server.RoundTripper()})
	n.shows.more("微信：在线", online) // what is sent before that waits, and a clock that is moved makes it an outage
	n.server.Await(t.Context().Done(), "synccheck", polls+1)
	n.handled(t)
}

// people fills the account's address book as the config has it: a remark typed
// on the phone binds a person, a mark in the name binds a group.
func (n *wechatNetwork) people(cfg *config.Config) {
	for _, p := range cfg.People {
		n.server.AddPerson(wechattest.Person{ID: p.ID, Nick: "昵称" + p.ID, Remark: p.Code + " " + p.Name})
	}
	for _, g := range cfg.Groups {
		n.server.AddGroup(wechattest.Group{ID: g.ID, Name: g.Marker + g.Name, Members: g.Members})
	}
	for _, p := range strangers {
		n.server.AddPerson(p)
	}
	// a group whose name holds no marker
	n.server.AddGroup(wechattest.Group{ID: "yard", Name: "院里闲聊", Members: []string{"wang", "mao", "pei", "xin"}})
	n.server.ScanAlways(wechattest.Uin)
}

// strangers are people without a remark: the office knows them by nothing, and
// they may call themselves what they like.
var strangers = []wechattest.Person{{ID: "mao", Nick: "毛毛"}, {ID: "pei", Nick: "GZ-0005 王慧"}, {ID: "xin", Nick: "信访办小信", Stranger: true}}

func (n *wechatNetwork) say(t *testing.T, person, group, text string) string {
	t.Helper()
	return n.posted(t, func() string { return n.server.Say(person, group, text) })
}

func (n *wechatNetwork) recall(t *testing.T, _, _, id string) {
	t.Helper()
	n.posted(t, func() string { return n.server.Recall(id) })
}

// posted returns when the program has what was posted, unless it is cut off.
func (n *wechatNetwork) posted(t *testing.T, post func() string) string {
	t.Helper()
	syncs := len(n.server.Requests("webwxsync"))
	id := post()
	if n.waits = n.stopped; n.waits {
		return id
	}
	n.server.Await(t.Context().Done(), "webwxsync", syncs+1)
	n.handled(t)
	n.settle(t)
	return id
}

func (n *wechatNetwork) offline(t *testing.T) { n.stop(t) }

// phone changes what people see of each other, and the account of them.
func (n *wechatNetwork) phone(t *testing.T, what, whom, text string) {
	t.Helper()
	var person wechattest.Person
	var group wechattest.Group
	n.server.Quietly(func(people map[string]wechattest.Person, groups map[string]wechattest.Group) {
		person, group = people[whom], groups[whom]
	})
	if person.ID == "" && group.ID == "" {
		t.Fatalf("nobody is %q", whom)
	}
	n.posted(t, func() string {
		switch what {
		case "remark":
			person.Remark = text
			n.server.AddPerson(person)
		case "nick":
			person.Nick = text
			n.server.AddPerson(person)
		case "rename":
			group.Name = text
			n.server.AddGroup(group)
		default:
			t.Fatalf("nobody can %s on a phone", what)
		}
		return ""
	})
}

// rescan puts the account on another phone and back: a fresh login.
func (n *wechatNetwork) rescan(t *testing.T) {
	t.Helper()
	if !n.stopped {
		n.stop(t)
	}
	n.server.Logout(1101)
	n.waits = false
	n.start(t)
	n.settle(t)
	n.stop(t) // after the failed login the account is slow for minutes; a new start is not
	n.start(t)
	n.settle(t)
}

func (n *wechatNetwork) online(t *testing.T) {
	t.Helper()
	syncs := len(n.server.Requests("webwxsync"))
	n.start(t)
	if n.waits {
		n.server.Await(t.Context().Done(), "webwxsync", syncs+1)
		n.handled(t)
	}
	n.settle(t)
}

// handled returns when the client polls again: it has handed over all it got.
func (n *wechatNetwork) handled(t *testing.T) {
	for {
		all := n.server.Requests("")
		last := func(endpoint string) int {
			i := len(all) - 1
			for i >= 0 && all[i].Endpoint != endpoint {
				i--
			}
			return i
		}
		if last("synccheck") > last("webwxsync") {
			return
		}
		if !n.server.Await(t.Context().Done(), "", len(all)+1) {
			return
		}
	}
}

func (n *wechatNetwork) sent(t *testing.T, chat string) []string {
	t.Helper()
	if !n.stopped {
		n.settle(t)
	}
	return slices.Clone(n.server.Sent(strings.TrimPrefix(chat, "@")))
}

func (n *wechatNetwork) attach(t *testing.T, person, kind string, f file) {
	t.Helper()
	syncs := len(n.server.Requests("webwxsync"))
	m := wechattest.Message{From: person, Data: f.data, Type: map[string]int{"image": 3, "voice": 34, "video": 43, "file": 49, "location": 48, "card": 42, "other": 49}[kind]}
	if kind == "file" {
		m.AppType, m.FileName = 6, f.name
	}
	if kind == "other" { // a forwarded chat record
		m.AppType = 19
	}
	n.server.Post(m)
	n.server.Await(t.Context().Done(), "webwxsync", syncs+1)
	n.handled(t)
	n.settle(t)
}

func (n *wechatNetwork) account(t *testing.T, person string) []string {
	t.Helper()
	p := wechattest.Person{}
	n.server.Quietly(func(people map[string]wechattest.Person, _ map[string]wechattest.Group) { p = people[person] })
	if p.ID == "" {
		t.Fatalf("nobody is %q", person)
	}
	known := []string{n.server.UserName(person), p.Nick}
	if p.Remark != "" {
		code, name, _ := strings.Cut(p.Remark, " ")
		known = append(known, p.Remark, "wechat:p/"+code, name)
	}
	return known
}

func (n *wechatNetwork) files(t *testing.T, chat string) []file {
	t.Helper()
	n.settle(t)
	var files []file
	for _, f := range n.server.Files(strings.TrimPrefix(chat, "@")) {
		files = append(files, file{f.Name, f.Data})
	}
	return files
}

// After a fresh scan the groups are asked to say it again, unless the office does
// not want that.
func TestAskAgainCanBeOff(t *testing.T) {
	t.Parallel()
	for _, wanted := range []bool{true, false} {
		t.Run(fmt.Sprint(wanted), func(t *testing.T) {
			n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 24, 10, 0, 0, 0, calendar.Zone)},
				change: func(cfg *config.Config) { cfg.WeChat.AskAgain = wanted }}
			n.start(t)
			defer func() { n.stop(t) }()
			n.move(t, n.now().Add(3*time.Hour)) // thrown out at once would mean banned
			n.rescan(t)
			n.move(t, n.now().Add(10*time.Minute))
			asked := strings.Contains(strings.Join(n.sent(t, "mine"), ""), "请再发一遍")
			if asked != wanted {
				t.Errorf("the group was asked: %t, read %q", asked, n.sent(t, "mine"))
			}
		})
	}
}

// A link that is down for ten minutes is told on the terminal at once, and to
// the staff when they can be written to again; once for each outage.
func TestOutageIsTold(t *testing.T) {
	terminal := newTerminal()
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone), terminal: terminal}}
	n.start(t)
	n.say(t, "luo", "", "反映 事由：路灯不亮 署名：保密")
	n.move(t, n.now().Add(time.Hour)) // thrown out at once would mean banned
	n.server.Scan(0)                  // nobody scans for now
	n.server.Logout(1101)
	terminal.await("微信：在线", "微信：没登录") // the last thing it says
	n.settle(t)                       // the outage is noticed
	n.move(t, n.now().Add(9*time.Minute))
	if terminal.count("离线超过10分钟") != 0 {
		t.Fatal("alarm before ten minutes")
	}
	n.move(t, n.now().Add(2*time.Minute))
	n.move(t, n.now().Add(time.Hour))
	if got := terminal.count("离线超过10分钟"); got != 1 {
		t.Fatalf("%d alarms on the terminal", got)
	}
	n.stop(t)
	n.server.ScanAlways(wechattest.Uin)
	n.start(t)
	defer n.stop(t)
	told := 0
	for _, text := range n.sent(t, "wang") {
		told += strings.Count(text, "离线超过10分钟")
	}
	if told != 1 {
		t.Errorf("staff were told %d times", told)
	}
}

// terminal is what the program prints, for a test that waits for it.
type terminal struct {
	mu   sync.Mutex
	said *sync.Cond
	b    bytes.Buffer
}

func newTerminal() *terminal {
	t := &terminal{}
	t.said = sync.NewCond(&t.mu)
	return t
}

// Write implements io.Writer.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.said.Broadcast()
	return t.b.Write(p)
}

// await returns when word was said after the last time that before was.
func (t *terminal) await(before, word string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for strings.LastIndex(t.b.String(), word) < strings.LastIndex(t.b.String(), before) {
		t.said.Wait()
	}
}

// more returns when word was said more often than so many times.
func (t *terminal) more(word string, than int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for strings.Count(t.b.String(), word) <= than {
		t.said.Wait()
	}
}

func (t *terminal) count(word string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Count(t.b.String(), word)
}
