package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/words"
)

// place is an office with one network, one channel and one member of staff, on a
// clock that only the test moves.
type place struct {
	t        *testing.T
	store    storage.Store
	now      time.Time
	book     *words.Book
	terminal bytes.Buffer
	queue    *outbox.Queue
	channel  inbox // what came to the channel
	staff    inbox // what came to the staff in chat
	link     *Link
	pulse    *Pulse
	broken   bool // the store takes nothing
}

type inbox struct {
	texts   []string
	down    bool
	unclear int // so many sendings bring no answer
}

func (i *inbox) Send(_ context.Context, m chat.Outgoing) (chat.MessageID, error) {
	if i.down {
		return "", chat.ErrOffline
	}
	if i.unclear > 0 {
		i.unclear--
		return "", errors.New("no clear answer")
	}
	i.texts = append(i.texts, m.Text)
	return "id", nil
}

func newPlace(t *testing.T) *place {
	book, err := words.Open(words.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, store: mem.New(), now: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC),
		book: book.With(words.Args{"Phone": "8001", "Office": "信访办", "Bot": "小信"})}
	p.restart()
	return p
}

// Update fails while the store is broken.
func (p *place) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if p.broken {
		return errors.New("disk full")
	}
	return p.store.Update(ctx, fn)
}

type breakable struct {
	storage.Store
	*place
}

func (b breakable) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return b.place.Update(ctx, fn)
}

