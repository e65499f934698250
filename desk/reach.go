package desk

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
)

// Contact is how a petitioner is reached outside of chat. Either may be empty.
type Contact struct{ Name, Phone string }

// ToContact is what a look into the sealed part is for when a person took it.
const ToContact = "contact"

// Contact opens the sealed part to somebody of the office who has to telephone
// or write (联系). That they did is written down in the matter's history.
func (d *Desk) Contact(tx storage.Tx, actor cases.Actor, no cases.Number, now time.Time) (cases.Case, Contact, error) {
	s, err := d.stepTo(tx, no, cases.Open, actor, now)
	if err != nil {
		return cases.Case{}, Contact{}, err
	}
	id, err := s.identity(ToContact)
	if err != nil {
		return cases.Case{}, Contact{}, err
	}
	return s.c, Contact{id.Name, id.Contact}, s.commit()
}
