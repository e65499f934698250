package outbox

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fangzhuo/chat"
	"fangzhuo/storage/storagetest"
)

// copyOf returns a copy of a notice to many.
func copyOf(batch string, i int) Promise {
	p := notice(fmt.Sprint(batch, "/", i), fmt.Sprint(i))
	p.Batch, p.Text = batch, "【接待日预告】12月7日\n在三楼会议室"
	return p
}

func (f *office) batches() []Batch {
	f.t.Helper()
	all, err := f.Batches(f.t.Context(), 10)
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// stop ends the program where it is; the next queue knows what is stored.
func (f *office) restart() {
	f.t.Helper()
	f.Queue = New(f.store, map[string]Sender{"test": f.post}, f.Options)
	if err := f.Recover(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

// A notice to 200 groups says how far it is, also after the program was killed
// in the middle, and goes on where it was.
func TestNoticeTo200Groups(t *testing.T) {
	f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: 3 * time.Second, Max: 5 * time.Second, PerMinute: 15}},
		Rand: func() float64 { return 0.5 }})
	for i := range 200 {
		f.put(copyOf("week", i))
	}
	for len(f.post.got) < 153 {
		f.advance(f.next())
		f.fire()
	}
	want := Batch{Name: "week", About: "【接待日预告】12月7日", At: start, Promised: 200, Sent: 153, Left: 47 * 4 * time.Second}
	expect(t, "in the middle", f.batches(), []Batch{want})
	expect(t, "waiting", want.Waiting(), 47)

	f.restart()
	want.Left -= 4 * time.Second // nobody knows of the last pause any more
	expect(t, "after the restart", f.batches(), []Batch{want})
	began := f.now()
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	want.Sent, want.Left = 200, 0
	expect(t, "at the end", f.batches(), []Batch{want})
	if took := f.now().Sub(began); took != 46*4*time.Second {
		t.Errorf("the rest took %s", took)
	}
	times := map[string]int{}
	for _, m := range f.post.got {
		times[string(m.To)]++
	}
	for i := range 200 {
		if n := times[fmt.Sprint("test:g/", i)]; n != 1 {
			t.Errorf("group %d got it %d times", i, n)
		}
	}
}

// The copy that was being sent when the program was killed is the only one in
// doubt, and it counts so.
func TestKilledWhileSendingToMany(t *testing.T) {
	f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: time.Second, Max: time.Second}}})
	for i := range 20 {
		f.put(copyOf("week", i))
	}
	for range 7 {
		f.advance(f.next())
		f.fire()
	}
	broken := storagetest.FailAfter(f.store, 1) // it is marked and sent, and not recorded
	dying := New(broken, map[string]Sender{"test": f.post}, f.Options)
	if err := dying.Fire(t.Context(), f.now()); err == nil {
		t.Fatal("the program was not killed")
	}
	f.restart()
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	got := f.batches()[0]
	expect(t, "sent", []int{got.Promised, got.Sent, got.Unsure, got.Waiting()}, []int{20, 19, 1, 0})
	expect(t, "told", f.late(), []string{"week/7 unsure crashed"})
	keys := f.post.keys()
	slices.Sort(keys)
	expect(t, "sent twice", len(slices.Compact(keys)), len(f.post.got))
}