// restart ends the process as kill -9 does and starts another on the same data.
func (p *place) restart() {
	p.queue = outbox.New(p.store, map[string]outbox.Sender{"notify-a": &p.channel, "wechat": &p.staff},
		outbox.Options{Now: func() time.Time { return p.now }})
	if err := p.queue.Recover(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	o := Options{Store: breakable{p.store, p}, Words: p.book, Channels: []chat.Address{"notify-a:all"}, Terminal: &p.terminal,
		Now: func() time.Time { return p.now }, Owed: func() {},
		Alarm: func(tx storage.Tx, key, sentence string, args words.Args, now time.Time) error {
			_, err := outbox.Put(tx, outbox.Promise{Key: key, To: "wechat:p/GZ-0001", Text: p.book.Say(sentence, args), Repeat: true}, now)
			return err
		}}
	p.link = NewLink("wechat", "微信", o)
	p.pulse = &Pulse{Options: o}
}

// run fires what is due and sends what is owed.
func (p *place) run(part interface {
	Next(context.Context) (time.Time, bool, error)
	Fire(context.Context, time.Time) error
}) {
	p.t.Helper()
	for {
		at, ok, err := part.Next(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		if !ok || at.After(p.now) {
			break
		}
		if err := part.Fire(p.t.Context(), p.now); err != nil {
			p.t.Fatal(err)
		}
		if again, ok, _ := part.Next(p.t.Context()); ok && !again.After(p.now) {
			p.t.Fatalf("fired at %s and due again at %s", p.now, again)
		}
	}
	if err := p.queue.Flush(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// state lets the link change and everything happen that is due.
func (p *place) state(phase chat.Phase, hint string, troubles ...chat.Trouble) {
	p.t.Helper()
	p.link.Changed(chat.LinkState{Phase: phase, Hint: hint, Since: p.now, Troubles: troubles})
	p.run(p.link)
}

// pass lets time go by, minute for minute.
func (p *place) pass(d time.Duration) {
	p.t.Helper()
	for end := p.now.Add(d); p.now.Before(end); {
		p.now = p.now.Add(min(time.Minute, end.Sub(p.now)))
		p.run(p.link)
	}
}

func (p *place) want(what string, got []string, want ...string) {
	p.t.Helper()
	if len(got) != len(want) {
		p.t.Fatalf("%s: %d messages, want %d:\n%s", what, len(got), len(want), strings.Join(got, "\n--\n"))
	}
	for i, parts := range want {
		for _, part := range strings.Split(parts, " | ") {
			if !strings.Contains(got[i], part) {
				p.t.Errorf("%s: message %d lacks %q:\n%s", what, i+1, part, got[i])
			}
		}
	}
}

// Each change is told with its time and what to do; what follows within a minute
// is told together, in order.
func TestEveryChangeIsTold(t *testing.T) {
	p := newPlace(t)
	p.state(chat.LoggedOut, "")
	p.want("before anything was tried", p.channel.texts)
	p.state(chat.WaitingScan, "scan")
	p.want("at once", p.channel.texts, "【小信的微信】 | 12月1日 18:00 等扫码：请用登录机器人的那部手机")
	p.now = p.now.Add(20 * time.Second)
	p.state(chat.WaitingScan, "confirm")
	p.now = p.now.Add(20 * time.Second)
	p.state(chat.Online, "")
	p.want("within the minute", p.channel.texts, "等扫码")
	p.pass(time.Minute)
	p.want("when the minute is over", p.channel.texts, "等扫码", "18:00 等扫码：扫到了 | 18:00 在线")
	p.pass(time.Hour)
	p.state(chat.LoggedOut, "logged-out")
	p.want("an hour later, at once", p.channel.texts[2:], "没登录：被手机或微信退出了")
	p.want("staff have nothing to do", p.staff.texts)
}

// Ten minutes without a link alarm once, its end clears it; whenever the process
// dies in between, the messages are the same.
func TestOutageOverRestarts(t *testing.T) {
	steps := []func(p *place){
		func(p *place) { p.state(chat.Online, "") },
		func(p *place) { p.pass(time.Hour) },
		func(p *place) { p.state(chat.Degraded, "network") },
		func(p *place) { p.pass(9 * time.Minute) },
		func(p *place) { p.want("too early", p.channel.texts, "在线", "不通") },
		func(p *place) { p.pass(time.Minute) },
		func(p *place) {
			p.want("ten minutes", p.channel.texts, "在线", "不通", "【离线】 | 从12月1日 19:00起 | 请看看那台电脑的网络 | 8001")
		},
		func(p *place) { p.pass(2 * time.Hour) },
		func(p *place) { p.state(chat.LoggedOut, "logged-out") },
		func(p *place) { p.pass(30 * time.Minute) },
		func(p *place) { p.state(chat.Online, "") },
		func(p *place) { p.pass(time.Hour) },
		func(p *place) {
			p.want("channel", p.channel.texts, "在线", "不通", "【离线】", "没登录", "在线（断了2小时40分钟）")
			p.want("staff", p.staff.texts, "离线超过10分钟：12月1日 19:00断的，断了2小时40分钟，现在恢复了")
			if got := p.terminal.String(); strings.Count(got, "离线超过10分钟") != 1 || strings.Count(got, "恢复了，断了160分钟") != 1 {
				p.t.Errorf("on the terminal:\n%s", got)
			}
		},
	}
	for dies := range len(steps) {
		for _, begins := range []chat.LinkState{{Phase: chat.LoggedOut}, {Phase: chat.Degraded}} {
			t.Run(fmt.Sprint(dies, begins.Phase), func(t *testing.T) {
				p := newPlace(t)
				for i, step := range steps {
					step(p)
					if i == dies {
						p.restart()
						p.state(begins.Phase, begins.Hint) // it tries again
						if i < 2 || i > 9 {                // and finds that all is well
							p.state(chat.Online, "")
						}
					}
				}
			})
		}
	}
}

// Being back sooner than in ten minutes is told as a change, and is no alarm.
func TestShortOutage(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "")
	p.pass(time.Hour)
	p.state(chat.Degraded, "silent")
	p.pass(5 * time.Minute)
	p.state(chat.Online, "")
	p.pass(time.Hour)
	p.want("channel", p.channel.texts, "在线", "不通：微信好一阵没有回音", "在线（断了5分钟）")
	p.want("staff", p.staff.texts)
	if p.terminal.Len() != 0 {
		t.Errorf("on the terminal: %s", &p.terminal)
	}
}

// A start that finds the link where it was left has nothing to tell.
func TestRestartIsNoChange(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "", chat.Trouble{Hint: "group-missing", About: "〔A〕"})
	p.pass(time.Hour)
	before := len(p.channel.texts)
	for range 3 {
		p.restart()
		p.now = p.now.Add(time.Hour)
		p.state(chat.Degraded, "")
		p.now = p.now.Add(3 * time.Second)
		p.state(chat.Online, "", chat.Trouble{Hint: "group-missing", About: "〔A〕"})
		p.pass(20 * time.Minute)
	}
	p.want("after restarts", p.channel.texts[before:])
	p.want("staff", p.staff.texts, "〔A〕")
}

// What a crash swallowed is seen by the next start.
func TestCrashBeforeAChangeIsNoted(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "")
	p.pass(time.Hour)
	p.link.Changed(chat.LinkState{Phase: chat.LoggedOut, Hint: "logged-out", Since: p.now})
	p.restart()
	p.state(chat.LoggedOut, "")
	p.state(chat.WaitingScan, "scan")
	p.want("channel", p.channel.texts, "在线", "等扫码")
}

// Troubles go to the staff as well, once each, with what to do.
func TestTroubles(t *testing.T) {
	p := newPlace(t)
	missing, twice := chat.Trouble{Hint: "group-missing", About: "〔A〕"}, chat.Trouble{Hint: "remark-twice", About: "GZ-0001"}
	p.state(chat.Online, "", missing)
	p.pass(time.Hour)
	p.state(chat.Online, "", missing, twice)
	p.restart()
	p.state(chat.LoggedOut, "")
	p.state(chat.Online, "", missing, twice)
	p.pass(time.Hour)
	p.state(chat.Online, "", twice)
	p.pass(time.Hour)
	p.want("channel", p.channel.texts, "在线 | 要您看一下：找不到带“〔A〕”的群：请在那部手机上把群保存到通讯录",
		"要您看一下：有两个好友的备注都是“GZ-0001”", "好了，“〔A〕”没有问题了")
	p.want("staff", p.staff.texts, "【要您看一下】找不到带“〔A〕”的群", "【要您看一下】有两个好友的备注都是“GZ-0001”")
}

// A count that grows is told, but not that the smaller count is over.
func TestGrowingCount(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "", chat.Trouble{Hint: "unreadable", About: "1"})
	p.pass(time.Hour)
	p.state(chat.Online, "", chat.Trouble{Hint: "unreadable", About: "2"})
	p.want("channel", p.channel.texts, "有1条消息没能读出来", "有2条消息没能读出来")
	if strings.Contains(p.channel.texts[1], "好了") {
		t.Error(p.channel.texts[1])
	}
}

