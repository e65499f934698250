package desk

import (
	"cmp"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

func dateOf(t time.Time) calendar.Date { return calendar.DateOf(t) }

// clock starts a term the day after `now`'s day.
func (d *Desk) clock(kind cases.ClockKind, now time.Time, t calendar.Term) *cases.Clock {
	from := dateOf(now)
	return &cases.Clock{Kind: kind, From: from.Start(), Due: d.Calendar.Due(from, t).Start(), Days: t.N, Working: t.Working}
}

// clockTo starts a term that was given as a date.
func (d *Desk) clockTo(kind cases.ClockKind, now time.Time, due calendar.Date) *cases.Clock {
	from := dateOf(now)
	return &cases.Clock{Kind: kind, From: from.Start(), Due: due.Start(), Days: due.Sub(from)}
}

// lawClocks are the clocks that the law starts with a step (cases.Table): from the
// day of the step, or from the day of receipt where the law says so.
func (d *Desk) lawClocks(c cases.Case, e cases.Event) []cases.Clock {
	procedure := cmp.Or(e.Procedure, c.Procedure)
	var all []cases.Clock
	for _, kind := range cases.RuleOf(e.Verb).Starts {
		from := e.At
		switch given := slices.ContainsFunc(e.Clocks, func(k cases.Clock) bool { return k.Kind == kind }); {
		case given:
			continue
		case kind == cases.DecideClock && e.Verb == cases.Register:
			if procedure != cases.Simple {
				continue
			}
			from = c.ReceivedAt
		case e.Verb == cases.Conclude && (kind == cases.WindowClock) != (c.Round < 2):
			continue // after the second review there is no other to ask for
		}
		if l, ok := kind.Limit(procedure); ok {
			all = append(all, *d.clock(kind, from, calendar.Term{N: l.Days, Working: l.Working}))
		}
	}
	return all
}

// arm puts the next push of each new clock into the due list. A push of a clock
// that has stopped stays there and is dropped when its time comes.
func (s *step) arm() error {
	for _, k := range s.c.Clocks {
		if !pushed(s.c, k.Kind) {
			continue
		}
		if old, ok := s.before.Clock(k.Kind); ok && old.Due.Equal(k.Due) && old.From.Equal(k.From) {
			continue
		}
		if err := s.d.armPush(s.tx, s.c.No, k, s.now); err != nil {
			return err
		}
	}
	return nil
}

// pushed reports whether somebody is pushed about a clock.
func pushed(c cases.Case, kind cases.ClockKind) bool {
	switch kind {
	case cases.HouseClock, cases.TaskClock, cases.LeaderClock:
		return true
	case cases.HandleClock:
		return c.Procedure == cases.Simple
	}
	return false
}

func (d *Desk) armPush(tx storage.Tx, no cases.Number, k cases.Clock, now time.Time) error {
	at := d.nextPush(k, now)
	return record.Save(tx, dueTable, dueKey(at, no, k.Kind), k)
}

func dueKey(at time.Time, no cases.Number, kind cases.ClockKind) []byte {
	return withNumber(storage.Key(nil).Time(at).Text(string(kind)), no)
}

// nextPush returns when the one who must act is next pushed about k: at half of
// the term, at four fifths, the day before it ends, and then on every working
// day that it is overdue; always at the office's push time.
func (d *Desk) nextPush(k cases.Clock, now time.Time) time.Time {
	from, due := dateOf(k.From), dateOf(k.Due)
	for _, day := range d.pushDays(from, due, k) {
		if at := d.pushTime(day); at.After(now) {
			return at
		}
	}
	day := due.Add(1)
	if today := dateOf(now); today.After(day) {
		day = today
	}
	for {
		day = d.Calendar.NextWorking(day)
		if at := d.pushTime(day); at.After(now) {
			return at
		}
		day = day.Add(1)
	}
}

func (d *Desk) pushDays(from, due calendar.Date, k cases.Clock) []calendar.Date {
	t := calendar.Term{N: k.Days, Working: k.Working}
	half, most, before, end := d.Calendar.Marks(from, t)
	if end != due { // a term given as a date
		half, most, before, _ = d.Calendar.Marks(from, calendar.Term{N: due.Sub(from)})
	}
	days := make([]calendar.Date, 0, 3)
	for _, day := range []calendar.Date{half, most, before} {
		// a short term has fewer distinct days than pushes
		if day.After(from) && day.Before(due) && (len(days) == 0 || day.After(days[len(days)-1])) {
			days = append(days, day)
		}
	}
	return days
}

func (d *Desk) pushTime(day calendar.Date) time.Time { return day.At(d.PushAt/60, d.PushAt%60) }
