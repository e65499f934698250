package bot

import (
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What the people of the office may ask: staff, discipline, liaisons, leaders.

// todo lists what waits for the one who asks.
func todo(t *turn, _ input) (reply, error) {
	switch t.actor.Role {
	case cases.Liaison:
		list, err := t.b.desk.Tasks(t.ctx, t.actor)
		return reply{text: t.say("tasks", words.Args{"Lines": t.taskLines(list)})}, err
	case cases.Leader:
		return sponsored(t, input{})
	}
	d, err := t.b.desk.Todo(t.ctx, t.actor)
	if err != nil {
		return reply{}, err
	}
	lines := func(list []cases.Case) []desk.Line { return t.b.desk.Lines(list, t.now) }
	return says(t.say("todo", words.Args{"New": lines(d.New), "Waiting": lines(d.Waiting),
		"WithUnit": lines(d.WithUnit), "Answered": lines(d.Answered)}))
}

// taskLine is a task as its unit sees it: what to do by when, nothing else.
type taskLine struct {
	Short, Task string
	Due         any
	HasDue      bool
	Over        int // days past Due, 0 if none
	Signed      bool
	Reported    bool
	Helps       bool // it helps another unit
}

func (t *turn) taskLines(list []cases.Case) []taskLine {
	var lines []taskLine
	for _, c := range list {
		if c.Helps(t.actor) {
			task := c.HelpTasks[t.actor.Unit]
			lines = append(lines, taskLine{Helps: true, Short: desk.ShortNumber(c.No, t.now), Task: task.Text,
				Signed: !task.SignedAt.IsZero(), Reported: task.Feedback != ""})
			continue
		}
		k, ok := c.Clock(cases.TaskClock)
		over := 0
		if ok {
			over = max(0, t.today().Sub(calendar.DateOf(k.Due)))
		}
		lines = append(lines, taskLine{Over: over, Short: desk.ShortNumber(c.No, t.now), Task: c.Note, Due: k.Due, HasDue: ok,
			Signed: !c.SignedAt.IsZero(), Reported: c.Feedback != ""})
	}
	return lines
}

func overview(t *turn, _ input) (reply, error) {
	text, err := t.b.desk.OverviewText(t.ctx, t.actor, t.now)
	return reply{text: text}, err
}

func sponsored(t *turn, _ input) (reply, error) {
	list, err := t.b.desk.Sponsored(t.ctx, t.actor)
	if err != nil {
		return reply{}, err
	}
	return says(t.say("sponsored", words.Args{"Lines": t.b.desk.LedLines(list, t.now)}))
}

// moveReception reads "12月 12月9日 领导出差" (改期).
func moveReception(t *turn, in input) (reply, error) {
	year, month, rest, ok := in.rest.Month(t.saidOn())
	if !ok {
		return says(t.say("move.how", nil))
	}
	to, rest, ok := rest.Date(t.saidOn())
	if !ok {
		return says(t.say("move.how", nil))
	}
	days, err := t.b.desk.ReceptionIn(t.ctx, year, month)
	if err != nil {
		return reply{}, err
	}
	switch {
	case len(days) != 1:
		return says(t.say("move.not-one", words.Args{"N": len(days)}))
	case to.Before(t.today()):
		return says(t.say("move.past", words.Args{"To": to}))
	case to.Sub(days[0].RuleDate) > 15 || days[0].RuleDate.Sub(to) > 15:
		return says(t.say("move.far", words.Args{"Month": days[0].RuleDate}))
	case to == days[0].Date:
		return says(t.say("move.same", words.Args{"To": to}))
	case !days[0].Date.IsZero() && days[0].Date.Before(t.today()):
		return says(t.say("move.over", words.Args{"Day": days[0].Date}))
	}
	old := days[0]
	return reply{after: t.b.Moved, do: func(tx storage.Tx) (string, error) {
		if err := t.b.desk.MoveReception(tx, t.actor, old.RuleDate, to, rest.Raw(), t.now); err != nil {
			return "", err
		}
		return t.say("move.done", words.Args{"Old": old.Date, "To": to, "Note": rest.Raw(), "Off": !t.b.desk.Calendar.Working(to)}), nil
	}}, nil
}

// unsettledShown is how many messages that did not go out are shown.
const unsettledShown = 10

// newsKind is the kind of what is told through channels other than chat.
const newsKind = "news"

// unsettledLine is one message that did not go out or may not have.
type unsettledLine struct {
	At    time.Time
	Name  string // of the group
	State string
	Text  string
}

// unsettled lists what did not go out or may not have, for somebody to see to
// (未决). Only notices to groups still have their text.
func unsettled(t *turn, _ input) (reply, error) {
	all, err := t.b.Unsettled(t.ctx, unsettledShown)
	if err != nil {
		return reply{}, err
	}
	var to []chat.Address
	for _, o := range all {
		to = append(to, o.To)
	}
	groups, err := t.b.desk.GroupsAt(t.ctx, to)
	if err != nil {
		return reply{}, err
	}
	var lines []unsettledLine
	for i, o := range all {
		why := t.say("unsent."+string(o.State), nil)
		if o.Reason == outbox.NoFile {
			why = t.say("unsent.no-file", nil)
		}
		if o.Kind == newsKind {
			o.Text = t.say("unsettled.news", nil)
		}
		lines = append(lines, unsettledLine{o.At, groups[i], why, o.Text})
	}
	return says(t.say("unsettled", words.Args{"Lines": lines}))
}

// status says how the ways to people are (状态).
func status(t *turn, _ input) (reply, error) {
	text, err := t.b.Status(t.ctx)
	return reply{text: text}, err
}

func bindCode(t *turn, in input) (reply, error) {
	want := phrase.Fold(in.rest.Raw())
	for _, p := range t.b.Office.People {
		if want != "" && (phrase.Fold(p.Name) == want || phrase.Fold(p.ID) == want) {
			if !t.b.desk.MayIssue(t.actor, p) {
				return says(t.say("bind.not-yours", nil))
			}
			return does(func(tx storage.Tx) (string, error) {
				code, err := t.b.desk.IssueCode(tx, p.ID, t.now)
				return t.say("bind.code", words.Args{"Name": p.Name, "Code": code}), err
			})
		}
	}
	return says(t.say("bind.whom", nil))
}
