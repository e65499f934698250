package console

import (
	"maps"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/words"
)

// moment is one line of a matter's history.
type moment struct{ At, Who, Verb, More, Text string }

// history is what has happened, the latest last. Of the program's own looks at
// the sealed part nothing is shown, of people's everything. How the petitioner
// found the handling is not for those who handle it.
func (v *visit) history(no cases.Number, events []cases.Event) []moment {
	var all []moment
	c := cases.Case{No: no}
	for _, e := range events {
		was := c
		c = c.After(e)
		m := moment{At: v.say("page.moment", words.Args{"At": e.At}), Who: v.say("role."+string(e.Actor.Role), nil),
			Verb: v.Desk.StepName(e, c.Round), More: v.detail(was, e), Text: e.Text}
		switch {
		case desk.Looked(e):
			if m.Text = ""; v.Desk.Office.Keeps(v.actor) {
				m.Text = e.Motive
			}
		case e.Verb == cases.Open, e.Verb == cases.Rate:
			continue
		case e.Verb == cases.Correct && was.Signature == cases.Named && desk.SealedLater(events): // their name may stand in it
			m.More = ""
		case e.Verb == cases.Refer && e.Text == e.Route: // nothing else was said
			m.Text = ""
		case e.Verb == cases.Submit && e.Channel.WrittenDown():
			m.Verb = v.say("page.wrote-down", nil)
		case e.Verb == cases.Hand && e.Text == cases.HandLeader:
			m.Text = ""
		}
		if e.Reply != nil {
			m.Text = e.Reply.Opinion
		}
		if p, ok := v.Desk.Office.Person(e.Actor.ID); ok {
			m.Who = p.Name
		}
		all = append(all, m)
	}
	return all
}

// detail says what a step was about, beside its words: to whom, until when, and
// of what was put right what stood there before.
func (v *visit) detail(was cases.Case, e cases.Event) string {
	switch e.Verb {
	case cases.Register:
		return v.say("page.e.register", words.Args{"Category": e.Category, "Unit": v.Desk.UnitName(e.Unit), "By": v.Desk.PersonName(e.Person)})
	case cases.Accept:
		return v.procedure(e.Procedure)
	case cases.Assign, cases.Help, cases.PassOn:
		return v.until(v.Desk.UnitName(e.Unit), e)
	case cases.Refer:
		return e.Route
	case cases.Hand:
		return v.Desk.HandedHow(was, e)
	case cases.Sponsor:
		return v.until(v.Desk.PersonName(e.Person), e)
	case cases.Extend:
		return v.until(v.say("page.e.approved", words.Args{"By": v.Desk.PersonName(e.Person)}), e)
	case cases.Correct:
		return strings.Join(v.corrected(was, e), "\n")
	case cases.Recuse, cases.Waive:
		return v.names(e.Against)
	case cases.Answer:
		if e.Other == nil {
			return ""
		}
		if o, err := v.Desk.Current(v.req.Context(), v.actor, e.Other.No, v.Now()); err == nil && o.Events > 0 { // and may be seen
			return v.say("page.e.with", words.Args{"Other": desk.ShortNumber(o.No, v.Now())})
		}
	case cases.Merge, cases.Split, cases.Relate:
		if e.Other != nil {
			return e.Other.No.String()
		}
	}
	return ""
}

// until is somebody's name and the day by which they have to do it.
func (v *visit) until(who string, e cases.Event) string {
	if len(e.Clocks) == 0 {
		return who
	}
	return v.say("page.e.until", words.Args{"To": who, "Due": e.Clocks[0].Due})
}

// corrected lists what was put right, with what stood there before.
func (v *visit) corrected(was cases.Case, e cases.Event) (lines []string) {
	change := func(label, old, now string) {
		if now != "" && now != old {
			lines = append(lines, v.say("page.e.correct", words.Args{"What": label, "Typed": old, "Text": now}))
		}
	}
	labels := map[string]string{cases.Matter: v.say("page.f.matter", nil), cases.Place: v.say("page.f.place", nil),
		cases.SinceWhen: v.say("page.f.since", nil), cases.Want: v.say("page.f.want", nil)}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		label, known := labels[field]
		if !known {
			label = field
		}
		old := was.Fields[field]
		if e.Signature == cases.Sealed { // what stood there may have said who they are
			old = "…"
		}
		change(label, old, e.Fields[field])
	}
	change(v.say("page.f.category", nil), was.Category, e.Category)
	if e.Signature != "" {
		change(v.say("page.f.signature", nil), v.say("page.signature", words.Args{"Signature": string(was.Signature)}),
			v.say("page.signature", words.Args{"Signature": string(e.Signature)}))
	}
	if e.Persons != 0 {
		change(v.say("page.f.persons", nil), v.say("page.persons-n", words.Args{"N": max(was.Persons, 1)}), v.say("page.persons-n", words.Args{"N": e.Persons}))
	}
	if e.Guarded && !was.Guarded {
		lines = append(lines, v.say("page.e.guarded", nil))
	}
	return lines
}

// names are the names of units and people.
func (v *visit) names(ids []string) string {
	var all []string
	for _, id := range ids {
		if p, ok := v.Desk.Office.Person(id); ok {
			all = append(all, p.Name)
			continue
		}
		all = append(all, v.Desk.UnitName(id))
	}
	return v.say("page.names", words.Args{"Names": all})
}
