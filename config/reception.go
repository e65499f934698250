package config

import (
	"slices"
	"time"
)

func (c *Config) checkOffice() {
	o := &c.Office
	c.need("office.name", o.Name, "the office's name")
	c.need("office.bot", o.Bot, "what the bot calls itself")
	c.need("office.phone", o.Phone, "a number that a human answers: the bot gives it when it cannot help")
	c.need("office.dispatch_phone", o.DispatchPhone, "the dispatch room's number: workers are sent there in danger")
	c.need("office.place", o.Place, "where the office is")
	c.need("office.hours", o.Hours.Text, "opening hours like 9:00—11:30、14:30—17:00")
	c.within("office.retention_years", o.RetentionYears, 1, 30, " years")
	if staff := c.count("staff"); c.notes.has("office.staff_reads") && o.StaffReads < staff {
		c.Problem("office.staff_reads", "is %d, but %d people have role staff: write %d, or the privacy notice is untrue", o.StaffReads, staff, staff)
	}
}

func (c *Config) checkReception() {
	r := &c.Reception
	c.oneOf("reception.holiday", r.Holiday, "next", "previous", "next-same-weekday", "keep")
	c.need("reception.topics", r.Topics, "what may be talked about")
	if c.notes.has("reception.rule") {
		c.checkRule(r.Rule)
	}
	c.checkLeaders(r.Leaders)
	c.checkMoves(r)
}

// checkMoves wants moves that say which day they mean: a month names one only
// where the rule gives one day a month.
func (c *Config) checkMoves(r *Reception) {
	if len(r.Moves) > 0 && len(r.Rule.Weekly)+len(r.Rule.Dates) > 0 {
		c.Problem("reception.moves", "cannot tell which day of a weekly rule or of dates is meant: use {nth: …} or {day: …}, or change the dates")
	}
	months := make([]string, len(r.Moves))
	for i, m := range r.Moves {
		path := entry("reception.moves", i)
		if m.Month == (Month{}) {
			c.Problem(path+".month", "is empty: write the month that is moved, like 2026-12")
		} else {
			months[i] = m.Month.String()
		}
		if m.To == (Date{}) {
			c.Problem(path+".to", "is empty: write the new date, like 2026-12-09")
		}
		c.need(path+".reason", m.Reason, "the reason that the notice gives")
	}
	c.once(months, part("reception.moves", "month"))
}

// checkRule wants exactly one kind of rule, and one that gives a day in every
// month it promises.
func (c *Config) checkRule(r Rule) {
	const path = "reception.rule"
	has := func(key string) bool { return c.notes.has(path + "." + key) }
	kinds := 0
	for _, given := range []bool{has("nth") || has("weekday"), has("day"), has("weekly"), has("dates")} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		c.Problem(path, "has %d kinds of rule: write one of {nth: 1, weekday: monday}, {day: 16}, {weekly: [tuesday]}, {dates: [2026-12-07]}", kinds)
		return
	}
	switch {
	case has("day"):
		c.within(path+".day", r.Day, 1, 31, "; a shorter month takes its last day")
	case has("weekly"):
		if len(r.Weekly) == 0 {
			c.Problem(path+".weekly", "is empty: write weekdays like [tuesday, thursday]")
		}
		c.once(each(r.Weekly, time.Weekday.String), func(i int) string { return entry(path+".weekly", i) })
	case has("dates"):
		if len(r.Dates) == 0 {
			c.Problem(path+".dates", "is empty: write dates like [2026-12-07]")
		}
		c.once(each(r.Dates, Date.String), func(i int) string { return entry(path+".dates", i) })
	default:
		if r.Nth != -1 { // the last
			c.within(path+".nth", r.Nth, 1, 4, ", which every month has, or -1 for the last")
		}
		if !has("weekday") {
			c.Problem(path+".weekday", "is missing beside nth: write monday, tuesday, … or sunday")
		}
	}
}

func (c *Config) checkLeaders(l Leaders) {
	if len(l.Rota) == 0 && len(l.Months) == 0 {
		c.Warn("reception.leaders", "names nobody: notices will not say who receives")
	}
	for i, id := range l.Rota {
		c.leader(entry("reception.leaders.rota", i), id)
	}
	for m, id := range l.Months {
		c.leader("reception.leaders.months."+m.String(), id)
	}
}

func (c *Config) leader(path, id string) {
	c.refer(path, id, "person", c.personIDs())
	i := slices.IndexFunc(c.People, func(p Person) bool { return p.ID == id })
	if i >= 0 && c.People[i].Role != "leader" {
		c.Problem(path, "is %q, whose role is %s: name somebody with role leader", id, c.People[i].Role)
	}
}

func (c *Config) checkCalendar() {
	dates := make([]string, len(c.Calendar.Overrides))
	for i, o := range c.Calendar.Overrides {
		path := entry("calendar.overrides", i)
		if o.Date == (Date{}) {
			c.Problem(path+".date", "is empty: write the date, like 2026-12-07")
		} else {
			dates[i] = o.Date.String()
		}
		if !c.notes.has(path + ".work") {
			c.Problem(path+".work", "is missing: write true for a working day or false for a day off")
		}
		c.need(path+".name", o.Name, "why, as notices put it")
	}
	c.once(dates, part("calendar.overrides", "date"))
}
