package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/config"
	"fangzhuo/desk"
	"fangzhuo/handbook"
	"fangzhuo/phrase"
	"fangzhuo/schedule"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Everything that turns the configuration into what the packages take. What a
// package finds wrong is added to the config's own problems, at its place in
// the file.

// office is the configuration, understood.
type office struct {
	cfg       *config.Config
	directory *cases.Office
	calendar  *calendar.Calendar
	rule      calendar.Rule
	posts     []post
	words     *words.Book
	facts     words.Args
	forms     []cases.Form
	handbook  *handbook.Book
	confirm   []string // titles of the cards whose numbers the mine has still to confirm
}

// post is a text of the config with when it is sent.
type post struct {
	config.Schedule
	cron schedule.Cron
}

// understand reads the whole configuration. Its problems come all at once.
func understand(cfg *config.Config) (*office, error) {
	o := &office{cfg: cfg, directory: directory(cfg), forms: forms(cfg)}
	var err error
	if o.words, err = words.Open(cfg.Language); err != nil {
		cfg.Problem("language", "%v", err)
	}
	if o.calendar, err = calendar.New(overrides(cfg)); err != nil && !cfg.Faulty("calendar.overrides") {
		cfg.Problem("calendar.overrides", "%v", err)
	}
	o.rule = rule(cfg.Reception)
	if err := o.rule.Validate(); err != nil && !cfg.Faulty("reception.rule") {
		cfg.Problem("reception.rule", "%v", err)
	}
	for i, s := range cfg.Schedules {
		cron, err := schedule.ParseCron(s.Cron)
		if err != nil {
			cfg.Problem(fmt.Sprintf("schedules[%d].cron", i), "%v", err)
			continue
		}
		if cfg.WeChat.Enabled {
			checkNight(cfg, fmt.Sprintf("schedules[%d].cron", i), cron)
		}
		o.posts = append(o.posts, post{s, cron})
	}
	if cfg.WeChat.Enabled && cfg.Sandbox.Listen != "" {
		cfg.Problem("sandbox.listen", "lets whoever opens the page be anybody: leave it out while wechat.enabled is true")
	}
	checkAlarms(cfg)
	o.facts = facts(cfg)
	wrong := o.readHandbook()
	return o, together(cfg.Err(), wrong)
}

// checkNight refuses a cron line that fires in the quiet hours. It fires at the
// same times on each of its days, so its first day is enough.
func checkNight(cfg *config.Config, path string, cron schedule.Cron) {
	first := cron.Next(calendar.On(2026, time.January, 1).Start().Add(-1))
	for at := first; at.Before(first.AddDate(0, 0, 1)); at = cron.Next(at) {
		if clock := (config.Clock{Hour: at.Hour(), Minute: at.Minute()}); cfg.WeChat.Quiet.Cover(clock) {
			cfg.QuietAt(path, clock)
			return
		}
	}
}

func directory(cfg *config.Config) *cases.Office {
	var units []cases.Unit
	for _, u := range cfg.Units {
		units = append(units, cases.Unit{ID: u.ID, Name: u.Name, Aliases: u.Alias, Sealed: u.Sealed, Urgent: u.Urgent})
	}
	var categories []cases.Category
	for _, c := range cfg.Categories {
		categories = append(categories, cases.Category{Name: c.ID, Lead: c.Lead, Words: c.Words, Days: c.Days,
			Working: c.Working, Sealed: c.Sealed, Urgent: c.Urgent, Simple: c.Simple, Helpers: c.Co, Route: c.Route, Bases: c.Basis})
	}
	var people []cases.Person
	for _, p := range cfg.People {
		people = append(people, cases.Person{ID: p.ID, Name: p.Name, Title: p.Title, Role: cases.Role(p.Role), Unit: p.Unit,
			Chief: p.Chief, Keeper: p.Keeper})
	}
	office := cases.NewOffice(units, categories, people, phrase.Fold)
	office.Accuses = phrase.Accuses
	for _, r := range cfg.Routes {
		office.Routes = append(office.Routes, cases.Route{Name: r.ID, Where: r.Where, Phone: r.Phone, Article: r.Article, Deadline: r.Deadline,
			Years: r.Years, Days: r.Days})
	}
	return office
}

