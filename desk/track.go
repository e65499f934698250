package desk

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// Claim is what somebody shows to be let at a case as its petitioner: the
// account it came from or was gone on with from, or the receipt code from any
// account.
type Claim struct {
	From chat.Address
	Code string
}

// holds returns nil when the claim fits the case, and otherwise the refusal
// that a missing number gets too.
func (c Claim) holds(g storage.Getter, k cases.Case) error {
	err := c.holdsAlone(g, k)
	if _, refused := IsRefusal(err); refused {
		if part, err := c.isPart(g, k); err != nil || part {
			return err
		}
	}
	return err
}

// holdsAlone is holds without a look at the matter that k is a part of.
func (c Claim) holdsAlone(g storage.Getter, k cases.Case) error {
	if own, err := owns(g, c.From, k.No); err != nil || own {
		return err
	}
	if is, err := joined(g, c.From, k.No); err != nil || is {
		return err
	}
	if c.Code != "" && len(k.CodeHash) > 0 && bytes.Equal(k.CodeHash, codeHash(k.No, c.Code)) {
		return nil
	}
	return &cases.Refusal{Code: cases.Unknown, No: k.No}
}

// owns reports whether the case was handed in from that account.
func owns(g storage.Getter, from chat.Address, no cases.Number) (bool, error) {
	_, err := g.Get(fromTable, withNumber(fromKey(from), no))
	return err == nil, ignoreAbsent(err)
}

// Wrong codes, whoever's number it is and whether it exists or not. A number that
// many accounts guess at is not shut, which would shut its owner out: from then on
// each account has one guess an hour at it. Who types the right code first gets in,
// at any time, from any account.
const (
	wrongCodes = 5         // so many wrong codes for a number
	wrongInAll = 15        // or, of one asker on one day, for any numbers,
	lockedFor  = time.Hour // shut it, or all, for that asker
	besieged   = 20        // so many on one day from anybody leave one guess
)

// lock counts an asker's wrong codes for one number, whether it exists or not.
type lock struct {
	Wrong int       `cbor:"1,keyasint"`
	Until time.Time `cbor:"2,keyasint,omitempty"`
}

// LockPrefix begins the names of the tables of wrong codes, one a day; they may
// be dropped after a day.
const LockPrefix = "lock/"

func lockTable(day calendar.Date) storage.Table { return storage.Table(LockPrefix + day.String()) }

// lockKey hides who asks for what: the table says neither, for who mistypes a
// code may be an anonymous petitioner. A restart forgives. Without a number it is
// all that the asker asks for, without an asker all who ask for the number.
func (d *Desk) lockKey(no cases.Number, from chat.Address) []byte {
	return d.Veil([]byte(no.String() + " " + string(from)))
}

// locked reports whether the asker has used up the wrong codes, for a number or
// altogether.
func (d *Desk) locked(g storage.Getter, no cases.Number, from chat.Address, now time.Time) (bool, error) {
	today := dateOf(now)
	for _, day := range []calendar.Date{today, today.Add(-1)} {
		for _, key := range [][]byte{d.lockKey(no, from), d.lockKey(cases.Number{}, from)} {
			var l lock
			if _, err := record.Load(g, lockTable(day), key, &l); err != nil {
				return false, err
			}
			if now.Before(l.Until) {
				return true, nil
			}
		}
	}
	return false, nil
}

