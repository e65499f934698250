package bot

import (
	"slices"
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
}

func (t *turn) taskLines(list []cases.Case) []taskLine {
	var lines []taskLine
	for _, c := range list {
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

// step words a step that was taken.
func (t *turn) step(key string, d desk.Done, args words.Args) string {
	all := words.Args{"OnTheWay": d.OnTheWay, "Told": d.Told, "Lost": d.Lost, "TooLate": false, "HasTaskDue": false}
	if k, ok := d.Case.Clock(cases.TaskClock); ok {
		all["TaskDue"], all["HasTaskDue"] = k.Due, true
		all["TooLate"] = !d.Case.Due().IsZero() && k.Due.After(d.Case.Due())
	}
	if k, ok := d.Case.Clock(cases.LeaderClock); ok {
		all["LeaderDue"] = k.Due
	}
	for k, v := range args {
		all[k] = v
	}
	return t.say("done."+key, t.b.desk.Args(d.Case, t.now, all))
}

func register(t *turn, in input) (reply, error) {
	category, rest, ok := in.rest.Command(t.b.names.categories)
	if !ok {
		return t.whichCategory(in)
	}
	unit, rest, _ := rest.Command(t.b.names.units)
	if unit == "" {
		if typed, _ := rest.Token(); typed != "" && phrase.Fold(typed) != "简易" && phrase.Fold(typed) != "普通" {
			return says(t.refusal(&cases.Refusal{Code: cases.NoUnit, Verb: cases.Register, Typed: typed}))
		}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Register(tx, t.actor, in.no, category, unit, t.now)
		if err != nil {
			return "", err
		}
		return t.step("register", d, nil), nil
	})
}

// whichCategory asks for the category, with the suggested one ready to send.
func (t *turn) whichCategory(in input) (reply, error) {
	c, _, err := t.b.desk.Look(t.ctx, t.actor, in.no, t.now)
	if err == nil {
		err = c.Check(t.actor, cases.Register)
	}
	if err != nil {
		return reply{}, err
	}
	var names []string
	for _, cat := range t.b.Office.Categories {
		names = append(names, cat.Name)
	}
	lead := ""
	if cat, ok := t.b.Office.Category(c.CategoryOrSuggested()); ok {
		lead = t.b.Office.UnitName(cat.Lead)
	}
	typed, _ := in.rest.Token()
	return says(t.say("which-category", t.b.desk.Args(c, t.now, words.Args{"Names": names, "LeadName": lead, "Typed": typed})))
}

func accept(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Accept(tx, t.actor, in.no, t.now)
		if err != nil {
			return "", err
		}
		return t.step("accept", d, nil), nil
	})
}

// assign reads "12 机电 3天" and, behind it, what the unit is to be told.
func assign(t *turn, in input) (reply, error) {
	unit, rest, ok := in.rest.Command(t.b.names.units)
	if !ok {
		typed, _ := in.rest.Token()
		return reply{}, &cases.Refusal{Code: cases.NoUnit, Verb: cases.Assign, No: in.no, Typed: typed}
	}
	term, rest, ok := t.term(rest)
	if !ok {
		return reply{}, &cases.Refusal{Code: cases.NoTerm, Verb: cases.Assign, No: in.no}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Assign(tx, t.actor, in.no, unit, term, rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		return t.step("assign", d, nil), nil
	})
}

// term reads a term as days, or as a date.
func (t *turn) term(text phrase.Text) (calendar.Term, phrase.Text, bool) {
	if n, working, rest, ok := text.Term(); ok && n > 0 && n <= 365 {
		return calendar.Term{N: n, Working: working}, rest, true
	}
	if d, rest, ok := text.Date(t.saidOn()); ok && d.After(t.today()) && d.Sub(t.today()) <= 365 {
		return calendar.Term{N: d.Sub(t.today())}, rest, true
	}
	return calendar.Term{}, text, false
}

func sponsor(t *turn, in input) (reply, error) {
	leader, rest, ok := in.rest.Command(t.b.names.leaders)
	if !ok {
		leader, rest = in.rest.Token()
	}
	term, _, ok := t.term(rest)
	if !ok {
		return reply{}, &cases.Refusal{Code: cases.NoTerm, Verb: cases.Sponsor, No: in.no}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Sponsor(tx, t.actor, in.no, leader, term, t.now)
		if err != nil {
			return "", err
		}
		return t.step("sponsor", d, nil), nil
	})
}

// ask puts a question to the petitioner.
func ask(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, to, err := t.b.desk.Ask(tx, t.actor, in.no, in.rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		if to != "" {
			if err := t.b.Expect(tx, to, d.Case.No, t.now); err != nil {
				return "", err
			}
		}
		return t.step("ask", d, nil), nil
	})
}

// Expect notes in the petitioner's conversation that staff asked about the
// matter: the next thing they say is the answer.
func (b *Bot) Expect(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error {
	k, err := loadTalk(tx, petitioner)
	if err != nil {
		return err
	}
	asked := &turn{b: b, now: now, was: k, talk: k}
	before := slices.DeleteFunc(slices.Clone(k.Asked), func(n cases.Number) bool { return n == no })
	asked.m.From, asked.talk.Asked = petitioner, append(before, no)
	asked.talk.Answered, asked.talk.Doubt = time.Time{}, k.Form != ""
	return asked.saveTalk(tx)
}

func answerCase(t *turn, in input) (reply, error) {
	return t.withText(in, "answer", t.b.desk.Answer)
}

func closeCase(t *turn, in input) (reply, error) { return t.withText(in, "close", t.b.desk.Close) }

func urge(t *turn, in input) (reply, error) { return t.withText(in, "urge", t.b.desk.Urge) }

func feedback(t *turn, in input) (reply, error) {
	return t.withText(in, "feedback", t.b.desk.Feedback)
}

func object(t *turn, in input) (reply, error) { return t.withText(in, "object", t.b.desk.Object) }

func instruct(t *turn, in input) (reply, error) {
	return t.withText(in, "instruct", t.b.desk.Instruct)
}

// withText takes a step that comes with words.
func (t *turn) withText(in input, key string, take textStep) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, err := take(tx, t.actor, in.no, in.rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		return t.step(key, d, words.Args{"Text": in.rest.Raw()}), nil
	})
}

func signOff(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.SignOff(tx, t.actor, in.no, t.now)
		if err != nil {
			return "", err
		}
		return t.step("sign-off", d, nil), nil
	})
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
	return says(t.say("sponsored", words.Args{"Lines": t.b.desk.Lines(list, t.now)}))
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
