package desk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
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

// CodePrefix begins the names of the tables of binding codes, one a day; they may
// be dropped after a day.
const CodePrefix = "bind-code/"

func codeTable(day calendar.Date) storage.Table { return storage.Table(CodePrefix + day.String()) }

func codeKey(code string) []byte { return storage.Key(nil).Text("code").Text(code) }
func groupKey(id string) []byte  { return storage.Key(nil).Text("group").Text(id) }

// Who returns the person with a duty behind an address, or false for a worker
// or a stranger. It is asked anew at every message.
func (d *Desk) Who(r storage.Getter, a chat.Address) (cases.Person, bool, error) {
	id, ok := d.who[a]
	if !ok {
		b, err := r.Get(bindTable, whoKey(a))
		if err != nil {
			return cases.Person{}, false, ignoreAbsent(err)
		}
		id = string(b)
	}
	p, known := d.Office.Person(id)
	return p, known, nil
}

// unbind forgets a binding that leads nowhere any more, so that the configured
// address, if there is one, counts again.
func (d *Desk) unbind(tx storage.Tx, a chat.Address) error {
	person, err := tx.Get(bindTable, whoKey(a))
	if err != nil {
		return ignoreAbsent(err)
	}
	return errors.Join(tx.Delete(bindTable, whoKey(a)), tx.Delete(bindTable, boundKey(string(person))))
}

func ignoreAbsent(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// IssueCode makes a one-time code with which the person binds an account
// (绑定码). An earlier code stays good until it is used or a day old.
func (d *Desk) IssueCode(tx storage.Tx, person string, now time.Time) (string, error) {
	n, err := rand.Int(d.Random, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a binding code: %w", err)
	}
	code := fmt.Sprintf("%06d", n)
	return code, record.Save(tx, codeTable(dateOf(now)), codeKey(code), bindingCode{Person: person, Until: now.Add(bindingLasts)})
}

// MayIssue reports whether somebody may hand out the right to be that person.
// Who looks into accusations is not for the petition office to choose.
func (d *Desk) MayIssue(actor cases.Actor, p cases.Person) bool {
	return actor.Role == cases.Admin || actor.Role == cases.Staff && p.Role != cases.Discipline && p.Role != cases.Admin
}

// Bind gives the account to the person the code was issued for (绑定). The account
// that had it before loses it at once, and the office hears of it. Codes that
// are wrong count, like those for a matter.
func (d *Desk) Bind(tx storage.Tx, code string, a chat.Address, now time.Time) (cases.Person, error) {
	if locked, err := d.locked(tx, bindingLock, a, now); err != nil || locked {
		return cases.Person{}, errors.Join(err, &cases.Refusal{Code: cases.Locked})
	}
	var b bindingCode
	var ok bool
	var table storage.Table
	for _, day := range []calendar.Date{dateOf(now), dateOf(now).Add(-1)} {
		if ok {
			break
		}
		var err error
		table = codeTable(day)
		if ok, err = record.Load(tx, table, codeKey(code), &b); err != nil {
			return cases.Person{}, err
		}
	}
	p, known := d.Office.Person(b.Person)
	if _, fixed := d.who[a]; fixed || !ok || !known || now.After(b.Until) {
		return cases.Person{}, &cases.Refusal{Code: cases.Unknown}
	}
	before, err := tx.Get(bindTable, boundKey(p.ID))
	if err == nil {
		err = tx.Delete(bindTable, whoKey(chat.Address(before)))
	}
	if err := ignoreAbsent(err); err != nil {
		return cases.Person{}, fmt.Errorf("end the earlier binding: %w", err)
	}
	err = errors.Join(
		tx.Delete(table, codeKey(code)),
		tx.Put(bindTable, boundKey(p.ID), []byte(a)),
		tx.Put(bindTable, whoKey(a), []byte(p.ID)))
	if err != nil {
		return cases.Person{}, err
	}
	return p, d.Alarm(tx, "bound/"+code+"/"+p.ID, "staff.bound", words.Args{"Name": p.Name, "Title": p.Title}, now)
}

// bindingLock stands for no matter: wrong binding codes are counted under it.
var bindingLock = cases.Number{Year: 1}

// WrongBinding counts a wrong binding code of an account.
func (d *Desk) WrongBinding(tx storage.Tx, a chat.Address, now time.Time) error {
	_, err := d.WrongCode(tx, bindingLock, a, now)
	return err
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
func (d *Desk) groupAddress(g storage.Getter, id string) (chat.Address, string, error) {
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
