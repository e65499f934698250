package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/storage"
)

const (
	// perUpdate keeps a transaction under about 64 keys: two for the decision
	// and three for the message owed.
	perUpdate = 12
	// overlap is how long a cause may take from being said to being stored: so
	// far back the planner looks again.
	overlap = time.Minute
	// reach is how far back it looks for what fell due while the program was
	// down. Nothing is useful for so long.
	reach = 62 * 24 * time.Hour
	// fresh is how long a plan is relied on without a word that it changed.
	fresh = time.Minute
)

// PlannerOptions are what a Planner needs from its surroundings; all but
// Skipped are required.
type PlannerOptions struct {
	Now func() time.Time
	Log *slog.Logger
	// Sources returns the occasions as they are now; it is asked again after
	// Replan and at each firing.
	Sources func(ctx context.Context) ([]Source, error)
	// Emit owes what the occasion asks for, in the transaction that records it.
	// It may run again.
	Emit func(tx storage.Tx, o Occasion, now time.Time) error
	// Skipped is called in the transaction that records an occasion as skipped,
	// so that a person is told. It may run again.
	Skipped func(tx storage.Tx, o Occasion, now time.Time) error
}

// Planner decides each occasion once. It is a Part.
type Planner struct {
	store storage.Store
	PlannerOptions

	mu   sync.Mutex
	plan plan
	seen time.Time // nothing was due up to here by the plan of then
}

var _ Part = (*Planner)(nil)

// plan is the answer to Next, as of the instant asked.
type plan struct {
	asked, at time.Time
	ok        bool
}

// NewPlanner returns a planner over the store.
func NewPlanner(store storage.Store, o PlannerOptions) *Planner {
	if o.Skipped == nil {
		o.Skipped = func(storage.Tx, Occasion, time.Time) error { return nil }
	}
	return &Planner{store: store, PlannerOptions: o}
}

// Replan tells the planner that a day was moved or a source has changed
// otherwise. The caller wakes the runner.
func (p *Planner) Replan() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan{}
}

// Next implements Part.
func (p *Planner) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	now := p.Now()
	p.mu.Lock()
	known := p.plan
	p.mu.Unlock()
	if !known.asked.IsZero() && !now.Before(known.asked) && now.Before(known.asked.Add(fresh)) {
		return known.at, known.ok, nil
	}
	at, ok, err = p.next(ctx, now)
	if err != nil {
		return at, false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan{now, at, ok}
	if !ok || at.After(now) {
		p.seen = now
	}
	return at, ok, nil
}

// next looks ahead in growing spans: what is due soon is found cheaply.
func (p *Planner) next(ctx context.Context, now time.Time) (at time.Time, ok bool, err error) {
	place, err := p.place(ctx, now)
	if err != nil {
		return at, false, err
	}
	sources, err := p.Sources(ctx)
	if err != nil {
		return at, false, fmt.Errorf("read the sources of notices: %w", err)
	}
	const day = 24 * time.Hour
	from := p.from(place, now)
	for _, span := range []time.Duration{time.Hour, day, 8 * day, 40 * day, 400 * day} {
		to := now.Add(span)
		undecided, err := p.undecided(ctx, occasions(sources, from, to), place, 1)
		if err != nil {
			return at, false, err
		}
		if len(undecided) > 0 {
			return undecided[0].Due, true, nil
		}
		from = to
	}
	return at, false, nil
}

// Fire implements Part: it decides all occasions up to now.
func (p *Planner) Fire(ctx context.Context, now time.Time) error {
	p.Replan()
	place, err := p.place(ctx, now)
	if err != nil {
		return err
	}
	sources, err := p.Sources(ctx)
	if err != nil {
		return fmt.Errorf("read the sources of notices: %w", err)
	}
	due, err := p.undecided(ctx, occasions(sources, p.from(place, now), now), place, -1)
	if err != nil {
		return err
	}
	if err := p.carryOut(ctx, choose(due, now), now); err != nil {
		return err
	}
	place.decided = now
	if err := p.store.Update(ctx, place.write); err != nil {
		return fmt.Errorf("note how far notices are decided: %w", err)
	}
	return nil
}