// A link that flaps for an hour is told honestly, each change or its count, in a
// handful of messages.
func TestFlapping(t *testing.T) {
	p := newPlace(t)
	changes := 0
	for range 360 {
		for _, s := range []chat.LinkState{{Phase: chat.Degraded, Hint: "silent"}, {Phase: chat.Online}} {
			p.state(s.Phase, s.Hint)
			changes++
			p.now = p.now.Add(5 * time.Second)
		}
	}
	p.pass(20 * time.Minute)
	told := 0
	for _, text := range p.channel.texts {
		told += strings.Count(text, "\n12月1日")
		if i := strings.Index(text, "中间还变了"); i >= 0 {
			more := 0
			if _, err := fmt.Sscanf(text[i:], "中间还变了%d次", &more); err != nil {
				t.Error(err)
			}
			told += more
		}
		if n := len([]rune(text)); n > 600 {
			t.Errorf("%d characters are too many for a robot:\n%s", n, text)
		}
	}
	if told != changes || len(p.channel.texts) > 14 {
		t.Errorf("%d of %d changes in %d messages", told, changes, len(p.channel.texts))
	}
	if len(p.staff.texts) != 0 || strings.Contains(strings.Join(p.channel.texts, ""), "离线") {
		t.Error("a link that comes back each time is no outage")
	}
	p.pass(time.Hour)
	before := len(p.channel.texts)
	p.state(chat.Refused, "kicked")
	p.want("after peace, at once", p.channel.texts[before:], "登不上：刚扫上就被踢下来")
}

// The end of an alarm waits for nothing, and comes after what went before it.
func TestEndOfAlarmIsToldAtOnce(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "")
	p.pass(time.Hour)
	p.state(chat.LoggedOut, "logged-out")
	p.pass(10*time.Minute - time.Second)
	p.state(chat.WaitingScan, "scan")
	p.now = p.now.Add(time.Second)
	p.run(p.link)
	p.want("alarm", p.channel.texts[1:], "没登录", "等扫码", "【离线】")
	p.now = p.now.Add(5 * time.Second)
	p.state(chat.Online, "")
	p.want("back", p.channel.texts[4:], "在线（断了10分钟）")
}

// While the store takes nothing the changes wait in memory, in order.
func TestStoreThatFails(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "")
	p.pass(time.Hour)
	p.broken = true
	p.link.Changed(chat.LinkState{Phase: chat.Degraded, Hint: "network", Since: p.now})
	for range 3 {
		if _, ok, err := p.link.Next(t.Context()); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := p.link.Fire(t.Context(), p.now); err == nil {
			t.Fatal("no error")
		}
	}
	p.broken = false
	p.pass(time.Minute)
	p.want("channel", p.channel.texts, "在线", "19:00 不通")
}

