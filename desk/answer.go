package desk

import (
	"cmp"
	"time"

	"fangzhuo/calendar"
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

// Answer gives the petitioner the office's answer (答复). What staff left open of
// it is filled in with what is known of the matter.
func (d *Desk) Answer(tx storage.Tx, actor cases.Actor, no cases.Number, r cases.Reply, now time.Time) (Done, error) {
	return d.answer(tx, actor, no, r, nil, now)
}

// answer is Answer; with is the matter whose answer this is too, if there is one.
func (d *Desk) answer(tx storage.Tx, actor cases.Actor, no cases.Number, r cases.Reply, with *cases.Link, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Answer, actor, now)
	if err != nil {
		return Done{}, err
	}
	onTheWay, err := s.takeOnTheWay()
	if err != nil {
		return Done{}, err
	}
	if r, err = s.reply(r); err != nil {
		return Done{}, err
	}
	if err := s.sparesMerged(tx, r); err != nil {
		return Done{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Answer, Reply: &r, Other: with}); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.answered", nil)
	if err != nil {
		return Done{}, err
	}
	if s.before.Note != "" {
		if _, err := s.tellUnit(s.c.Lead, "unit.answered", nil); err != nil {
			return Done{}, err
		}
	}
	if p, ok := d.Office.Person(s.c.Leader); ok {
		if _, err := s.tell([]cases.Person{p}, "leader.answered", nil); err != nil {
			return Done{}, err
		}
	}
	return Done{Case: s.c, OnTheWay: onTheWay, Told: to != "", Lost: s.lost}, s.commit()
}

// Draft is an answer that is not given yet.
type Draft struct {
	Case  cases.Case
	Reply cases.Reply // filled in
	Text  string      // as the petitioner would read it
}

// Draft returns an answer as it would be given. A refusal says what it lacks, and
// comes with what there is. Seen is how many events the matter had when the answer
// was begun, 0 for now: it is refused when another step was taken meanwhile.
func (d *Desk) Draft(g storage.Getter, actor cases.Actor, no cases.Number, r cases.Reply, seen int, now time.Time) (Draft, error) {
	c, err := d.find(g, no, now, func(c cases.Case) error { return c.Check(actor, cases.Answer) })
	if refusal, ok := IsRefusal(err); ok && c.Events == 0 {
		refusal.Verb = cases.Answer
		return Draft{}, d.unknown(refusal, cases.Answer, actor)
	}
	if err != nil {
		return Draft{Case: c}, err
	}
	if err := d.meanwhile(g, c, seen, cases.Answer); err != nil {
		return Draft{Case: c}, err
	}
	s := &step{d: d, now: now, actor: actor, c: c}
	if c.Stage == cases.Received || c.Stage == cases.Registered {
		if s.c.Procedure, err = s.procedureOnTheWay(); err != nil {
			return Draft{Case: c}, err
		}
		s.c.Stage = cases.Accepted // as it will be on the way
	}
	if r, err = s.reply(r); err == nil {
		err = s.c.Permit(cases.Event{At: now, Actor: actor, Verb: cases.Answer, Reply: &r})
	}
	if err == nil {
		err = s.sparesMerged(g, r)
	}
	s.c.Reply = &r
	return Draft{Case: c, Reply: r, Text: d.say("worker.answered", d.Args(s.c, now, nil))}, err
}

// reply fills an answer in.
func (s *step) reply(r cases.Reply) (cases.Reply, error) {
	if r.Opinion == "" {
		return r, s.refuse(cases.NoText, cases.Answer, "")
	}
	r.Request = cmp.Or(r.Request, s.c.Fields[cases.Want], s.c.Fields[cases.Matter])
	if r.Code == cases.Substantiated && !s.c.Sealed { // 属实: what was said of a request is true, which is no answer to it
		r.Code = ""
	}
	if r.Code == "" {
		r.Code = outcome(r.Opinion, s.c.Codes())
	}
	if r.Facts = cmp.Or(r.Facts, s.c.Feedback); !r.Code.Investigated() {
		r.Facts = cmp.Or(r.Facts, s.c.Fields[cases.Matter])
	}
	r.RemedyTo, r.RemedyUntil, r.By = s.d.Superior, time.Time{}, s.actor.ID
	if s.c.Sealed { // it is not for the petition offices
		r.RemedyTo = ""
	}
	if l, ok := cases.WindowClock.Limit(s.c.Procedure); ok && s.c.Round < 2 {
		r.RemedyUntil = s.d.clock(cases.WindowClock, s.now, calendar.Term{N: l.Days, Working: l.Working}).Due
	}
	if word := harsh(r.Request, r.Facts, r.Opinion, r.Basis); word != "" {
		return r, s.refuse(cases.HarshWords, cases.Answer, word)
	}
	return r, nil
}

// sparesMerged refuses an answer that would tell those whose matters were merged who
// one of them is.
func (s *step) sparesMerged(g storage.Getter, r cases.Reply) error {
	text := r.Opinion + "\n" + r.Basis
	if r.Code.Investigated() { // what was found goes to all as it stands
		text += "\n" + r.Facts
	}
	what, bad, err := s.d.spares(g, text, s.c)
	if err == nil && bad {
		err = s.refuse(cases.TellsWho, cases.Answer, what)
	}
	return err
}

// Written reports whether the answer is owed as a document too (处理意见书): of a
// request in the ordinary procedure (条例 art. 31, 32).
func Written(c cases.Case) bool { return c.Reply != nil && written(c) }

func written(c cases.Case) bool {
	return c.Round == 0 && c.Procedure != cases.Simple && c.Form != cases.SuggestionForm && !c.Sealed
}

// Close finishes a matter that has been answered (办结): with a reason where the
// petitioner does not accept the answer.
func (d *Desk) Close(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Close, actor, now)
	if err != nil {
		return Done{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Close, Text: text}); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.closed", words.Args{"Text": text})
	if err != nil {
		return Done{}, err
	}
	if s.before.Note != "" {
		if _, err := s.tellUnit(s.c.Lead, "unit.closed", nil); err != nil {
			return Done{}, err
		}
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}
