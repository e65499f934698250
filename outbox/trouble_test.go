package outbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
)

// An account that sends too often is told to wait ten minutes, then twenty; then
// its link goes down. Nothing is tried in between, nothing is in doubt, and each
// chat gets what it is owed once and in order, also over restarts.
func TestLimitsAndOutagesFromEndToEnd(t *testing.T) {
	for _, pace := range []map[string]Pace{nil, {"test": {Min: 3 * time.Second, Max: 3 * time.Second}}} {
		for restart := range 9 {
			t.Run(fmt.Sprint(len(pace), restart), func(t *testing.T) { throughTroubles(t, pace, restart) })
		}
	}
}

// throughTroubles restarts the queue before the given look at it, unless the
// account has to wait: only a running queue knows of that.
func throughTroubles(t *testing.T, pace map[string]Pace, restart int) {
	f := newOffice(t, Options{Pace: pace})
	free, online := start, true // when the account may send again
	var refused []time.Time
	f.post.answer = func(n int, _ chat.Outgoing) error {
		now := f.now()
		switch {
		case now.Before(free):
			t.Errorf("tried at %s, %s too early", now.Sub(start), free.Sub(now))
		case n == 4, n == 5:
			refused = append(refused, now)
			wait := time.Duration(10*(n-3)) * time.Minute
			free = now.Add(wait)
			return fmt.Errorf("send: %w", &chat.LimitedError{After: wait})
		case n == 6:
			online = false
		}
		if !online {
			return fmt.Errorf("send: %w", chat.ErrOffline)
		}
		return nil
	}
	var want []string
	for i := range 8 {
		to := fmt.Sprint(i % 3)
		p, n := reply(fmt.Sprint("r", i), to), notice(fmt.Sprint("n", i), to)
		p.To = n.To // replies and notices in one chat
		f.put(n, p)
		want = append(want, to+n.Key, to+p.Key)
	}
	for look := 0; f.next() >= 0 && look < 200; look++ {
		if look == restart && !f.now().Before(free) {
			f.Queue = New(f.store, map[string]Sender{"test": f.post}, f.Options)
			if err := f.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		f.advance(f.next())
		f.fire()
		if !online && f.now().Sub(refused[1]) > time.Hour {
			online = true
			f.Wake("test")
		}
		f.Wake("") // a word from somewhere else changes nothing
		if now := f.now(); now.Before(free) {
			f.Wake("test") // nor does a link that comes and goes
			f.fire()
		}
	}
	var got []string
	for _, m := range f.post.got {
		got = append(got, strings.TrimPrefix(string(m.To), "test:g/")+m.Key)
	}
	byChat := func(a, b string) int { return strings.Compare(a[:1], b[:1]) }
	slices.SortStableFunc(got, byChat)
	slices.SortStableFunc(want, byChat)
	expect(t, "each once, in order for each chat", got, want)
	expect(t, "told", f.late(), []string(nil))
	expect(t, "the limits", len(refused), 2)
}

// The limit that is met when a link is tried again holds although the link
// then comes up.
func TestALinkThatComesUpEndsNoLimit(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"1": {chat.ErrOffline, &chat.LimitedError{After: 10 * time.Minute}}})
	f.put(notice("1", "x"))
	f.fire()
	f.advance(f.next())
	f.fire()
	f.Wake("test")
	expect(t, "next", f.next(), 10*time.Minute)
	f.fire()
	expect(t, "asked", f.post.asked, 2)
	f.advance(10 * time.Minute)
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"1"})
	expect(t, "told", f.late(), []string(nil))
}
