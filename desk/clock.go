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
	if e.Verb == cases.Reopen {
		procedure = cases.Ordinary
	}
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
			k := *d.clock(kind, from, calendar.Term{N: l.Days, Working: l.Working})
			if runs, ok := c.Clock(kind); ok && e.Verb == cases.Accept && (runs.Due.Before(k.Due) || runs.Extended) {
				continue // taken on before, or with another: its days are not given anew, nor taken back
			}
			all = append(all, k)
		}
	}
	return all
}

// arm puts the next push of each new clock into the due list. A push of a clock
// that has stopped stays there and is dropped when its time comes.
func (s *step) arm() error {
	for _, k := range s.c.Clocks {
		minutes := k.Kind == cases.HazardClock
		if !watched(k.Kind) && !minutes {
			continue
		}
		if old, ok := s.before.Clock(k.Kind); ok && old.Due.Equal(k.Due) && old.From.Equal(k.From) {
			continue
		}
		at, ok := s.d.nextPush(s.c, k, s.now)
		if minutes {
			at, ok = k.Due, true
		}
		if !ok && k.Over(s.now) { // started so late that it is over already
			at, ok = s.d.nextPushTime(s.now), true
		}
		if !ok {
			continue
		}
		if err := s.d.armPush(s.tx, s.c.No, k, at); err != nil {
			return err
		}
	}
	return nil
}

// watched reports whether something happens because days of a clock have passed.
// That a unit may no longer object needs nobody to do anything.
func watched(kind cases.ClockKind) bool {
	switch kind {
	case cases.ObjectClock, cases.HazardClock, cases.CheckClock:
		return false
	}
	return true
}

// ladder reports whether the one who must act is pushed about a clock again and
// again (domain.md §1.2). About the law's other clocks the office is warned once
// and told once that they have run out. Of handling the house's own term is the
// one to push about, where there is one.
func ladder(c cases.Case, kind cases.ClockKind) bool {
	switch kind {
	case cases.HouseClock, cases.TaskClock, cases.LeaderClock:
		return true
	case cases.HandleClock:
		_, house := c.Clock(cases.HouseClock)
		return !house || c.Procedure == cases.Simple
	}
	return false
}

func (d *Desk) armPush(tx storage.Tx, no cases.Number, k cases.Clock, at time.Time) error {
	return record.Save(tx, dueTable, dueKey(at, no, k.Kind), k)
}

func dueKey(at time.Time, no cases.Number, kind cases.ClockKind) []byte {
	return withNumber(storage.Key(nil).Time(at).Text(string(kind)), no)
}

// nextPush returns when something is next to be done about k, always at the
// office's push time on a working day: on the days of pushDays, on the first
// working day that it is over and, on the ladder, on every one after that. There
// may be no such time.
func (d *Desk) nextPush(c cases.Case, k cases.Clock, now time.Time) (time.Time, bool) {
	days := append(d.pushDays(c, k), d.Calendar.NextWorking(dateOf(k.Due).Add(1)))
	for _, day := range days {
		if at := d.pushTime(day); at.After(now) {
			return at, true
		}
	}
	// a leader is told once that it is over; the week's digest says so from then on
	return d.nextPushTime(now), ladder(c, k.Kind) && k.Kind != cases.LeaderClock
}

// nextPushTime returns the first push time after now.
func (d *Desk) nextPushTime(now time.Time) time.Time {
	day := d.Calendar.NextWorking(dateOf(now))
	if at := d.pushTime(day); at.After(now) {
		return at
	}
	return d.pushTime(d.Calendar.AddWorking(day, 1))
}

// noticeWarning is the day of the fifteen on which the office is reminded that
// the petitioner has not been told (domain.md §2.2).
const noticeWarning = 10

// pushDays are the days before the end of k on which somebody is told: on the
// ladder at half of the term, at four fifths and the day before it ends; of the
// law's other clocks once.
func (d *Desk) pushDays(c cases.Case, k cases.Clock) []calendar.Date {
	from, due := dateOf(k.From), dateOf(k.Due)
	term := calendar.Term{N: k.Days, Working: k.Working}
	half, most, before, end := d.Calendar.Marks(from, term)
	if end != due { // a term given as a date, or extended
		half, most, before, _ = d.Calendar.Marks(from, calendar.Term{N: due.Sub(from)})
	}
	days := []calendar.Date{half, most, before}
	switch {
	case k.Kind == cases.WindowClock:
		return nil
	case k.Kind == cases.NoticeClock:
		days = []calendar.Date{d.Calendar.PrevWorking(from.Add(noticeWarning))}
	case !ladder(c, k.Kind):
		days = days[2:]
	}
	kept := days[:0]
	for _, day := range days {
		// a short term has fewer distinct days than pushes
		if day.After(from) && day.Before(due) && (len(kept) == 0 || day.After(kept[len(kept)-1])) {
			kept = append(kept, day)
		}
	}
	return kept
}

func (d *Desk) pushTime(day calendar.Date) time.Time { return day.At(d.PushAt/60, d.PushAt%60) }
