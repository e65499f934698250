package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// One answer for several (一并答复): different people with the same matter (关联 同一件)
// get the same opinion, each to their own request, under their own number, with
// their own last days. Every matter keeps an answer of its own.

const (
	togetherAtMost = 9  // beside the first, in one transaction: each is some fifteen keys
	tiedAtMost     = 60 // looked through for them
)

// Beside is a matter that gets the answer of another.
type Beside struct {
	No   cases.Number `cbor:"1,keyasint"`
	Seen int          `cbor:"2,keyasint,omitempty"` // how many events it had when its answer was begun, 0 for now
}

// LeftOut is a matter that does not get the answer of another, and why.
type LeftOut struct {
	No  cases.Number
	Why *cases.Refusal
}

// Together is one answer for several, not given yet.
type Together struct {
	Lead  Draft
	Given bool // the first has its answer already; the others get the same
	With  []Draft
	Left  []LeftOut
}

// Unanswered lists the matters that are the same as c (links of links too), that
// the actor may answer, and that wait for their first answer, by number. Accusations
// are none of them, nor is anything tied to c by what the actor may not see.
func (d *Desk) Unanswered(g storage.Getter, actor cases.Actor, c cases.Case) (open []cases.Case, err error) {
	if c.Events == 0 || c.Sealed {
		return nil, nil
	}
	seen := map[cases.Number]bool{c.No: true}
	for todo := []cases.Case{c}; len(todo) > 0; todo = todo[1:] {
		for _, no := range sameAs(todo[0]) {
			if seen[no] || len(seen) == tiedAtMost {
				continue
			}
			seen[no] = true
			var o cases.Case
			if _, err := record.Load(g, caseTable, numberKey(no), &o); err != nil {
				return nil, err
			}
			if o.Events == 0 || o.Sealed || !o.Visible(actor) {
				continue
			}
			todo = append(todo, o)
			if o.Stage != cases.Answered && o.Check(actor, cases.Answer) == nil {
				open = append(open, o)
			}
		}
	}
	slices.SortFunc(open, func(a, b cases.Case) int {
		return cmp.Or(cmp.Compare(a.No.Year, b.No.Year), cmp.Compare(a.No.Seq, b.No.Seq))
	})
	return open[:min(len(open), togetherAtMost)], nil
}

// Waiting is Unanswered for somebody who is not within a transaction.
func (d *Desk) Waiting(ctx context.Context, actor cases.Actor, c cases.Case) (open []cases.Case, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		open, err = d.Unanswered(r, actor, c)
		return err
	})
	return open, err
}

// sameAs are the numbers under which the same matter stands too.
func sameAs(c cases.Case) (all []cases.Number) {
	for _, l := range c.Links {
		if l.Kind == cases.SameMatter || l.Kind == cases.MergedFrom {
			all = append(all, l.No)
		}
	}
	if !c.Into.IsZero() {
		all = append(all, c.Into)
	}
	return all
}

// DraftAll returns the answer of one matter as it would be given to others that are
// the same. Without words it is the answer that the first has already. What cannot
// get it is left out with the reason; one that its actor may not see any more, without
// a word. A refusal says what the answer lacks, or whom it would tell of.
func (d *Desk) DraftAll(g storage.Getter, actor cases.Actor, no cases.Number, r cases.Reply, seen int, with []Beside, now time.Time) (t Together, err error) {
	if t.Lead, t.Given, err = d.leadDraft(g, actor, no, r, seen, now); err != nil {
		return t, err
	}
	open, err := d.Unanswered(g, actor, t.Lead.Case)
	if err != nil {
		return t, err
	}
	var get []cases.Case
	for _, b := range with[:min(len(with), tiedAtMost)] {
		o, why, err := d.mayJoin(g, actor, open, b, now)
		switch {
		case err != nil:
			return t, err
		case why != nil:
			t.Left = append(t.Left, LeftOut{b.No, why})
		case o.Events > 0 && !slices.ContainsFunc(get, func(c cases.Case) bool { return c.No == o.No }):
			get = append(get, o)
		}
	}
	if len(get) == 0 {
		return t, nil
	}
	all := append([]cases.Case{t.Lead.Case}, get...)
	same := cases.Reply{Opinion: t.Lead.Reply.Opinion, Basis: t.Lead.Reply.Basis, Facts: r.Facts}
	what, bad, err := d.spares(g, same.Opinion+"\n"+same.Basis+"\n"+same.Facts, all...)
	if err != nil {
		return t, err
	}
	if bad {
		return t, &cases.Refusal{Code: cases.TellsWho, Verb: cases.Answer, No: t.Lead.Case.No, Stage: t.Lead.Case.Stage, Typed: what}
	}
	found, err := d.foundFor(g, t.Lead, all)
	if err != nil {
		return t, err
	}
	for _, o := range get {
		own := same
		own.Facts = cmp.Or(r.Facts, o.Feedback, found)
		own.Code = asFor(o, t.Lead.Reply.Code)
		draft, err := d.Draft(g, actor, o.No, own, 0, now)
		if why, refused := IsRefusal(err); refused {
			t.Left = append(t.Left, LeftOut{o.No, why})
			continue
		}
		if err != nil {
			return t, err
		}
		t.With = append(t.With, draft)
	}
	return t, nil
}

