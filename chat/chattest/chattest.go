// Package chattest is the suite that every chat.Transport passes. It promises
// that a transport which passes it hands over each message at least once, in
// order and serially per chat, and tells truly what it has sent.
package chattest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fangzhuo/chat"
)

// Person is one of the two people of a World.
type Person string

// The people of a World. Both can write to the bot privately, and both are in
// the group.
const (
	Zhang Person = "zhang"
	Li    Person = "li"
)

// Chat is one of the conversations of a World.
type Chat string

// The conversations of a World.
const (
	// Private is the speaker's own private chat with the bot.
	Private Chat = "private"
	// Team is the group with Zhang, Li and the bot.
	Team Chat = "team"
)

// World is a chat network seen from the people's side, with Zhang, Li and the
// group Team in it and the transport joined to it.
type World interface {
	// Say makes a person say text. Say may wait until the bot has taken the
	// message, and comes back without an error even if the bot could not take
	// it. Several goroutines may call it at once.
	Say(from Person, in Chat, text string)
	// Call returns how people in the group call the bot: "@小信".
	Call() string
	// Received returns the texts that the bot has sent to the chat, in order,
	// as the person reads them. A message is there once Send returned nil.
	Received(reader Person, in Chat) []string
	// Gone returns an address of the transport's own form that leads nowhere.
	Gone() chat.Address
}

// Restarter is implemented by a World whose transport keeps what it has not
// handed over. Restart returns a new transport on the state that a crash of
// the old one would have left; the old one's Run has ended.
type Restarter interface {
	Restart() chat.Transport
}

// Start makes a fresh world and the transport in it, not yet running. It
// registers its own cleanup.
type Start func(t *testing.T) (chat.Transport, World)

// Run runs the suite; each test gets a world of its own.
func Run(t *testing.T, start Start) {
	tests := []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"Delivers", testDelivers},
		{"KeepsOrder", testKeepsOrder},
		{"LeavesTextAlone", testLeavesTextAlone},
		{"CallInGroup", testCallInGroup},
		{"SameIDAgain", testSameIDAgain},
		{"SerialPerChat", testSerialPerChat},
		{"SendsInOrder", testSendsInOrder},
		{"SendToNobody", testSendToNobody},
		{"EndsWithContext", testEndsWithContext},
		{"SurvivesCrash", testSurvivesCrash},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tr, w := start(t)
			test.test(t, &bench{t: t, tr: tr, w: w, got: make(chan chat.Message, 1000)})
		})
	}
}

// patience is how long the suite waits before it calls a thing missing; it
// is never waited out when the transport keeps its promises.
const patience = 20 * time.Second

// bench is one test's transport, its world, and the messages it handed over.
type bench struct {
	t   *testing.T
	tr  chat.Transport
	w   World
	got chan chat.Message
}

// keep is a handler that takes everything.
func (b *bench) keep(_ context.Context, batch []chat.Message) error {
	for _, m := range batch {
		b.got <- m
	}
	return nil
}

// run runs the transport until the returned function is called or the test ends.
func (b *bench) run(h chat.Handler) (stop func()) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.tr.Run(ctx, h) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				b.t.Errorf("Run after its context ended: %v, want nil", err)
			}
		case <-time.After(patience):
			b.t.Error("Run does not end with its context")
		}
	})
	b.t.Cleanup(stop)
	return stop
}

// next returns the next message handed over.
func (b *bench) next() chat.Message {
	b.t.Helper()
	select {
	case m := <-b.got:
		return m
	case <-time.After(patience):
		b.t.Fatal("no message was handed over")
		return chat.Message{}
	}
}

// address returns where a person's words in a chat come from.
func (b *bench) address(who Person, in Chat) chat.Address {
	b.t.Helper()
	b.w.Say(who, in, "在吗")
	return b.next().Chat
}

