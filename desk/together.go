package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Matters that belong together. An accusation stays by itself whatever it is about:
// nothing that others read leads to it (信访工作条例 art. 30).

// two begins a step on one matter with another beside it.
func (d *Desk) two(tx storage.Tx, actor cases.Actor, no, other cases.Number, verb cases.Verb, now time.Time) (s, o *step, err error) {
	for _, n := range []cases.Number{no, other} {
		c, err := d.Stands(tx, actor, n, now)
		if err != nil {
			return nil, nil, err
		}
		if c.Sealed && actor.Role == cases.Staff {
			return nil, nil, &cases.Refusal{Code: cases.SealedApart, Verb: verb, No: c.No, Stage: c.Stage}
		}
	}
	if s, err = d.stepTo(tx, no, verb, actor, now); err != nil {
		return nil, nil, err
	}
	if o, err = d.stepTo(tx, other, cases.Relate, actor, now); err != nil {
		return nil, nil, err
	}
	if s.c.No == o.c.No {
		return nil, nil, s.refuse(cases.NoOther, verb, "")
	}
	return s, o, nil
}

// Merge lets a matter go on under another number (合并). Its petitioner is told, and
// may follow it with either number.
func (d *Desk) Merge(tx storage.Tx, actor cases.Actor, no, into cases.Number, now time.Time) (Done, error) {
	s, o, err := d.two(tx, actor, no, into, cases.Merge, now)
	if err != nil {
		return Done{}, err
	}
	if !slices.Contains(cases.RuleOf(cases.Merge).From, o.c.Stage) { // what was answered before would answer nobody who comes now
		return Done{}, &cases.Refusal{Code: cases.WrongStage, Verb: cases.Relate, No: o.c.No, Stage: o.c.Stage}
	}
	if err := s.take(cases.Event{Verb: cases.Merge, Other: &cases.Link{No: o.c.No, Kind: cases.MergedFrom}}); err != nil {
		return Done{}, err
	}
	goesOn := cases.Event{Verb: cases.Relate, Other: &cases.Link{No: s.c.No, Kind: cases.MergedFrom}, Clocks: earlier(s.before, o.c)}
	if err := o.take(goesOn); err != nil {
		return Done{}, err
	}
	if more := without(s.c.Against, o.c.Against); len(more) > 0 { // who is kept out of the one is kept out of both
		if err := o.recuse(more); err != nil {
			return Done{}, err
		}
	}
	args := words.Args{"Into": ShortNumber(o.c.No, now), "By": d.PersonName(actor.ID)}
	to, err := s.tellPetitioner("worker.merged", args)
	if err != nil {
		return Done{}, err
	}
	if s.before.Stage == cases.Handling {
		if _, err := s.tellUnit(s.before.Lead, "unit.merged", nil); err != nil {
			return Done{}, err
		}
	}
	if err := s.releaseLeader(); err != nil {
		return Done{}, err
	}
	if err := s.tellKeepers("staff.merged", args); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, errors.Join(s.commit(), o.commit())
}

// earlier are the clocks of a matter that goes on with another, where they end
// before the other's: nobody waits for longer because somebody else spoke later.
// What was put off for the one is not put off again for both.
func earlier(m, with cases.Case) (clocks []cases.Clock) {
	for _, kind := range []cases.ClockKind{cases.NoticeClock, cases.DecideClock, cases.HouseClock, cases.HandleClock} {
		mine, runs := m.Clock(kind)
		theirs, both := with.Clock(kind)
		handle := kind == cases.HandleClock
		switch {
		case !runs || !both && !handle:
			continue
		case both && !mine.Due.Before(theirs.Due):
			if !handle || !m.Extended || theirs.Extended {
				continue
			}
			mine = theirs
		}
		if handle && m.Extended {
			mine.Extended = true
		}
		clocks = append(clocks, mine)
	}
	return clocks
}

// without are the ids of a list that are not on the other.
func without(ids, those []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(those, id) })
}

// Relate ties two matters together (关联); neither ends by it.
func (d *Desk) Relate(tx storage.Tx, actor cases.Actor, no, other cases.Number, kind cases.LinkKind, now time.Time) (Done, error) {
	s, o, err := d.two(tx, actor, no, other, cases.Relate, now)
	if err != nil {
		return Done{}, err
	}
	if slices.Contains(s.c.Links, cases.Link{No: o.c.No, Kind: kind}) {
		return Done{Case: s.c, Told: true}, nil
	}
	if err := s.take(cases.Event{Verb: cases.Relate, Other: &cases.Link{No: o.c.No, Kind: kind}}); err != nil {
		return Done{}, err
	}
	if err := o.take(cases.Event{Verb: cases.Relate, Other: &cases.Link{No: s.c.No, Kind: kind}}); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: true}, errors.Join(s.commit(), o.commit())
}

