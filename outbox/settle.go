package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// outcomesPerUpdate keeps a transaction under about 64 keys: two for each.
const outcomesPerUpdate = 30

// settled is an item with what became of it; with an empty outcome it waits on.
type settled struct {
	item
	Outcome
}

// mark notes durably which notices are about to be sent, in one record for
// each lane. It need not be taken away afterwards: what is not pending any more
// is settled, and the next mark replaces it. A reply needs no mark: it may be
// sent again.
func (q *Queue) mark(ctx context.Context, l *lane, batch []item) error {
	var places [][]byte
	for _, it := range batch {
		if !it.Repeat {
			places = append(places, []byte(it.place))
		}
	}
	if len(places) == 0 {
		return nil
	}
	value, err := record.Encode(1, mark{places})
	if err == nil {
		err = q.store.Update(ctx, func(tx storage.Tx) error { return tx.Put(tableSending, markKey(l.name), value) })
	}
	if err != nil {
		return fmt.Errorf("mark notices as being sent: %w", err)
	}
	return nil
}

// unmark takes the mark away, because something marked was certainly not sent.
func (q *Queue) unmark(ctx context.Context, l *lane) error {
	err := q.store.Update(ctx, func(tx storage.Tx) error { return tx.Delete(tableSending, markKey(l.name)) })
	if err != nil {
		return fmt.Errorf("unmark notices: %w", err)
	}
	l.unsent = false
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
		case s.State == waits:
			l.unsent = l.unsent || !s.item.Repeat
		case s.State == Sent:
			quiet = append(quiet, s)
		default:
			told = append(told, s)
		}
	}
	// Report may write as much as it likes, so those go one by one.
	err := errors.Join(
		q.recordBy(ctx, l, quiet, outcomesPerUpdate),
		q.recordBy(ctx, l, told, 1),
	)
	if err == nil && l.unsent {
		return q.unmark(ctx, l)
	}
	return err
}

func (q *Queue) recordBy(ctx context.Context, l *lane, done []settled, size int) error {
	errs := storage.InChunks(ctx, q.store, done, size, q.write)
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

// write settles messages inside a transaction, and passes over those that were
// settled before.
func (q *Queue) write(tx storage.Tx, done []settled) error {
	copies := make(map[string][]*settled) // by batch
	for i := range done {
		s := &done[i]
		switch fresh, err := q.writeOne(tx, s); {
		case err != nil:
			return err
		case fresh && s.Batch != "":
			copies[s.Batch] = append(copies[s.Batch], s)
		}
	}
	for batch, ended := range copies {
		if err := countEnded(tx, batch, ended); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) writeOne(tx storage.Tx, s *settled) (fresh bool, err error) {
	place := []byte(s.place)
	if _, err := tx.Get(tablePending, place); err != nil {
		if errors.Is(err, storage.ErrNotFound) {
			return false, nil
		}
		return false, err
	}
	value, err := record.Encode(1, s.kept())
	if err != nil {
		return false, err
	}
	prefix := prefixUnsettled
	if s.State == Sent {
		prefix = prefixSent
	} else if err := q.Report(tx, s.Outcome); err != nil {
		return false, fmt.Errorf("report %s message: %w", s.State, err)
	}
	return true, errors.Join(
		tx.Delete(tablePending, place),
		tx.Put(dated(prefix, s.At), storage.Key(nil).Time(s.At).Uint(numberOf(s.place)), value),
	)
}

// Recover settles what a crash left in the middle of being sent: nobody can
// say whether those notices went out, so they are unsure. It is called once,
// before anything is sent.
func (q *Queue) Recover(ctx context.Context) error {
	left, err := q.interrupted(ctx)
	if err != nil {
		return fmt.Errorf("look for interrupted messages: %w", err)
	}
	errs := storage.InChunks(ctx, q.store, left, 1, q.write)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("settle interrupted messages: %w", err)
	}
	return q.sweep(ctx, q.Now())
}

// interrupted returns what is marked as being sent and still pending.
func (q *Queue) interrupted(ctx context.Context) (left []settled, err error) {
	err = q.store.View(ctx, func(r storage.Reader) error {
		left = nil
		for _, value := range r.Scan(tableSending, nil, nil) {
			var m mark
			if _, err := record.Decode(value, &m); err != nil {
				return err
			}
			for _, place := range m.Places {
				value, err := r.Get(tablePending, place)
				if errors.Is(err, storage.ErrNotFound) {
					continue
				}
				if err != nil {
					return err
				}
				it, err := decodeItem(place, value)
				if err != nil {
					return err
				}
				left = append(left, settled{it, it.outcome(Unsure, Crashed, q.Now())})
			}
		}
		return nil
	})
	return left, err
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
	if err := q.sweepBatches(ctx, now); err != nil {
		return err
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
