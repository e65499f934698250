package desk

import (
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Recuse notes who is complained about (回避): from then on they neither handle nor
// read the matter (信访工作条例 art. 28).
func (d *Desk) Recuse(tx storage.Tx, actor cases.Actor, no cases.Number, who string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Recuse, actor, now)
	if err != nil {
		return Done{}, err
	}
	against := d.Office.Accused(who)
	if len(against) == 0 {
		return Done{}, s.refuse(cases.NoAgainst, cases.Recuse, who)
	}
	if err := s.recuse(against); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c}, s.commit()
}

// recuse takes the matter out of the hands of those it complains about.
func (s *step) recuse(against []string) error {
	if s.c.Stage == cases.Handling {
		for _, unit := range append([]string{s.c.Lead}, s.c.Helpers...) {
			if !slices.Contains(against, unit) {
				continue
			}
			if _, err := s.tellUnit(unit, "unit.withdrawn", nil); err != nil {
				return err
			}
		}
	}
	if err := s.take(cases.Event{Verb: cases.Recuse, Against: against}); err != nil {
		return err
	}
	if slices.Contains(against, s.c.Owner) {
		return s.otherOwner()
	}
	return nil
}

// otherOwner puts the matter into hands that it does not complain about.
func (s *step) otherOwner() error {
	for _, p := range s.keepers() {
		s.add(cases.Event{Verb: cases.Hand, Person: p.ID, Actor: cases.System})
		return s.tellKeepers("staff.owner", words.Args{"Name": p.Name})
	}
	return nil
}

// Waive lets somebody handle a matter that complains about them after all
// (回避例外): the head of the office alone decides it, with a reason, and discipline
// is told.
func (d *Desk) Waive(tx storage.Tx, actor cases.Actor, no cases.Number, who, reason string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Waive, actor, now)
	if err != nil {
		return Done{}, err
	}
	if chief, ok := d.Office.Chief(); !ok || chief.ID != actor.ID {
		return Done{}, s.refuse(cases.ChiefOnly, cases.Waive, "")
	}
	against := slices.DeleteFunc(d.Office.Accused(who), func(id string) bool { return !slices.Contains(s.c.Against, id) })
	if len(against) == 0 {
		return Done{}, s.refuse(cases.NoAgainst, cases.Waive, who)
	}
	against = s.withTheirHands(against)
	if err := s.take(cases.Event{Verb: cases.Waive, Against: against, Text: reason}); err != nil {
		return Done{}, err
	}
	args := words.Args{"Who": d.accusedNames(against), "By": d.PersonName(actor.ID), "Text": reason}
	if err := s.tellKeepers("staff.waived", args); err != nil {
		return Done{}, err
	}
	_, err = d.tellAll(tx, s.unaccused(d.Office.With(cases.Discipline, "")), s.key()+"/discipline.waived", d.say("discipline.waived", s.caseArgs(args)), now)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c}, s.commit()
}

// withTheirHands adds, for a unit that may handle it after all, the people without
// whom nobody there could: its liaisons, if it complains about every one of them.
func (s *step) withTheirHands(against []string) []string {
	for _, unit := range slices.Clone(against) {
		hands := s.d.Office.With(cases.Liaison, unit)
		if slices.ContainsFunc(hands, func(p cases.Person) bool { return !slices.Contains(s.c.Against, p.ID) }) {
			continue
		}
		for _, p := range hands {
			if !slices.Contains(against, p.ID) {
				against = append(against, p.ID)
			}
		}
	}
	return against
}

// accusedNames are the names of units and people complained about.
func (d *Desk) accusedNames(against []string) []string {
	var names []string
	for _, id := range against {
		if u, ok := d.Office.Unit(id); ok && u.ID == id {
			names = append(names, u.Name)
		} else {
			names = append(names, d.PersonName(id))
		}
	}
	return names
}