// A channel that is down itself gets everything when it is back, in order.
func TestChannelThatIsDown(t *testing.T) {
	p := newPlace(t)
	p.channel.down = true
	p.state(chat.Refused, "kicked")
	p.pass(2 * time.Hour)
	p.restart()
	p.state(chat.Refused, "kicked")
	p.channel.down = false
	p.pass(time.Minute)
	p.want("channel", p.channel.texts, "登不上", "【离线】")
}

// What still waits to be told outlives the process.
func TestWaitingChangesOutliveTheProcess(t *testing.T) {
	p := newPlace(t)
	p.state(chat.WaitingScan, "scan")
	p.now = p.now.Add(10 * time.Second)
	p.state(chat.WaitingScan, "confirm")
	p.restart()
	p.state(chat.LoggedOut, "")
	p.pass(time.Minute)
	p.want("channel", p.channel.texts, "请用登录机器人的那部手机", "扫到了")
}

// A start that gets nowhere for ten minutes alarms, and being back is told,
// though the link is again what it last was.
func TestStartThatGetsNowhere(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "")
	p.pass(time.Hour)
	p.restart()
	p.state(chat.Degraded, "")
	p.pass(15 * time.Minute)
	p.state(chat.Online, "")
	p.want("channel", p.channel.texts, "在线", "【离线】", "在线（断了15分钟）")
	p.want("staff", p.staff.texts, "离线超过10分钟")
}

// When nobody can say whether the channel got it, it is sent again.
func TestUnclearSending(t *testing.T) {
	p := newPlace(t)
	p.channel.unclear = 2
	p.state(chat.Refused, "kicked")
	p.pass(5 * time.Minute)
	p.want("channel", p.channel.texts, "登不上")
}

// A clock that was moved back holds nothing up.
func TestClockMovedBack(t *testing.T) {
	p := newPlace(t)
	p.state(chat.Online, "")
	p.now = p.now.Add(-24 * time.Hour)
	p.state(chat.Degraded, "network")
	p.want("channel", p.channel.texts, "在线", "不通")
}

// The program tells that it did not run, once, whenever it dies.
func TestPulse(t *testing.T) {
	p := newPlace(t)
	minutes := func(n int) {
		for range n {
			p.now = p.now.Add(time.Minute)
			p.run(p.pulse)
		}
	}
	p.run(p.pulse)
	minutes(30)
	p.restart()
	p.now = p.now.Add(10 * time.Minute)
	p.run(p.pulse)
	p.want("ten minutes are no alarm", p.channel.texts)
	p.restart()
	p.now = p.now.Add(45 * time.Minute)
	p.run(p.pulse)
	for range 3 {
		p.restart()
		p.run(p.pulse)
		minutes(2)
	}
	p.want("channel", p.channel.texts, "【停过】从12月1日 18:40起，小信停了45分钟")
	p.want("staff", p.staff.texts, "停了45分钟")
	if strings.Count(p.terminal.String(), "停了45分钟") != 1 {
		t.Errorf("on the terminal: %s", &p.terminal)
	}
	p.now = p.now.Add(20 * time.Minute) // the machine slept
	p.run(p.pulse)
	p.want("channel", p.channel.texts, "45分钟", "停了20分钟")
	p.now = p.now.Add(-time.Hour) // the clock was wrong
	p.run(p.pulse)
	p.restart()
	p.now = p.now.Add(12 * time.Minute)
	p.run(p.pulse)
	p.want("channel", p.channel.texts[2:], "停了12分钟")
}

// A crash between noting that the program had stopped and sending it.
func TestPulseCrashesBeforeSending(t *testing.T) {
	p := newPlace(t)
	p.run(p.pulse)
	p.now = p.now.Add(time.Hour)
	p.restart()
	if err := p.pulse.Fire(t.Context(), p.now); err != nil {
		t.Fatal(err)
	}
	p.restart()
	p.now = p.now.Add(time.Minute)
	p.run(p.pulse)
	p.want("channel", p.channel.texts, "停了1小时")
}

// Changes come from another goroutine than the schedule's.
func TestChangesFromElsewhere(t *testing.T) {
	p := newPlace(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 100 {
			p.link.Changed(chat.LinkState{Phase: chat.Degraded, Hint: []string{"network", "silent"}[i%2]})
		}
	}()
	for range 100 {
		if err := p.link.Fire(t.Context(), p.now); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	p.run(p.link)
	if len(p.link.unseen()) != 0 || p.link.stands.Hint != "silent" {
		t.Errorf("left %d, stands %+v", len(p.link.unseen()), p.link.stands)
	}
}
