package desk

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Handing over (交接): somebody leaves, and what was in their hands goes on in
// another's. The terms go on, and the history says whose it was before.

// atATime is how many matters are handed over in one transaction.
const atATime = 25

// Handover is what came of handing over all that somebody had.
type Handover struct {
	Moved []cases.Number
	Stay  []cases.Number // they complain about the successor (信访工作条例 art. 28)
	Told  bool           // the successor was reached
}

// handing is one handing over under way.
type handing struct {
	d        *Desk
	actor    cases.Actor
	from     string
	to       cases.Person
	now      time.Time
	stay     []cases.Number
	progress storage.Key
}

// HandAll hands over all open matters of somebody to another: what they lead if
// that is a leader, else what they look after. All but the last few are moved at
// once, in small transactions; the returned function moves those, and tells both.
// Where it was cut short it is gone on with by calling it again.
func (d *Desk) HandAll(ctx context.Context, actor cases.Actor, from string, to cases.Person, now time.Time) (last func(storage.Tx) (Handover, error), err error) {
	h := handing{d: d, actor: actor, from: from, to: to, now: now, progress: storage.Key(nil).Text(from).Text(to.ID)}
	numbers, err := d.inHandsOf(ctx, holdersTable(to.Role), from)
	if err != nil {
		return nil, err
	}
	for len(numbers) > atATime {
		var stay []cases.Number
		err := d.store.Update(ctx, func(tx storage.Tx) error {
			done, left, err := h.move(tx, numbers[:atATime])
			if err != nil {
				return err
			}
			stay = left
			return record.Save(tx, handTable, h.progress, done)
		})
		if err != nil {
			return nil, fmt.Errorf("hand matters over: %w", err)
		}
		h.stay, numbers = append(h.stay, stay...), numbers[atATime:]
	}
	return func(tx storage.Tx) (Handover, error) {
		done, stay, err := h.move(tx, numbers)
		if err != nil {
			return Handover{}, err
		}
		if err := tx.Delete(handTable, h.progress); err != nil {
			return Handover{}, err
		}
		told, err := d.tellHanded(tx, actor, from, to, done, now)
		return Handover{Moved: done, Stay: slices.Concat(h.stay, stay), Told: told}, err
	}, nil
}

// holdersTable is the list of what somebody of a role has.
func holdersTable(r cases.Role) storage.Table {
	if r == cases.Leader {
		return leaderTable
	}
	return ownerTable
}

func (d *Desk) inHandsOf(ctx context.Context, t storage.Table, person string) (numbers []cases.Number, err error) {
	prefix := storage.Key(nil).Text(person)
	err = d.view(ctx, func(r storage.Reader) error {
		for key := range r.Scan(t, prefix, prefix.End()) {
			numbers = append(numbers, numberAtEnd(key))
		}
		return nil
	})
	return numbers, err
}

