package desk

import (
	"strings"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// VisitNote is what staff write down of a visit (来访).
type VisitNote struct {
	Persons         int
	Representatives []string // names, at most five; they go to the sealed part
	Matter          string
	Outcome         cases.Outcome
	Unit            string        // for a matter taken on
	Due             calendar.Date // for a matter taken on
	Reported        string        // to whom staff reported it
}

// Visit registers people received at the table: one visit, so many persons, and
// one case. What was answered or solved there opens and closes in one step.
func (d *Desk) Visit(tx storage.Tx, actor cases.Actor, v VisitNote, now time.Time) (cases.Case, error) {
	no, err := d.nextNumber(tx, dateOf(now).Year)
	if err != nil {
		return cases.Case{}, err
	}
	s := &step{d: d, tx: tx, now: now, actor: actor, before: cases.Case{No: no}, c: cases.Case{No: no}}
	category, _ := d.Office.Suggest(v.Matter)
	s.add(cases.Event{Verb: cases.Submit, Channel: cases.ByVisit, Signature: cases.Sealed, Visitors: v.Persons,
		Fields: map[string]string{cases.Matter: v.Matter}, Category: category.Name, Sealed: category.Sealed})
	if err := s.seal(identity{Name: strings.Join(v.Representatives, "、")}, Said{At: now, Text: v.Matter}); err != nil {
		return cases.Case{}, err
	}
	if _, err := s.registerOnTheWay(); err != nil {
		return cases.Case{}, err
	}
	if s.c.Sealed { // an accusation is discipline's from here on, whatever was said at the table
		v.Outcome = cases.TakenOn
	} else if err := s.visited(v); err != nil {
		return cases.Case{}, err
	}
	if err := s.commit(); err != nil {
		return cases.Case{}, err
	}
	return s.c, keepVisit(tx, cases.Visit{At: now, Persons: v.Persons, Outcome: v.Outcome, Case: no, Reported: v.Reported, By: actor.ID})
}

// keepVisit writes a visit down and counts it.
func keepVisit(tx storage.Tx, v cases.Visit) error {
	if err := record.Save(tx, visitTable, withNumber(storage.Key(nil).Time(v.At), v.Case), v); err != nil {
		return err
	}
	return countVisit(tx, v.Persons, v.At)
}

func (s *step) visited(v VisitNote) error {
	if _, err := s.takeOnTheWay(); err != nil {
		return err
	}
	if v.Outcome != cases.TakenOn {
		return s.settled(v.Outcome)
	}
	unit, ok := s.d.Office.Unit(v.Unit)
	if !ok {
		return s.refuse(cases.NoUnit, cases.Assign, v.Unit)
	}
	if unit.Sealed {
		return s.refuse(cases.SealedUnit, cases.Assign, unit.Name)
	}
	task := phrase.Scrub(v.Matter, v.Representatives)
	s.add(cases.Event{Verb: cases.Assign, Unit: unit.ID, Text: task, Clocks: []cases.Clock{*s.d.clockTo(cases.TaskClock, s.now, v.Due)}})
	_, err := s.tellUnit(unit.ID, "unit.task", map[string]any{"Task": task, "TaskDue": v.Due})
	return err
}

// settled answers and closes what was answered or solved at the table.
func (s *step) settled(o cases.Outcome) error {
	r := cases.Reply{Opinion: s.d.say("visit."+string(o), nil), Basis: s.d.say("visit-basis", nil), Code: cases.Explained}
	if o == cases.SolvedThere {
		r.Code = cases.Supported
	}
	r, err := s.reply(r)
	if err != nil {
		return err
	}
	if err := s.take(cases.Event{Verb: cases.Answer, Reply: &r}); err != nil {
		return err
	}
	if r.Code == cases.Supported {
		s.add(cases.Event{Verb: cases.Fulfil})
	}
	return s.take(cases.Event{Verb: cases.Close})
}

func countVisit(tx storage.Tx, persons int, now time.Time) error {
	var m tally
	if _, err := record.Load(tx, countTable, monthKey(now), &m); err != nil {
		return err
	}
	m.Visits++
	m.Visitors += persons
	return record.Save(tx, countTable, monthKey(now), m)
}
