package desk

import (
	"slices"
	"strings"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Erased is a matter of which it is kept no more who spoke.
type Erased struct {
	Case cases.Case
	// Code is the new way back to a matter that goes on, or "".
	Code string
	// From are the accounts that were forgotten, for their conversations; they
	// must not be shown to anybody.
	From []chat.Address
}

// Erase forgets who spoke of a matter, at their own wish (删除资料): name,
// telephone, accounts, their words as they were said, and what they sent along.
// What the matter is stays, without them. While it is open they get a new code,
// the only way back from here on.
//
// The account is the proof. With the code alone only a matter can be erased that
// has no account of its own: an anonymous one, or one that staff wrote down.
func (d *Desk) Erase(tx storage.Tx, no cases.Number, by Claim, now time.Time) (Erased, error) {
	s, err := d.own(tx, no, cases.Erase, by, now)
	if err != nil {
		return Erased{}, err
	}
	if err := s.ownAccount(by); err != nil {
		return Erased{}, err
	}
	e, err := s.erase("", s.c.Stage.Open(), by.From)
	if err != nil {
		return Erased{}, err
	}
	if s.c.Stage.Open() {
		if err := s.tellKeepers("staff.erased", nil); err != nil {
			return Erased{}, err
		}
	}
	e.Case = s.c
	return e, s.commit()
}

// EraseFor forgets who spoke of a matter at the wish of somebody who told the
// office so, by telephone or at the table. A keeper does it, with the reason; the
// others are told, and so is the petitioner if they are in chat.
func (d *Desk) EraseFor(tx storage.Tx, actor cases.Actor, no cases.Number, reason string, now time.Time) (Erased, error) {
	s, err := d.stepTo(tx, no, cases.Erase, actor, now)
	if err != nil {
		return Erased{}, err
	}
	if !d.Office.Keeps(actor) {
		return Erased{}, s.refuse(cases.NotKeeper, cases.Erase, "")
	}
	if reason == "" {
		return Erased{}, s.refuse(cases.NoMotive, cases.Erase, "")
	}
	id, err := s.read()
	if err != nil {
		return Erased{}, err
	}
	if _, err := s.tellAt(s.c, id, "worker.erased", nil); err != nil {
		return Erased{}, err
	}
	e, err := s.erase(reason, false)
	if err != nil {
		return Erased{}, err
	}
	text := d.say("keeper.erased", s.caseArgs(words.Args{"By": d.PersonName(actor.ID), "Motive": reason}))
	if _, err := d.tellAll(tx, except(s.mayOpen(), actor.ID), s.key()+"/keeper.erased", text, now); err != nil {
		return Erased{}, err
	}
	e.Case = s.c
	return e, s.commit()
}

// erase forgets who spoke of the matter. It is the one step that changes what
// events say: a name stands in them where somebody wrote it down.
func (s *step) erase(reason string, newWay bool, also ...chat.Address) (Erased, error) {
	id, err := s.read()
	if err != nil {
		return Erased{}, err
	}
	said, err := s.said(id)
	if err != nil {
		return Erased{}, err
	}
	for i, m := range said {
		if err := attach.Erase(s.tx, m.Media); err != nil {
			return Erased{}, err
		}
		if err := s.tx.Delete(saidTable, eventKey(s.c.No, i)); err != nil {
			return Erased{}, err
		}
	}
	gone := Erased{From: slices.Concat([]chat.Address{id.From}, id.Earlier, also)}
	gone.From = slices.DeleteFunc(gone.From, func(a chat.Address) bool { return a == "" })
	for _, a := range gone.From {
		for _, list := range []storage.Table{fromTable, joinedTable} {
			if err := s.tx.Delete(list, withNumber(fromKey(a), s.c.No)); err != nil {
				return Erased{}, err
			}
		}
	}
	for _, t := range []storage.Table{identityTable, checkTable} {
		if err := s.tx.Delete(t, numberKey(s.c.No)); err != nil {
			return Erased{}, err
		}
	}
	names := append(strings.Split(id.Name, "、"), id.Contact)
	for _, a := range gone.From {
		names = append(names, s.d.knownAs(a)...)
	}
	if err := s.unname(names); err != nil {
		return Erased{}, err
	}
	e := cases.Event{Verb: cases.Erase, Text: phrase.Scrub(reason, names)}
	if newWay {
		if gone.Code, err = newCode(s.d.Random); err != nil {
			return Erased{}, err
		}
		e.CodeHash = codeHash(s.c.No, gone.Code)
	}
	return gone, s.take(e)
}

// unname takes out of the matter's history, and so out of the matter, who spoke.
func (s *step) unname(names []string) error {
	events := make([]cases.Event, s.before.Events)
	for i := range events {
		if _, err := record.Load(s.tx, eventTable, eventKey(s.c.No, i), &events[i]); err != nil {
			return err
		}
		e := &events[i]
		e.Fields = scrubbed(e.Fields, names...)
		e.Text, e.Motive = phrase.Scrub(e.Text, names), phrase.Scrub(e.Motive, names)
		if e.Reply != nil {
			r := *e.Reply
			r.Request, r.Facts, r.Opinion = phrase.Scrub(r.Request, names), phrase.Scrub(r.Facts, names), phrase.Scrub(r.Opinion, names)
			e.Reply = &r
		}
		if err := record.Save(s.tx, eventTable, eventKey(s.c.No, i), *e); err != nil {
			return err
		}
	}
	for i := range s.events {
		s.events[i].Text = phrase.Scrub(s.events[i].Text, names)
	}
	s.before = cases.Fold(s.c.No, events)
	s.c = s.before
	for _, e := range s.events {
		s.c = s.c.After(e)
	}
	return nil
}
