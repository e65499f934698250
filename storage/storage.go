// Package storage defines the ordered key-value store in which all state
// lives. Its implementations (bolt, mem) pass one suite, storagetest. It
// imports nothing of ours.
package storage

import (
	"context"
	"errors"
	"iter"
)

// Table is a named, ordered set of keys. Tables come into being when first
// written. A table whose keys only ever grow is written densely.
type Table string

// ErrNotFound is returned by Get when the key is not there.
var ErrNotFound = errors.New("not found")

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("store is closed")

// Getter is what a Reader and a Tx have in common.
type Getter interface {
	// Get returns the value of key, or ErrNotFound.
	Get(t Table, key []byte) ([]byte, error)
}

// Reader reads one snapshot. What it returns are copies that stay valid.
type Reader interface {
	Getter
	// Scan yields the pairs with from <= key < to in rising order; a nil to
	// means the end of the table. An absent table is empty.
	Scan(t Table, from, to []byte) iter.Seq2[[]byte, []byte]
	// Back yields the same pairs in falling order.
	Back(t Table, from, to []byte) iter.Seq2[[]byte, []byte]
}

// Tx reads and writes inside one transaction and sees its own writes. It has
// no Scan: lists are index keys written in the same Update as the record, so
// that a cluster store can serve as well. Keep it under about 64 keys.
type Tx interface {
	Getter
	Put(t Table, key, value []byte) error
	Delete(t Table, key []byte) error
}

// Store is an ordered key-value store with serializable updates.
type Store interface {
	// View calls fn with a snapshot. It is short, copies out what it needs and
	// never waits for an Update.
	View(ctx context.Context, fn func(Reader) error) error
	// Update calls fn in a transaction and returns after the transaction is
	// durable. When fn fails or panics nothing of it is written and the error
	// is returned (a panic as a *PanicError); other updates are not touched.
	// fn may run again, so it changes nothing outside but variables it assigns
	// anew. It must not call the store.
	Update(ctx context.Context, fn func(Tx) error) error
	// Drop removes a whole table at once; it is not an error if absent.
	Drop(ctx context.Context, t Table) error
	// Tables lists the tables whose names begin with prefix, in order.
	Tables(ctx context.Context, prefix string) ([]Table, error)
	Close() error
}

// PanicError is what Update returns when its function panicked.
type PanicError struct {
	Value any
	Stack []byte
}

// Error implements error. The value is left out: it may hold personal content.
func (e *PanicError) Error() string { return "update function panicked" }
