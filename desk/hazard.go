package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// A danger that is there now (险情) is nobody's petition: whoever hears of it must
// act at once (安全生产法 art. 59). The program itself registers it, takes it on
// and hands it to those who can act; no text that goes out says who spoke. Until
// somebody has signed, it calls on louder and louder.

const (
	// signWithin is how long those who were told have to sign.
	signWithin = 15 * time.Minute
	// calls is how often it is called on: for four hours. From then on the term of
	// a day is pushed as any other.
	calls = 16
)

// dangerous is the category of a danger: the suggested one if it is of that kind.
func (d *Desk) dangerous(suggested cases.Category) cases.Category {
	if suggested.Urgent {
		return suggested
	}
	i := slices.IndexFunc(d.Office.Categories, func(c cases.Category) bool { return c.Urgent })
	if i < 0 {
		return suggested
	}
	return d.Office.Categories[i]
}

// responders are the units that a danger goes to: the one that leads the
// category, and those that help it or hear of every danger. None of them is
// complained about.
func (s *step) responders() []string {
	category, _ := s.d.Office.Category(s.c.Suggested)
	all := append([]string{category.Lead}, category.Helpers...)
	for _, u := range s.d.Office.Units {
		if u.Urgent {
			all = append(all, u.ID)
		}
	}
	var units []string
	for _, id := range all {
		u, ok := s.d.Office.Unit(id)
		if ok && !u.Sealed && !slices.Contains(s.c.Against, id) && !slices.Contains(units, id) {
			units = append(units, id)
		}
	}
	return units
}

// sound hands a danger that was just received to those who can act.
func (s *step) sound() error {
	units := s.responders()
	if len(units) == 0 {
		return s.tellKeepers("staff.hazard", words.Args{"Units": []string(nil), "Deaf": []string(nil)})
	}
	who := s.actor
	s.actor = cases.System
	defer func() { s.actor = who }()
	house := *s.d.clock(cases.HouseClock, s.now, calendar.Term{N: 1})
	task := house
	task.Kind = cases.TaskClock
	text, err := s.alarm(s.c.Fields[cases.Matter])
	if err != nil {
		return err
	}
	steps := []cases.Event{
		{Verb: cases.Register, Category: s.c.Suggested, Unit: units[0], Person: s.owner(false), Procedure: cases.Emergency, Clocks: []cases.Clock{house}},
		{Verb: cases.Accept},
		{Verb: cases.Assign, Unit: units[0], Text: text, Clocks: []cases.Clock{task, s.untilSigned()}},
	}
	for _, helper := range units[1:] {
		steps = append(steps, cases.Event{Verb: cases.Help, Unit: helper, Text: text})
	}
	for _, e := range steps {
		if err := s.take(e); err != nil {
			return fmt.Errorf("hand a danger on: %w", err)
		}
	}
	var told, deaf []string
	for _, unit := range units {
		name := s.d.UnitName(unit)
		reached, err := s.tellUnit(unit, "unit.hazard", words.Args{"Task": text})
		if err != nil {
			return err
		}
		if told = append(told, name); !reached {
			deaf = append(deaf, name)
		}
	}
	return s.tellKeepers("staff.hazard", words.Args{"Units": told, "Deaf": deaf})
}

// untilSigned is the clock of those who have to sign.
func (s *step) untilSigned() cases.Clock {
	return cases.Clock{Kind: cases.HazardClock, From: s.now, Due: s.now.Add(signWithin)}
}

// alarm words a danger for those who have to go there: what and where, never who,
// and of somebody who is afraid only what is dangerous.
func (s *step) alarm(text string) (string, error) {
	id, err := s.identity("keep the petitioner out of the task")
	if err != nil {
		return "", err
	}
	names := slices.Concat(s.d.knownAs(id.From), strings.Split(id.Name, "、"), []string{id.Contact})
	if s.c.Guarded {
		if danger := phrase.Dangers(text); danger != "" {
			text = danger
		}
		names = append(names, s.d.crewsIn(text)...)
	}
	parts := []string{phrase.Scrub(text, names)}
	if place := s.d.placeOnly(s.c.Fields[cases.Place]); place != "" && !strings.Contains(parts[0], place) {
		parts = append(parts, place)
	}
	return strings.Join(parts, "，"), nil
}

// soundMore tells those who have the danger what was added.
func (s *step) soundMore(text string) error {
	if s.c.Guarded && phrase.Dangers(text) == "" {
		return nil // the rest is not for those they are afraid of
	}
	more, err := s.alarm(text)
	if err != nil || more == "" {
		return err
	}
	_, err = s.tell(s.atHand(), "unit.hazard-more", words.Args{"Text": more})
	return err
}

// atHand are the people of the units that have the danger.
func (s *step) atHand() []cases.Person {
	var all []cases.Person
	for _, unit := range append([]string{s.c.Lead}, s.c.Helpers...) {
		all = append(all, s.d.Office.With(cases.Liaison, unit)...)
	}
	return all
}

// escalate is called when nobody has signed in time: first the leaders hear of
// it, then the head of the office again and again, and the units each time.
func (s *step) escalate() error {
	e := cases.Event{Verb: cases.Escalate}
	if s.c.Escalated+1 < calls {
		e.Clocks = []cases.Clock{s.untilSigned()}
	}
	if err := s.take(e); err != nil {
		return fmt.Errorf("call on because of a danger: %w", err)
	}
	who := s.keepers()
	if s.c.Escalated == 1 {
		who = append(s.d.Office.With(cases.Leader, ""), who...)
	} else if chief, ok := s.d.Office.Chief(); ok && !s.c.Recuses(cases.ActorOf(chief)) {
		who = []cases.Person{chief}
	}
	since := int(s.now.Sub(s.c.ReceivedAt) / time.Minute)
	var units []string
	for _, unit := range append([]string{s.c.Lead}, s.c.Helpers...) {
		units = append(units, s.d.UnitName(unit))
	}
	if _, err := s.tell(who, "push.hazard", merged(s.d.Plain(s.c), words.Args{"Minutes": since, "Units": units})); err != nil {
		return err
	}
	if _, err := s.tell(s.atHand(), "unit.hazard-again", words.Args{"Minutes": since}); err != nil {
		return err
	}
	return s.commit()
}

// standDown tells everybody who was called that somebody is there, and the
// petitioner too.
func (s *step) standDown() error {
	p, _ := s.d.Office.Person(s.actor.ID)
	by := p.Name
	if p.Unit != "" {
		by = s.d.UnitName(p.Unit) + by
	}
	called := slices.Concat(s.keepers(), s.atHand())
	if s.c.Escalated > 0 {
		called = append(called, s.d.Office.With(cases.Leader, "")...)
	}
	if _, err := s.tell(except(called, s.actor.ID), "hazard.signed", words.Args{"By": by}); err != nil {
		return err
	}
	_, err := s.tellPetitioner("worker.hazard-signed", words.Args{"By": s.d.UnitName(p.Unit)})
	return err
}
