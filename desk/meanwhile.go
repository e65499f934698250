package desk

import (
	"context"
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Two of the office may take up one matter at the same minute. The second is told
// what the first did before a step of theirs is taken.

// Fresh is how long a colleague's step is news.
const Fresh = 10 * time.Minute

// lookedBack is how many of the latest events are looked through for one.
const lookedBack = 40

// Stands returns the case as it stands now; one that the actor may not see, or
// that is not there, has no events.
func (d *Desk) Stands(g storage.Getter, actor cases.Actor, no cases.Number, now time.Time) (cases.Case, error) {
	c, err := d.find(g, no, now, func(c cases.Case) error {
		if !c.Visible(actor) {
			return &cases.Refusal{Code: cases.Unknown, No: c.No}
		}
		return nil
	})
	if _, refused := IsRefusal(err); refused {
		return cases.Case{}, nil
	}
	return c, err
}

// Current is Stands for somebody who is not within a transaction.
func (d *Desk) Current(ctx context.Context, actor cases.Actor, no cases.Number, now time.Time) (c cases.Case, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		c, err = d.Stands(r, actor, no, now)
		return err
	})
	return c, err
}

// Meanwhile returns the latest step that a colleague in the office took on a case
// which the actor is about to carry on: since it had so many events, or, for 0,
// within Fresh. A step of the actor's own since then hides it. Staff are told of
// staff and discipline of discipline; the second result is false when there is none.
func (d *Desk) Meanwhile(g storage.Getter, actor cases.Actor, c cases.Case, seen int, now time.Time) (cases.Event, bool, error) {
	if !inOffice(actor) {
		return cases.Event{}, false, nil
	}
	return d.latest(g, c, seen, func(e cases.Event) (is, over bool) {
		switch {
		case seen == 0 && now.Sub(e.At) > Fresh:
			return false, true
		case !inOffice(e.Actor) || e.Actor.Role != actor.Role || e.Verb == cases.Open || e.Verb == cases.Submit:
			return false, false
		}
		return e.Actor.ID != actor.ID, true
	})
}

// meanwhile refuses an answer to a matter in which anybody took a step since it had
// so many events: the petitioner may have said more, too. 0 asks nothing.
func (d *Desk) meanwhile(g storage.Getter, c cases.Case, seen int, verb cases.Verb) error {
	if seen == 0 {
		return nil
	}
	e, other, err := d.latest(g, c, seen, func(e cases.Event) (is, over bool) {
		switch e.Verb {
		case cases.Open, cases.Urge, cases.PassOn, cases.MediaGone, cases.Rejoin, cases.Recall, cases.Rate:
			return false, false // changes nothing for the answer
		}
		return true, true
	})
	if err == nil && other {
		err = d.steppedIn(c, e, verb)
	}
	return err
}

// steppedIn is the refusal of a step because of another's, by name or role.
func (d *Desk) steppedIn(c cases.Case, e cases.Event, verb cases.Verb) *cases.Refusal {
	who := d.say("role."+string(e.Actor.Role), nil)
	if p, ok := d.Office.Person(e.Actor.ID); ok {
		who = p.Name
	}
	return &cases.Refusal{Code: cases.Meanwhile, Verb: verb, No: c.No, Stage: c.Stage, Typed: who}
}

// latest returns the latest event that is looked for, of those since a case had so
// many; over ends the search.
func (d *Desk) latest(g storage.Getter, c cases.Case, seen int, look func(cases.Event) (is, over bool)) (cases.Event, bool, error) {
	for i := c.Events - 1; i >= max(seen, c.Events-lookedBack, 0); i-- {
		var e cases.Event
		if _, err := record.Load(g, eventTable, eventKey(c.No, i), &e); err != nil {
			return cases.Event{}, false, err
		}
		if is, over := look(e); is || over {
			return e, is, nil
		}
	}
	return cases.Event{}, false, nil
}

func inOffice(a cases.Actor) bool {
	return a.ID != "" && slices.Contains([]cases.Role{cases.Staff, cases.Discipline}, a.Role)
}

// MeanwhileArgs are the facts of a colleague's step for the wording.
func (d *Desk) MeanwhileArgs(c cases.Case, e cases.Event, now time.Time) words.Args {
	to := ""
	switch e.Verb {
	case cases.Assign, cases.Help:
		to = d.UnitName(e.Unit)
	case cases.Sponsor, cases.Hand:
		to = d.PersonName(e.Person)
	}
	return words.Args{"Short": ShortNumber(c.No, now), "By": d.PersonName(e.Actor.ID), "Ago": int(now.Sub(e.At).Minutes()),
		"What": d.StepName(e, c.Round), "To": to}
}

// StepName is what a step is called. To refer a matter without a route is to turn
// it away (不予受理), the second round of reviews is 复核.
func (d *Desk) StepName(e cases.Event, round int) string {
	if round == 2 && (e.Verb == cases.Review || e.Verb == cases.Conclude) {
		return d.say("second-review", words.Args{"Verb": string(e.Verb)})
	}
	if e.Verb == cases.Refer && e.Route == "" {
		return d.say("turned-away", nil)
	}
	return d.say("verb."+string(e.Verb), nil)
}
