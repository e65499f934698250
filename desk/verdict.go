package desk

import (
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// What the petitioner says to the answer.

// Confirm is the petitioner saying that it is settled (认可).
func (d *Desk) Confirm(tx storage.Tx, no cases.Number, by Claim, now time.Time) (cases.Case, error) {
	s, err := d.own(tx, no, cases.Confirm, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	if err := s.ownAccount(by); err != nil { // it ends what they could still ask for
		return cases.Case{}, err
	}
	for i := s.c.Events - 1; i >= 0 && !s.c.DisputedAt.IsZero(); i-- {
		var e cases.Event
		if _, err := record.Load(tx, eventTable, eventKey(s.c.No, i), &e); err != nil {
			return cases.Case{}, err
		}
		if e.Verb == cases.Dispute && e.Other != nil { // whose matter goes on with this one does not accept it, and nobody does for them
			return s.c, nil
		}
		if e.Verb == cases.Dispute {
			break
		}
	}
	if err := s.take(cases.Event{Verb: cases.Confirm}); err != nil {
		return cases.Case{}, err
	}
	if !s.before.DisputedAt.IsZero() { // three days were given them to decide what is settled now
		if err := s.tellKeepers("staff.confirmed", nil); err != nil {
			return cases.Case{}, err
		}
	}
	return s.c, s.commit()
}

// Dispute is the petitioner saying that it is not (不服). The office has three
// working days to say what comes of it.
func (d *Desk) Dispute(tx storage.Tx, no cases.Number, by Claim, text string, now time.Time) (cases.Case, error) {
	m, at, err := d.goesOn(tx, no, by, now)
	if err != nil {
		if r, ok := IsRefusal(err); ok {
			r.Verb = cases.Dispute
		}
		return cases.Case{}, err
	}
	s, err := d.own(tx, no, cases.Dispute, by, now)
	if at != m.No { // the answer was to both
		s, err = d.begin(tx, at, cases.Dispute, cases.Petitioner, nil, now)
	}
	if err != nil {
		return cases.Case{}, err
	}
	if text, err = s.unsigned(text, by); err != nil {
		return cases.Case{}, err
	}
	e := cases.Event{Verb: cases.Dispute, Text: text}
	if at != m.No {
		text = phrase.Scrub(text, d.knownAs(by.From))
		e.Text, e.Other = text, &cases.Link{No: m.No, Kind: cases.MergedFrom}
	}
	if err := s.take(e); err != nil {
		return cases.Case{}, err
	}
	// what looks like an accusation is for one pair of eyes, not for every phone
	category, _ := d.Office.Suggest(text)
	if err := s.tellKeepers("staff.disputed", words.Args{"Text": text, "Hidden": !s.c.Sealed && category.Sealed}); err != nil {
		return cases.Case{}, err
	}
	if at != m.No {
		if m, err = d.carriedOn(tx, m, s.c); err != nil {
			return cases.Case{}, err
		}
		return m, s.commit()
	}
	return s.c, s.commit()
}

// Rate is how the petitioner found the handling (评价). It is counted; nobody who
// handles the matter reads it, nor what is said with it (see Look).
func (d *Desk) Rate(tx storage.Tx, no cases.Number, by Claim, grade cases.Grade, text string, now time.Time) (cases.Case, error) {
	s, err := d.own(tx, no, cases.Rate, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	if text, err = s.unsigned(text, by); err != nil {
		return cases.Case{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Rate, Grade: grade, Text: text}); err != nil {
		return cases.Case{}, err
	}
	return s.c, s.commit()
}

// unsigned is what is said without what tells who says it: of an anonymous matter,
// and of one whose petitioner is opened for a motive only.
func (s *step) unsigned(text string, by Claim) (string, error) {
	if text == "" || !s.c.Guards() {
		return text, nil
	}
	id, err := s.identity("keep the petitioner out of what they say")
	if err != nil {
		return "", err
	}
	names := append(s.d.knownAs(by.From), s.d.knownAs(id.From)...)
	return phrase.Scrub(text, append(append(names, strings.Split(id.Name, "、")...), id.Contact)), nil
}
