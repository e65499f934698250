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

// Next returns when the next push about a term is due, or a call to be forgotten.
func (d *Desk) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		for key := range r.Scan(dueTable, nil, nil) {
			at, ok = time.UnixMilli(int64(binary.BigEndian.Uint64(key))), true
			break
		}
		over, any, err := nextForgotten(r)
		if any && (!ok || over.Before(at)) {
			at, ok = over, true
		}
		return err
	})
	return at, ok, err
}

// Fire sends the pushes that are due by now, each in its own transaction.
func (d *Desk) Fire(ctx context.Context, now time.Time) error {
	failed := d.forget(ctx, now)
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

// push does what is due about a clock, and arms what comes next. A clock that has
// stopped, or has been set anew since, ends here.
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
	if k.Kind == cases.KeepClock {
		return d.keepingEnds(tx, c, k, now)
	}
	if running, ok := c.Clock(k.Kind); !ok || !running.Due.Equal(k.Due) || !running.From.Equal(k.From) {
		return nil
	}
	if k.Kind == cases.HazardClock {
		return (&step{d: d, tx: tx, now: now, actor: cases.System, before: c, c: c}).escalate()
	}
	if at := d.pushTime(dateOf(now)); now.Before(at) || !d.Calendar.Working(dateOf(now)) {
		// the program was away when it was time: nobody is pushed at night or on a day off
		return d.armPush(tx, no, k, d.nextPushTime(now))
	}
	s := &step{d: d, tx: tx, now: now, actor: cases.System, before: c, c: c}
	if k.Kind == cases.CheckClock {
		return s.checkIn()
	}
	switch once := !ladder(c, k.Kind); {
	case k.Kind == cases.WindowClock:
		return s.closeUndisputed()
	case once:
		if err := s.alert(k); err != nil || k.Over(now) {
			return err
		}
	default:
		if err := s.pushAbout(k); err != nil {
			return err
		}
	}
	at, ok := d.nextPush(c, k, now)
	if !ok {
		return nil
	}
	return d.armPush(tx, no, k, at)
}

// alert tells the office that a term of the law runs out, or has run out. Each is
// told once: there is one entry of the due list for it.
func (s *step) alert(k cases.Clock) error {
	today, due := dateOf(s.now), dateOf(k.Due)
	key := "alert.soon"
	if due.Before(today) {
		key = "alert.over"
	}
	text := s.d.say(key, s.caseArgs(words.Args{"Kind": string(k.Kind), "ClockDue": k.Due, "Left": due.Sub(today), "Over": today.Sub(due),
		"Secret": s.c.Sealed}))
	_, err := s.d.tellAll(s.tx, s.keepers(), fmt.Sprintf("%s/%s/%s/%s", key, s.c.No, k.Kind, due), text, s.now)
	return err
}

// closeUndisputed closes an answered matter whose petitioner has let the time to
// ask for a review pass. It says nothing of whether they are content.
func (s *step) closeUndisputed() error {
	if s.c.Stage != cases.Answered || !s.c.DisputedAt.IsZero() {
		return nil
	}
	if err := s.take(cases.Event{Verb: cases.Close}); err != nil {
		return err
	}
	if _, err := s.tellPetitioner("worker.closed-itself", nil); err != nil {
		return err
	}
	if s.before.Note != "" {
		if _, err := s.tellUnit(s.c.Lead, "unit.closed", nil); err != nil {
			return err
		}
	}
	return s.commit()
}

// pushAbout pushes the one who must act. At the end of the law's own term that is
// the office too, whoever has the matter: the answer is the office's to give.
func (s *step) pushAbout(k cases.Clock) error {
	about := k
	for _, other := range s.c.Clocks { // one push a day: about what is due first
		if k.Kind != cases.LeaderClock && other.Kind != cases.LeaderClock && ladder(s.c, other.Kind) && other.Due.Before(about.Due) {
			about = other
		}
	}
	people := s.mustAct()
	if k.Kind == cases.LeaderClock {
		if p, ok := s.d.Office.Person(s.c.Leader); ok {
			people = s.unaccused([]cases.Person{p})
		}
	}
	if err := s.pushTo(people, about); err != nil {
		return err
	}
	if last := s.d.Calendar.AddWorking(dateOf(k.Due), -1); k.Kind == cases.HandleClock && !dateOf(s.now).Before(last) {
		return s.pushTo(s.keepers(), k)
	}
	return nil
}

// pushTo tells people that a term runs out, or has. One push a day for a case and a
// person, though two clocks may run.
func (s *step) pushTo(people []cases.Person, k cases.Clock) error {
	today, due := dateOf(s.now), dateOf(k.Due)
	key, more := "push.soon", words.Args{}
	if due.Before(today) {
		key = "push.overdue"
	}
	if k.Kind == cases.LeaderClock {
		more = s.d.Plain(s.c)
	}
	text := s.d.say(key, s.caseArgs(merged(more, words.Args{"Left": due.Sub(today), "Over": today.Sub(due),
		"ClockDue": k.Due, "ToUnit": len(people) > 0 && people[0].Role == cases.Liaison})))
	people, err := s.d.withStandIns(s.tx, people, s.now)
	if err != nil {
		return err
	}
	_, err = s.d.tellAll(s.tx, s.unaccused(people), fmt.Sprintf("push/%s/%s", s.c.No, today), text, s.now)
	return err
}