func forms(cfg *config.Config) []cases.Form {
	var all []cases.Form
	for _, f := range cfg.Forms {
		form := cases.Form{ID: f.ID, Name: f.Name, Words: f.Words, Category: f.Category}
		for _, q := range f.Fields {
			field := cases.Field{ID: q.ID, Label: q.Label, Aliases: q.Aliases, Ask: q.Ask, Kind: cases.FieldKind(q.Kind),
				Required: q.Required, Max: q.Max}
			for _, c := range q.Choices {
				field.Choices = append(field.Choices, cases.Choice{ID: c.ID, Label: c.Label, Words: c.Words})
			}
			form.Fields = append(form.Fields, field)
		}
		all = append(all, form)
	}
	return all
}

func date(d config.Date) calendar.Date {
	if d == (config.Date{}) {
		return calendar.Date{}
	}
	return calendar.On(d.Year, d.Month, d.Day)
}

func overrides(cfg *config.Config) []calendar.Override {
	var all []calendar.Override
	for _, o := range cfg.Calendar.Overrides {
		all = append(all, calendar.Override{Date: date(o.Date), Working: o.Work, Name: o.Name})
	}
	return all
}

func rule(r config.Reception) calendar.Rule {
	rule := calendar.Rule{Kind: calendar.NthWeekday, Nth: r.Rule.Nth, Weekday: r.Rule.Weekday}
	switch {
	case r.Rule.Day != 0:
		rule = calendar.Rule{Kind: calendar.DayOfMonth, Day: r.Rule.Day}
	case len(r.Rule.Weekly) > 0:
		rule = calendar.Rule{Kind: calendar.Weekly, Weekdays: r.Rule.Weekly}
	case len(r.Rule.Dates) > 0:
		rule = calendar.Rule{Kind: calendar.Dates}
		for _, d := range r.Rule.Dates {
			rule.Dates = append(rule.Dates, date(d))
		}
	}
	rule.Shift = map[string]calendar.Shift{"next": calendar.NextWorking, "previous": calendar.PrevWorking,
		"next-same-weekday": calendar.NextSameWeekday, "keep": calendar.Keep}[r.Holiday]
	return rule
}

// reception is the reception day as the desk takes it.
func (o *office) reception() desk.Reception {
	r := o.cfg.Reception
	d := desk.Reception{Rule: o.rule, Place: strings.TrimSpace(r.Place), Hours: r.Hours.Text, Topics: strings.TrimSpace(r.Topics),
		Leader: func(year int, month time.Month) string { return r.Leaders.In(config.Month{Year: year, Month: month}) }}
	for _, m := range r.Moves {
		d.Moves = append(d.Moves, calendar.Move{RuleDate: calendar.On(m.Month.Year, m.Month.Month, 1), To: date(m.To), Note: m.Reason})
	}
	return d
}

// facts are what every sentence may mention of the office.
func facts(cfg *config.Config) words.Args {
	return words.Args{"Office": cfg.Office.Name, "Bot": cfg.Office.Bot, "Phone": cfg.Office.Phone,
		"Dispatch": dispatchPhone(cfg), "StaffReads": cfg.Office.StaffReads, "MaxMB": cfg.Intake.MaxMB,
		"OfficePlace": cfg.Office.Place, "OfficeHours": cfg.Office.Hours.Text, "KeepYears": cfg.Office.RetentionYears}
}

// dispatchPhone is what people call in danger.
func dispatchPhone(cfg *config.Config) string {
	return cmp.Or(cfg.Office.DispatchPhone, cfg.Office.Phone)
}

// hours are when the office opens and shuts, in minutes of the day.
func (o *office) hours() (opens, shuts int) {
	spans := o.cfg.Office.Hours.Spans
	if len(spans) == 0 {
		return 0, 24 * 60
	}
	from, to := spans[0].From, spans[len(spans)-1].To
	return from.Hour*60 + from.Minute, to.Hour*60 + to.Minute
}

// desk is the office at work on a store.
func (o *office) desk(store storage.Store) *desk.Desk {
	people, groups := o.addresses()
	return desk.New(store, desk.Options{Office: o.directory, Dialect: o.cfg.Dialect, Calendar: o.calendar, Words: o.words, Addresses: people,
		Groups: groups, Reception: o.reception(), Facts: o.facts, Superior: o.cfg.Office.Superior, FullName: o.cfg.Office.FullName, PushAt: o.cfg.Pushes.Time.Hour*60 + o.cfg.Pushes.Time.Minute,
		Lasts: wechat.Lasting, KeepYears: o.cfg.Office.RetentionYears, Random: rand.Reader})
}

