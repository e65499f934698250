package desk

import (
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
)

// Contact is how a petitioner is reached outside of chat. Name and Phone may be
// empty. Lost: in chat they are not reached either since the latest login.
type Contact struct {
	Name, Phone string
	Lost        bool
}

// What people look into the sealed part for; the program itself does for more.
const (
	toContact     = "contact"
	toAttachments = "attachments" // and which
)

// Looked reports whether an event is somebody's own look into the sealed part.
func Looked(e cases.Event) bool {
	return e.Verb == cases.Open && (e.Text == toContact || strings.HasPrefix(e.Text, toAttachments))
}

// Contact opens the sealed part to somebody of the office who has to telephone
// or write (联系). That they did, and for what, is written down in the matter's
// history.
func (d *Desk) Contact(tx storage.Tx, actor cases.Actor, no cases.Number, motive string, now time.Time) (cases.Case, Contact, error) {
	s, err := d.stepTo(tx, no, cases.Open, actor, now)
	if err != nil {
		return cases.Case{}, Contact{}, err
	}
	if s.c.Signature == cases.Anonymous { // there is nothing to be opened
		return s.c, Contact{}, nil
	}
	id, err := s.opened(toContact, motive)
	if err != nil {
		return cases.Case{}, Contact{}, err
	}
	lost, err := d.lost(tx, s.c)
	if err != nil {
		return cases.Case{}, Contact{}, err
	}
	return s.c, Contact{id.Name, id.Contact, lost}, s.commit()
}
