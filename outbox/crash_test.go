package outbox

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fangzhuo/storage/storagetest"
)

// A crash after every single write, then a second one during the recovery, on
// a transport that takes all at once and on one that takes one at a time.
func TestRestartAtEveryStep(t *testing.T) {
	for _, c := range []struct {
		name  string
		pace  map[string]Pace
		steps int64 // marks and records
	}{
		{"together", nil, 2},
		{"paced", map[string]Pace{"test": {Min: time.Second, Max: time.Second}}, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n := range c.steps + 1 {
				for m := range c.steps + 1 {
					if finished := crashTwice(t, c.pace, n, m); finished != (n == c.steps) {
						t.Fatalf("finished with %d writes: %v; the walk misses steps", n, finished)
					}
				}
			}
		})
	}
}

// crashTwice reports whether the first run came to its end within n writes.
func crashTwice(t *testing.T, pace map[string]Pace, n, m int64) bool {
	f := newOffice(t, Options{Pace: pace})
	copyTo := func(key, to string) Promise {
		p := notice(key, to)
		p.Batch = "n"
		return p
	}
	f.put(copyTo("n1", "x"), reply("r1", "zhang"), copyTo("n2", "y"), reply("r2", "zhang"), copyTo("n3", "x"))
	run := func(writes int64) error {
		s := storagetest.FailAfter(f.store, writes)
		q := New(s, map[string]Sender{"test": f.post}, f.Options)
		if err := q.Recover(t.Context()); err != nil {
			return err
		}
		for {
			at, ok, err := q.Next(t.Context())
			if err != nil || !ok {
				return err
			}
			f.advance(at.Sub(f.now()))
			if err := q.Fire(t.Context(), f.now()); err != nil {
				return err
			}
		}
	}
	finished := run(n) == nil
	_ = run(m) // fails or not: it is a crash
	if err := run(1000); err != nil {
		t.Fatalf("after crashes at %d and %d: %v", n, m, err)
	}
	at := fmt.Sprintf("after crashes at %d and %d", n, m)
	expect(t, at+": pending", f.next() < 0, true)
	times := make(map[string]int)
	var first []string
	for _, msg := range f.post.got {
		times[msg.Key]++
		if msg.Key[0] == 'r' && !slices.Contains(first, msg.Key) {
			first = append(first, msg.Key)
		}
		if want := "回复 " + msg.Key; msg.Key[0] == 'r' && msg.Text != want {
			t.Errorf("%s: %s repeated as %q", at, msg.Key, msg.Text)
		}
	}
	expect(t, at+": replies in order", first, []string{"r1", "r2"})
	unsure := make(map[string]bool)
	for _, o := range f.unsettled() {
		unsure[o.Key] = o.State == Unsure && o.Reason == Crashed
	}
	expect(t, at+": told as often as unsure", len(f.told), len(unsure))
	for _, key := range []string{"n1", "n2", "n3"} {
		if times[key] > 1 || times[key] == 0 && !unsure[key] {
			t.Errorf("%s: %s was sent %d times, unsure %v", at, key, times[key], unsure[key])
		}
	}
	b := f.batches()[0]
	expect(t, at+": counted", []int{b.Promised, b.Sent, b.Unsure, b.Waiting()}, []int{3, 3 - len(unsure), len(unsure), 0})
	return finished
}
