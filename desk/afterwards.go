package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// What comes after a matter's end: the petitioner is asked whether speaking up
// did them any harm (回访, domain.md §1.6), and some years later it is kept no
// more who they were.

// firstCheck and secondCheck are how many days after closing a petitioner is
// asked whether they are made to suffer for it.
const (
	firstCheck  = 30
	secondCheck = 90
)

// checkClock starts the first check when a matter is closed whose petitioner did
// not want to be known, and the second with the first.
func checkClock(c cases.Case, e cases.Event) []cases.Clock {
	days := 0
	from := dateOf(e.At)
	switch e.Verb {
	case cases.Close:
		if c.Guards() && c.ErasedAt.IsZero() {
			days = firstCheck
		}
	case cases.CheckIn:
		if k, ok := c.Clock(cases.CheckClock); ok && k.Days == firstCheck {
			days, from = secondCheck, dateOf(k.From)
		}
	}
	if days == 0 {
		return nil
	}
	return []cases.Clock{{Kind: cases.CheckClock, From: from.Start(), Due: from.Add(days).Start(), Days: days}}
}

// armAfterwards puts what comes after the end into the due list. What was
// overtaken stays there and is dropped when its time comes.
func (s *step) armAfterwards() error {
	if k, ok := s.c.Clock(cases.CheckClock); ok {
		if old, was := s.before.Clock(cases.CheckClock); !was || !old.Due.Equal(k.Due) {
			if err := record.Save(s.tx, dueTable, dueKey(s.d.pushTime(dateOf(k.Due)), s.c.No, k.Kind), k); err != nil {
				return err
			}
		}
	}
	if s.d.KeepYears == 0 || s.c.Stage.Open() || s.c.ClosedAt.Equal(s.before.ClosedAt) || !s.c.ErasedAt.IsZero() {
		return nil
	}
	return s.d.armKeeping(s.tx, s.c)
}

// armKeeping notes when it is kept no more who spoke.
func (d *Desk) armKeeping(tx storage.Tx, c cases.Case) error {
	k := cases.Clock{Kind: cases.KeepClock, From: c.ClosedAt, Due: d.KeptUntil(c)}
	return record.Save(tx, dueTable, dueKey(d.pushTime(dateOf(k.Due).Add(1)), c.No, k.Kind), k)
}

// KeptUntil is the last day on which it is kept who spoke of a matter that has
// ended, or zero.
func (d *Desk) KeptUntil(c cases.Case) time.Time {
	if d.KeepYears == 0 || c.Stage.Open() || c.ClosedAt.IsZero() || !c.ErasedAt.IsZero() {
		return time.Time{}
	}
	return dateOf(c.ClosedAt).Start().AddDate(d.KeepYears, 0, 0)
}

// keepingEnds erases who spoke, unless the matter went on since or is to be kept
// for longer by now.
func (d *Desk) keepingEnds(tx storage.Tx, c cases.Case, k cases.Clock, now time.Time) error {
	until := d.KeptUntil(c)
	switch {
	case until.IsZero() || !c.ClosedAt.Equal(k.From):
		return nil
	case now.Before(d.pushTime(dateOf(until).Add(1))):
		return d.armKeeping(tx, c)
	}
	s := &step{d: d, tx: tx, now: now, actor: cases.System, before: c, c: c}
	if _, err := s.erase("", false); err != nil {
		return err
	}
	return s.commit()
}

// check is what came of asking whether speaking up did any harm. It stands apart
// from the matter and its history: only the head of the office and discipline
// hear of it. The cbor numbers are the stored form.
type check struct {
	Asked    time.Time `cbor:"1,keyasint,omitempty"`
	Answered time.Time `cbor:"2,keyasint,omitempty"`
	Harm     []Harm    `cbor:"3,keyasint,omitempty"`
}

// Harm is what somebody says they suffered for speaking up (打击报复).
type Harm struct {
	At   time.Time `cbor:"1,keyasint"`
	Text string    `cbor:"2,keyasint,omitempty"`
}