// move hands over some matters. It returns all that were handed over so far, and
// which of these complain about the successor. What the actor may not see, or
// what was settled meanwhile, stays without a word.
func (h handing) move(tx storage.Tx, some []cases.Number) (done, stay []cases.Number, err error) {
	if _, err := record.Load(tx, handTable, h.progress, &done); err != nil {
		return nil, nil, err
	}
	for _, no := range some {
		s, err := h.d.stepTo(tx, no, cases.Hand, h.actor, h.now)
		if err == nil && holderOf(s.c, h.to.Role) != h.from { // taken by somebody else meanwhile
			continue
		}
		if err == nil {
			err = s.hand(h.to)
		}
		if r, is := IsRefusal(err); is {
			if r.Code == cases.Recused {
				stay = append(stay, no)
			}
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if err := s.commit(); err != nil {
			return nil, nil, err
		}
		done = append(done, no)
	}
	return done, stay, nil
}

// holderOf is who of the kind of a role has the case in hand.
func holderOf(c cases.Case, r cases.Role) string {
	if r == cases.Leader {
		return c.Leader
	}
	return c.Owner
}

// hand puts the matter into somebody's hands.
func (s *step) hand(to cases.Person) error {
	e := cases.Event{Verb: cases.Hand, Person: to.ID}
	switch {
	case to.Role == cases.Leader:
		e.Text = cases.HandLeader
	case s.c.Sealed != (to.Role == cases.Discipline):
		return s.refuse(cases.SealedUnit, cases.Hand, to.Name)
	}
	return s.take(e)
}

// Hand hands over one matter: to a leader if one leads it already, or to another
// in the office.
func (d *Desk) Hand(tx storage.Tx, actor cases.Actor, no cases.Number, to cases.Person, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Hand, actor, now)
	if err != nil {
		return Done{}, err
	}
	from := holderOf(s.c, to.Role)
	switch {
	case from == to.ID:
		return Done{Case: s.c, Told: true}, nil // it is so already
	case from == "" && to.Role == cases.Leader:
		return Done{}, s.refuse(cases.NoTerm, cases.Hand, to.Name) // to take it on is another step, with a term
	case from == "":
		return Done{}, s.refuse(cases.NoOwner, cases.Hand, "")
	}
	if err := s.hand(to); err != nil {
		return Done{}, err
	}
	told, err := d.tellHanded(tx, actor, from, to, []cases.Number{s.c.No}, now)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: told}, s.commit()
}

// tellHanded tells both, once, whose hands matters are in now, and reports
// whether the successor was reached or is the one who acts.
func (d *Desk) tellHanded(tx storage.Tx, actor cases.Actor, from string, to cases.Person, moved []cases.Number, now time.Time) (bool, error) {
	if len(moved) == 0 {
		return false, nil
	}
	args := words.Args{"From": d.PersonName(from), "To": to.Name, "N": len(moved), "Numbers": ShortNumbers(moved, now), "More": len(moved) > numbersShown,
		"Leads": to.Role == cases.Leader}
	key := fmt.Sprintf("hand/%s/%s/%d/%s", from, to.ID, now.UnixMilli(), moved[0])
	if p, ok := d.Office.Person(from); ok && p.ID != actor.ID {
		if _, err := d.tellAll(tx, []cases.Person{p}, key, d.say("hand.gave", args), now); err != nil {
			return false, err
		}
	}
	if to.ID == actor.ID {
		return true, nil
	}
	n, err := d.tellAll(tx, []cases.Person{to}, key, d.say("hand.got", args), now)
	return n > 0, err
}

// numbersShown is how many numbers are written out.
const numbersShown = 30

// ShortNumbers writes numbers as they are typed, not more than anybody reads.
func ShortNumbers(numbers []cases.Number, now time.Time) []string {
	var list []string
	for _, no := range numbers[:min(len(numbers), numbersShown)] {
		list = append(list, ShortNumber(no, now))
	}
	return list
}

// HandedHow words from whose hands into whose the case went. Was is the case
// before.
func (d *Desk) HandedHow(was cases.Case, e cases.Event) string {
	role := cases.Staff
	if e.Text == cases.HandLeader {
		role = cases.Leader
	}
	return d.say("handed-how", words.Args{"From": d.PersonName(holderOf(was, role)), "To": d.PersonName(e.Person), "Leads": role == cases.Leader})
}

// Held is how many open matters somebody has in hand.
type Held struct {
	ID    string
	Leads bool // they lead them; else they look after them
	N     int
	// Gone: they no longer have the duty for it. They were taken out of the config,
	// or do something else now.
	Gone bool
}

// Held lists who has matters in hand that the actor may see.
func (d *Desk) Held(ctx context.Context, actor cases.Actor) ([]Held, error) {
	return d.held(ctx, actor, false)
}

// Departed lists who is gone and left matters that the actor may see.
func (d *Desk) Departed(ctx context.Context, actor cases.Actor) ([]Held, error) {
	return d.held(ctx, actor, true)
}

