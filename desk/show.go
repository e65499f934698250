package desk

import (
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// Args are the facts of a case for the wording. They hold nothing that says who
// the petitioner is.
func (d *Desk) Args(c cases.Case, more words.Args) words.Args {
	args := words.Args{
		"No": c.No.String(), "Short": c.No.Short(),
		"Stage": string(c.Stage), "Word": string(c.Stage.Word()),
		"Category": c.CategoryOrSuggested(), "Chosen": c.Category != "",
		"Unit": d.Office.UnitName(c.Lead), "HasUnit": c.Lead != "",
		"Leader": d.Office.PersonName(c.Leader), "HasLeader": c.Leader != "",
		"Matter": c.Fields[cases.Matter], "Place": c.Fields[cases.Place],
		"Since": c.Fields[cases.SinceWhen], "Want": c.Fields[cases.Want],
		"Signature": string(c.Signature), "Channel": string(c.Channel),
		"Received": c.ReceivedAt, "HasDue": !c.Due().IsZero(), "Due": c.Due(),
		"Question": c.Question, "Feedback": c.Feedback, "Answer": c.Answer,
		"Guarded": c.Guarded, "Sealed": c.Sealed, "Visitors": c.Visitors,
		"Suggestion": c.Form == Suggestion, "SignedOff": !c.SignedAt.IsZero(),
		"Task": c.Note, "Text": "", "Media": c.Media,
	}
	for k, v := range more {
		args[k] = v
	}
	return args
}

// Suggestion is the id of the form for suggestions (建议).
const Suggestion = "suggestion"

// taskText is what a unit is told of the matter: never who, and for somebody
// who fears retaliation nothing of how they said it either. What staff wrote
// for the unit wins.
func (d *Desk) taskText(c cases.Case, note string, names []string) string {
	if note != "" {
		return phrase.Scrub(note, names)
	}
	if c.Guarded {
		return d.say("task.guarded", d.Args(c, nil))
	}
	parts := []string{phrase.Scrub(c.Fields[cases.Matter], names)}
	if place := c.Fields[cases.Place]; place != "" && !strings.Contains(parts[0], place) {
		parts = append(parts, phrase.Scrub(place, names))
	}
	text := strings.Join(parts, "，")
	if want := c.Fields[cases.Want]; want != "" {
		text = d.say("task.wants", words.Args{"Matter": text, "Want": phrase.Scrub(want, names)})
	}
	return text
}
