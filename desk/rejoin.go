package desk

import (
	"context"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// Rejoin lets a petitioner whose account is one of an earlier login go on from
// the account they have now (接回): what the office says from here on reaches them
// again. Number and code are the proof, and a colleague may have seen them, so
// it gives as little as it can:
//
//   - only while the first account leads nowhere, and only while the matter is
//     open: nobody is pushed out;
//   - never for an accusation, nor for somebody who fears retaliation, nor to an
//     account with a duty: those come to the office;
//   - what was said before stays closed to the new account, but for the answer or
//     the question that did not arrive;
//   - the office is told at once, before it answers, and sees it in the history.
func (d *Desk) Rejoin(tx storage.Tx, no cases.Number, by Claim, now time.Time) (cases.Case, error) {
	s, err := d.own(tx, no, cases.Rejoin, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	switch is, err := joined(tx, by.From, s.c.No); {
	case err != nil:
		return cases.Case{}, err
	case is:
		return s.c, nil // it is so already
	}
	if may, err := d.mayRejoin(tx, s.c, by.From); err != nil || !may {
		if err == nil {
			err = s.refuse(cases.NotHere, cases.Rejoin, "")
		}
		return cases.Case{}, err
	}
	id, err := s.identity("rejoin")
	if err != nil {
		return cases.Case{}, err
	}
	id.Earlier = append(id.Earlier, id.From)
	id.From, id.Joined = by.From, now
	if err := s.seal(id); err != nil {
		return cases.Case{}, err
	}
	if err := tx.Put(joinedTable, withNumber(fromKey(by.From), s.c.No), nil); err != nil {
		return cases.Case{}, err
	}
	s.add(cases.Event{Verb: cases.Rejoin})
	if err := s.tellKeepers("staff.rejoined", nil); err != nil {
		return cases.Case{}, err
	}
	return s.c, s.commit()
}

// MayRejoin reports whether somebody who has shown the code of a case from that
// account may go on from it.
func (d *Desk) MayRejoin(ctx context.Context, c cases.Case, from chat.Address) (may bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		may, err = d.mayRejoin(r, c, from)
		return err
	})
	return may, err
}

func (d *Desk) mayRejoin(g storage.Getter, c cases.Case, from chat.Address) (bool, error) {
	if c.Sealed || c.Guarded || !c.Stage.Open() {
		return false, nil
	}
	if p, known, err := d.Who(g, from); err != nil || known && p.Role != cases.Worker {
		return false, err
	}
	return d.lost(g, c)
}

// joined reports whether the petitioner of a case went on from that account.
func joined(g storage.Getter, from chat.Address, no cases.Number) (bool, error) {
	_, err := g.Get(joinedTable, withNumber(fromKey(from), no))
	return err == nil, ignoreAbsent(err)
}
