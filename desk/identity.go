package desk

import (
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// identity is the sealed part of a case: who spoke and how to reach them; their
// words as they were stand beside it, a record for each message. It is kept
// apart from the case, and apart is where encryption will go.
type identity struct {
	From    chat.Address `cbor:"1,keyasint,omitempty"` // empty when anonymous
	Name    string       `cbor:"2,keyasint,omitempty"`
	Contact string       `cbor:"3,keyasint,omitempty"`
	Words   int          `cbor:"4,keyasint,omitempty"` // how many messages are kept
	Joined  time.Time    `cbor:"5,keyasint,omitempty"` // when From was put in the place of an earlier account (接回)
	// Earlier are the accounts that From was put in the place of.
	Earlier []chat.Address `cbor:"6,keyasint,omitempty"`
}

// since is when the petitioner last showed that From leads to them.
func (id identity) since(c cases.Case) time.Time {
	if !id.Joined.IsZero() {
		return id.Joined
	}
	return c.ReceivedAt
}

// Said is one message as it was said, unchanged.
type Said struct {
	At       time.Time    `cbor:"1,keyasint"`
	Text     string       `cbor:"2,keyasint,omitempty"`
	Media    []chat.Media `cbor:"3,keyasint,omitempty"`
	Recalled time.Time    `cbor:"4,keyasint,omitempty"` // when it was taken back on the network before it was handed in
}

// identity reads the sealed part for the program itself and writes down for what.
// People read it by opened; there is no other way to it.
func (s *step) identity(purpose string) (identity, error) {
	id, err := s.read()
	if err != nil {
		return identity{}, err
	}
	s.add(cases.Event{Verb: cases.Open, Text: purpose})
	return id, nil
}

func (s *step) read() (id identity, err error) {
	_, err = record.Load(s.tx, identityTable, numberKey(s.c.No), &id)
	return id, err
}

// knownAs is the name of whoever speaks from an account, if the office has it on
// its list of duties.
func (d *Desk) knownAs(a chat.Address) []string {
	if p, ok := d.Office.Person(d.who[a]); ok {
		return []string{p.Name}
	}
	return nil
}

// seal keeps the sealed part with more of what was said.
func (s *step) seal(id identity, said ...Said) error {
	for _, m := range said {
		if err := record.Save(s.tx, saidTable, eventKey(s.c.No, id.Words), m); err != nil {
			return err
		}
		id.Words++
	}
	return record.Save(s.tx, identityTable, numberKey(s.c.No), id)
}

// said reads what the petitioner said, in order.
func (s *step) said(id identity) ([]Said, error) { return saidOf(s.tx, s.c.No, id) }

func saidOf(g storage.Getter, no cases.Number, id identity) ([]Said, error) {
	all := make([]Said, id.Words)
	for i := range all {
		if _, err := record.Load(g, saidTable, eventKey(no, i), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// newCode draws a receipt code from an alphabet without look-alikes.
func newCode(random io.Reader) (string, error) {
	code := make([]byte, 0, phrase.CodeLength)
	var b [1]byte
	for len(code) < phrase.CodeLength {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("draw a receipt code: %w", err)
		}
		// bytes past the last whole round would favour the first letters
		n := len(phrase.CodeAlphabet)
		if int(b[0]) < 256/n*n {
			code = append(code, phrase.CodeAlphabet[int(b[0])%n])
		}
	}
	return string(code), nil
}

// codeHash is what is kept of a code.
func codeHash(no cases.Number, code string) []byte {
	sum := sha256.Sum256([]byte(no.String() + " " + code))
	return sum[:8]
}
