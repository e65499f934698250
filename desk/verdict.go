package desk

import (
	"slices"
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
	if m, at, err := d.goesOn(tx, no, by, now); err == nil && at != m.No {
		return d.confirmMerged(tx, m, at, by, now)
	}
	s, err := d.own(tx, no, cases.Confirm, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	if err := s.ownAccount(by); err != nil { // it ends what they could still ask for
		return cases.Case{}, err
	}
	against, err := d.disputers(tx, s.c)
	if err != nil {
		return cases.Case{}, err
	}
	e := cases.Event{Verb: cases.Confirm}
	if len(without(against, []string{s.c.No.String()})) > 0 { // whose matter goes on with this one does not accept it, and nobody does for them
		e.Other = &cases.Link{No: s.c.No, Kind: cases.MergedFrom}
	}
	if err := s.take(e); err != nil {
		return cases.Case{}, err
	}
	if _, decides := s.before.Clock(cases.DecideClock); decides && e.Other == nil { // what is settled now
		if err := s.tellKeepers("staff.confirmed", nil); err != nil {
			return cases.Case{}, err
		}
	}
	return s.c, s.commit()
}

// confirmMerged is Confirm by somebody whose matter goes on under another number. It
// stands on their own: nobody says for the other petitioner that it is settled. If
// they alone did not accept the answer, nobody does not any more.
func (d *Desk) confirmMerged(tx storage.Tx, m cases.Case, at cases.Number, by Claim, now time.Time) (cases.Case, error) {
	s, c, err := d.ownMerged(tx, m, at, cases.Event{Verb: cases.Confirm}, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	if err := s.ownAccount(by); err != nil {
		return cases.Case{}, err
	}
	against, err := d.disputers(tx, c)
	if err != nil {
		return cases.Case{}, err
	}
	if len(against) == 1 && against[0] == m.No.String() {
		o := &step{d: d, tx: tx, now: now, actor: cases.Petitioner, verb: cases.Confirm, before: c, c: c}
		o.add(cases.Event{Verb: cases.Confirm, Other: &cases.Link{No: m.No, Kind: cases.MergedFrom}})
		if err := o.tellKeepers("staff.confirmed", nil); err != nil {
			return cases.Case{}, err
		}
		if err := o.commit(); err != nil {
			return cases.Case{}, err
		}
		c = o.c
	}
	if err := s.commit(); err != nil {
		return cases.Case{}, err
	}
	return d.carriedOn(tx, s.c, c)
}

// ownMerged takes a step of somebody whose matter m goes on under another number: it
// is taken on m, if it is lawful with m as the other has carried it on. It comes back
// with the other, to be committed.
func (d *Desk) ownMerged(tx storage.Tx, m cases.Case, at cases.Number, e cases.Event, by Claim, now time.Time) (*step, cases.Case, error) {
	var c cases.Case
	if _, err := record.Load(tx, caseTable, numberKey(at), &c); err != nil {
		return nil, c, err
	}
	shown, err := d.carriedOn(tx, m, c)
	if err != nil {
		return nil, c, err
	}
	s := &step{d: d, tx: tx, now: now, actor: cases.Petitioner, verb: e.Verb, before: m, c: m}
	if e.Text, err = s.unsigned(e.Text, by); err != nil {
		return nil, c, err
	}
	e.At, e.Actor = now, s.actor
	if err := shown.Permit(e); err != nil {
		return nil, c, err
	}
	s.add(e)
	return s, c, nil
}

// disputers are the numbers of those who do not accept the answer that stands: of the
// matter itself, and of those that go on with it.
func (d *Desk) disputers(g storage.Getter, c cases.Case) (against []string, err error) {
	var heard []string
	for i := c.Events - 1; i >= 0 && !c.DisputedAt.IsZero(); i-- {
		var e cases.Event
		if _, err := record.Load(g, eventTable, eventKey(c.No, i), &e); err != nil {
			return nil, err
		}
		who := c.No.String()
		if e.Other != nil {
			who = e.Other.No.String()
		}
		switch e.Verb {
		case cases.Answer, cases.Conclude:
			return against, nil
		case cases.Dispute, cases.Confirm: // what they said last counts
			if !slices.Contains(heard, who) && e.Verb == cases.Dispute {
				against = append(against, who)
			}
			heard = append(heard, who)
		}
	}
	return against, nil
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
// Whose matter goes on under another number rates it under their own.
func (d *Desk) Rate(tx storage.Tx, no cases.Number, by Claim, grade cases.Grade, text string, now time.Time) (cases.Case, error) {
	if m, at, err := d.goesOn(tx, no, by, now); err == nil && at != m.No {
		s, c, err := d.ownMerged(tx, m, at, cases.Event{Verb: cases.Rate, Grade: grade, Text: text}, by, now)
		if err != nil {
			return cases.Case{}, err
		}
		if err := s.commit(); err != nil {
			return cases.Case{}, err
		}
		return d.carriedOn(tx, s.c, c)
	}
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
