package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/storage"
)

// groups is a network of groups that counts what each was sent.
type groups map[chat.Address]int

func (g groups) Send(_ context.Context, m chat.Outgoing) (chat.MessageID, error) {
	g[m.To]++
	return "1", nil
}

// asks says something as staff and returns what comes back.
func (tb *table) asks(t *testing.T, who chat.Address, text string) string {
	t.Helper()
	before := len(tb.passed)
	m := said(fmt.Sprint(who, before, tb.now), text)
	m.From, m.Chat, m.At = who, who, tb.now
	tb.accept(t, m)
	if len(tb.passed) != before+1 {
		t.Fatalf("%d answers to %q", len(tb.passed)-before, text)
	}
	return tb.passed[before].Text
}

// Staff see how far a notice to 200 groups is, in the middle, after the program
// was killed there, and at the end.
func TestProgressOfANoticeTo200Groups(t *testing.T) {
	tb := set(t)
	network := groups{}
	queue := func() *outbox.Queue {
		q := outbox.New(tb.store, map[string]outbox.Sender{"net": network}, outbox.Options{Now: tb.Now, Rand: func() float64 { return 0.5 },
			Pace: map[string]outbox.Pace{"net": {Min: 3 * time.Second, Max: 5 * time.Second, PerMinute: 15}}})
		if err := q.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		return q
	}
	q := queue()
	tb.Batches = func(ctx context.Context, limit int) ([]outbox.Batch, error) { return q.Batches(ctx, limit) }
	until := func(sent int) {
		t.Helper()
		for total := 0; total < sent; total++ {
			at, _, err := q.Next(t.Context())
			if at.After(tb.now) {
				tb.now = at
			}
			if err := errors.Join(err, q.Fire(t.Context(), tb.now)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := tb.asks(t, "t:wang", "进度"); got != "最近30天没有往群里发过通知。" {
		t.Errorf("before anything was sent: %q", got)
	}
	for i := range 200 {
		id := fmt.Sprint("g", i)
		tb.desk.Groups = append(tb.desk.Groups, desk.Group{ID: id, Name: id, Address: chat.Address("net:" + id)})
	}
	for i := range 200 {
		id := fmt.Sprint("g", i)
		err := tb.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := tb.desk.Post(tx, desk.Notice{Key: "reception/2026-12-07/week/" + id, Batch: "reception/2026-12-07/week", Target: id,
				Text: "【矿领导接待日预告】12月7日（星期一）\n张矿长接待", Until: tb.now.Add(96 * time.Hour)}, tb.now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const head = "最近的通知：\n11月23日 10:00 【矿领导接待日预告】12月7日（星期一）："
	expect := func(want string) {
		t.Helper()
		if got := tb.asks(t, "t:wang", "进度"); got != head+want {
			t.Errorf("progress is\n%s, want\n%s", got, head+want)
		}
	}
	expect("应发200，已发0，等着200，没发出0，大约还要14分钟")
	until(153)
	expect("应发200，已发153，等着47，没发出0，大约还要4分钟")
	q = queue() // killed and started again
	expect("应发200，已发153，等着47，没发出0，大约还要4分钟")
	until(47)
	expect("应发200，已发200，没发出0")
	if len(network) != 200 {
		t.Errorf("%d groups got it", len(network))
	}
	for to, n := range network {
		if n != 1 {
			t.Errorf("%s got it %d times", to, n)
		}
	}
}

// With a number, and for everybody but staff, 进度 is about matters.
func TestProgressOfAMatter(t *testing.T) {
	tb := set(t)
	tb.Batches = func(context.Context, int) ([]outbox.Batch, error) {
		return []outbox.Batch{{Name: "n", About: "【通知】", At: monday, Promised: 9, Sent: 3, Refused: 1, Expired: 1, Unsure: 1,
			Left: 20 * time.Hour, Offline: true}}, nil
	}
	want := "最近的通知：\n11月23日 10:00 【通知】：应发9，已发3，等着3，没发出2，拿不准1，大约11月24日 06:00发完（现在断线，连上后接着发）\n没发出的、拿不准的，回“未决”看。"
	if got := tb.asks(t, "t:wang", "进度"); got != want {
		t.Errorf("staff hear %q, want %q", got, want)
	}
	for who, text := range map[chat.Address]string{"t:luo": "进度", "t:duan": "进度 47", "t:wang": "进度 47"} {
		if got := tb.asks(t, who, text); strings.Contains(got, "【通知】") || got == "" {
			t.Errorf("%s asks %q and hears %q", who, text, got)
		}
	}
	if a, b := tb.asks(t, "t:luo", "进度"), tb.asks(t, "t:duan", "查询"); a != b {
		t.Errorf("a worker hears %q to 进度 and %q to 查询", a, b)
	}
}
