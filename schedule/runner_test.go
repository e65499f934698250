package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// alarm is a part that is due at given instants and writes down what the clock
// shows when it is fired.
type alarm struct {
	clock *Clock
	mu    sync.Mutex
	at    []time.Time
	fail  error
	heard []string
}

func (a *alarm) Next(context.Context) (time.Time, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.at) == 0 {
		return time.Time{}, false, nil
	}
	return a.at[0], true, nil
}

func (a *alarm) Fire(_ context.Context, now time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fail != nil {
		a.heard = append(a.heard, "failed "+now.Format("15:04:05"))
		return a.fail
	}
	for len(a.at) > 0 && !a.at[0].After(now) {
		a.heard = append(a.heard, fmt.Sprint(a.clock.Now().Format("15:04:05")))
		a.at = a.at[1:]
	}
	return nil
}

func (a *alarm) took() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	heard := a.heard
	a.heard = nil
	return heard
}

// bubble is a runner in a synctest bubble with a wall clock that goes with it.
type bubble struct {
	mu   sync.Mutex
	wall time.Time
}

func (b *bubble) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wall
}

// pass lets d go by.
func (b *bubble) pass(d time.Duration) {
	b.jump(d)
	<-time.After(d)
	synctest.Wait()
}

// jump moves the wall alone: it was set, or the machine slept.
func (b *bubble) jump(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wall = b.wall.Add(d)
}

func running(t *testing.T, body func(b *bubble, r *Runner, a, other *alarm)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{wall: at(t, "2026-11-24 12:00")}
		clock := NewClock(b.now, time.Time{})
		a, other := &alarm{clock: clock}, &alarm{clock: clock}
		r := NewRunner(clock, slog.New(slog.DiscardHandler), a, other)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		synctest.Wait()
		body(b, r, a, other)
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

func (a *alarm) set(at ...time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = at
}

func TestRunFiresInTime(t *testing.T) {
	running(t, func(b *bubble, r *Runner, a, other *alarm) {
		a.set(b.now().Add(10*time.Second), b.now().Add(25*time.Second))
		r.Wake()
		b.pass(9 * time.Second)
		expect(t, "before", a.took(), []string(nil))
		b.pass(time.Second)
		expect(t, "at 10 s", a.took(), []string{"12:00:10"})
		b.pass(15 * time.Second)
		expect(t, "at 25 s", a.took(), []string{"12:00:25"})
	})
}

// prompt is a part that is due at once, by whatever the clock shows when asked.
type prompt struct {
	clock *Clock
	fired chan struct{}
}

func (p *prompt) Next(context.Context) (time.Time, bool, error) {
	select {
	case <-p.fired:
		return time.Time{}, false, nil
	default:
		return p.clock.Now(), true, nil
	}
}

func (p *prompt) Fire(context.Context, time.Time) error { close(p.fired); return nil }

// A wall clock shows another instant each time it is read: what is due at the
// instant of being asked is fired all the same.
func TestRunFiresWhatIsDueAtOnce(t *testing.T) {
	wall := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	clock := NewClock(func() time.Time { wall = wall.Add(time.Nanosecond); return wall }, time.Time{})
	p := &prompt{clock: clock, fired: make(chan struct{})}
	if _, err := NewRunner(clock, slog.New(slog.DiscardHandler), p).settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.fired:
	default:
		t.Error("what was due at once is not fired")
	}
}

func TestRunNoticesAWallThatJumped(t *testing.T) {
	running(t, func(b *bubble, r *Runner, a, other *alarm) {
		a.set(b.now().Add(8 * time.Hour))
		r.Wake()
		synctest.Wait()
		b.jump(9 * time.Hour) // the machine slept
		b.pass(time.Minute)
		expect(t, "within a minute", a.took(), []string{"21:01:00"})
	})
}

func TestFailingPartIsTriedAgainAndHoldsUpNobody(t *testing.T) {
	running(t, func(b *bubble, r *Runner, a, other *alarm) {
		a.set(b.now())
		a.fail = errors.New("no")
		other.set(b.now().Add(5 * time.Second))
		r.Wake()
		synctest.Wait()
		for range 4 {
			b.pass(time.Second)
		}
		expect(t, "waits 1, 2, 4 seconds", a.took(), []string{"failed 12:00:00", "failed 12:00:01", "failed 12:00:03"})
		b.pass(time.Second)
		expect(t, "the other", other.took(), []string{"12:00:05"})
		a.mu.Lock()
		a.fail = nil
		a.mu.Unlock()
		b.pass(2 * time.Second)
		expect(t, "at last", a.took(), []string{"12:00:07"})
	})
}

func TestMoveFiresInOrderAtTheirOwnTime(t *testing.T) {
	now := at(t, "2026-11-24 12:00")
	clock := NewClock(func() time.Time { return now }, now)
	var order []string
	a := &alarm{clock: clock, at: []time.Time{now.Add(time.Minute), now.Add(3 * time.Minute), now.Add(9 * time.Minute)}}
	b := &alarm{clock: clock, at: []time.Time{now.Add(2 * time.Minute)}}
	r := NewRunner(clock, slog.New(slog.DiscardHandler), noting{"a", a, &order}, noting{"b", b, &order})
	if err := r.Move(t.Context(), now.Add(5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	expect(t, "order", order, []string{"a 12:01", "b 12:02", "a 12:03"})
	expect(t, "clock", clock.Now(), now.Add(5*time.Minute))
	if err := r.Move(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	expect(t, "back", clock.Now(), now)
	now = now.Add(time.Minute) // the wall
	expect(t, "it runs on", clock.Now(), now)

	b.at, b.fail = []time.Time{now.Add(time.Hour)}, errors.New("no")
	if err := r.Move(t.Context(), now.Add(2*time.Hour)); !errors.Is(err, b.fail) {
		t.Errorf("move: %v", err)
	}
	expect(t, "stays at the failure", clock.Now(), now.Add(time.Hour))
}

type noting struct {
	name string
	Part
	order *[]string
}

func (n noting) Fire(ctx context.Context, now time.Time) error {
	*n.order = append(*n.order, n.name+now.Format(" 15:04"))
	return n.Part.Fire(ctx, now)
}
