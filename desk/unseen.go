package desk

import (
	"fmt"
	"maps"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// The figures of a reader without the matters that complain about them: a count may
// say as much as a list (信访工作条例 art. 28).

// againstTable lists, by the id of a unit or a person complained about, the matters
// that stand in the figures.
const againstTable storage.Table = "against"

// complains are the entries of a case in that list.
func complains(c cases.Case) (in []entry) {
	if !counted(c) {
		return nil
	}
	for _, id := range c.Against {
		in = append(in, entry{againstTable, withNumber(storage.Key(nil).Text(id), c.No)})
	}
	return in
}

// less takes out of the figures what the actor may not know of: the newest ones, of
// which nobody has that many.
func (o *Overview) less(r storage.Reader, actor cases.Actor, now time.Time) error {
	n, prefix := 0, storage.Key(nil).Text(actor.ID)
	for key := range r.Back(againstTable, prefix, prefix.End()) {
		if n++; n > countedAtMost {
			break
		}
		var c cases.Case
		if ok, err := record.Load(r, caseTable, numberKey(numberAtEnd(key)), &c); err != nil || !ok {
			return fmt.Errorf("read a case that its reader may not know of: found %t: %w", ok, err)
		}
		if c.Stage.Open() {
			o.Open = plus(o.Open, c.Stage, -1)
			o.InWork--
		}
		m, err := inMonthOf(r, c, now)
		if err != nil {
			return err
		}
		o.Month.less(m)
	}
	return nil
}

// inMonthOf are the figures of one case in the month of a day.
func inMonthOf(r storage.Reader, c cases.Case, day time.Time) (m tally, err error) {
	in := func(at time.Time) bool {
		a, b := dateOf(at), dateOf(day)
		return !at.IsZero() && a.Year == b.Year && a.Month == b.Month
	}
	was := cases.Case{No: c.No}
	for i := range c.Events {
		var e cases.Event
		if _, err := record.Load(r, eventTable, eventKey(c.No, i), &e); err != nil {
			return tally{}, err
		}
		is := was.After(e)
		if in(e.At) {
			m.add(e, was, is)
		}
		was = is
	}
	if ended := c.Stage == cases.Closed || c.Stage == cases.Final; ended && in(c.ClosedAt) {
		m.Closed++
		if c.Resolved() {
			m.Resolved++
		}
	}
	if c.Rating != "" && in(c.AnsweredAt) {
		m.Ratings = plus(m.Ratings, c.Rating, 1)
	}
	return m, nil
}

// less takes figures out of others, which are left as they were.
func (m *tally) less(t tally) {
	m.Received -= t.Received
	m.Answered -= t.Answered
	m.Closed -= t.Closed
	m.Resolved -= t.Resolved
	m.InTime -= t.InTime
	m.OutOf -= t.OutOf
	m.Category, m.Forms = lessOf(m.Category, t.Category), lessOf(m.Forms, t.Forms)
	m.Channels, m.Ratings = lessOf(m.Channels, t.Channels), lessOf(m.Ratings, t.Ratings)
}

func lessOf[K comparable](all, some map[K]int) map[K]int {
	all = maps.Clone(all)
	for key, n := range some {
		if all[key] -= n; all[key] == 0 {
			delete(all, key)
		}
	}
	return all
}
