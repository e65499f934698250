package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// RuleKind says how a Rule finds its days.
type RuleKind uint8

// The kinds of rule mines use.
const (
	NthWeekday RuleKind = iota // the first Monday of the month
	DayOfMonth                 // the 16th
	Weekly                     // every Tuesday and Thursday
	Dates                      // the dates listed
)

// Shift says what happens when a rule's date is a day off.
type Shift uint8

// The shifts.
const (
	NextWorking     Shift = iota // to the next working day (顺延), a make-up Saturday included
	PrevWorking                  // to the working day before
	NextSameWeekday              // to the next working day of the same weekday; from a weekend as NextWorking
	Keep                         // none: the day is held on the day off
)

// Rule is the rule of the leaders' reception day (矿领导接待日). Its zero value
// is not valid; the house's usual rule is Rule{Nth: 1, Weekday: time.Monday}.
type Rule struct {
	Kind     RuleKind
	Nth      int            // NthWeekday: 1 to 5, or -1 for the last. A month without a fifth has no day
	Weekday  time.Weekday   // NthWeekday
	Day      int            // DayOfMonth: 1 to 31; in a shorter month its last day
	Weekdays []time.Weekday // Weekly
	Dates    []Date         // Dates
	Shift    Shift
}

// MoveReason says why a reception day is not on its rule's date.
type MoveReason string

// The reasons. An unmoved day has the empty one.
const (
	MovedByHoliday  MoveReason = "holiday"  // the rule's date is a public holiday
	MovedByWeekend  MoveReason = "weekend"  // the rule's date is a Saturday or Sunday
	MovedByOverride MoveReason = "override" // staff or the config said so
)

// ReceptionDay is one reception day. Moved is empty exactly when Date is
// RuleDate.
type ReceptionDay struct {
	RuleDate Date
	Date     Date
	Moved    MoveReason
	Holiday  string // the holiday's short name when Moved is MovedByHoliday
	Note     string // the reason given with a Move
	// Provisional: Date rests on a computed holiday calendar (以正式通知为准).
	Provisional bool
}

// Move puts one reception day on another date (改期) or, with no date To, calls
// it off. With a rule that has one day a month, RuleDate may be any day of that
// month, so the move survives a change of the rule; otherwise it is the rule's
// exact date. Of several moves of one day the last counts.
type Move struct {
	RuleDate Date
	To       Date
	Note     string
}

// Validate reports everything that keeps the rule from naming days.
func (r Rule) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("reception rule: "+format, args...)) }
	weekday := func(w time.Weekday) {
		if w < time.Sunday || w > time.Saturday {
			bad("no weekday %d", w)
		}
	}
	switch r.Kind {
	case NthWeekday:
		if r.Nth != -1 && (r.Nth < 1 || r.Nth > 5) {
			bad("week %d of the month is not 1 to 5, or -1 for the last", r.Nth)
		}
		weekday(r.Weekday)
	case DayOfMonth:
		if r.Day < 1 || r.Day > 31 {
			bad("day %d of the month is not 1 to 31", r.Day)
		}
	case Weekly:
		if len(r.Weekdays) == 0 {
			bad("a weekly rule names no weekday")
		}
		for _, w := range r.Weekdays {
			weekday(w)
		}
	case Dates:
		if len(r.Dates) == 0 {
			bad("a rule by dates lists none")
		}
		for _, d := range r.Dates {
			if !d.valid() {
				bad("%04d-%02d-%02d is no date", d.Year, d.Month, d.Day)
			}
		}
	default:
		bad("no kind %d", r.Kind)
	}
	if r.Shift > Keep {
		bad("no shift %d", r.Shift)
	}
	return errors.Join(errs...)
}

// Days returns the reception days of a month, ordered by date: those whose
// rule date is in it, wherever they are held. Days called off are left out. Of
// two days of a Weekly or Dates rule that meet on one date, one is held.
func (r Rule) Days(c *Calendar, year int, month time.Month, moves []Move) []ReceptionDay {
	first := On(year, month, 1)
	if r.monthly() {
		return r.days(c, r.dates(first), moves)
	}
	var near []Date // a neighbouring month's day may meet one of ours
	for i := -1; i <= 1; i++ {
		near = append(near, r.dates(On(year, month+time.Month(i), 1))...)
	}
	return slices.DeleteFunc(merge(r.days(c, near, moves)), func(d ReceptionDay) bool {
		return d.RuleDate.Year != first.Year || d.RuleDate.Month != first.Month
	})
}

// monthly reports whether the rule has at most one day a month.
func (r Rule) monthly() bool { return r.Kind == NthWeekday || r.Kind == DayOfMonth }

