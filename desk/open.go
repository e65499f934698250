package desk

import (
	"fmt"
	"hash/fnv"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/words"
)

// shortestMotive is fewer characters than a motive can be said in.
const shortestMotive = 2

// opened reads the sealed part for a person. Of a matter that guards it, only a
// keeper may, and only for a motive; the other keepers are told both, once a day
// for the same one. See cases.Case.Guards.
func (s *step) opened(purpose, motive string) (identity, error) {
	if s.c.Guards() {
		switch {
		case !s.d.Office.Keeps(s.actor):
			return identity{}, s.refuse(cases.NotKeeper, cases.Open, "")
		case utf8.RuneCountInString(motive) < shortestMotive:
			return identity{}, s.refuse(cases.NoMotive, cases.Open, purpose)
		}
	}
	id, err := s.read()
	if err != nil {
		return identity{}, err
	}
	s.add(cases.Event{Verb: cases.Open, Text: purpose, Motive: motive})
	if !s.c.Guards() {
		return id, nil
	}
	why := fnv.New32a()
	why.Write([]byte(motive))
	key := fmt.Sprintf("open/%s/%s/%s/%x", s.c.No, s.actor.ID, dateOf(s.now), why.Sum32())
	text := s.d.say("keeper.opened", s.caseArgs(words.Args{"By": s.d.PersonName(s.actor.ID), "Motive": motive}))
	_, err = s.d.tellAll(s.tx, except(s.mayOpen(), s.actor.ID), key, text, s.now)
	return id, err
}

// mayOpen are those who may open the sealed part of the matter.
func (s *step) mayOpen() (all []cases.Person) {
	role := cases.Staff
	if s.c.Sealed && s.c.Stage != cases.Received {
		role = cases.Discipline
	}
	for _, p := range s.d.Office.Keepers(role) {
		if !s.c.Recuses(cases.ActorOf(p)) {
			all = append(all, p)
		}
	}
	return all
}
