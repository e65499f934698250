package desk

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// Kept is what is kept of somebody with a matter of theirs (我的资料).
type Kept struct {
	Case cases.Case
	// Name and Phone show no more than is needed to know one's own.
	Name, Phone  string
	Words, Media int // messages, and what came with them
	Opened       []Opening
	Until        time.Time // the last day it is kept; zero while the matter is open
}

// Opening is that a person opened the sealed part: who, and for what.
type Opening struct {
	At     time.Time
	By     string
	Motive string
}

// Kept lists what is kept of the one who speaks from an account: of the matters
// that lead to it, newest first, at most n.
func (d *Desk) Kept(ctx context.Context, from chat.Address, n int) (all []Kept, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		all = nil
		for _, list := range []storage.Table{fromTable, joinedTable} {
			prefix := fromKey(from)
			var numbers []cases.Number
			for key := range r.Back(list, prefix, prefix.End()) {
				if numbers = append(numbers, numberAtEnd(key)); len(numbers) == n {
					break
				}
			}
			for _, no := range numbers {
				k, err := d.kept(r, no)
				if err != nil {
					return err
				}
				if list == joinedTable { // what was said before stays closed to the new account
					k.Name, k.Phone = "", ""
				}
				all = append(all, k)
			}
		}
		return nil
	})
	return all, err
}

// KeptOf is what is kept with one matter, for its petitioner.
func (d *Desk) KeptOf(ctx context.Context, no cases.Number, by Claim, now time.Time) (k Kept, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		c, err := d.find(r, no, now, func(c cases.Case) error { return by.holds(r, c) })
		if err != nil {
			return err
		}
		if k, err = d.kept(r, c.No); err != nil {
			return err
		}
		if own, err := owns(r, by.From, c.No); err != nil || !own {
			k.Name, k.Phone = "", ""
			if k.Case.Signature != cases.Anonymous && !k.Case.Channel.WrittenDown() { // why somebody looked may say what it is about
				for i := range k.Opened {
					k.Opened[i].Motive = ""
				}
			}
			return err
		}
		return nil
	})
	return k, err
}

func (d *Desk) kept(r storage.Reader, no cases.Number) (k Kept, err error) {
	if ok, err := record.Load(r, caseTable, numberKey(no), &k.Case); err != nil || !ok {
		return k, fmt.Errorf("read listed case %s: found %t: %w", no, ok, err)
	}
	var id identity
	if _, err := record.Load(r, identityTable, numberKey(no), &id); err != nil {
		return k, err
	}
	k.Name, k.Phone, k.Words, k.Media, k.Until = hidden(id.Name, 1, 0), hidden(id.Contact, 3, 2), id.Words, k.Case.Media, d.KeptUntil(k.Case)
	for i := range k.Case.Events {
		var e cases.Event
		if _, err := record.Load(r, eventTable, eventKey(no, i), &e); err != nil {
			return k, err
		}
		if Looked(e) {
			k.Opened = append(k.Opened, Opening{e.At, d.PersonName(e.Actor.ID), e.Motive})
		}
	}
	return k, nil
}

// hidden shows so many characters at both ends, and stars between.
func hidden(s string, front, back int) string {
	r, n := []rune(s), utf8.RuneCountInString(s)
	if n == 0 {
		return ""
	}
	if n <= front+back {
		front, back = min(front, n-1), 0
	}
	return string(r[:front]) + strings.Repeat("*", n-front-back) + string(r[n-back:])
}
