package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Part is something that falls due from time to time.
type Part interface {
	// Next returns the next instant at which there is something to do, which
	// may have passed; ok is false if there is nothing.
	Next(ctx context.Context) (at time.Time, ok bool, err error)
	// Fire does all that is due now. Afterwards Next is later than now.
	Fire(ctx context.Context, now time.Time) error
}

// maxSleep is how long the runner sleeps at most, so that it notices a wall
// clock that jumped and a machine that slept.
const maxSleep = time.Minute

// Runner fires its parts when they fall due, one at a time; of two that are due
// at the same instant the one given first.
type Runner struct {
	clock *Clock
	log   *slog.Logger
	seats []*seat
	turn  chan struct{} // holds the one permit to fire and to move the clock
	woken chan struct{}
}

// seat is a part with what it has to wait for after a failure.
type seat struct {
	Part
	failures    int
	from, until time.Time // it rests in between
}

func (s *seat) resting(now time.Time) bool { return !now.Before(s.from) && now.Before(s.until) }

// fail makes the seat rest for a second, then two, up to a minute.
func (s *seat) fail(now time.Time) {
	rest := min(time.Second<<min(s.failures, 6), time.Minute)
	s.failures++
	s.from, s.until = now, now.Add(rest)
}

// NewRunner returns a runner of the given parts.
func NewRunner(clock *Clock, log *slog.Logger, parts ...Part) *Runner {
	r := &Runner{clock: clock, log: log, turn: make(chan struct{}, 1), woken: make(chan struct{}, 1)}
	for _, p := range parts {
		r.seats = append(r.seats, &seat{Part: p})
	}
	return r
}

// Wake makes the runner look again: something new may be due.
func (r *Runner) Wake() {
	select {
	case r.woken <- struct{}{}:
	default:
	}
}

// Run fires what falls due until ctx ends. A part that fails is logged and
// tried again later; the others go on.
func (r *Runner) Run(ctx context.Context) error {
	for {
		sleep, err := r.settle(ctx)
		if err != nil {
			return nil // ctx has ended
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.woken:
		}
		timer.Stop()
	}
}

// settle fires all that is due and returns how long to sleep. Its error is
// only ever that of ctx.
func (r *Runner) settle(ctx context.Context) (time.Duration, error) {
	if err := r.lock(ctx); err != nil {
		return 0, err
	}
	defer r.unlock()
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		now := r.clock.Now()
		s, at, err := r.next(ctx, func(s *seat) bool { return !s.resting(now) })
		now = r.clock.Now() // the clock runs while we look: what is due "now" is due
		switch {
		case err == nil && (s == nil || at.After(now)):
			return r.sleep(s, at), nil
		case err == nil:
			err = s.Fire(ctx, now)
		}
		if err == nil {
			s.failures = 0
		} else if ctx.Err() == nil {
			s.fail(now)
			r.log.Error("a scheduled part is interrupted", "part", fmt.Sprintf("%T", s.Part), "err", err)
		}
	}
}

// sleep returns how long nothing has to be done when the next seat is due at at.
func (r *Runner) sleep(next *seat, at time.Time) time.Duration {
	now, sleep := r.clock.Now(), maxSleep
	if next != nil {
		sleep = min(sleep, at.Sub(now))
	}
	for _, s := range r.seats {
		if s.resting(now) {
			sleep = min(sleep, s.until.Sub(now))
		}
	}
	return sleep
}

// next returns the chosen seat that is due first, or nil. With an error it is
// the seat whose error it is.
func (r *Runner) next(ctx context.Context, chosen func(*seat) bool) (first *seat, at time.Time, err error) {
	for _, s := range r.seats {
		if !chosen(s) {
			continue
		}
		due, ok, err := s.Next(ctx)
		if err != nil {
			return s, at, fmt.Errorf("look for what is due: %w", err)
		}
		if ok && (first == nil || due.Before(at)) {
			first, at = s, due
		}
	}
	return first, at, nil
}

// Settle fires all that is due at the present instant.
func (r *Runner) Settle(ctx context.Context) error {
	if err := r.lock(ctx); err != nil {
		return err
	}
	defer r.unlock()
	return r.fireUntil(ctx, r.clock.Now(), false)
}

// Move moves the clock and fires everything due on the way, in order, with the
// clock showing each one's own time. Moved back, the clock fires nothing twice.
// On an error the clock stays where the error was.
func (r *Runner) Move(ctx context.Context, to time.Time) error {
	if err := r.lock(ctx); err != nil {
		return err
	}
	defer r.unlock()
	r.clock.freeze()
	defer r.clock.thaw()
	if to.Before(r.clock.Now()) {
		r.clock.put(to)
	}
	if err := r.fireUntil(ctx, to, true); err != nil {
		return err
	}
	r.clock.put(to)
	defer r.Wake()
	return r.fireUntil(ctx, to, true) // the parts see where the clock is now
}

// fireUntil fires what is due up to an instant; with move the clock goes along.
func (r *Runner) fireUntil(ctx context.Context, to time.Time, move bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, at, err := r.next(ctx, func(*seat) bool { return true })
		if err != nil {
			return err
		}
		if !move { // the clock runs while we look
			to = r.clock.Now()
		}
		if s == nil || at.After(to) {
			return nil
		}
		if now := r.clock.Now(); move && at.After(now) {
			r.clock.put(at)
		}
		if err := s.Fire(ctx, r.clock.Now()); err != nil {
			return fmt.Errorf("fire what is due: %w", err)
		}
	}
}

func (r *Runner) lock(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Runner) unlock() { <-r.turn }
