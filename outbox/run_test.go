package outbox

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage/storagetest"
)

// pass lets d go by on the office's clock and in the bubble.
func (f *office) pass(d time.Duration) {
	f.advance(d)
	<-time.After(d)
	synctest.Wait()
}

func TestRunSendsWhatFallsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: 3 * time.Second, Max: 3 * time.Second}}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		synctest.Wait()

		later := notice("later", "x")
		later.Due = start.Add(10 * time.Second)
		f.put(later, reply("1", "zhang"), reply("2", "zhang"))
		if err := f.Flush(ctx); err != nil { // wakes it
			t.Fatal(err)
		}
		synctest.Wait()
		expect(t, "at once", f.post.keys(), []string{"1"})
		f.pass(3 * time.Second)
		expect(t, "at its pace", f.post.keys(), []string{"1", "2"})
		f.pass(6 * time.Second)
		expect(t, "not early", f.post.keys(), []string{"1", "2"})
		f.pass(time.Second)
		expect(t, "when due", f.post.keys(), []string{"1", "2", "later"})
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// A transport that hangs holds up no other.
func TestRunWaitsForNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, Options{})
		ctx, stop := context.WithCancel(t.Context())
		hangs := sendFunc(func(ctx context.Context, m chat.Outgoing) (chat.MessageID, error) {
			<-ctx.Done()
			return "", errBroken
		})
		q := New(f.store, map[string]Sender{"test": f.post, "hangs": hangs}, f.Options)
		stuck := reply("stuck", "x")
		stuck.To = "hangs:x"
		f.put(stuck, reply("1", "zhang"))
		done := make(chan error, 1)
		go func() { done <- q.Run(ctx) }()
		synctest.Wait()
		expect(t, "at once", f.post.keys(), []string{"1"})
		f.put(reply("2", "zhang"))
		q.Wake("")
		synctest.Wait()
		expect(t, "meanwhile", f.post.keys(), []string{"1", "2"})
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// While the store takes nothing a lane is tried again and again, later each time.
func TestRunWhileTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, Options{})
		ctx, stop := context.WithCancel(t.Context())
		f.put(notice("1", "x"))
		store := storagetest.FailAfter(f.store, 0) // takes no write
		q := New(store, map[string]Sender{"test": f.post}, f.Options)
		done := make(chan error, 1)
		go func() { done <- q.Run(ctx) }()
		synctest.Wait()
		for range 60 {
			f.pass(time.Second)
		}
		if n := -store.Left.Load(); n < 3 || n > 12 {
			t.Errorf("tried %d times in a minute", n)
		}
		expect(t, "unsent", len(f.post.keys()), 0)
		store.Left.Store(100)
		f.pass(2 * time.Minute)
		expect(t, "afterwards", f.post.keys(), []string{"1"})
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// A sending in progress gets its time when the program ends; what has not
// begun waits for the next start, without doubt.
func TestEndInTheMiddleOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, Options{})
		ctx, stop := context.WithCancel(t.Context())
		slow := sendFunc(func(ctx context.Context, m chat.Outgoing) (chat.MessageID, error) {
			if m.Key == "1" {
				return "m1", nil
			}
			stop()
			select {
			case <-ctx.Done():
			case <-time.After(4 * time.Second):
				t.Error("a sending goes on until the program, which stops within 5 s, is killed")
			}
			return "", errBroken
		})
		q := New(f.store, map[string]Sender{"test": slow}, f.Options)
		f.put(notice("1", "x"), notice("2", "y"), notice("3", "z"))
		if err := q.Fire(ctx, f.now()); err != nil {
			t.Fatal(err)
		}
		if err := f.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.fire()
		expect(t, "sent after the start", f.post.keys(), []string{"3"})
		if out := f.unsettled(); len(out) != 1 || out[0].Key != "2" || out[0].Reason != Unclear {
			t.Errorf("unsettled %+v, want the one that was cut off", out)
		}
	})
}

type sendFunc func(context.Context, chat.Outgoing) (chat.MessageID, error)

func (f sendFunc) Send(ctx context.Context, m chat.Outgoing) (chat.MessageID, error) {
	return f(ctx, m)
}

// What became stale while it waited is not sent, and what stands behind it is.
// While nobody can say whether it is, it waits.
func TestStaleIsNotSent(t *testing.T) {
	asked := 0
	f := newOffice(t, Options{Stale: func(_ context.Context, key string) (bool, error) {
		if asked++; asked == 1 {
			return false, errors.New("the store does not answer")
		}
		return key == "b", nil
	}})
	for _, key := range []string{"a", "b", "c"} {
		f.put(Promise{Key: key, To: "test:1", Text: key, Repeat: true})
	}
	if err := f.Flush(t.Context()); err == nil || len(f.post.keys()) != 0 {
		t.Errorf("sent %q, %v", f.post.keys(), err)
	}
	f.advance(time.Minute)
	if err := f.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.post.keys(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("sent %q", got)
	}
	if len(f.told) != 1 || f.told[0].Key != "b" || f.told[0].State != Expired || f.told[0].Reason != Overtaken {
		t.Errorf("told %+v", f.told)
	}
}
