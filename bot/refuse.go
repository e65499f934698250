package bot

import (
	"slices"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/words"
)

// refusal words a refusal: one line that says what is wrong and what to do.
func (t *turn) refusal(r *cases.Refusal) string {
	who := cases.Who(r.Verb)
	if c, ok := t.b.table[r.Typed]; ok && r.Code == cases.NotAllowed {
		who = c.who()
	}
	var next []string
	for _, v := range r.Next {
		next = append(next, t.nextCommand(v, r.No))
	}
	if r.Code == cases.NoText {
		next = []string{t.nextCommand(r.Verb, r.No)}
	}
	return t.b.desk.RefusalText(r, t.known, who, next, t.now)
}

// nextCommand is a step as it is typed; what the step needs beside the number
// is left open.
func (t *turn) nextCommand(v cases.Verb, no cases.Number) string {
	word := string(v)
	i := slices.IndexFunc(commands, func(c command) bool { return c.verb == v })
	if i < 0 { // what petitioners say has no verb in the table
		i = slices.IndexFunc(commands, func(c command) bool { return c.id == string(v) })
	}
	if i >= 0 {
		word = commands[i].words[0]
	}
	if v != cases.Accept && v != cases.SignOff && v != cases.Close && v != cases.Fulfil && v != cases.Confirm {
		return word + " " + desk.ShortNumber(no, t.now) + " …"
	}
	return word + " " + desk.ShortNumber(no, t.now)
}

// lookEvent is one line of a case's history.
type lookEvent struct {
	At   any
	Verb string
	Who  string
	Text string
}

// lookText shows a case to somebody with a duty: content by role, never who.
func (t *turn) lookText(c cases.Case, events []cases.Event) (string, error) {
	if t.actor.Role == cases.Liaison {
		k, ok := c.Clock(cases.TaskClock)
		args := words.Args{"TaskDue": k.Due, "HasTaskDue": ok}
		if c.Helps(t.actor) {
			task := c.HelpTasks[t.actor.Unit]
			args = words.Args{"TaskDue": k.Due, "HasTaskDue": false, "Task": task.Text, "Feedback": task.Feedback, "SignedOff": !task.SignedAt.IsZero()}
		}
		return t.say("look.unit", t.b.desk.Args(c, t.now, args)), nil
	}
	more := words.Args{}
	var lost bool // for those who would write to the petitioner
	if t.actor.Role == cases.Leader {
		more = t.b.desk.Plain(c)
		more["Media"], more["Against"] = 0, []string(nil) // they do not see them, nor that another is kept out
	} else {
		var err error
		if lost, err = t.b.desk.Lost(t.ctx, c); err != nil {
			return "", err
		}
	}
	more["Lost"], more["Clocks"] = lost, t.b.desk.Running(c, t.now)
	harm, err := t.b.desk.Suffered(t.ctx, t.actor, c)
	if err != nil {
		return "", err
	}
	history, err := t.history(events)
	if err != nil {
		return "", err
	}
	more["History"] = history[max(0, len(history)-historyShown):]
	tied, err := t.tied(c)
	if c.Persons > 1 {
		tied = joined(t.say("look.joint", words.Args{"Persons": c.Persons}), tied)
	}
	if err != nil {
		return "", err
	}
	text := joined(t.say("look", t.b.desk.Args(c, t.now, more)), tied)
	for _, h := range harm { // to the head of the office alone
		text = joined(text, t.say("look.harm", words.Args{"At": h.At, "Text": h.Text}))
	}
	return text, nil
}

// historyShown is how many of the latest events are shown.
const historyShown = 8

func (t *turn) history(events []cases.Event) (history []lookEvent, err error) {
	var before cases.Case
	for _, e := range events {
		was := before
		switch before = before.After(e); {
		case desk.Looked(e) && t.b.Office.Keeps(t.actor):
			e.Text = e.Motive
		case e.Verb == cases.Open, e.Verb == cases.Submit:
			continue
		case e.Verb == cases.Correct:
			e.Text = t.b.desk.Corrected(was, e, t.actor.Role == cases.Leader)
			if was.Signature == cases.Named && (t.actor.Role == cases.Leader || desk.SealedLater(events)) { // their name may stand in it
				e.Text = ""
			}
		case e.Verb == cases.Hand:
			e.Text = t.b.desk.HandedHow(was, e)
		case e.Verb == cases.Rate:
			continue // nobody who handles it is to know
		case t.actor.Role == cases.Leader && ofThePerson(e.Verb):
			continue // not of the matter
		case e.Verb == cases.Recall && e.Of < len(events):
			e.Text = t.say("recalled-when", words.Args{"At": events[e.Of].At})
		case e.Verb == cases.Extend:
			e.Text = t.say("extended-how", words.Args{"Text": e.Text, "By": t.b.desk.PersonName(e.Person), "Told": e.Fields[desk.ToldInChat] != ""})
		}
		who := t.say("role."+string(e.Actor.Role), nil)
		if p, ok := t.b.Office.Person(e.Actor.ID); ok {
			who = p.Name
		}
		text := t.readable(e)
		if e.Verb == cases.Answer && e.Other != nil {
			other, err := t.b.desk.Current(t.ctx, t.actor, e.Other.No, t.now)
			if err != nil {
				return nil, err
			}
			if other.Events > 0 { // and may be seen
				text = t.say("answered-with", words.Args{"Other": desk.ShortNumber(other.No, t.now), "Text": text})
			}
		}
		verb := t.b.desk.StepName(e, before.Round)
		if to, err := t.to(e); err != nil {
			return nil, err
		} else if to != "" {
			verb = t.say("verb-to", words.Args{"Verb": verb, "To": to})
		}
		history = append(history, lookEvent{At: e.At, Verb: verb, Who: who, Text: text})
	}
	return history, nil
}

// to is what a step was about beside its matter: a unit, a leader, a category,
// another matter.
func (t *turn) to(e cases.Event) (string, error) {
	switch e.Verb {
	case cases.Register:
		return e.Category, nil
	case cases.Assign, cases.Help:
		return t.b.desk.UnitName(e.Unit), nil
	case cases.Sponsor:
		return t.b.desk.PersonName(e.Person), nil
	case cases.Relate, cases.Merge, cases.Split:
		if e.Other == nil {
			return "", nil
		}
		other, err := t.b.desk.Current(t.ctx, t.actor, e.Other.No, t.now)
		if err != nil || other.Events == 0 { // not for their eyes
			return "", err
		}
		return desk.ShortNumber(other.No, t.now), nil
	}
	return "", nil
}

// ofThePerson reports whether a step tells of the petitioner rather than of the
// matter: how they were told, from where they write, what is kept of them.
func ofThePerson(v cases.Verb) bool {
	switch v {
	case cases.Recall, cases.Rejoin, cases.Inform, cases.Erase, cases.CheckIn, cases.MediaGone:
		return true
	}
	return false
}

// readable is the text of an event as the reader may have it: a leader does not
// read what passes between the office and the petitioner.
func (t *turn) readable(e cases.Event) string {
	if t.actor.Role == cases.Leader && (e.Verb == cases.Supplement || e.Verb == cases.Ask || e.Verb == cases.Dispute) {
		return ""
	}
	if e.Reply != nil {
		return e.Reply.Opinion
	}
	return e.Text
}