// leadDraft is the answer of the first: the one it has if nothing was said, else
// as it would be given.
func (d *Desk) leadDraft(g storage.Getter, actor cases.Actor, no cases.Number, r cases.Reply, seen int, now time.Time) (Draft, bool, error) {
	if r == (cases.Reply{}) {
		c, err := d.Stands(g, actor, no, now)
		if err != nil {
			return Draft{}, false, err
		}
		if c.Reply != nil {
			if err := d.meanwhile(g, c, seen, cases.Answer); err != nil {
				return Draft{Case: c}, true, err
			}
			return Draft{Case: c, Reply: *c.Reply}, true, nil
		}
	}
	draft, err := d.Draft(g, actor, no, r, seen, now)
	return draft, false, err
}

// mayJoin returns the matter if it can get the answer of another, or why not.
// What the actor may not see any more comes back empty.
func (d *Desk) mayJoin(g storage.Getter, actor cases.Actor, open []cases.Case, b Beside, now time.Time) (cases.Case, *cases.Refusal, error) {
	o, err := d.Stands(g, actor, b.No, now)
	if err != nil || o.Events == 0 || o.Sealed {
		return cases.Case{}, nil, err
	}
	if !slices.ContainsFunc(open, func(c cases.Case) bool { return c.No == o.No }) {
		why := &cases.Refusal{Code: cases.NoOther, Verb: cases.Answer, No: o.No, Stage: o.Stage} // not tied to it any more
		if o.Stage == cases.Answered || o.Check(actor, cases.Answer) != nil {
			why.Code = cases.WrongStage
		}
		return o, why, nil
	}
	err = d.meanwhile(g, o, b.Seen, cases.Answer)
	if why, refused := IsRefusal(err); refused {
		return o, why, nil
	}
	if err == nil && b.Seen == 0 {
		e, other, err := d.Meanwhile(g, actor, o, 0, now)
		if err != nil || other {
			return o, d.steppedIn(o, e, cases.Answer), err
		}
	}
	return o, nil, err
}

// foundFor is what was found of the first, for the petitioners of the others too:
// nothing where it is the first's own words, or tells who one of them is.
func (d *Desk) foundFor(g storage.Getter, lead Draft, all []cases.Case) (string, error) {
	facts := lead.Reply.Facts
	own, err := d.ownWords(g, lead.Case, facts)
	if err != nil || own {
		return "", err
	}
	if _, bad, err := d.spares(g, facts, all...); err != nil || bad {
		return "", err
	}
	return facts, nil
}

// ownWords reports whether a text is, or quotes, what the petitioner said.
func (d *Desk) ownWords(g storage.Getter, c cases.Case, text string) (bool, error) {
	if text == c.Fields[cases.Matter] || text == c.Fields[cases.Want] || c.Reply != nil && text == c.Reply.Request {
		return true, nil
	}
	p, err := d.speaker(g, c)
	if err != nil {
		return false, err
	}
	_, quotes := phrase.Quotes(text, p.said)
	return quotes, nil
}

// LeftText says which matters do not get the answer, a line each, and why.
func (d *Desk) LeftText(left []LeftOut, now time.Time) string {
	var lines []string
	for _, l := range left {
		lines = append(lines, d.say("answer.left", words.Args{"Short": ShortNumber(l.No, now), "Cause": string(l.Why.Code), "Typed": l.Why.Typed, "Stage": string(l.Why.Stage)}))
	}
	return strings.Join(lines, "\n")
}

// counterparts are the outcomes of a request and of a suggestion that say the same.
var counterparts = map[cases.AnswerCode]cases.AnswerCode{
	cases.Supported: cases.Adopted, cases.Partly: cases.PartlyAdopted, cases.NotSupported: cases.NotAdopted,
	cases.Adopted: cases.Supported, cases.PartlyAdopted: cases.Partly, cases.NotAdopted: cases.NotSupported,
}

// asFor is an outcome as the answer to c may have it: one that no answer to c may
// have is returned as it is, and refused.
func asFor(c cases.Case, code cases.AnswerCode) cases.AnswerCode {
	if slices.Contains(c.Codes(), code) {
		return code
	}
	return cmp.Or(counterparts[code], code)
}

// AllDone is what came of one answer for several.
type AllDone struct {
	Done []Done // of each that was answered
	Left []LeftOut
}

// AnswerAll gives the answer of one matter to it and to others that are the same
// (一并答复), or, without words, the answer that the first has to the others. Each is
// answered as by Answer; what cannot be is left out, see DraftAll.
func (d *Desk) AnswerAll(tx storage.Tx, actor cases.Actor, no cases.Number, r cases.Reply, seen int, with []Beside, now time.Time) (all AllDone, err error) {
	t, err := d.DraftAll(tx, actor, no, r, seen, with, now)
	if err != nil {
		return AllDone{}, err
	}
	if !t.Given {
		done, err := d.answer(tx, actor, t.Lead.Case.No, r, nil, now)
		if err != nil {
			return AllDone{}, err
		}
		all.Done = append(all.Done, done)
	}
	all.Left = t.Left
	for _, o := range t.With {
		done, err := d.answer(tx, actor, o.Case.No, o.Reply, &cases.Link{No: t.Lead.Case.No, Kind: cases.SameMatter}, now)
		if why, refused := IsRefusal(err); refused { // nothing of it was written yet
			all.Left = append(all.Left, LeftOut{o.Case.No, why})
			continue
		}
		if err != nil {
			return AllDone{}, err
		}
		all.Done = append(all.Done, done)
	}
	return all, nil
}