func TestEveryOutcomeIsCountedOnce(t *testing.T) {
	for _, pace := range []map[string]Pace{nil, {"test": {Min: time.Second, Max: time.Second}}} {
		f := newOffice(t, Options{Pace: pace})
		f.post.answer = answers(map[string][]error{
			"week/1": {chat.ErrNoAddress}, "week/2": {errBroken}, "week/3": {chat.ErrOffline},
			"week/5#2": {errBroken}, "week/6#1": {chat.ErrNoAddress}, "week/6#3": {errBroken}, "week/7#3": {chat.ErrNoAddress},
		})
		for i := range 10 {
			p := copyOf("week", i)
			if i >= 5 {
				p.Text = long("知")
			}
			if i == 4 || i == 9 {
				p.Until = start.Add(-time.Second)
			}
			f.put(p, p) // the second time it is known
		}
		f.put(notice("alone", "x"))
		for f.next() >= 0 {
			f.advance(f.next())
			f.fire()
		}
		// sent 0 3 8, refused 1 7, unsure 2 5 6, expired 4 9
		want := []Batch{{Name: "week", Promised: 10, Sent: 3, Refused: 2, Unsure: 3, Expired: 2}}
		if d := cmp.Diff(want, f.batches(), cmpopts.IgnoreFields(Batch{}, "About", "At")); d != "" {
			t.Errorf("paced %t (-want +got):\n%s", pace != nil, d)
		}
	}
}

func TestBatchesAreNewestFirstAndForgotten(t *testing.T) {
	f := newOffice(t, Options{})
	names := func() (names []string) {
		all, err := f.Batches(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all {
			names = append(names, b.Name)
		}
		return names
	}
	for _, name := range []string{"b", "c", "a"} {
		f.put(copyOf(name, 1))
		f.fire()
		f.advance(24 * time.Hour)
	}
	expect(t, "newest two", names(), []string{"a", "c"})
	private := reply("p", "zhang")
	private.Batch = "private"
	f.put(private)
	expect(t, "what a person is told is not kept", f.batches()[0].About, "")
	slow := copyOf("a", 2)
	slow.Due = f.now().Add(2 * Retention)
	f.put(slow)
	f.advance(Retention - 24*time.Hour)
	f.fire()
	expect(t, "after 30 days", names(), []string{"private", "a"})
	f.advance(3 * Retention)
	f.fire()
	expect(t, "at last", f.batches(), []Batch(nil))
	if bytes.Contains(stored(t, f.store), []byte("private")) {
		t.Error("the name of a batch is still stored")
	}
	expect(t, "the last copy went out", slices.Contains(f.post.keys(), "a/2"), true)
}

// What is left is told by what goes before, the pause that is under way, and
// the night.
func TestHowLongTheRestTakes(t *testing.T) {
	f := overnight(t, "11-24 22:59:50")
	for i := range 5 {
		f.put(copyOf("first", i))
	}
	for i := range 15 {
		f.put(copyOf("second", i))
	}
	left := func() (left []time.Duration) {
		for _, b := range f.batches() {
			left = append(left, b.Left)
		}
		slices.Sort(left)
		return left
	}
	const s = time.Second
	expect(t, "in the evening", left(), []time.Duration{4 * s, 7*time.Hour + 19*s})
	f.fire()
	expect(t, "in the pause", left(), []time.Duration{4 * s, 7*time.Hour + 19*s})
	f.until("11-25 00:00:00")
	expect(t, "in the night", left(), []time.Duration{0, 6*time.Hour + 9*s})
	f.advance(6 * time.Hour)
	f.post.answer = answers(map[string][]error{"second/5": {&chat.LimitedError{After: time.Hour}, chat.ErrOffline}})
	f.fire()
	expect(t, "limited", left(), []time.Duration{0, time.Hour + 9*s})
	expect(t, "limited is not offline", f.batches()[0].Offline, false)
	f.advance(time.Hour)
	f.fire()
	expect(t, "offline", left(), []time.Duration{0, 9 * s})
	expect(t, "offline", f.batches()[0].Offline || f.batches()[1].Offline, true)

	f = overnight(t, "11-24 12:00:00")
	for i := range 2 {
		p := copyOf("long", i)
		p.Text = long("知")
		f.put(p)
	}
	expect(t, "in several messages", left(), []time.Duration{5 * s})
	expect(t, "a thousand at 15 a minute", Pace{Min: 3 * s, Max: 4 * s, PerMinute: 15}.after(start, 1001).Sub(start), 4000*s)
}
