package console

import (
	"slices"
	"strconv"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/desk"
)

// field is one thing that a form asks for.
type field struct {
	Name, Label string
	Kind        string // "words", "line", "number", "date", "choice" or "check"
	Value       string
	Choices     []choice
	Hints       []string // offered while somebody types
	Max         int      // of a number
	Needed      bool
	Checked     bool
	Refused     string // why it was not taken as it was filled in
}

// choice is one thing to choose.
type choice struct {
	ID, Name string
	Chosen   bool
}

// box is for words.
func (v *visit) box(key string, needed bool) field {
	return field{Name: "text", Label: v.say(key, nil), Kind: "words", Needed: needed}
}

// line is for a few words of that name.
func (v *visit) line(key, name string, needed bool) field {
	return field{Name: name, Label: v.say(key, nil), Kind: "line", Needed: needed}
}

// pick is for one of several; it is left out where there is nothing to choose.
// Where none is usual none is chosen: nobody takes the first by not looking.
func (v *visit) pick(key, name string, from []choice, needed bool) []field {
	if len(from) == 0 {
		return nil
	}
	if needed && !slices.ContainsFunc(from, func(c choice) bool { return c.Chosen }) {
		from = append([]choice{{Name: v.say("page.choose", nil)}}, from...)
	}
	return []field{{Name: name, Label: v.say(key, nil), Kind: "choice", Choices: from, Needed: needed}}
}

// days ask for a term.
func (v *visit) days(key string, usual int) []field {
	value := ""
	if usual > 0 {
		value = strconv.Itoa(usual)
	}
	return []field{{Name: "days", Label: v.say(key, nil), Kind: "number", Value: value, Max: maxDays, Needed: usual > 0},
		{Name: "working", Label: v.say("page.working", nil), Kind: "check"}}
}

// term is what days were filled with. What is no number is refused as no term.
func (v *visit) term() calendar.Term {
	days, _ := strconv.Atoi(v.value("days"))
	if days > maxDays {
		days = 0
	}
	return calendar.Term{N: days, Working: v.value("working") != ""}
}

// maxDays is the longest term anybody is given, as in chat.
const maxDays = 365

// again fills fields with what was sent, so that nothing typed is lost.
func (v *visit) again(fields []field) {
	for i := range fields {
		f := &fields[i]
		f.Value = v.value(f.Name)
		f.Checked = f.Kind == "check" && f.Value != ""
		for j := range f.Choices {
			f.Choices[j].Chosen = f.Choices[j].ID == f.Value
		}
	}
}

// lacking is a form that leaves something out.
type lacking struct{ field, why string }

func (l *lacking) Error() string { return "the form lacks " + l.field }

// leftOut are the refusals of a step for which something was left out.
var leftOut = []cases.Code{cases.NoText, cases.NoUnit, cases.NoTerm, cases.NoLeader, cases.NoApprover, cases.NoBasis, cases.NoFacts, cases.NoOther,
	cases.NoAgainst, cases.NoMotive, cases.NoRoute, cases.NoCategory}

// ticked reports whether each box is ticked that must be.
func (v *visit) ticked(fields []field) bool {
	return !slices.ContainsFunc(fields, func(f field) bool { return f.Kind == "check" && f.Needed && v.value(f.Name) == "" })
}

// lacks says what must be filled in and is not; nil for nothing.
func (v *visit) lacks(fields []field) *lacking {
	for _, f := range fields {
		if !f.Needed || v.value(f.Name) != "" {
			continue
		}
		why := v.say("page.lacks.words", nil)
		switch f.Kind {
		case "check":
			why = v.say("page.lacks.tick", nil)
		case "choice":
			why = v.say("page.lacks.choice", nil)
		}
		return &lacking{f.Name, why}
	}
	return nil
}

// fieldsOf are the fields that a refusal may be about, the likeliest first.
var fieldsOf = map[cases.Code][]string{
	cases.NoUnit: {"unit"}, cases.IsLead: {"unit"}, cases.SealedUnit: {"unit", "to", "leader"}, cases.Recused: {"unit", "leader", "approver", "to"},
	cases.NoCategory: {"category"}, cases.NoSimple: {"procedure"}, cases.NotSimple: {"procedure"}, cases.NoLeader: {"leader", "to"},
	cases.NoTerm: {"until", "days"}, cases.TooLong30: {"until", "days"}, cases.NoApprover: {"approver"},
	cases.NoText: {"text"}, cases.QuotesWords: {"text"}, cases.HarshWords: {"text"}, cases.TellsWho: {"text"}, cases.NoReason: {"text"}, cases.NoMotive: {"text"},
	cases.TooLong: {"text"}, cases.Disputed: {"text"}, cases.NoBasis: {"basis"}, cases.NoFacts: {"facts"}, cases.NoCode: {"code"}, cases.NoRoute: {"route"},
	cases.NoOther: {"other"}, cases.Unknown: {"other"}, cases.SealedApart: {"other"}, cases.NoAgainst: {"who"}, cases.StaysSealed: {"signature"},
}

