package desk

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Correction is what was written down wrong, as it should stand.
type Correction struct {
	Fields    map[string]string
	Category  string
	Signature cases.Signature
	Persons   int
}

// Correct puts right what was written down (更正). Nothing is edited in place: what
// stood there before stays in the history.
func (d *Desk) Correct(tx storage.Tx, actor cases.Actor, no cases.Number, k Correction, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Correct, actor, now)
	if err != nil {
		return Done{}, err
	}
	e := cases.Event{Verb: cases.Correct, Fields: maps.Clone(k.Fields), Signature: k.Signature, Persons: k.Persons}
	if k.Category != "" {
		category, ok := d.Office.Category(k.Category)
		switch {
		case !ok:
			return Done{}, s.refuse(cases.NoCategory, cases.Correct, k.Category)
		case category.Sealed != s.c.Sealed || s.c.Category == "":
			// what it is decides who gets it: that is registering
			return Done{}, &cases.Refusal{Code: cases.WrongStage, Verb: cases.Correct, No: s.c.No, Stage: s.c.Stage, Next: []cases.Verb{cases.Register}}
		}
		e.Category = category.Name
	}
	id, err := s.identity("keep the petitioner out of what is put right")
	if err != nil {
		return Done{}, err
	}
	names := append(s.d.knownAs(id.From), append(strings.Split(id.Name, "、"), id.Contact)...)
	if e.Signature == cases.Sealed { // what they wrote of themselves goes behind the seal too
		all := maps.Clone(s.c.Fields)
		maps.Copy(all, e.Fields)
		e.Fields = all
	}
	if s.c.Guards() || e.Signature == cases.Sealed {
		e.Fields = scrubbed(e.Fields, names...)
	}
	maps.DeleteFunc(e.Fields, func(id, v string) bool { return s.c.Fields[id] == v })
	if e.Category == s.c.Category {
		e.Category = ""
	}
	if e.Persons == s.c.Persons {
		e.Persons = 0
	}
	if e.Signature == s.c.Signature {
		e.Signature = ""
	}
	if err := s.take(e); err != nil {
		return Done{}, err
	}
	// of what changed the units hear what their tasks rest on, never who spoke
	if text := d.Corrected(s.before, e, true); s.c.Stage == cases.Handling && !s.c.Veiled() && text != "" && len(e.Fields) > 0 {
		if _, err := s.tell(s.atHand(), "unit.corrected", words.Args{"Text": phrase.Scrub(text, names)}); err != nil {
			return Done{}, err
		}
	}
	if err := s.tellKeepers("staff.corrected", words.Args{"By": d.PersonName(s.actor.ID), "Text": d.Corrected(s.before, e, false)}); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: true}, s.commit()
}

// SealedLater reports whether a matter that was signed with a name was sealed since.
func SealedLater(events []cases.Event) bool {
	return slices.ContainsFunc(events, func(e cases.Event) bool { return e.Verb == cases.Correct && e.Signature == cases.Sealed })
}

// Corrected words what a correction changed, with what stood there before it.
// Plain leaves out what its petitioner said of themselves, as everywhere outside
// the office.
func (d *Desk) Corrected(before cases.Case, e cases.Event, plain bool) string {
	var lines []string
	line := func(field, old, now string) {
		lines = append(lines, d.say("corrected", words.Args{"Label": d.say("field."+field, nil), "Value": now, "Old": old}))
	}
	for _, id := range slices.Sorted(maps.Keys(e.Fields)) {
		old, now := before.Fields[id], e.Fields[id]
		if e.Signature == cases.Sealed { // what stood there may have said who they are
			old = "…"
		}
		switch {
		case plain && id == cases.Place:
			old, now = d.placeOnly(old), d.placeOnly(now)
		case plain:
			old, now = phrase.Scrub(old, nil), phrase.Scrub(now, nil)
		}
		switch id {
		case cases.Matter, cases.Place, cases.SinceWhen, cases.Want:
			line(id, old, now)
		default:
			line("other", old, now)
		}
	}
	if e.Category != "" {
		line("category", before.Category, e.Category)
	}
	if e.Signature != "" && !plain {
		line("signature", d.say("signature", words.Args{"Signature": string(before.Signature)}), d.say("signature", words.Args{"Signature": string(e.Signature)}))
	}
	if e.Persons != 0 && !plain {
		line("persons", strconv.Itoa(max(before.Persons, 1)), strconv.Itoa(e.Persons))
	}
	return strings.Join(lines, "；")
}