// Track returns a case to its petitioner (查询), and whether it was handed in from
// the asker's account. Somebody else's number, a wrong code and a number that
// does not exist are refused alike.
func (d *Desk) Track(ctx context.Context, no cases.Number, by Claim, now time.Time) (c cases.Case, own bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		if by.Code != "" {
			switch locked, err := d.locked(r, d.fullNumber(no, now), by.From, now); {
			case err != nil:
				return err
			case locked:
				return &cases.Refusal{Code: cases.Locked, No: d.fullNumber(no, now)}
			}
		}
		merged := map[cases.Number]cases.Case{} // what is followed by the number that it goes on under
		c, err = d.find(r, no, now, func(c cases.Case) error {
			err := by.holds(r, c)
			if _, refused := IsRefusal(err); refused {
				if m, ok, failed := d.asMerged(r, c, by); failed != nil || ok {
					merged[c.No] = m
					return failed
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if m, ok := merged[c.No]; ok {
			c = m
		} else if c, err = d.through(r, c); err != nil {
			return err
		}
		own, err = owns(r, by.From, c.No)
		return err
	})
	if err != nil {
		return cases.Case{}, false, err
	}
	return c, own, nil
}

// fullNumber gives a number without a year this year's.
func (d *Desk) fullNumber(no cases.Number, now time.Time) cases.Number {
	if no.Year == 0 {
		no.Year = dateOf(now).Year
	}
	return no
}

// WrongCode counts a wrong code of the asker for that number and reports
// whether the number is now locked for them.
func (d *Desk) WrongCode(tx storage.Tx, no cases.Number, from chat.Address, now time.Time) (bool, error) {
	no = d.fullNumber(no, now)
	all, err := d.countWrong(tx, d.lockKey(no, ""), now, 0)
	if err != nil {
		return false, err
	}
	if _, err := d.countWrong(tx, d.lockKey(cases.Number{}, from), now, wrongInAll); err != nil {
		return false, err
	}
	most := wrongCodes
	if all.Wrong >= besieged {
		most = 1
	}
	l, err := d.countWrong(tx, d.lockKey(no, from), now, most)
	return now.Before(l.Until), err
}

// countWrong counts one more wrong code today and locks when there are so many; 0
// never locks.
func (d *Desk) countWrong(tx storage.Tx, key []byte, now time.Time, most int) (l lock, err error) {
	table := lockTable(dateOf(now))
	if _, err := record.Load(tx, table, key, &l); err != nil {
		return l, err
	}
	if !l.Until.IsZero() && !now.Before(l.Until) {
		l = lock{}
	}
	if l.Wrong++; most > 0 && l.Wrong >= most {
		l.Until = now.Add(lockedFor)
	}
	return l, record.Save(tx, table, key, l)
}

// Mine returns the petitioner's own cases, newest first, at most n (我的). One that
// was merged is shown as it goes on under the other number.
func (d *Desk) Mine(ctx context.Context, from chat.Address, n int) ([]cases.Case, error) {
	own, err := d.handedIn(ctx, from, n)
	if err != nil || !slices.ContainsFunc(own, func(c cases.Case) bool { return c.Stage == cases.Merged }) {
		return own, err
	}
	err = d.view(ctx, func(r storage.Reader) (err error) {
		for i := range own {
			if own[i], err = d.through(r, own[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return own, err
}

// handedIn are the newest matters of an account, as they stand.
func (d *Desk) handedIn(ctx context.Context, from chat.Address, n int) ([]cases.Case, error) {
	prefix := fromKey(from)
	return d.list(ctx, fromTable, prefix, n, true)
}

// list reads the cases of a list whose keys begin with prefix.
func (d *Desk) list(ctx context.Context, t storage.Table, prefix storage.Key, n int, newestFirst bool) ([]cases.Case, error) {
	var found []cases.Case
	err := d.view(ctx, func(r storage.Reader) error {
		scan := r.Scan
		if newestFirst {
			scan = r.Back
		}
		var numbers []cases.Number
		for key := range scan(t, prefix, prefix.End()) {
			numbers = append(numbers, numberAtEnd(key))
			if len(numbers) == n {
				break
			}
		}
		for _, no := range numbers {
			var c cases.Case
			if ok, err := record.Load(r, caseTable, numberKey(no), &c); err != nil || !ok {
				return fmt.Errorf("read listed case %s: found %t: %w", no, ok, err)
			}
			found = append(found, c)
		}
		return nil
	})
	return found, err
}

// Look returns a case to a person with a duty (查), with its history. What they
// may not see is refused like a number that does not exist.
func (d *Desk) Look(ctx context.Context, actor cases.Actor, no cases.Number, now time.Time) (c cases.Case, events []cases.Event, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		c, err = d.find(r, no, now, func(c cases.Case) error {
			if !c.Visible(actor) {
				return &cases.Refusal{Code: cases.Unknown, No: c.No}
			}
			return nil
		})
		if err != nil {
			return err
		}
		c.Rating = "" // not for anybody who may handle it
		for i := range c.Events {
			var e cases.Event
			if ok, err := record.Load(r, eventTable, eventKey(c.No, i), &e); err != nil || !ok {
				return fmt.Errorf("read event %d of %s: found %t: %w", i, c.No, ok, err)
			}
			if e.Verb == cases.Rate { // that there is one keeps the numbers of the others
				e.Grade, e.Text = "", ""
			}
			events = append(events, e)
		}
		return nil
	})
	if err != nil {
		return cases.Case{}, nil, err
	}
	return c, events, nil
}
