package desk

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Ask puts a question of the office to the petitioner (问), who answers in their
// own chat. It returns where the petitioner is, for the dialogue; the address
// must not be shown to anybody.
func (d *Desk) Ask(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, chat.Address, error) {
	s, err := d.stepTo(tx, no, cases.Ask, actor, now)
	if err != nil {
		return Done{}, "", err
	}
	if text == "" {
		return Done{}, "", s.refuse(cases.NoText, cases.Ask, "")
	}
	s.add(cases.Event{Verb: cases.Ask, Text: text})
	// of an anonymous petitioner the question waits where the receipt code leads
	to, err := s.tellPetitioner("worker.question", words.Args{"Text": text})
	if err != nil {
		return Done{}, "", err
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, to, s.commit()
}

// Answer gives the petitioner the office's answer (答复).
func (d *Desk) Answer(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Answer, actor, now)
	if err != nil {
		return Done{}, err
	}
	if text == "" {
		return Done{}, s.refuse(cases.NoText, cases.Answer, "")
	}
	onTheWay, err := s.takeOnTheWay()
	if err != nil {
		return Done{}, err
	}
	to, err := s.answer(text)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, OnTheWay: onTheWay, Told: to != "", Lost: s.lost}, s.commit()
}

func (s *step) answer(text string) (chat.Address, error) {
	s.add(cases.Event{Verb: cases.Answer, Text: text})
	return s.tellPetitioner("worker.answered", words.Args{"Text": text})
}

// Close finishes a matter that has been answered (办结). Words given with it are
// the answer if there was none yet.
func (d *Desk) Close(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	verb := cases.Close
	if text != "" {
		verb = cases.Answer // words may be the answer that is still missing
	}
	s, err := d.begin(tx, no, verb, actor, nil, now)
	if err != nil {
		return Done{}, err
	}
	if text != "" && s.c.Stage != cases.Answered {
		if _, err := s.takeOnTheWay(); err != nil {
			return Done{}, err
		}
		if _, err := s.answer(text); err != nil {
			return Done{}, err
		}
		text = ""
	}
	if err := s.check(cases.Close); err != nil {
		return Done{}, err
	}
	unit := s.c.Lead
	s.add(cases.Event{Verb: cases.Close, Text: text})
	to, err := s.tellPetitioner("worker.closed", words.Args{"Text": text})
	if err != nil {
		return Done{}, err
	}
	if s.before.Note != "" {
		if _, err := s.tellUnit(unit, "unit.closed", nil); err != nil {
			return Done{}, err
		}
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}
