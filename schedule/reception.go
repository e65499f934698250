package schedule

import (
	"slices"
	"time"

	"fangzhuo/calendar"
)

// Stage is one of the messages a job has for a day.
type Stage string

// The stages of a reception day. Days are counted from the day it is held.
const (
	Week      Stage = "week"      // seven days before
	Three     Stage = "three"     // three days before
	Eve       Stage = "eve"       // the evening before, for the night shift
	OnDay     Stage = "day"       // the morning of the day
	Moved     Stage = "moved"     // it is not on the date people expect (改期)
	Cancelled Stage = "cancelled" // it is called off
)

// usual are the times at which stages are sent.
var usual = map[Stage]TimeOfDay{
	Week: {9, 0}, Three: {9, 0}, Eve: {19, 30}, OnDay: {7, 0},
}

// Move is a calendar.Move with the instant at which staff said so; zero for a
// move that was planned in the config.
type Move struct {
	calendar.Move
	Said time.Time
}

// Reception announces the leaders' reception days (矿领导接待日).
type Reception struct {
	Job      string
	Rule     calendar.Rule
	Calendar *calendar.Calendar
	Moves    []Move
	Targets  []Target
	End      TimeOfDay // when reception ends; zero means 17:00
}

// Occasions implements Source.
func (r Reception) Occasions(from, to time.Time) []Occasion {
	var all []Occasion
	moves := make([]calendar.Move, len(r.Moves))
	for i, m := range r.Moves {
		moves[i] = m.Move
	}
	for _, month := range r.months(from, to) {
		held := r.Rule.Days(r.Calendar, month.Year, month.Month, moves)
		for _, day := range held {
			all = append(all, r.announce(day, from, to)...)
		}
		for _, day := range r.Rule.Days(r.Calendar, month.Year, month.Month, nil) {
			if r.lost(day, held) {
				all = append(all, r.cancellation(day)...)
			}
		}
	}
	return within(all, from, to)
}

// months returns the first of each month whose days may have a notice between
// two instants: a notice goes out at most a month before its day, but a moved
// day may be held in, and spoken of, any month.
func (r Reception) months(from, to time.Time) []calendar.Date {
	start, end := calendar.DateOf(from).Add(-31), calendar.DateOf(to).Add(31)
	var months []calendar.Date
	for m := calendar.On(start.Year, start.Month, 1); !m.After(end); m = calendar.On(m.Year, m.Month+1, 1) {
		months = append(months, m)
	}
	for _, m := range r.Moves {
		m1 := calendar.On(m.RuleDate.Year, m.RuleDate.Month, 1)
		said := m.Said.After(from) && !m.Said.After(to)
		near := !m.To.Before(start) && !m.To.After(end)
		if (said || near) && !slices.Contains(months, m1) {
			months = append(months, m1)
		}
	}
	return months
}

// announce returns what all targets hear of a day within the span.
func (r Reception) announce(day calendar.ReceptionDay, from, to time.Time) []Occasion {
	said := r.said(day)
	inside := func(steps []step) bool {
		return said.After(from) && !said.After(to) || slices.ContainsFunc(steps, func(s step) bool {
			return !s.on.Start().After(to) && endOf(s.on).After(from)
		})
	}
	usual := r.steps(day, nil)
	usually := inside(usual)
	var all, own []Occasion
	for _, t := range r.Targets {
		steps, some := usual, usually
		if len(t.Off) > 0 {
			steps = r.steps(day, t.Off)
			some = inside(steps)
		}
		if !some {
			continue
		}
		own = r.notices(own[:0], day, steps, t)
		if !said.IsZero() && t.gets(Moved) {
			o := r.occasion(Moved, day, t, day.Date)
			o.Due, o.Said = said, said
			own = append(own, o)
		}
		all = append(all, within(own, from, to)...)
	}
	return all
}

// step is a stage with the date on which it is sent.
type step struct {
	stage Stage
	on    calendar.Date
}

