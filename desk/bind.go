package desk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// bindingLasts is how long a one-time code may be used.
const bindingLasts = 24 * time.Hour

type bindingCode struct {
	Person string    `cbor:"1,keyasint"`
	Until  time.Time `cbor:"2,keyasint"`
}

func boundKey(person string) []byte { return storage.Key(nil).Text("person").Text(person) }
func whoKey(a chat.Address) []byte  { return storage.Key(nil).Text("address").Text(string(a)) }
func codeKey(code string) []byte    { return storage.Key(nil).Text("code").Text(code) }
func groupKey(id string) []byte     { return storage.Key(nil).Text("group").Text(id) }

// Who returns the person with a duty behind an address, or false for a worker
// or a stranger. It is asked anew at every message.
func (d *Desk) Who(g storage.Reader, a chat.Address) (cases.Person, bool) {
	if id, ok := d.who[a]; ok {
		return d.Office.Person(id)
	}
	b, err := g.Get(bindTable, whoKey(a))
	if err != nil {
		return cases.Person{}, false
	}
	return d.Office.Person(string(b))
}

// IssueCode makes a one-time code with which the person binds an account
// (绑定码). An earlier code stays good until it is used or a day old.
func (d *Desk) IssueCode(tx storage.Tx, person string, now time.Time) (string, error) {
	n, err := rand.Int(d.Random, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a binding code: %w", err)
	}
	code := fmt.Sprintf("%06d", n)
	return code, save(tx, bindTable, codeKey(code), bindingCode{Person: person, Until: now.Add(bindingLasts)})
}

// Bind gives the account to the person the code was issued for (绑定).
func (d *Desk) Bind(tx storage.Tx, code string, a chat.Address, now time.Time) (cases.Person, error) {
	var b bindingCode
	ok, err := load(tx, bindTable, codeKey(code), &b)
	if err != nil {
		return cases.Person{}, err
	}
	p, known := d.Office.Person(b.Person)
	if !ok || !known || now.After(b.Until) {
		return cases.Person{}, &cases.Refusal{Code: cases.Unknown}
	}
	return p, errors.Join(
		tx.Delete(bindTable, codeKey(code)),
		tx.Put(bindTable, boundKey(p.ID), []byte(a)),
		tx.Put(bindTable, whoKey(a), []byte(p.ID)))
}

// BindGroup makes the chat the work group of that name (绑定群).
func (d *Desk) BindGroup(tx storage.Tx, typed string, a chat.Address) (Group, error) {
	for _, g := range d.Groups {
		if g.ID == typed || d.Office.Same(g.Name, typed) {
			return g, tx.Put(bindTable, groupKey(g.ID), []byte(a))
		}
	}
	return Group{}, &cases.Refusal{Code: cases.NoUnit, Typed: typed}
}

// groupAddress returns where a group is, and its name.
func (d *Desk) groupAddress(g getter, id string) (chat.Address, string, error) {
	for _, group := range d.Groups {
		if group.ID != id {
			continue
		}
		b, err := g.Get(bindTable, groupKey(id))
		if err == nil {
			return chat.Address(b), group.Name, nil
		}
		if errors.Is(err, storage.ErrNotFound) {
			return group.Address, group.Name, nil
		}
		return "", group.Name, fmt.Errorf("read a group's binding: %w", err)
	}
	return "", id, nil
}

// Alarm tells staff that something needs a person, once per key.
func (d *Desk) Alarm(tx storage.Tx, key, sentence string, args words.Args, now time.Time) error {
	_, err := d.tellAll(tx, d.Office.With(cases.Staff, ""), key, d.say(sentence, args), now)
	return err
}
