package desk

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// step is one change of one case under way. Every use-case goes through it, so
// that event, record, lists, counters and clocks cannot disagree.
type step struct {
	d      *Desk
	tx     storage.Tx
	now    time.Time
	actor  cases.Actor
	verb   cases.Verb // what was asked for
	before cases.Case
	c      cases.Case
	events []cases.Event
	lost   bool // the petitioner's account is one of an earlier login
}

// begin loads the case for a change by the actor. A number that does not exist
// is refused as Unknown, like one that the actor may not see.
func (d *Desk) begin(tx storage.Tx, no cases.Number, verb cases.Verb, actor cases.Actor, claim *Claim, now time.Time) (*step, error) {
	c, err := d.find(tx, no, now, func(c cases.Case) error {
		if claim != nil {
			if err := claim.holds(tx, c); err != nil {
				return err
			}
		}
		return c.Check(actor, verb)
	})
	if r, ok := IsRefusal(err); ok {
		r.Verb = verb
		if c.Events == 0 {
			return nil, d.unknown(r, verb, actor)
		}
	}
	if err != nil {
		return nil, err
	}
	return &step{d: d, tx: tx, now: now, actor: actor, verb: verb, before: c, c: c}, nil
}

// unknown is the refusal of a number that is not there. A role that may not use
// the verb at all learns only that.
func (d *Desk) unknown(r *cases.Refusal, verb cases.Verb, actor cases.Actor) error {
	var no *cases.Refusal
	if errors.As(cases.Case{No: r.No}.Check(actor, verb), &no) && no.Code == cases.NotAllowed {
		return no
	}
	return r
}

// find returns the case of a number that fits. A number without a year is this
// year's or, around New Year, last year's: the one that fits. When both do, or
// neither does, it is refused; a refusal comes with the case it is about, if
// there is one.
func (d *Desk) find(g storage.Getter, no cases.Number, now time.Time, fits func(cases.Case) error) (cases.Case, error) {
	years := []int{no.Year}
	if no.Year == 0 {
		years = []int{dateOf(now).Year, dateOf(now).Year - 1}
	}
	var found []cases.Case
	var about cases.Case
	why := error(&cases.Refusal{Code: cases.Unknown, No: cases.Number{Year: years[0], Seq: no.Seq}})
	for _, year := range years {
		var c cases.Case
		ok, err := record.Load(g, caseTable, numberKey(cases.Number{Year: year, Seq: no.Seq}), &c)
		if err != nil {
			return cases.Case{}, err
		}
		if !ok {
			continue
		}
		if err := fits(c); err == nil {
			found = append(found, c)
		} else if refusal, ok := IsRefusal(err); !ok {
			return cases.Case{}, err
		} else if about.Events == 0 && refusal.Code != cases.Unknown {
			about, why = c, err
		}
	}
	switch len(found) {
	case 0:
		return about, why
	case 1:
		return found[0], nil
	}
	return found[0], &cases.Refusal{Code: cases.Ambiguous, No: found[1].No, Typed: found[0].No.String()}
}

// refuse builds a refusal of this step.
func (s *step) refuse(code cases.Code, v cases.Verb, typed string) error {
	return &cases.Refusal{Code: code, Verb: v, No: s.c.No, Stage: s.c.Stage, Typed: typed}
}

// add appends an event by the actor and moves the case on.
func (s *step) add(e cases.Event) {
	e.At = s.now
	if e.Actor == (cases.Actor{}) {
		e.Actor = s.actor
	}
	e.Clocks = append(append(e.Clocks, s.d.lawClocks(s.c, e)...), checkClock(s.c, e)...)
	s.events = append(s.events, e)
	s.c = s.c.After(e)
}

// take is add for a step that must be lawful as it stands: with all that the
// table says it needs.
func (s *step) take(e cases.Event) error {
	e.At = s.now
	if e.Actor == (cases.Actor{}) {
		e.Actor = s.actor
	}
	if err := s.c.Permit(e); err != nil {
		if r, ok := IsRefusal(err); ok && r.Code == cases.Recused && e.Person != "" {
			r.Typed = s.d.PersonName(e.Person)
		}
		return err
	}
	s.add(e)
	return nil
}

// commit writes the events, the record, and what hangs on it.
func (s *step) commit() error {
	if err := s.releaseHelpers(); err != nil {
		return err
	}
	if err := s.dropGist(); err != nil {
		return err
	}
	for i, e := range s.events {
		if err := record.Save(s.tx, eventTable, eventKey(s.c.No, s.before.Events+i), e); err != nil {
			return err
		}
	}
	if err := record.Save(s.tx, caseTable, numberKey(s.c.No), s.c); err != nil {
		return err
	}
	if err := s.index(); err != nil {
		return err
	}
	if err := s.count(); err != nil {
		return err
	}
	return errors.Join(s.arm(), s.armAfterwards())
}

// entry is a key of a list.
type entry struct {
	table storage.Table
	key   []byte
}

// listed returns the lists a case stands in.
func listed(c cases.Case) []entry {
	in := complains(c)
	if c.Events == 0 || !c.Stage.Open() {
		return in
	}
	due := c.Due()
	if due.IsZero() {
		due = never
	}
	in = append(in, entry{openTable, withNumber(stageKey(c.Stage, c.Sealed).Time(due), c.No)})
	if k, ok := c.Clock(cases.NoticeClock); ok && c.Stage == cases.Registered {
		in = append(in, entry{openTable, withNumber(untoldKey(c.Sealed).Time(k.Due), c.No)})
	}
	if c.Stage == cases.Handling {
		for _, unit := range append([]string{c.Lead}, c.Helpers...) {
			in = append(in, entry{unitTable, withNumber(storage.Key(nil).Text(unit), c.No)})
		}
	}
	if c.Leader != "" && !c.Sealed {
		in = append(in, entry{leaderTable, withNumber(storage.Key(nil).Text(c.Leader), c.No)})
	}
	if c.Owner != "" {
		in = append(in, entry{ownerTable, withNumber(storage.Key(nil).Text(c.Owner), c.No)})
	}
	return in
}

// index moves the case between lists.
func (s *step) index() error {
	was, is := listed(s.before), listed(s.c)
	has := func(list []entry, e entry) bool {
		return slices.ContainsFunc(list, func(f entry) bool { return f.table == e.table && bytes.Equal(f.key, e.key) })
	}
	for _, e := range was {
		if !has(is, e) {
			if err := s.tx.Delete(e.table, e.key); err != nil {
				return fmt.Errorf("unlist case: %w", err)
			}
		}
	}
	for _, e := range is {
		if !has(was, e) {
			if err := s.tx.Put(e.table, e.key, nil); err != nil {
				return fmt.Errorf("list case: %w", err)
			}
		}
	}
	return nil
}
