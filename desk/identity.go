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
)

// identity is the sealed part of a case: who spoke, how to reach them, and
// their words as they were. It is kept apart from the case, and apart is where
// encryption will go.
type identity struct {
	From    chat.Address `cbor:"1,keyasint,omitempty"` // empty when anonymous
	Name    string       `cbor:"2,keyasint,omitempty"`
	Contact string       `cbor:"3,keyasint,omitempty"`
	Said    []Said       `cbor:"4,keyasint,omitempty"`
}

// Said is one message as it was said, unchanged.
type Said struct {
	At    time.Time    `cbor:"1,keyasint"`
	Text  string       `cbor:"2,keyasint,omitempty"`
	Media []chat.Media `cbor:"3,keyasint,omitempty"`
}

// identity reads the sealed part and writes down for what. There is no other
// way to it.
func (s *step) identity(purpose string) (identity, error) {
	var id identity
	if _, err := load(s.tx, identityTable, numberKey(s.c.No), &id); err != nil {
		return identity{}, err
	}
	s.add(cases.Event{Verb: cases.Open, Text: purpose})
	return id, nil
}

func putIdentity(tx storage.Tx, no cases.Number, id identity) error {
	return save(tx, identityTable, numberKey(no), id)
}

// codeLength is the length of a receipt code (查询码).
const codeLength = 4

// newCode draws a receipt code from an alphabet without look-alikes.
func newCode(random io.Reader) (string, error) {
	code := make([]byte, 0, codeLength)
	var b [1]byte
	for len(code) < codeLength {
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