// refusedAt puts a refusal at the first of the fields that the form has, and
// reports whether it has one.
func refusedAt(fields []field, at []string, why string) bool {
	for _, name := range at {
		for i := range fields {
			if name != "" && fields[i].Name == name {
				fields[i].Refused = why
				return true
			}
		}
	}
	return false
}

// categories are those the matter may get now, the suggested one chosen.
func (v *visit) categories(c cases.Case) []choice {
	var all []choice
	for _, k := range v.Desk.Office.Categories {
		if c.MayRegister(k) {
			all = append(all, choice{k.Name, k.Name, k.Name == c.CategoryOrSuggested()})
		}
	}
	return all
}

// units are those a matter can be handed to; where accusations go is decided by
// their category.
func (v *visit) units(chosen string, but ...string) []choice {
	var all []choice
	for _, u := range v.Desk.Office.Units {
		if !u.Sealed && !slices.Contains(but, u.ID) {
			all = append(all, choice{u.ID, u.Name, u.ID == chosen})
		}
	}
	return all
}

// peopleIn are those with a duty in these roles who are not kept out.
func (v *visit) peopleIn(c cases.Case, but string, roles ...cases.Role) []choice {
	var all []choice
	for _, role := range roles {
		for _, p := range v.Desk.Office.With(role, "") {
			if p.ID != but && !slices.Contains(c.Against, p.ID) {
				all = append(all, choice{ID: p.ID, Name: p.Name})
			}
		}
	}
	return all
}

func (v *visit) asksRegister(c cases.Case) []field {
	fields := v.pick("page.f.category", "category", v.categories(c), true)
	if late(c) {
		return fields
	}
	units := append([]choice{{Name: v.say("page.usual-unit", nil)}}, v.units("", c.Against...)...)
	return slices.Concat(fields, v.pick("page.f.unit", "unit", units, false), v.asksProcedure(c))
}

// asksProcedure asks by which procedure a matter is handled; what none is chosen
// for goes by its category.
func (v *visit) asksProcedure(c cases.Case) []field {
	all := []choice{{Name: v.say("page.usual-procedure", nil)}}
	for _, p := range []cases.Procedure{cases.Simple, cases.Ordinary} {
		all = append(all, choice{ID: string(p), Name: v.procedure(p)})
	}
	return v.pick("page.f.procedure", "procedure", all, false)
}

// asksExtend asks for a day or for days, who approved it, and why.
func (v *visit) asksExtend(c cases.Case) []field {
	until := field{Name: "until", Label: v.say("page.extend.until", nil), Kind: "date"}
	days := field{Name: "days", Label: v.say("page.extend.days", nil), Kind: "number", Max: cases.ExtensionDays}
	var may []choice
	for _, p := range v.Desk.Office.People {
		if (p.Role == cases.Leader || p.Chief) && !slices.Contains(c.Against, p.ID) {
			may = append(may, choice{ID: p.ID, Name: p.Name})
		}
	}
	return slices.Concat([]field{until, days}, v.pick("page.extend.by", "approver", may, true), []field{v.box("page.text.extend", true)})
}

// extension is what the form of one was filled with.
func (v *visit) extension() desk.Extension {
	x := desk.Extension{Reason: v.value("text"), Days: v.term().N, Approver: v.value("approver")}
	if day, err := calendar.ParseDate(v.value("until")); err == nil {
		x.Until = day
	}
	return x
}

// mayBeAccused are those who can be kept out of a matter and are not yet.
func (v *visit) mayBeAccused(c cases.Case) []choice {
	return append(v.units("", c.Against...), v.peopleIn(c, "", cases.Leader, cases.Staff, cases.Liaison)...)
}

// accused are those who are kept out of a matter.
func (v *visit) accused(c cases.Case) (all []choice) {
	for _, id := range c.Against {
		all = append(all, choice{ID: id, Name: v.names([]string{id})})
	}
	return all
}
