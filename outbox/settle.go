package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// A transaction holds about 64 keys at most.
const (
	marksPerUpdate    = 60
	outcomesPerUpdate = 20 // three keys each
)

// settled is an item with what became of it; with an empty outcome it waits on.
type settled struct {
	item
	Outcome
}

// mark notes durably which notices are about to be sent. A reply needs no mark:
// it may be sent again.
func (q *Queue) mark(ctx context.Context, batch []item) error {
	notices := slices.DeleteFunc(slices.Clone(batch), func(it item) bool { return it.Repeat })
	err := errors.Join(q.inChunks(ctx, len(notices), marksPerUpdate, func(tx storage.Tx, i int) error {
		return tx.Put(tableSending, []byte(notices[i].place), nil)
	})...)
	if err != nil {
		return fmt.Errorf("mark notices as being sent: %w", err)
	}
	return nil
}

// record writes outcomes down, many at once. What could not be written is owed
// and written before anything else is sent on the lane.
func (q *Queue) record(ctx context.Context, l *lane, done []settled) error {
	var quiet, told []settled
	for _, s := range done {
		switch {
		case s.place == "":
			if s.State != waits {
				l.unpass(s.item)
			}
		case s.State == waits && s.item.Repeat: // nothing changes
		case s.State == waits || s.State == Sent:
			quiet = append(quiet, s)
		default:
			told = append(told, s)
		}
	}
	// Report may write as much as it likes, so those go one by one.
	return errors.Join(
		q.recordBy(ctx, l, quiet, outcomesPerUpdate),
		q.recordBy(ctx, l, told, 1),
	)
}

func (q *Queue) recordBy(ctx context.Context, l *lane, done []settled, size int) error {
	errs := q.inChunks(ctx, len(done), size, func(tx storage.Tx, i int) error {
		return q.write(tx, done[i])
	})
	for i, err := range errs {
		if err != nil {
			l.owed = append(l.owed, done[i*size:min(len(done), (i+1)*size)]...)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("record what became of messages: %w", err)
	}
	return nil
}

func (q *Queue) recordOwed(ctx context.Context, l *lane) error {
	owed := l.owed
	l.owed = nil
	return q.record(ctx, l, owed)
}

// write settles one message inside a transaction. It does nothing when that
// was done before.
func (q *Queue) write(tx storage.Tx, s settled) error {
	place := []byte(s.place)
	if _, err := tx.Get(tablePending, place); err != nil {
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		return err
	}
	if !s.item.Repeat {
		if err := tx.Delete(tableSending, place); err != nil {
			return err
		}
	}
	if s.State == waits {
		return nil
	}
	value, err := record.Encode(1, s.kept())
	if err != nil {
		return err
	}
	prefix := prefixUnsettled
	if s.State == Sent {
		prefix = prefixSent
	} else if err := q.Report(tx, s.Outcome); err != nil {
		return fmt.Errorf("report %s message: %w", s.State, err)
	}
	return errors.Join(
		tx.Delete(tablePending, place),
		tx.Put(dated(prefix, s.At), storage.Key(nil).Time(s.At).Uint(numberOf(s.place)), value),
	)
}

// inChunks calls fn for 0 to n-1 in transactions of the given size, all
// submitted at once so that a group commit takes them together, and returns
// each one's error.
func (q *Queue) inChunks(ctx context.Context, n, size int, fn func(tx storage.Tx, i int) error) []error {
	errs := make([]error, (n+size-1)/size)
	var all sync.WaitGroup
	for c := range errs {
		all.Go(func() {
			errs[c] = q.store.Update(ctx, func(tx storage.Tx) error {
				for i := c * size; i < min(n, (c+1)*size); i++ {
					if err := fn(tx, i); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	all.Wait()
	return errs
}

// Recover settles what a crash left in the middle of being sent: nobody can
// say whether those notices went out, so they are unsure. It is called once,
// before anything is sent.
func (q *Queue) Recover(ctx context.Context) error {
	var left []settled
	err := q.store.View(ctx, func(r storage.Reader) error {
		left = nil
		for place := range r.Scan(tableSending, nil, nil) {
			value, err := r.Get(tablePending, place)
			if err != nil {
				return err
			}
			it, err := decodeItem(place, value)
			if err != nil {
				return err
			}
			left = append(left, settled{it, it.outcome(Unsure, Crashed, q.Now())})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for interrupted messages: %w", err)
	}
	errs := q.inChunks(ctx, len(left), 1, func(tx storage.Tx, i int) error { return q.write(tx, left[i]) })
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("settle interrupted messages: %w", err)
	}
	return q.sweep(ctx, q.Now())
}

// sweep drops the tables that are past their time, once a day.
func (q *Queue) sweep(ctx context.Context, now time.Time) error {
	today := now.UTC().Format(time.DateOnly)
	q.mu.Lock()
	done := q.swept == today
	q.mu.Unlock()
	if done {
		return nil
	}
	for prefix, age := range map[string]time.Duration{
		prefixSent: Retention, prefixUnsettled: Retention, prefixKeys: 2 * Retention,
	} {
		tables, err := q.store.Tables(ctx, prefix)
		if err != nil {
			return fmt.Errorf("list old tables: %w", err)
		}
		for _, t := range tables {
			if t < dated(prefix, now.Add(-age)) {
				if err := q.store.Drop(ctx, t); err != nil {
					return fmt.Errorf("drop %s: %w", t, err)
				}
			}
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.swept = today
	return nil
}
