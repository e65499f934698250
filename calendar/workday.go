package calendar

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Kind says what a day is for people who work by the office calendar.
type Kind uint8

// The kinds of day. Only Workday and MakeUp are worked.
const (
	Workday Kind = iota // an ordinary working day
	Weekend             // a Saturday or Sunday off
	Holiday             // a day off by the State Council's notice, the guess for it, or an override
	MakeUp              // a weekend day that is worked (调休上班)
)

// Day is one day of the calendar.
type Day struct {
	Date Date
	Kind Kind
	// Name is the festival in its short form (国庆, 春节): of the holiday, or of
	// the one a MakeUp day makes up for; or the name an Override gave the day.
	Name string
	// Provisional: there was no official notice for the year, the day is computed.
	Provisional bool
}

// Working reports whether the day is worked.
func (d Day) Working() bool { return d.Kind == Workday || d.Kind == MakeUp }

// Override says what a day is, whatever the official data say: an exception of
// the mine, or a line of a newer notice that the built-in data do not have.
type Override struct {
	Date    Date
	Working bool
	Name    string
}

// The years the calendar knows holidays for, by notice or by computing them.
// Outside of them there are only weekends, always Provisional.
const (
	firstYear = 1900
	lastYear  = 2100
)

// Calendar answers what kind of day a date is. It never changes and may be
// used from several goroutines.
type Calendar struct {
	overrides map[Date]Override
	years     [lastYear - firstYear + 1]atomic.Pointer[yearTable]
}

// yearTable holds a computed year; days is indexed by month and day.
type yearTable struct {
	known bool
	days  [13][32]cell
}

type cell struct {
	name        string
	kind        Kind
	provisional bool
}

// New returns the calendar of the official notices with the overrides laid over
// it. The error names every override that is no date, outside 1900 to 2100, or
// given twice.
func New(overrides []Override) (*Calendar, error) {
	c := &Calendar{overrides: make(map[Date]Override, len(overrides))}
	var errs []error
	for _, o := range overrides {
		d := o.Date
		if !d.valid() || d.Year < firstYear || d.Year > lastYear {
			errs = append(errs, fmt.Errorf("calendar override %04d-%02d-%02d is not a date from %d to %d",
				d.Year, d.Month, d.Day, firstYear, lastYear))
			continue
		}
		if _, twice := c.overrides[d]; twice {
			errs = append(errs, fmt.Errorf("calendar override %v is given twice", d))
		}
		c.overrides[d] = o
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// valid reports whether d names a day that exists.
func (d Date) valid() bool { return !d.IsZero() && On(d.Year, d.Month, d.Day) == d }

// Day returns what d is. A date that does not exist (30 February) is
// normalised as by On.
func (c *Calendar) Day(d Date) Day {
	if d.Month < time.January || d.Month > time.December || d.Day < 1 || d.Day > 28 {
		d = On(d.Year, d.Month, d.Day)
	}
	if d.Year < firstYear || d.Year > lastYear {
		return Day{Date: d, Kind: byWeekday(d), Provisional: true}
	}
	x := &c.year(d.Year).days[d.Month][d.Day]
	return Day{Date: d, Kind: x.kind, Name: x.name, Provisional: x.provisional}
}

// Working reports whether d is a working day.
func (c *Calendar) Working(d Date) bool { return c.Day(d).Working() }

// Known reports whether the year's holidays are official: from the built-in
// notices, or from overrides that say something about the day of each of the
// seven festivals (元旦, 春节, 清明, 劳动节, 端午, 中秋, 国庆).
func (c *Calendar) Known(year int) bool {
	return year >= firstYear && year <= lastYear && c.year(year).known
}

// Missing returns the year whose notice (放假安排) staff have to bring in: the
// current one, or from 15 November the next. The State Council publishes it in
// early November; a fortnight later it is late.
func (c *Calendar) Missing(today Date) (year int, missing bool) {
	if !c.Known(today.Year) {
		return today.Year, true
	}
	if !today.Before(On(today.Year, time.November, 15)) && !c.Known(today.Year+1) {
		return today.Year + 1, true
	}
	return 0, false
}

// year returns the table of a year within range. Two goroutines may both
// compute it; the results are equal.
func (c *Calendar) year(y int) *yearTable {
	p := &c.years[y-firstYear]
	if t := p.Load(); t != nil {
		return t
	}
	t := c.compute(y)
	p.Store(t)
	return t
}

// compute lays the layers over each other: weekends, guesses for festivals
// without a notice, notices, overrides.
func (c *Calendar) compute(y int) *yearTable {
	t := &yearTable{known: c.known(y)}
	for d := On(y, time.January, 1); d.Year == y; d = d.Add(1) {
		t.set(d, cell{kind: byWeekday(d), provisional: !t.known})
	}
	var guesses []span
	if !t.known {
		guesses = expected(y)
	}
	if !c.known(y + 1) { // its New Year may begin in this December
		guesses = append(guesses, expectedNewYear(y+1))
	}
	for _, s := range guesses {
		for i := range s.days {
			if d := s.first.Add(i); d.Year == y {
				t.set(d, cell{kind: Holiday, name: s.name, provisional: true})
			}
		}
	}
	for _, n := range noticed(y) {
		t.set(n.Date, cell{kind: n.kind(), name: n.Name})
	}
	for d, o := range c.overrides {
		if d.Year == y {
			t.set(d, cell{kind: o.kind(), name: shortName(o.Name)})
		}
	}
	return t
}

func (t *yearTable) set(d Date, x cell) { t.days[d.Month][d.Day] = x }

// known is Known before the table exists.
func (c *Calendar) known(y int) bool {
	if y < firstYear || y > lastYear {
		return false
	}
	if hasNotice(y) {
		return true
	}
	if len(c.overrides) == 0 {
		return false
	}
	for _, d := range festivals(y).all() {
		if _, said := c.overrides[d]; !said {
			return false
		}
	}
	return true
}

func (o Override) kind() Kind {
	switch {
	case !o.Working:
		return Holiday
	case byWeekday(o.Date) == Weekend:
		return MakeUp
	}
	return Workday
}

func byWeekday(d Date) Kind {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return Weekend
	}
	return Workday
}