// Split lets a part of a matter go on under a number of its own (拆分), with the
// petitioner of the whole, whom the receipt is for. Of an anonymous matter the
// code of the whole opens the part.
func (d *Desk) Split(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, Receipt, error) {
	s, err := d.stepTo(tx, no, cases.Split, actor, now)
	if err != nil {
		return Done{}, Receipt{}, err
	}
	if text == "" {
		return Done{}, Receipt{}, s.refuse(cases.NoText, cases.Split, "")
	}
	id, err := s.identity("give a part a number of its own")
	if err != nil {
		return Done{}, Receipt{}, err
	}
	part := Submission{From: id.From, Form: s.c.Form, Fields: map[string]string{cases.Matter: text},
		Signature: s.c.Signature, Name: id.Name, Contact: id.Contact, Guarded: s.c.Guarded}
	how := cases.Event{Channel: s.c.Channel, Visitors: s.c.Visitors, Persons: s.c.Persons, Against: s.c.Against,
		Other: &cases.Link{No: s.c.No, Kind: cases.SplitFrom}}
	for _, kind := range []cases.ClockKind{cases.NoticeClock, cases.HandleClock} { // a part waits no longer than the whole
		if k, ok := s.c.Clock(kind); ok {
			how.Clocks = append(how.Clocks, k)
		}
	}
	r, err := d.open(tx, actor, part, how, d.Random, now)
	if err != nil {
		return Done{}, Receipt{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Split, Other: &cases.Link{No: r.Case.No, Kind: cases.SplitInto}}); err != nil {
		return Done{}, Receipt{}, err
	}
	to, err := s.tellPetitioner("worker.split", words.Args{"Part": ShortNumber(r.Case.No, now), "Code": r.Code, "Text": text})
	if err != nil {
		return Done{}, Receipt{}, err
	}
	if s.c.Stage == cases.Handling { // its task is less now
		said := ""
		if !s.c.Veiled() {
			said = phrase.Scrub(text, append(strings.Split(id.Name, "、"), append(d.knownAs(id.From), id.Contact)...))
		}
		if _, err := s.tellUnit(s.c.Lead, "unit.split", words.Args{"Text": said}); err != nil {
			return Done{}, Receipt{}, err
		}
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, r, s.commit()
}

// Tied are the links of a case that its reader may see.
func (d *Desk) Tied(ctx context.Context, actor cases.Actor, c cases.Case) (links []cases.Link, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		links = nil
		for _, l := range c.Links {
			var o cases.Case
			if _, err := record.Load(r, caseTable, numberKey(l.No), &o); err != nil {
				return err
			}
			if ofPerson := l.Kind == cases.ReturnOf && actor.Role != cases.Staff; o.Events > 0 && o.Visible(actor) && !ofPerson {
				links = append(links, l)
			}
		}
		return nil
	})
	return links, err
}

// isPart reports whether somebody who may follow the whole asks for its part.
func (c Claim) isPart(g storage.Getter, k cases.Case) (bool, error) {
	for _, l := range k.Links {
		if l.Kind != cases.SplitFrom {
			continue
		}
		var whole cases.Case
		if _, err := record.Load(g, caseTable, numberKey(l.No), &whole); err != nil {
			return false, err
		}
		err := c.holdsAlone(g, whole)
		if _, refused := IsRefusal(err); !refused {
			return err == nil, err
		}
	}
	return false, nil
}

// asMerged returns the matter that was merged into c and that the claim fits, as c
// has carried it on, or false.
func (d *Desk) asMerged(g storage.Getter, c cases.Case, by Claim) (cases.Case, bool, error) {
	for _, l := range c.Links {
		if l.Kind != cases.MergedFrom {
			continue
		}
		var m cases.Case
		if _, err := record.Load(g, caseTable, numberKey(l.No), &m); err != nil {
			return m, false, err
		}
		if m.Into != c.No {
			continue
		}
		err := by.holds(g, m)
		if err == nil {
			m, err = d.carriedOn(g, m, c)
			return m, err == nil, err
		}
		if _, refused := IsRefusal(err); !refused {
			return m, false, err
		}
	}
	return cases.Case{}, false, nil
}

// through follows a merged matter to where it goes on.
func (d *Desk) through(g storage.Getter, c cases.Case) (cases.Case, error) {
	at := c
	for range 5 { // longer chains are nobody's
		if at.Stage != cases.Merged || at.Into.IsZero() {
			break
		}
		var next cases.Case
		if ok, err := record.Load(g, caseTable, numberKey(at.Into), &next); err != nil || !ok {
			return c, err
		}
		at = next
	}
	if at.No == c.No {
		return c, nil
	}
	return d.carriedOn(g, c, at)
}

