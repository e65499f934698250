// Package overlay keeps the writes of a transaction apart from the data below
// them, so that a transaction that fails leaves nothing.
package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"fangzhuo/storage"
)

// Bounds of one write. A write outside them is refused by Put, inside its own
// update, because bbolt would refuse it later, for all updates of the group.
const (
	MaxKey   = 32 << 10 // bytes
	MaxValue = 16 << 20 // bytes
)

type cell struct {
	table storage.Table
	key   string
}

// Buffer holds writes by table and key; a nil value is a deletion.
type Buffer map[cell][]byte

// Write is one put, or a deletion when Value is nil.
type Write struct {
	Key   string
	Value []byte
}

// Get finds a write; found with a nil value means deleted.
func (b Buffer) Get(t storage.Table, key []byte) (value []byte, found bool) {
	value, found = b[cell{t, string(key)}]
	return value, found
}

// Merge lays the writes of above over b.
func (b Buffer) Merge(above Buffer) { maps.Copy(b, above) }

// Tables returns the writes of each table in rising key order.
func (b Buffer) Tables() map[storage.Table][]Write {
	tables := make(map[storage.Table][]Write)
	for c, v := range b {
		tables[c.table] = append(tables[c.table], Write{c.key, v})
	}
	for _, writes := range tables {
		slices.SortFunc(writes, func(x, y Write) int { return strings.Compare(x.Key, y.Key) })
	}
	return tables
}

// Run calls fn in a transaction over below and returns what it wrote. A panic
// becomes a *storage.PanicError.
func Run(below Below, fn func(storage.Tx) error) (written Buffer, err error) {
	defer func() {
		if p := recover(); p != nil {
			written, err = nil, &storage.PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	tx := &tx{below: below, own: make(Buffer, 4)}
	defer func() { tx.ended = true }()
	if err := fn(tx); err != nil {
		return nil, err
	}
	return tx.own, nil
}

// Below is what a transaction reads where it has not written: Get without the
// duty to copy.
type Below func(t storage.Table, key []byte) ([]byte, error)

type tx struct {
	below Below
	own   Buffer
	ended bool
}

var (
	_ storage.Tx = (*tx)(nil)

	errEnded = errors.New("transaction has ended")
)

func (x *tx) Get(t storage.Table, key []byte) ([]byte, error) {
	if x.ended {
		return nil, errEnded
	}
	v, found := x.own.Get(t, key)
	if !found {
		below, err := x.below(t, key)
		if err != nil {
			return nil, err
		}
		v = below
	} else if v == nil {
		return nil, storage.ErrNotFound
	}
	return bytes.Clone(v), nil
}

func (x *tx) Put(t storage.Table, key, value []byte) error {
	if err := x.check(t, key); err != nil {
		return err
	}
	if len(value) > MaxValue {
		return fmt.Errorf("put into table %q: value of %d bytes is above %d", t, len(value), MaxValue)
	}
	x.own[cell{t, string(key)}] = append([]byte{}, value...)
	return nil
}

func (x *tx) Delete(t storage.Table, key []byte) error {
	if err := x.check(t, key); err != nil {
		return err
	}
	x.own[cell{t, string(key)}] = nil
	return nil
}

func (x *tx) check(t storage.Table, key []byte) error {
	switch {
	case x.ended:
		return errEnded
	case t == "" || t[0] == 0:
		return fmt.Errorf("write to table %q: no such name is allowed", t)
	case len(key) == 0 || len(key) > MaxKey:
		return fmt.Errorf("write to table %q: key of %d bytes, allowed are 1 to %d", t, len(key), MaxKey)
	}
	return nil
}