func testDelivers(t *testing.T, b *bench) {
	b.run(b.keep)
	b.w.Say(Zhang, Private, "澡堂的锁坏了")
	private := b.next()
	if private.Text != "澡堂的锁坏了" || private.ID == "" || private.At.IsZero() {
		t.Errorf("private message = %+v, want its text, an id and a time", private)
	}
	if private.Group() || private.Chat.Transport() != b.tr.Name() || private.Chat.Local() == "" {
		t.Errorf("private message came from %q in %q, want one address of %q", private.From, private.Chat, b.tr.Name())
	}
	b.w.Say(Zhang, Team, "今晚谁有顺车")
	group := b.next()
	if !group.Group() || group.Chat.Transport() != b.tr.Name() {
		t.Errorf("group message came from %q in %q, want a group's address", group.From, group.Chat)
	}
	if group.From != private.From {
		t.Errorf("Zhang is %q in the group and %q in private, want the same", group.From, private.From)
	}
	b.w.Say(Li, Team, "收到")
	if other := b.next(); other.From == group.From || other.Chat != group.Chat {
		t.Errorf("Li is %q in %q, want another sender in %q", other.From, other.Chat, group.Chat)
	}
}

func testKeepsOrder(t *testing.T, b *bench) {
	b.run(b.keep)
	const n = 30
	for i := range n {
		b.w.Say(Zhang, Private, fmt.Sprintf("第%d句", i))
	}
	ids := map[chat.MessageID]bool{}
	for i := range n {
		m := b.next()
		if want := fmt.Sprintf("第%d句", i); m.Text != want {
			t.Fatalf("message %d is %q, want %q", i, m.Text, want)
		}
		ids[m.ID] = true
	}
	if len(ids) != n {
		t.Errorf("%d messages carry %d ids", n, len(ids))
	}
}

func testLeavesTextAlone(t *testing.T, b *bench) {
	b.run(b.keep)
	for name, text := range map[string]string{
		"colon and new line": "反映:\n事由：澡堂\n\n诉求:换锁",
		"full width":         "查询４７？ 〔甲〕",
		"markup":             `<b>&amp; "引号" <img src="x"></b>`,
		"emoji":              "⚠️⚠️瓦斯探头不准🙄",
		"zero width":         "查\u200b询\u2005 47",
		"call in private":    b.w.Call() + " 你好",
		"long":               strings.Repeat("井下没网，", 2000),
	} {
		b.w.Say(Zhang, Private, text)
		if got := b.next().Text; got != text {
			t.Errorf("%s: handed over %.60q (%d bytes), want %.60q (%d bytes)", name, got, len(got), text, len(text))
		}
	}
}

func testCallInGroup(t *testing.T, b *bench) {
	b.run(b.keep)
	call := b.w.Call()
	for _, test := range []struct {
		said, text string
		addressed  bool
	}{
		{call + " 接待日", "接待日", true},
		{call + "\u2005接待日", "接待日", true},
		{strings.Replace(call, "@", "＠", 1) + " 接待日", "接待日", true},
		{"接待日 " + call, "接待日", true},
		{call + "，" + call + " 接待日", "接待日", true},
		{call + "箱 你好", call + "箱 你好", false},
		{call + " 反映:\n事由：澡堂", "反映:\n事由：澡堂", true},
		{"明早班前会提前10分", "明早班前会提前10分", false},
		{strings.TrimPrefix(call, "@") + "是谁", strings.TrimPrefix(call, "@") + "是谁", false},
		{"@所有人 明早班前会", "@所有人 明早班前会", false},
	} {
		b.w.Say(Zhang, Team, test.said)
		m := b.next()
		if m.Addressed != test.addressed || m.Text != test.text {
			t.Errorf("%q was handed over as %q, addressed %t; want %q, %t", test.said, m.Text, m.Addressed, test.text, test.addressed)
		}
	}
}

// testSameIDAgain holds at-least-once: a refused message comes again, the same
// and before any later one.
func testSameIDAgain(t *testing.T, b *bench) {
	refuse := make(chan struct{}, 2)
	refuse <- struct{}{}
	refuse <- struct{}{}
	refused := make(chan chat.Message, 10)
	b.run(func(ctx context.Context, batch []chat.Message) error {
		select {
		case <-refuse:
			refused <- batch[0]
			return errors.New("disk is full")
		default:
			return b.keep(ctx, batch)
		}
	})
	b.w.Say(Zhang, Private, "第一句")
	b.w.Say(Zhang, Private, "第二句")
	kept := b.next()
	if first := <-refused; kept.ID != first.ID || kept.Text != "第一句" || !kept.At.Equal(first.At) || kept.From != first.From {
		t.Errorf("refused %+v and got %+v, want the same message", first, kept)
	}
	if second := b.next(); second.Text != "第二句" {
		t.Errorf("then came %q, want the second message once", second.Text)
	}
	b.w.Say(Zhang, Private, "第三句")
	if third := b.next(); third.Text != "第三句" {
		t.Errorf("then came %q, want the third: what was taken must not come again", third.Text)
	}
}

