package desk

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"fangzhuo/cases"
	"fangzhuo/storage"
)

// A page may send the same form twice: a double click, a reload, a connection
// that broke before the answer came. Each form therefore carries a key, and what
// is done under a key is done once.

// Once notes that the act named by the key is done on that case now, and reports
// whether it was done before; then nothing more is to be done. "" is no key.
func (d *Desk) Once(tx storage.Tx, key string, no cases.Number) (done bool, err error) {
	if _, done, err := before(tx, key); err != nil || done {
		return done, err
	}
	return false, note(tx, key, no)
}

// before returns the case on which the act was done before, if it was.
func before(g storage.Getter, key string) (no cases.Number, done bool, err error) {
	if key == "" {
		return no, false, nil
	}
	b, err := g.Get(onceTable, onceKey(key))
	if errors.Is(err, storage.ErrNotFound) {
		return no, false, nil
	}
	if err != nil {
		return no, false, fmt.Errorf("look up what was done: %w", err)
	}
	return numberAtEnd(b), true, nil
}

func note(tx storage.Tx, key string, no cases.Number) error {
	if key == "" {
		return nil
	}
	return tx.Put(onceTable, onceKey(key), numberKey(no))
}

// onceKey hides the key: a receipt code may follow from it.
func onceKey(key string) []byte {
	sum := sha256.Sum256([]byte("once " + key))
	return sum[:16]
}