// from returns the instant after which occasions are looked at. What a new
// plan would have had due before it was made is not.
func (p *Planner) from(at place, now time.Time) time.Time {
	p.mu.Lock()
	from := at.decided
	if p.seen.After(from) && !p.seen.After(now) {
		from = p.seen
	}
	p.mu.Unlock()
	from = from.Add(-overlap)
	if from.Before(at.floor) {
		from = at.floor
	}
	if oldest := now.Add(-reach); from.Before(oldest) {
		p.Log.Warn("notices from before are not looked at", "before", oldest)
		from = oldest
	}
	return from
}

// place returns how far the planner has come. On the first start, and when the
// clock went back, that is just before this minute: what is due now fires.
func (p *Planner) place(ctx context.Context, now time.Time) (at place, err error) {
	known := false
	err = p.store.View(ctx, func(r storage.Reader) error {
		b, err := r.Get(tableSchedule, placeKey)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		at, known = readPlace(b)
		return err
	})
	if err == nil && (!known || now.Before(at.decided)) {
		just := now.Truncate(time.Minute).Add(-1) // a start takes some milliseconds
		at = place{just, just}
		err = p.store.Update(ctx, at.write)
	}
	if err != nil {
		return at, fmt.Errorf("read how far notices are decided: %w", err)
	}
	return at, nil
}

// occasions returns what all sources have in a span, ordered by due time.
func occasions(sources []Source, from, to time.Time) []Occasion {
	found := make([][]Occasion, len(sources))
	for i, s := range sources {
		found[i] = s.Occasions(from, to)
	}
	all := slices.Concat(found...)
	slices.SortStableFunc(all, byDue)
	return all
}

// undecided returns the first limit occasions that are to be decided; a
// negative limit means all.
func (p *Planner) undecided(ctx context.Context, all []Occasion, at place, limit int) (found []Occasion, err error) {
	err = p.store.View(ctx, func(r storage.Reader) error {
		found = nil
		for _, o := range all {
			if len(found) == limit {
				return nil
			}
			yes, err := open(r, o, at)
			if err != nil {
				return err
			}
			if yes {
				found = append(found, o)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for decided notices: %w", err)
	}
	return found, nil
}

// verdict is an occasion with what is to be done about it.
type verdict struct {
	Occasion
	Verdict
}

// choose decides what to do about occasions that are due. Of several that one
// target would get about the same day of a job, the latest is the most useful
// and goes out alone; a change that somebody gave cause for is never merged.
func choose(due []Occasion, now time.Time) []verdict {
	type matter struct {
		job, target string
		day         calendar.Date
	}
	chosen := make([]verdict, len(due))
	latest := make(map[matter]bool)
	for i, o := range slices.Backward(due) {
		m := matter{o.Job, o.Target, o.Day}
		switch {
		case o.Said.IsZero() && latest[m]:
			chosen[i] = verdict{o, Merged}
		case now.After(o.Until):
			chosen[i] = verdict{o, Skipped}
		default:
			chosen[i] = verdict{o, Emitted}
			latest[m] = latest[m] || o.Said.IsZero()
		}
	}
	return chosen
}

// carryOut records verdicts and does what they ask for, many transactions at
// once so that a group commit takes them together.
func (p *Planner) carryOut(ctx context.Context, all []verdict, now time.Time) error {
	errs := storage.InChunks(ctx, p.store, all, perUpdate, func(tx storage.Tx, some []verdict) error {
		for _, v := range some {
			if err := p.carryOutOne(tx, v, now); err != nil {
				return fmt.Errorf("notice %s: %w", v.Key(), err)
			}
		}
		return nil
	})
	return errors.Join(errs...)
}

func (p *Planner) carryOutOne(tx storage.Tx, v verdict, now time.Time) error {
	fresh, err := decide(tx, v.Occasion, v.Verdict, now)
	switch {
	case err != nil || !fresh:
		return err
	case v.Verdict == Emitted:
		return p.Emit(tx, v.Occasion, now)
	case v.Verdict == Skipped:
		return p.Skipped(tx, v.Occasion, now)
	}
	return nil
}
