package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/config"
	"fangzhuo/schedule"
)

// nextDays is how many reception days check shows.
const nextDays = 12

// check validates a config and shows what it means: the next reception days
// with the reason of each move, and what each schedule sends next.
func check(file string, now time.Time, out io.Writer) error {
	cfg, err := config.Read(file)
	if cfg == nil {
		return err
	}
	o, err := understand(cfg)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings() {
		fmt.Fprintln(out, "warning:", w)
	}
	if err := cfg.Unfilled(); err != nil {
		fmt.Fprintln(out, "not filled in yet:")
		fmt.Fprintln(out, err)
	}
	for i, a := range cfg.Alarms {
		if i == 0 {
			fmt.Fprintln(out, "when chat is down, people hear of it at:")
		}
		fmt.Fprintf(out, "  %s %s\n", a.ID, a.Name)
	}
	fmt.Fprintf(out, "handbook: %s\n", o.handbookNote())
	today := calendar.DateOf(now)
	if year, missing := o.calendar.Missing(today); missing {
		fmt.Fprintf(out, "warning: the holiday plan for %d is not in; its days are computed (推算)\n", year)
	}
	fmt.Fprintf(out, "the next %d reception days:\n", nextDays)
	for _, d := range o.rule.Next(o.calendar, today, nextDays, o.reception().Moves) {
		fmt.Fprintf(out, "  %s %s%s\n", d.Date, d.Date.Weekday().String()[:3], reason(d))
	}
	fmt.Fprintln(out, "what is sent next:")
	for _, oc := range o.nextSends(now) {
		fmt.Fprintf(out, "  %s  %s\n", oc.Due.In(calendar.Zone).Format("2006-01-02 15:04"), sendName(oc))
	}
	if cfg.Unfilled() != nil {
		fmt.Fprintln(out, "ok, but not ready to run: fill in what is named above")
		return nil
	}
	fmt.Fprintln(out, "ok")
	return nil
}

// reason says why a reception day is not where its rule puts it.
func reason(d calendar.ReceptionDay) string {
	s := ""
	switch d.Moved {
	case calendar.MovedByHoliday:
		s = fmt.Sprintf("  moved from %s: %s", d.RuleDate, d.Holiday)
	case calendar.MovedByWeekend:
		s = fmt.Sprintf("  moved from %s: weekend", d.RuleDate)
	case calendar.MovedByOverride:
		s = fmt.Sprintf("  moved from %s: %s", d.RuleDate, d.Note)
	}
	if d.Provisional {
		s += "  (provisional 推算)"
	}
	return s
}

func sendName(oc schedule.Occasion) string {
	if oc.Stage == "" {
		return fmt.Sprintf("%s → %s", oc.Job, oc.Target)
	}
	return fmt.Sprintf("%s %s (%s) → %s", oc.Job, oc.Stage, oc.Day, oc.Target)
}

// lookAhead is how far a schedule is asked for its next send.
const lookAhead = 400 * 24 * time.Hour

// nextSends is the next occasion of each job, stage and target, soonest first.
func (o *office) nextSends(now time.Time) []schedule.Occasion {
	var next []schedule.Occasion
	seen := map[string]bool{}
	for _, s := range o.sources(nil) {
		for _, oc := range s.Occasions(now, now.Add(lookAhead)) {
			key := oc.Job + "/" + string(oc.Stage) + "/" + oc.Target
			if !seen[key] {
				seen[key] = true
				next = append(next, oc)
			}
		}
	}
	slices.SortStableFunc(next, func(a, b schedule.Occasion) int { return a.Due.Compare(b.Due) })
	return next
}
