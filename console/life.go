package console

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/words"
)

// How far the life of a matter has come: who has it in hand, what was answered,
// whether the procedure is over and, another thing, whether the problem is.

// tie is another matter that this one belongs with.
type tie struct{ No, How string }

// hands are those who have the matter in hand, and those who must not.
func (v *visit) hands(c cases.Case) (all []fact) {
	add := func(label, value string) {
		if value != "" {
			all = append(all, fact{label, value})
		}
	}
	if len(c.Helpers) > 0 {
		add(v.say("page.f.helpers", nil), v.names(c.Helpers))
	}
	add(v.say("page.f.leader", nil), v.Desk.PersonName(c.Leader))
	add(v.say("page.f.owner", nil), v.Desk.PersonName(c.Owner))
	if len(c.Against) > 0 {
		add(v.say("page.f.against", nil), v.names(c.Against))
	}
	add(v.say("page.f.procedure", nil), v.procedure(c.Procedure))
	return all
}

// procedure is the word for one, "" while there is none.
func (v *visit) procedure(p cases.Procedure) string {
	if p == "" {
		return ""
	}
	return v.say("page.procedure", words.Args{"Procedure": string(p)})
}

// ending says of a matter that has been answered whether the procedure is over
// (办结) and whether the problem is settled (化解).
func (v *visit) ending(c cases.Case) []fact {
	if c.AnsweredAt.IsZero() && c.ClosedAt.IsZero() {
		return nil
	}
	closed := v.say("page.not-yet", nil)
	if !c.ClosedAt.IsZero() {
		closed = v.say("page.moment", words.Args{"At": c.ClosedAt})
	}
	all := []fact{{v.say("page.f.closed", nil), closed}}
	if c.AnsweredAt.IsZero() {
		return all
	}
	resolved := v.say("page.not-yet", nil)
	if c.Resolved() {
		resolved = v.say("page.resolved", nil)
	}
	all = append(all, fact{v.say("page.f.resolved", nil), resolved})
	for _, f := range []struct {
		at    time.Time
		label string
	}{
		{c.FulfilledAt, v.say("page.f.fulfilled", nil)}, {c.ConfirmedAt, v.say("page.f.confirmed", nil)}, {c.DisputedAt, v.say("page.f.disputed", nil)},
	} {
		if !f.at.IsZero() {
			all = append(all, fact{f.label, v.say("page.moment", words.Args{"At": f.at})})
		}
	}
	return all
}

// reply is the answer in its five parts, or as it was given when it had fewer.
func (v *visit) reply(c cases.Case) (all []fact) {
	r := c.Reply
	if r == nil {
		if c.Answer != "" {
			all = append(all, fact{v.say("page.f.answer", nil), c.Answer})
		}
		return all
	}
	for _, f := range []fact{{v.say("page.r.request", nil), r.Request}, {v.say("page.r.facts", nil), r.Facts}, {v.say("page.r.opinion", nil), r.Opinion},
		{v.say("page.r.basis", nil), r.Basis}, {v.say("page.r.remedy", nil), v.remedy(*r)}} {
		if f.Value != "" {
			all = append(all, f)
		}
	}
	return all
}

// remedy is whom the petitioner may ask for a review, and until when.
func (v *visit) remedy(r cases.Reply) string {
	if r.RemedyUntil.IsZero() {
		return v.say("page.r.no-remedy", nil)
	}
	return v.say("page.r.until", words.Args{"To": r.RemedyTo, "Due": r.RemedyUntil})
}

// alike are other open matters, whoever's, that this one may be the same as, while
// it can still be merged with one.
func (v *visit) alike(c cases.Case) (all []tie, err error) {
	if c.Check(v.actor, cases.Merge) != nil {
		return nil, nil
	}
	found, err := v.Desk.Likely(v.req.Context(), v.actor, c.No, v.Now())
	for _, no := range found {
		if err == nil {
			var o cases.Case
			o, err = v.Desk.Current(v.req.Context(), v.actor, no, v.Now())
			all = append(all, tie{no.String(), v.inShort(o.Fields[cases.Matter])})
		}
	}
	return all, err
}

// ties are the other matters that this one belongs with, of those that may be seen.
func (v *visit) ties(c cases.Case) (all []tie, err error) {
	if !c.Into.IsZero() {
		all = append(all, tie{c.Into.String(), v.say("page.into", nil)})
	}
	links, err := v.Desk.Tied(v.req.Context(), v.actor, c)
	for _, l := range links {
		all = append(all, tie{l.No.String(), v.say("page.tie", words.Args{"Kind": string(l.Kind)})})
	}
	return all, err
}