// steps returns the stages of a day that the calendar gives cause for, without
// those that are off. Those of week and three that would fall on a day off are
// sent on the last working day before; on the same day, the week's is enough.
func (r Reception) steps(day calendar.ReceptionDay, off []Stage) []step {
	sends := func(s Stage) bool { return !slices.Contains(off, s) }
	var all []step
	add := func(s Stage, on calendar.Date) {
		if sends(s) {
			all = append(all, step{s, on})
		}
	}
	week := r.Calendar.PrevWorking(day.Date.Add(-7))
	three := r.Calendar.PrevWorking(day.Date.Add(-3))
	if early := r.expectedWeek(day); day.Moved != "" && r.said(day).IsZero() && (early.Before(week) || !sends(Week)) {
		add(Moved, early) // otherwise the week's notice tells it
	}
	add(Week, week)
	if three != week || !sends(Week) {
		add(Three, three)
	}
	add(Eve, day.Date.Add(-1))
	add(OnDay, day.Date)
	return all
}

// notices appends to an empty slice what one target hears of a day, each
// message useful until the next one goes out.
func (r Reception) notices(all []Occasion, day calendar.ReceptionDay, steps []step, t Target) []Occasion {
	for _, s := range steps {
		if t.gets(s.stage) {
			all = append(all, r.occasion(s.stage, day, t, s.on))
		}
	}
	slices.SortStableFunc(all, byDue)
	for i := range all[:max(0, len(all)-1)] {
		all[i].Until = all[i+1].Due
		if all[i].Stage == Eve { // what it says is about tomorrow
			all[i].Until = calendar.DateOf(all[i].Due).Add(1).Start().Add(-time.Second)
		}
	}
	return all
}

// occasion returns a notice that is sent on a date and useful until reception ends.
func (r Reception) occasion(s Stage, day calendar.ReceptionDay, t Target, on calendar.Date) Occasion {
	timed := s
	if s == Moved || s == Cancelled {
		timed = Week
	}
	return Occasion{
		Job: r.Job, Stage: s, Target: t.ID, Day: day.Date, Reception: day,
		Due:   t.at(timed, usual[timed]).On(on),
		Until: r.end().On(day.Date),
	}
}

// cancellation tells every target that a day is called off: when staff said so,
// or a week before if it was planned.
func (r Reception) cancellation(day calendar.ReceptionDay) []Occasion {
	m, ok := r.lastMove(day)
	if !ok {
		return nil
	}
	day.Note = m.Note
	var all []Occasion
	for _, t := range r.Targets {
		if !t.gets(Cancelled) {
			continue
		}
		o := r.occasion(Cancelled, day, t, r.expectedWeek(day))
		if !m.Said.IsZero() {
			o.Due, o.Said = m.Said, m.Said
		}
		all = append(all, o)
	}
	return all
}

// lost reports whether a day of the rule is not held at all.
func (r Reception) lost(day calendar.ReceptionDay, held []calendar.ReceptionDay) bool {
	m, ok := r.lastMove(day)
	return ok && m.To.IsZero() && !slices.ContainsFunc(held, func(h calendar.ReceptionDay) bool {
		return h.RuleDate == day.RuleDate
	})
}

// expectedWeek is the working day by which people are told of a change: seven
// days before they would come.
func (r Reception) expectedWeek(day calendar.ReceptionDay) calendar.Date {
	return r.Calendar.PrevWorking(day.RuleDate.Add(-7))
}

// said returns when staff moved a day to where it is.
func (r Reception) said(day calendar.ReceptionDay) time.Time {
	m, _ := r.lastMove(day)
	return m.Said
}

// lastMove returns the move of a day that counts.
func (r Reception) lastMove(day calendar.ReceptionDay) (Move, bool) {
	monthly := r.Rule.Kind == calendar.NthWeekday || r.Rule.Kind == calendar.DayOfMonth
	for _, m := range slices.Backward(r.Moves) {
		same := m.RuleDate.Year == day.RuleDate.Year && m.RuleDate.Month == day.RuleDate.Month
		if m.RuleDate == day.RuleDate || monthly && same {
			return m, true
		}
	}
	return Move{}, false
}

func (r Reception) end() TimeOfDay {
	if r.End == (TimeOfDay{}) {
		return TimeOfDay{17, 0}
	}
	return r.End
}
