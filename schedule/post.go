package schedule

import (
	"time"

	"fangzhuo/calendar"
)

// Post sends the text of a cron line of the config (education, safety). A post
// is useful until the next one is due, or for the rest of the day.
type Post struct {
	ID           string // becomes the job
	Cron         Cron
	WorkdaysOnly bool
	Calendar     *calendar.Calendar
	Targets      []Target
}

// Occasions implements Source.
func (p Post) Occasions(from, to time.Time) []Occasion {
	var all []Occasion
	for due := p.Cron.Next(from); !due.IsZero() && !due.After(to); {
		next := p.Cron.Next(due)
		day := calendar.DateOf(due)
		if !p.WorkdaysOnly || p.Calendar.Working(day) {
			until := endOf(day)
			if !next.IsZero() && next.Before(until) {
				until = next
			}
			stage := Stage(due.Format("15:04"))
			for _, t := range p.Targets {
				all = append(all, Occasion{Job: p.ID, Stage: stage, Target: t.ID, Day: day, Due: due, Until: until})
			}
		}
		due = next
	}
	return all
}

// Daily is a message a day, such as the morning digest of staff. It is useful
// for the rest of its day.
type Daily struct {
	Job      string
	At       TimeOfDay
	Working  bool // on working days only
	Calendar *calendar.Calendar
	Targets  []Target
}

// Occasions implements Source.
func (d Daily) Occasions(from, to time.Time) []Occasion {
	return eachDay(from, to, d.Job, d.At, d.Targets, func(day calendar.Date) bool {
		return !d.Working || d.Calendar.Working(day)
	})
}

// FirstWorkday is a message on the first working day of each week, Monday to
// Sunday, such as the digest of leaders. It is useful for the rest of its day.
type FirstWorkday struct {
	Job      string
	At       TimeOfDay
	Calendar *calendar.Calendar
	Targets  []Target
}

// Occasions implements Source.
func (f FirstWorkday) Occasions(from, to time.Time) []Occasion {
	return eachDay(from, to, f.Job, f.At, f.Targets, func(day calendar.Date) bool {
		monday := day.Add(-(int(day.Weekday()) + 6) % 7)
		return day == f.Calendar.NextWorking(monday)
	})
}

// eachDay returns the occasions of a job at a time of day on the chosen days.
func eachDay(from, to time.Time, job string, at TimeOfDay, targets []Target, chosen func(calendar.Date) bool) []Occasion {
	var all []Occasion
	for day := calendar.DateOf(from); !day.Start().After(to); day = day.Add(1) {
		if !chosen(day) {
			continue
		}
		for _, t := range targets {
			due := t.at("", at).On(day)
			all = append(all, Occasion{Job: job, Target: t.ID, Day: day, Due: due, Until: endOf(day)})
		}
	}
	return within(all, from, to)
}

// at returns the target's own time for a stage, or the usual one.
func (t Target) at(s Stage, usual TimeOfDay) TimeOfDay {
	if own, ok := t.Times[s]; ok {
		return own
	}
	return usual
}
