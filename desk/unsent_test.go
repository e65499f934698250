package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
)

// post is a network on which nobody but staff can be reached.
type post map[chat.Address][]string

func (p post) Send(_ context.Context, m chat.Outgoing) (chat.MessageID, error) {
	if m.To != "test:wang" && m.To != "test:zhou" {
		return "", chat.ErrNoAddress
	}
	p[m.To] = append(p[m.To], m.Text)
	return "1", nil
}

// Staff hear once of each message that did not go out, in words, and never to
// whom in person it was.
func TestStaffHearOfWhatDidNotGoOut(t *testing.T) {
	d, store := open(t)
	d.Groups = []Group{{ID: "zc", Name: "综采一队群", Address: "test:zc"}}
	told := post{}
	now := func() time.Time { return monday }
	q := outbox.New(store, map[string]outbox.Sender{"test": told}, outbox.Options{Now: now,
		Report: func(tx storage.Tx, o outbox.Outcome) error { return d.Unsent(tx, o, monday) }})
	do(t, store, func(tx storage.Tx) error {
		var errs []error
		for _, p := range []outbox.Promise{
			{Key: "a", To: "test:mei", File: &outbox.File{Name: "梅芳.pdf", Ref: "ab12"}, Repeat: true},
			{Key: "b", To: "test:zc", Text: strings.Repeat("长通知。", 600)},
			{Key: "c", To: "test:mei", Text: "答复", Repeat: true},
		} {
			_, err := outbox.Put(tx, p, monday)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	for _, ok, err := q.Next(t.Context()); ok; _, ok, err = q.Next(t.Context()) {
		if err := errors.Join(err, q.Fire(t.Context(), monday)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"【没发出去】给一个人的一个文件：文件已经不在了。请人工补上。",
		"【没发出去】给一个人的一条消息：发不过去。请人工补上。",
		"【没发出去】给“综采一队群”的一条通知：发不过去。请人工补上。"}
	slices.Sort(want)
	for _, to := range []chat.Address{"test:wang", "test:zhou"} {
		slices.Sort(told[to]) // recorded at the same time
		if d := cmp.Diff(want, told[to]); d != "" {
			t.Errorf("%s (-want +got):\n%s", to, d)
		}
	}
}