// checkIn asks the petitioner whether they are made to suffer for having spoken.
// Who is not in chat is asked by the head of the office; an anonymous one finds
// the question with number and code.
func (s *step) checkIn() error {
	s.add(cases.Event{Verb: cases.CheckIn})
	var k check
	if _, err := record.Load(s.tx, checkTable, numberKey(s.c.No), &k); err != nil {
		return err
	}
	k.Asked, k.Answered = s.now, time.Time{}
	if err := record.Save(s.tx, checkTable, numberKey(s.c.No), k); err != nil {
		return err
	}
	to, err := s.tellPetitioner("worker.check-in", nil)
	if err != nil {
		return err
	}
	if to != "" && s.d.AskedAfter != nil {
		if err := s.d.AskedAfter(s.tx, to, s.c.No, s.now); err != nil {
			return err
		}
	}
	if s.c.ByHand() {
		if _, err := s.d.tellAll(s.tx, s.protectors(), s.key()+"/check-in", s.d.say("chief.check-in", s.caseArgs(nil)), s.now); err != nil {
			return err
		}
	}
	return s.commit()
}

// protectors are those who hear what somebody suffers for speaking up: the head of
// the office, unless the matter is none for the office to see, and discipline;
// never who is complained about.
func (s *step) protectors() (all []cases.Person) {
	who := s.d.Office.With(cases.Discipline, "")
	if chief, ok := s.d.Office.Chief(); ok && !s.c.Sealed {
		who = append([]cases.Person{chief}, who...)
	}
	return slices.DeleteFunc(slices.Clone(who), func(p cases.Person) bool { return s.c.Recuses(cases.ActorOf(p)) })
}

// Asked reports whether the petitioner was asked whether speaking up did any harm,
// and has not answered yet.
func (d *Desk) Asked(ctx context.Context, c cases.Case) (asked bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		var k check
		_, err := record.Load(r, checkTable, numberKey(c.No), &k)
		asked = !k.Asked.IsZero() && k.Answered.IsZero()
		return err
	})
	return asked, err
}

// Suffered returns what the petitioner of a matter says they suffered for it, to
// the head of the office and to nobody else.
func (d *Desk) Suffered(ctx context.Context, actor cases.Actor, c cases.Case) (all []Harm, err error) {
	chief, ok := d.Office.Chief()
	if !ok || chief.ID != actor.ID || c.Sealed || c.Recuses(actor) {
		return nil, nil
	}
	err = d.view(ctx, func(r storage.Reader) error {
		var k check
		_, err := record.Load(r, checkTable, numberKey(c.No), &k)
		all = k.Harm
		return err
	})
	return all, err
}

// AfterEffect takes the petitioner's word on whether speaking up did them any harm
// (回访). No is noted and told to nobody; yes goes to the head of the office and
// discipline at once, and to nobody else.
func (d *Desk) AfterEffect(tx storage.Tx, no cases.Number, by Claim, harmed bool, text string, now time.Time) (cases.Case, error) {
	c, err := d.find(tx, no, now, func(c cases.Case) error { return by.holds(tx, c) })
	if err != nil {
		return cases.Case{}, err
	}
	var k check
	if _, err := record.Load(tx, checkTable, numberKey(c.No), &k); err != nil {
		return cases.Case{}, err
	}
	k.Answered = now
	if harmed {
		if len(k.Harm) >= maxSupplements {
			return cases.Case{}, &cases.Refusal{Code: cases.TooMany, Verb: cases.CheckIn, No: c.No}
		}
		k.Harm = append(k.Harm, Harm{now, text})
	}
	if err := record.Save(tx, checkTable, numberKey(c.No), k); err != nil || !harmed {
		return c, err
	}
	s := &step{d: d, tx: tx, now: now, actor: cases.Petitioner, before: c, c: c}
	key := fmt.Sprintf("%s/harm/%d", s.key(), len(k.Harm))
	_, err = d.tellAll(tx, s.protectors(), key, d.say("chief.harm", s.caseArgs(words.Args{"Text": text})), now)
	return c, err
}
