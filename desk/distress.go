package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Somebody who may harm themselves or another is a call to make, not a matter and
// no mark on a person: one officer is told, once for the same words, and after
// three days nothing is left of it (domain.md §1.6).

// calledFor is how long a call is remembered.
const calledFor = 72 * time.Hour

// callTable holds the calls of the last three days: account → called.
const callTable storage.Table = "call"

// called is what is known of a call: so much that it is not made twice.
type called struct {
	Until time.Time `cbor:"1,keyasint"`
	Sums  [][]byte  `cbor:"2,keyasint,omitempty"` // of the words
}

// Distress has the officer on duty call somebody who must not be left alone, and
// returns the officer's name, "" when nobody can be reached in chat.
func (d *Desk) Distress(tx storage.Tx, m chat.Message, now time.Time) (string, error) {
	return d.call(tx, m, "push.distress", now)
}

// Threat has the officer on duty call somebody who threatens another. The words
// themselves are not passed on.
func (d *Desk) Threat(tx storage.Tx, m chat.Message, now time.Time) (string, error) {
	return d.call(tx, m, "push.threat", now)
}

func (d *Desk) call(tx storage.Tx, m chat.Message, key string, now time.Time) (string, error) {
	officer, ok, err := d.onDuty(tx, m.From)
	if err != nil {
		return "", err
	}
	var c called
	if _, err := record.Load(tx, callTable, callKey(m.From), &c); err != nil {
		return "", err
	}
	said := strings.Map(func(r rune) rune { // a comma more makes no new words
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, phrase.Fold(m.Text))
	sum := sha256.Sum256([]byte(key + said))
	if slices.ContainsFunc(c.Sums, func(s []byte) bool { return string(s) == string(sum[:8]) }) || !ok {
		return officer.Name, nil
	}
	c.Until, c.Sums = now.Add(calledFor), append(c.Sums, sum[:8])
	if err := record.Save(tx, callTable, callKey(m.From), c); err != nil {
		return "", err
	}
	text := d.say(key, words.Args{"At": m.At, "Text": m.Text, "InGroup": m.Group(), "Name": strings.Join(d.knownAs(m.From), "")})
	// the key says nothing of whom it is about, and outlives the call
	name := "call/" + hex.EncodeToString(d.Veil(fmt.Append(nil, m.From, m.ID)))
	_, err = d.promiseAll(tx, []cases.Person{officer}, outbox.Promise{Key: name, Text: text, Kind: notice, Awake: true, Until: c.Until}, now)
	return officer.Name, err
}

// troubledFor is for how long after a call what makes no sense is answered warmly.
const troubledFor = 12 * time.Hour

// Troubled reports whether somebody was to be called just now, and who calls.
func (d *Desk) Troubled(ctx context.Context, from chat.Address, now time.Time) (officer string, still bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		var c called
		if ok, err := record.Load(r, callTable, callKey(from), &c); err != nil || !ok || now.Sub(c.Until.Add(-calledFor)) > troubledFor {
			return err
		}
		still = true
		p, _, err := d.onDuty(r, from)
		officer = p.Name
		return err
	})
	return officer, still, err
}

func callKey(a chat.Address) []byte { return storage.Key(nil).Text(string(a)) }

// onDuty is who makes a call: the head of the office, or the first of the staff
// who can be reached; nobody calls themselves.
func (d *Desk) onDuty(g storage.Getter, from chat.Address) (cases.Person, bool, error) {
	people := d.Office.With(cases.Staff, "")
	if chief, ok := d.Office.Chief(); ok {
		people = append([]cases.Person{chief}, people...)
	}
	for _, p := range people {
		if to, ok, err := d.address(g, p.ID); err != nil || ok && to != from {
			return p, err == nil, err
		}
	}
	return cases.Person{}, false, nil
}

// nextForgotten returns when the next call is to be forgotten.
func nextForgotten(r storage.Reader) (at time.Time, ok bool, err error) {
	for key := range r.Scan(callTable, nil, nil) {
		var c called
		if _, err := record.Load(r, callTable, key, &c); err != nil {
			return at, ok, err
		}
		if !ok || c.Until.Before(at) {
			at, ok = c.Until, true
		}
	}
	return at, ok, nil
}

// forget drops the calls whose time is over.
func (d *Desk) forget(ctx context.Context, now time.Time) error {
	var over [][]byte
	err := d.view(ctx, func(r storage.Reader) error {
		over = nil
		for key := range r.Scan(callTable, nil, nil) {
			var c called
			if _, err := record.Load(r, callTable, key, &c); err != nil {
				return err
			}
			if !now.Before(c.Until) {
				over = append(over, slices.Clone(key))
			}
		}
		return nil
	})
	if err != nil || len(over) == 0 {
		return err
	}
	for _, key := range over {
		if err := d.store.Update(ctx, func(tx storage.Tx) error { return tx.Delete(callTable, key) }); err != nil {
			return fmt.Errorf("forget a call: %w", err)
		}
	}
	return nil
}