// goesOn returns the number that a merged matter goes on under, for its petitioner;
// any other is returned as it is.
func (d *Desk) goesOn(g storage.Getter, no cases.Number, by Claim, now time.Time) (m cases.Case, at cases.Number, err error) {
	m, err = d.find(g, no, now, func(c cases.Case) error { return by.holds(g, c) })
	for at = m.No; err == nil; {
		var c cases.Case
		if _, err = record.Load(g, caseTable, numberKey(at), &c); err != nil || c.Stage != cases.Merged || c.Into == at {
			break
		}
		at = c.Into
	}
	return m, at, err
}

// carriedOn is a merged matter as another has carried it on: how far that is and
// what was answered to its own request, but nothing of what the other's petitioner
// said.
func (d *Desk) carriedOn(g storage.Getter, m, by cases.Case) (cases.Case, error) {
	var id identity
	if _, err := record.Load(g, identityTable, numberKey(by.No), &id); err != nil {
		return m, err
	}
	names := append(d.knownAs(id.From), append(strings.Split(id.Name, "、"), id.Contact)...)
	m.Stage, m.Category, m.Lead, m.Clocks = by.Stage, by.Category, by.Lead, by.Clocks
	m.AcceptedAt, m.AnsweredAt, m.ClosedAt, m.Round = by.AcceptedAt, by.AnsweredAt, by.ClosedAt, by.Round
	m.Answer, m.Question = phrase.Scrub(by.Answer, names), ""
	if m.ConfirmedAt.Before(by.AnsweredAt) { // that was of another answer
		m.ConfirmedAt = time.Time{}
	}
	if by.Reply == nil {
		return m, nil
	}
	r := *by.Reply
	own, err := d.ownWords(g, by, r.Facts)
	if err != nil {
		return m, err
	}
	r.Request = cmp.Or(m.Fields[cases.Want], m.Fields[cases.Matter])
	if r.Facts = phrase.Scrub(r.Facts, names); own {
		r.Facts = m.Fields[cases.Matter]
	}
	r.Opinion, r.Basis = phrase.Scrub(r.Opinion, names), phrase.Scrub(r.Basis, names)
	m.Reply = &r
	return m, nil
}

// tellsMerged are the sentences that go to everybody whose matter was merged into
// one: how it goes on, and nothing that was said by another.
var tellsMerged = []string{"worker.accepted", "worker.handling", "worker.extended", "worker.switched", "worker.answered", "worker.fulfilled", "worker.reopened", "worker.reviewing",
	"worker.concluded", "worker.closed", "worker.closed-itself", "worker.finished", "worker.referred", "worker.not-accepted"}

// tellMerged tells the petitioners of the matters that were merged into this one,
// each on their own number.
func (s *step) tellMerged(key string, args words.Args) error {
	if !slices.Contains(tellsMerged, key) {
		return nil
	}
	if text, ok := args["Text"].(string); ok && len(s.c.Links) > 0 { // it was written to somebody else
		id, err := s.read()
		if err != nil {
			return err
		}
		args = merged(maps.Clone(args), words.Args{"Text": phrase.Scrub(text, append(s.d.knownAs(id.From), append(strings.Split(id.Name, "、"), id.Contact)...))})
	}
	return s.tellMergedInto(s.c, key, args)
}

func (s *step) tellMergedInto(c cases.Case, key string, args words.Args) error {
	for _, l := range c.Links {
		if l.Kind != cases.MergedFrom {
			continue
		}
		var m cases.Case
		if _, err := record.Load(s.tx, caseTable, numberKey(l.No), &m); err != nil {
			return err
		}
		if m.Into != c.No {
			continue
		}
		o := &step{d: s.d, tx: s.tx, now: s.now, actor: s.actor, before: m, c: m}
		shown, err := s.d.carriedOn(s.tx, m, c)
		if err != nil {
			return err
		}
		own := args
		if route, ok := args["Route"].(string); ok { // its last day counts from when it happened to them; to talk first is asked of one
			own = merged(maps.Clone(args), merged(s.d.Signpost(m, route), words.Args{"Offers": false}))
		}
		if _, err := o.tellAs(shown, key, own); err != nil {
			return err
		}
		if err := s.tellMergedInto(shown, key, args); err != nil { // merged before that
			return err
		}
		if err := o.commit(); err != nil {
			return err
		}
	}
	return nil
}