// addresses are where people and groups are reached on the networks in use; with
// none of them in use the office works on its own page.
func (o *office) addresses() (people map[string]chat.Address, groups []desk.Group) {
	inWeChat, inSandbox := o.cfg.WeChat.Enabled, !o.cfg.WeChat.Enabled && o.cfg.Sandbox.Listen != ""
	people = map[string]chat.Address{}
	for _, p := range o.cfg.People {
		switch {
		case inSandbox:
			people[p.ID] = chat.Address("sandbox:p-" + p.ID)
		case inWeChat && p.Code != "":
			people[p.ID] = chat.Address("wechat:p/" + p.Code)
		}
	}
	for _, g := range o.cfg.Groups {
		group := desk.Group{ID: g.ID, Name: g.Name}
		switch {
		case inSandbox:
			group.Address = chat.Address("sandbox:" + g.ID)
		case inWeChat && g.Marker != "":
			group.Address = chat.Address("wechat:g/" + g.Marker)
		}
		groups = append(groups, group)
	}
	return people, groups
}

// receptionTargets are the groups with their own times. A group with no stage
// at all hears of no change either.
func (o *office) receptionTargets() []schedule.Target {
	var all []schedule.Target
	for _, g := range o.cfg.Groups {
		t := schedule.Target{ID: g.ID, Times: map[schedule.Stage]schedule.TimeOfDay{}}
		for stage, at := range map[schedule.Stage]config.StageTime{schedule.Week: g.Stages.Week, schedule.Three: g.Stages.Three,
			schedule.Eve: g.Stages.Eve, schedule.OnDay: g.Stages.Day} {
			if at.Off {
				t.Off = append(t.Off, stage)
			} else {
				t.Times[stage] = timeOfDay(at.At)
			}
		}
		if len(t.Times) == 0 {
			t.Off = append(t.Off, schedule.Moved, schedule.Cancelled)
		}
		all = append(all, t)
	}
	return all
}

func timeOfDay(c config.Clock) schedule.TimeOfDay {
	return schedule.TimeOfDay{Hour: c.Hour, Minute: c.Minute}
}

func targets(ids []string) []schedule.Target {
	var all []schedule.Target
	for _, id := range ids {
		all = append(all, schedule.Target{ID: id})
	}
	return all
}

func ids(people []cases.Person) []string {
	var all []string
	for _, p := range people {
		all = append(all, p.ID)
	}
	return all
}

// The jobs of the schedule beside the config's own posts.
const (
	receptionJob    = "reception"
	digestJob       = "digest"
	leaderDigestJob = "leader-digest"
)

// sources are all occasions for messages, with the days moved so far.
func (o *office) sources(moved []desk.Moved) []schedule.Source {
	reception := schedule.Reception{Job: receptionJob, Rule: o.rule, Calendar: o.calendar, Targets: o.receptionTargets()}
	for _, m := range o.reception().Moves {
		reception.Moves = append(reception.Moves, schedule.Move{Move: m})
	}
	for _, m := range moved {
		reception.Moves = append(reception.Moves, schedule.Move{Move: m.Move(), Said: m.At})
	}
	if spans := o.cfg.Reception.Hours.Spans; len(spans) > 0 {
		reception.End = timeOfDay(spans[len(spans)-1].To)
	}
	all := []schedule.Source{reception,
		schedule.Daily{Job: digestJob, At: timeOfDay(o.cfg.Pushes.Digest), Working: true, Calendar: o.calendar,
			Targets: targets(ids(o.directory.With(cases.Staff, "")))},
		schedule.FirstWorkday{Job: leaderDigestJob, At: timeOfDay(o.cfg.Pushes.LeaderDigest), Calendar: o.calendar,
			Targets: targets(ids(o.directory.With(cases.Leader, "")))},
	}
	for _, p := range o.posts {
		all = append(all, schedule.Post{ID: p.ID, Cron: p.cron, WorkdaysOnly: p.WorkdaysOnly, Calendar: o.calendar, Targets: targets(p.Groups)})
	}
	return all
}

// postText is the text of a post of the config.
func (o *office) postText(id string) string {
	for _, p := range o.posts {
		if p.ID == id {
			return strings.TrimSpace(p.Text)
		}
	}
	return ""
}