func testSerialPerChat(t *testing.T, b *bench) {
	var mu sync.Mutex
	busy := map[chat.Address]bool{}
	overlap := false
	mark := func(batch []chat.Message, to bool) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range chatsOf(batch) {
			overlap = overlap || busy[c] == to
			busy[c] = to
		}
	}
	b.run(func(ctx context.Context, batch []chat.Message) error {
		mark(batch, true)
		defer mark(batch, false)
		return b.keep(ctx, batch)
	})
	const each = 20
	var wg sync.WaitGroup
	for _, who := range []Person{Zhang, Li} {
		for _, in := range []Chat{Private, Team} {
			wg.Go(func() {
				for range each {
					b.w.Say(who, in, "好")
				}
			})
		}
	}
	wg.Wait()
	for range 4 * each {
		b.next()
	}
	mu.Lock()
	defer mu.Unlock()
	if overlap {
		t.Error("the handler was called for a chat while it was still at work for that chat")
	}
}

// chatsOf lists the chats of a batch, each once.
func chatsOf(batch []chat.Message) []chat.Address {
	var list []chat.Address
	for _, m := range batch {
		if !slices.Contains(list, m.Chat) {
			list = append(list, m.Chat)
		}
	}
	return list
}

func testSendsInOrder(t *testing.T, b *bench) {
	b.run(b.keep)
	private, team := b.address(Zhang, Private), b.address(Zhang, Team)
	texts := []string{"已收到，编号2026-0001", "反映:\n事由：澡堂\n诉求：换锁", `<b>1</b> & "2"`, strings.Repeat("一句话，", 400)}
	for i, text := range texts {
		for _, to := range []chat.Address{private, team} {
			id, err := b.tr.Send(t.Context(), chat.Outgoing{Key: fmt.Sprintf("k%d/%s", i, to), To: to, Text: text})
			if err != nil || id == "" {
				t.Fatalf("Send to %q = %q, %v, want an id", to, id, err)
			}
		}
	}
	for _, in := range []Chat{Private, Team} {
		if got := b.w.Received(Zhang, in); !slices.Equal(got, texts) {
			t.Errorf("Zhang reads %d messages in %s: %.200q, want %.200q", len(got), in, got, texts)
		}
	}
	if got := b.w.Received(Li, Team); !slices.Equal(got, texts) {
		t.Errorf("Li reads %.200q in the group, want the same", got)
	}
	if got := b.w.Received(Li, Private); len(got) != 0 {
		t.Errorf("Li reads %.200q in private, want nothing", got)
	}
}

func testSendToNobody(t *testing.T, b *bench) {
	b.run(b.keep)
	b.address(Zhang, Private) // the transport is up
	for _, to := range []chat.Address{b.w.Gone(), "", "elsewhere:1", chat.Address(b.tr.Name() + ":")} {
		if _, err := b.tr.Send(t.Context(), chat.Outgoing{Key: "k", To: to, Text: "您好"}); !errors.Is(err, chat.ErrNoAddress) {
			t.Errorf("Send to %q: %v, want ErrNoAddress", to, err)
		}
	}
}

func testEndsWithContext(t *testing.T, b *bench) {
	stop := b.run(b.keep)
	b.w.Say(Zhang, Private, "在吗")
	b.next()
	stop()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.tr.Run(ctx, b.keep); err != nil {
		t.Errorf("Run with an ended context: %v, want nil", err)
	}
}

func testSurvivesCrash(t *testing.T, b *bench) {
	world, ok := b.w.(Restarter)
	if !ok {
		return
	}
	down := make(chan struct{}, 1000)
	stop := b.run(func(context.Context, []chat.Message) error {
		select {
		case down <- struct{}{}:
		default:
		}
		return errors.New("disk is full")
	})
	b.w.Say(Zhang, Private, "第一句")
	b.w.Say(Zhang, Private, "第二句")
	<-down
	stop()
	b.tr = world.Restart()
	b.run(b.keep)
	for _, want := range []string{"第一句", "第二句"} {
		if got := b.next().Text; got != want {
			t.Errorf("after the crash came %q, want %q", got, want)
		}
	}
}