func (d *Desk) held(ctx context.Context, actor cases.Actor, goneOnly bool) (all []Held, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		all = nil
		for _, table := range []storage.Table{leaderTable, ownerTable} {
			n := map[string]int{}
			gone := func(id string) bool {
				p, ok := d.Office.Person(id)
				return !ok || (p.Role == cases.Leader) != (table == leaderTable) || !slices.Contains(holding, p.Role)
			}
			for key := range r.Scan(table, nil, nil) {
				id, _, _ := bytes.Cut(key, []byte{0})
				if goneOnly && !gone(string(id)) {
					continue
				}
				var c cases.Case
				if _, err := record.Load(r, caseTable, numberKey(numberAtEnd(key)), &c); err != nil {
					return err
				}
				if c.Visible(actor) {
					n[string(id)]++
				}
			}
			for _, id := range slices.Sorted(maps.Keys(n)) {
				all = append(all, Held{ID: id, Leads: table == leaderTable, N: n[id], Gone: gone(id)})
			}
		}
		return nil
	})
	return all, err
}

var holding = []cases.Role{cases.Leader, cases.Staff, cases.Discipline}

// PersonName is what somebody with a duty is called in a text. Who was taken out of
// the config has no name any more, and an id says nothing to those who read.
func (d *Desk) PersonName(id string) string {
	if p, ok := d.Office.Person(id); ok || id == "" {
		return p.Name
	}
	return d.say("person.gone", nil)
}

// left are the matters in hand with a unit that was taken out of the config: nobody
// of it is there to read them.
func (d *Desk) left(ctx context.Context, actor cases.Actor, now time.Time) (all []string, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		all = nil
		for key := range r.Scan(unitTable, nil, nil) {
			id, _, _ := bytes.Cut(key, []byte{0})
			if _, ok := d.Office.Unit(string(id)); ok {
				continue
			}
			var c cases.Case
			if _, err := record.Load(r, caseTable, numberKey(numberAtEnd(key)), &c); err != nil {
				return err
			}
			if c.Visible(actor) && len(all) < listedAtMost {
				all = append(all, ShortNumber(c.No, now))
			}
		}
		return nil
	})
	return all, err
}

// goneLine is somebody gone, with who might take over.
type goneLine struct {
	ID, Name, To string
	Leads        bool
	N            int
}

func (d *Desk) goneLines(ctx context.Context, actor cases.Actor) ([]goneLine, error) {
	all, err := d.Departed(ctx, actor)
	var lines []goneLine
	for _, g := range all {
		l := goneLine{ID: g.ID, Name: d.PersonName(g.ID), Leads: g.Leads, N: g.N}
		if heirs := d.Office.With(cases.Leader, ""); g.Leads && len(heirs) > 0 {
			l.To = heirs[0].Name
		} else if chief, ok := d.Office.Chief(); ok && !g.Leads {
			l.To = chief.Name
		}
		lines = append(lines, l)
	}
	return lines, err
}

// Holder returns the id of who had matters in hand, by what somebody typed: one
// who still does, or the name or id of one who is gone.
func (d *Desk) Holder(ctx context.Context, actor cases.Actor, typed string) (id string, ok bool, err error) {
	if p, ok := d.Office.FindHolder(typed); ok {
		return p.ID, true, nil
	}
	all, err := d.Departed(ctx, actor)
	for _, g := range all {
		if strings.EqualFold(g.ID, typed) || d.Office.Same(d.Office.PersonName(g.ID), typed) {
			return g.ID, true, nil
		}
	}
	return "", false, err
}

// UnitName is what a unit is called; what is no unit any more (merged, renamed
// without its id) by no id. "" is none.
func (d *Desk) UnitName(id string) string {
	if _, ok := d.Office.Unit(id); ok || id == "" {
		return d.Office.UnitName(id)
	}
	return d.say("unit.gone", nil)
}