// dates returns the rule's own dates in the month that begins with first.
func (r Rule) dates(first Date) []Date {
	next := On(first.Year, first.Month+1, 1)
	switch r.Kind {
	case NthWeekday:
		d := first.Add((int(r.Weekday-first.Weekday()) + 7) % 7).Add(7 * (r.Nth - 1))
		if r.Nth == -1 {
			d = next.Add(-1 - (int(next.Add(-1).Weekday()-r.Weekday)+7)%7)
		}
		if d.Before(next) {
			return []Date{d}
		}
		return nil
	case DayOfMonth:
		return []Date{earlier(On(first.Year, first.Month, r.Day), next.Add(-1))}
	}
	var dates []Date
	for i := range next.Sub(first) {
		d := first.Add(i)
		if r.Kind == Weekly && slices.Contains(r.Weekdays, d.Weekday()) || r.Kind == Dates && slices.Contains(r.Dates, d) {
			dates = append(dates, d)
		}
	}
	return dates
}

// days turns rule dates into reception days, without those called off.
func (r Rule) days(c *Calendar, dates []Date, moves []Move) []ReceptionDay {
	var days []ReceptionDay
	for _, d := range dates {
		day, held := r.day(c, d, moves)
		if held {
			days = append(days, day)
		}
	}
	slices.SortStableFunc(days, func(a, b ReceptionDay) int { return a.Date.Sub(b.Date) })
	return days
}

// day returns the reception day of one rule date, and whether it is held.
func (r Rule) day(c *Calendar, date Date, moves []Move) (ReceptionDay, bool) {
	day := ReceptionDay{RuleDate: date, Date: date}
	for _, m := range slices.Backward(moves) {
		if !r.moves(m, date) {
			continue
		}
		day.Date, day.Note = m.To, m.Note
		if m.To != date {
			day.Moved = MovedByOverride
		}
		return day, !m.To.IsZero()
	}
	if r.Shift == Keep {
		return day, true
	}
	if off := c.Day(date); off.Kind == Holiday {
		day.Moved, day.Holiday = MovedByHoliday, off.Name
	} else if off.Kind == Weekend {
		day.Moved = MovedByWeekend
	}
	day.Date = r.shifted(c, date)
	for d, last := earlier(date, day.Date), later(date, day.Date); !d.After(last); d = d.Add(1) {
		day.Provisional = day.Provisional || c.Day(d).Provisional
	}
	return day, true
}

// moves reports whether m is about the day of the rule's date.
func (r Rule) moves(m Move, date Date) bool {
	if r.monthly() {
		return m.RuleDate.Year == date.Year && m.RuleDate.Month == date.Month
	}
	return m.RuleDate == date
}

func (r Rule) shifted(c *Calendar, d Date) Date {
	switch {
	case r.Shift == PrevWorking:
		return c.PrevWorking(d)
	case r.Shift == NextSameWeekday && byWeekday(d) != Weekend: // hardly a Sunday is ever worked
		for !c.Working(d) {
			d = d.Add(7)
		}
		return d
	}
	return c.NextWorking(d)
}

// merge orders the days by date and leaves one for each: the one whose rule
// names the date, else one that staff put there, else the oldest.
func merge(days []ReceptionDay) []ReceptionDay {
	rank := func(d ReceptionDay) int {
		switch d.Moved {
		case "":
			return 0
		case MovedByOverride:
			return 1
		}
		return 2
	}
	slices.SortFunc(days, func(a, b ReceptionDay) int {
		if n := a.Date.Sub(b.Date); n != 0 {
			return n
		}
		if n := rank(a) - rank(b); n != 0 {
			return n
		}
		return a.RuleDate.Sub(b.RuleDate)
	})
	return slices.CompactFunc(days, func(a, b ReceptionDay) bool { return a.Date == b.Date })
}

// Next returns the next n reception days held on or after from, ordered, one
// for each date. There are fewer when a Dates rule runs out.
func (r Rule) Next(c *Calendar, from Date, n int, moves []Move) []ReceptionDay {
	if n < 1 || r.Validate() != nil {
		return nil
	}
	start, end := window(from, moves)
	var days []ReceptionDay
	if r.Kind == Dates {
		days = upcoming(r.days(c, r.Dates, moves), from)
		return days[:min(n, len(days))]
	}
	for first := start; ; first = On(first.Year, first.Month+1, 1) {
		days = upcoming(append(days, r.days(c, r.dates(first), moves)...), from)
		// A later month's day may be held before one already found.
		if len(days) >= n && first.After(end) && first.Sub(days[n-1].Date) > 31 {
			return days[:n]
		}
	}
}

// window returns the first months at least to look at for days from a date on:
// two back, where a day may have been shifted from, and as far as a move within
// two years brings a day from.
func window(from Date, moves []Move) (start, end Date) {
	start = On(from.Year, from.Month-2, 1)
	end = from
	for _, m := range moves {
		if apart := m.RuleDate.Sub(from); m.To.Before(from) || apart < -2*366 || apart > 2*366 {
			continue
		}
		start = earlier(start, On(m.RuleDate.Year, m.RuleDate.Month, 1))
		end = later(end, m.RuleDate)
	}
	return start, end
}

func upcoming(days []ReceptionDay, from Date) []ReceptionDay {
	return merge(slices.DeleteFunc(days, func(d ReceptionDay) bool { return d.Date.Before(from) }))
}
