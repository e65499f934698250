package desk

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Next returns when the next push about a term is due.
func (d *Desk) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		for key := range r.Scan(dueTable, nil, nil) {
			at, ok = time.UnixMilli(int64(binary.BigEndian.Uint64(key))), true
			break
		}
		return nil
	})
	return at, ok, err
}

// Fire sends the pushes that are due by now, each in its own transaction.
func (d *Desk) Fire(ctx context.Context, now time.Time) error {
	var failed error
	for {
		keys, err := d.dueBy(ctx, now)
		if err != nil || len(keys) == 0 || ctx.Err() != nil {
			return errors.Join(failed, err, ctx.Err())
		}
		for _, key := range keys {
			err := d.store.Update(ctx, func(tx storage.Tx) error { return d.push(tx, key, now) })
			if err != nil { // one that cannot be pushed must not hold up the others
				drop := func(tx storage.Tx) error { return tx.Delete(dueTable, key) }
				failed = errors.Join(failed, fmt.Errorf("push about a term: %w", err), d.store.Update(ctx, drop))
			}
		}
	}
}

func (d *Desk) dueBy(ctx context.Context, now time.Time) ([][]byte, error) {
	var keys [][]byte
	err := d.view(ctx, func(r storage.Reader) error {
		for key := range r.Scan(dueTable, nil, storage.Key(nil).Time(now.Add(time.Millisecond))) {
			keys = append(keys, key)
			if len(keys) == 100 {
				break
			}
		}
		return nil
	})
	return keys, err
}

// push tells the one who must act that a term runs out, and arms the next push.
// A clock that has stopped, or has been set anew since, ends here.
func (d *Desk) push(tx storage.Tx, key []byte, now time.Time) error {
	var k cases.Clock
	if waits, err := record.Load(tx, dueTable, key, &k); err != nil || !waits {
		return err // another round had it
	}
	if err := tx.Delete(dueTable, key); err != nil {
		return err
	}
	var c cases.Case
	no := numberAtEnd(key)
	ok, err := record.Load(tx, caseTable, numberKey(no), &c)
	if err != nil || !ok {
		return err
	}
	if running, ok := c.Clock(k.Kind); !ok || !running.Due.Equal(k.Due) || !running.From.Equal(k.From) {
		return nil
	}
	s := &step{d: d, tx: tx, now: now, actor: cases.System, before: c, c: c}
	if err := s.pushAbout(k); err != nil {
		return err
	}
	return d.armPush(tx, no, k, now)
}

func (s *step) pushAbout(k cases.Clock) error {
	for _, other := range s.c.Clocks { // one push a day: about what is due first
		if k.Kind != cases.LeaderClock && other.Kind != cases.LeaderClock && pushed(s.c, other.Kind) && other.Due.Before(k.Due) {
			k = other
		}
	}
	today, due := dateOf(s.now), dateOf(k.Due)
	people, key := s.mustAct(), "push.soon"
	if k.Kind == cases.LeaderClock {
		if p, ok := s.d.Office.Person(s.c.Leader); ok {
			people = []cases.Person{p}
		}
	}
	if due.Before(today) {
		key = "push.overdue"
	}
	more := words.Args{}
	if k.Kind == cases.LeaderClock {
		more = s.d.Plain(s.c)
	}
	text := s.d.say(key, s.caseArgs(merged(more, words.Args{"Left": due.Sub(today), "Over": today.Sub(due),
		"ClockDue": k.Due, "ToUnit": len(people) > 0 && people[0].Role == cases.Liaison})))
	// one push a day for a case and a person, though two clocks may run
	_, err := s.d.tellAll(s.tx, people, fmt.Sprintf("push/%s/%s", s.c.No, today), text, s.now)
	return err
}
