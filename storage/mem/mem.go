// Package mem keeps a store in memory, for tests and for trying things out:
// it promises all that storage.Store promises except to outlive the process.
package mem

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"fangzhuo/storage"
	"fangzhuo/storage/internal/overlay"
)

// Store is a store in memory. Views read a snapshot that no update changes.
type Store struct {
	current atomic.Pointer[snapshot] // nil after Close
	writing chan struct{}            // holds the one permit to write
}

var _ storage.Store = (*Store)(nil)

// snapshot is never changed once published, apart from appends behind the
// length that its readers see.
type snapshot map[storage.Table][]pair

type pair struct {
	key   string
	value []byte
}

// New returns an empty store.
func New() *Store {
	s := &Store{writing: make(chan struct{}, 1)}
	s.current.Store(&snapshot{})
	return s
}

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(storage.Reader) error) error {
	now, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	return fn(now)
}

// Update implements storage.Store.
func (s *Store) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return s.write(ctx, func(now snapshot) (snapshot, error) {
		written, err := overlay.Run(now.find, fn)
		if err != nil || len(written) == 0 {
			return nil, err
		}
		next := maps.Clone(now)
		for t, writes := range written.Tables() {
			merged := merge(now[t], writes)
			if _, there := now[t]; there || len(merged) > 0 { // deletions bring no table into being
				next[t] = merged
			}
		}
		return next, nil
	})
}

// Drop implements storage.Store.
func (s *Store) Drop(ctx context.Context, t storage.Table) error {
	return s.write(ctx, func(now snapshot) (snapshot, error) {
		next := maps.Clone(now)
		delete(next, t)
		return next, nil
	})
}

// Tables implements storage.Store.
func (s *Store) Tables(ctx context.Context, prefix string) ([]storage.Table, error) {
	now, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var names []storage.Table
	for t := range now {
		if strings.HasPrefix(string(t), prefix) {
			names = append(names, t)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Close implements storage.Store. It waits for a running update.
func (s *Store) Close() error {
	return s.write(context.Background(), func(snapshot) (snapshot, error) {
		s.current.Store(nil)
		return nil, nil
	})
}

func (s *Store) snapshot(ctx context.Context) (snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := s.current.Load()
	if now == nil {
		return nil, storage.ErrClosed
	}
	return *now, nil
}

// write publishes what change makes of the current snapshot, unless that is
// nil. One at a time.
func (s *Store) write(ctx context.Context, change func(snapshot) (snapshot, error)) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	now, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	next, err := change(now)
	if next != nil {
		s.current.Store(&next)
	}
	return err
}

// merge lays sorted writes over a table. Writes behind its end are appended in
// place: readers of older snapshots do not look there, and only the newest
// snapshot is ever written to.
func merge(table []pair, writes []overlay.Write) []pair {
	if len(table) == 0 || writes[0].Key > table[len(table)-1].key {
		return appendWrites(table, writes)
	}
	merged := make([]pair, 0, len(table)+len(writes))
	for i, w := range writes {
		n, found := search(table, w.Key)
		merged = appendWrites(append(merged, table[:n]...), writes[i:i+1])
		if found {
			n++
		}
		table = table[n:]
	}
	return append(merged, table...)
}

func appendWrites(table []pair, writes []overlay.Write) []pair {
	for _, w := range writes {
		if w.Value != nil {
			table = append(table, pair{w.Key, w.Value})
		}
	}
	return table
}

func search(table []pair, key string) (int, bool) {
	return slices.BinarySearchFunc(table, key, func(p pair, k string) int { return strings.Compare(p.key, k) })
}

// find returns the stored value itself.
func (n snapshot) find(t storage.Table, key []byte) ([]byte, error) {
	i, found := search(n[t], string(key))
	if !found {
		return nil, storage.ErrNotFound
	}
	return n[t][i].value, nil
}

// Get implements storage.Reader.
func (n snapshot) Get(t storage.Table, key []byte) ([]byte, error) {
	v, err := n.find(t, key)
	return bytes.Clone(v), err
}

// Scan implements storage.Reader.
func (n snapshot) Scan(t storage.Table, from, to []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for _, p := range n.between(t, from, to) {
			if !yield([]byte(p.key), bytes.Clone(p.value)) {
				return
			}
		}
	}
}

// Back implements storage.Reader.
func (n snapshot) Back(t storage.Table, from, to []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for _, p := range slices.Backward(n.between(t, from, to)) {
			if !yield([]byte(p.key), bytes.Clone(p.value)) {
				return
			}
		}
	}
}

func (n snapshot) between(t storage.Table, from, to []byte) []pair {
	table := n[t]
	if to != nil {
		i, _ := search(table, string(to))
		table = table[:i]
	}
	i, _ := search(table, string(from))
	return table[i:]
}
