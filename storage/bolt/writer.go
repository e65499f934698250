package bolt

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"fangzhuo/storage"
	"fangzhuo/storage/internal/overlay"
)

// errLeft is for a function that called runtime.Goexit, as t.FailNow does.
var errLeft = errors.New("update function ended its goroutine")

// Update implements storage.Store. While fn waits for its turn the end of ctx
// takes it back; once begun it is carried through. When the commit itself
// fails, every update of the group gets the error, and whether they are in the
// file is known only after reading it again.
func (s *Store) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return s.enqueue(ctx, &request{fn: fn})
}

// Drop implements storage.Store.
func (s *Store) Drop(ctx context.Context, t storage.Table) error {
	return s.enqueue(ctx, &request{alone: func(tx *bbolt.Tx) error {
		s.unscrubbed.Store(true)
		if t == "" || t[0] == 0 || tx.Bucket([]byte(t)) == nil {
			return nil // the file's own buckets are no tables
		}
		if err := tx.DeleteBucket([]byte(t)); err != nil {
			return fmt.Errorf("drop table %q: %w", t, err)
		}
		return commit(tx)
	}})
}

func (s *Store) enqueue(ctx context.Context, r *request) error {
	if s.readOnly {
		return ErrReadOnly
	}
	return s.queue.do(ctx, r)
}

// write is the only goroutine that writes the file.
func (s *Store) write() {
	debug.SetPanicOnFault(true)
	ended := false
	defer func() {
		if !ended { // a function has ended the goroutine
			go s.write()
		}
	}()
	for group := s.queue.take(); group != nil; group = s.queue.take() {
		s.serve(group)
	}
	ended = true
	close(s.queue.stopped)
}

// serve carries out one group and answers it. A function that ends the
// goroutine fails alone: the others are queued again.
func (s *Store) serve(group []*request) {
	g := &transaction{db: s.db, group: group, unscrubbed: &s.unscrubbed}
	returned := false
	defer func() {
		if returned {
			return
		}
		group[g.at].answer(errLeft)
		rest := slices.Delete(group, g.at, g.at+1)
		if !s.queue.putBack(rest) {
			for _, r := range rest {
				r.answer(storage.ErrClosed)
			}
		}
	}()
	errs, err := g.run()
	returned = true
	for i, r := range group {
		if errs[i] == nil {
			errs[i] = err
		}
		r.answer(errs[i])
	}
}

// transaction is one bbolt transaction for one group.
type transaction struct {
	db         *bbolt.DB
	group      []*request
	at         int // whose function is running
	unscrubbed *atomic.Bool

	tx      *bbolt.Tx
	pending overlay.Buffer // of the functions that have succeeded so far
}

// run returns one error for each of the group, and one for all of them.
func (g *transaction) run() (errs []error, err error) {
	errs = make([]error, len(g.group))
	defer onDamage(&err)
	if g.tx, err = begin(g.db, true); err != nil {
		return errs, fmt.Errorf("begin: %w", err)
	}
	defer g.tx.Rollback()
	if alone := g.group[0].alone; alone != nil {
		return errs, alone(g.tx)
	}
	g.pending = make(overlay.Buffer)
	for i, r := range g.group {
		g.at = i
		written, err := overlay.Run(g.find, r.fn)
		errs[i] = err
		g.pending.Merge(written)
	}
	if len(g.pending) == 0 {
		return errs, nil
	}
	g.unscrubbed.Store(true)
	if err := apply(g.tx, g.pending); err != nil {
		return errs, err
	}
	return errs, commit(g.tx)
}

// find reads what a function sees below its own writes.
func (g *transaction) find(t storage.Table, key []byte) (v []byte, err error) {
	if v, found := g.pending.Get(t, key); found {
		if v == nil {
			return nil, storage.ErrNotFound
		}
		return v, nil
	}
	defer onDamage(&err)
	b := g.tx.Bucket([]byte(t))
	if b == nil {
		return nil, storage.ErrNotFound
	}
	if v = b.Get(key); v == nil {
		return nil, storage.ErrNotFound
	}
	return v, nil
}

func commit(tx *bbolt.Tx) error {
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// apply writes table by table in key order, which touches each page once.
func apply(tx *bbolt.Tx, writes overlay.Buffer) error {
	tables := writes.Tables()
	for _, t := range slices.Sorted(maps.Keys(tables)) {
		if err := applyTable(tx, t, tables[t]); err != nil {
			return fmt.Errorf("write table %q: %w", t, err)
		}
	}
	return nil
}

func applyTable(tx *bbolt.Tx, t storage.Table, writes []overlay.Write) error {
	b := tx.Bucket([]byte(t))
	if b == nil {
		if !slices.ContainsFunc(writes, func(w overlay.Write) bool { return w.Value != nil }) {
			return nil // deletions bring no table into being
		}
		var err error
		if b, err = tx.CreateBucket([]byte(t)); err != nil {
			return err
		}
	}
	b.FillPercent = fill(b, writes)
	for _, w := range writes {
		var err error
		if w.Value == nil {
			err = b.Delete([]byte(w.Key))
		} else {
			err = b.Put([]byte(w.Key), w.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// How full a page is left when it is split.
const (
	dense  = 0.98 // new keys come at the end: nothing will be put between
	spread = bbolt.DefaultFillPercent
)

// fill is dense when all new keys lie behind the last one.
func fill(b *bbolt.Bucket, writes []overlay.Write) float64 {
	c := b.Cursor()
	last, _ := c.Last()
	end := string(last)
	percent := spread
	for _, w := range writes {
		switch {
		case w.Value == nil:
		case w.Key > end:
			percent = dense
		default:
			if k, _ := c.Seek([]byte(w.Key)); string(k) != w.Key {
				return spread
			}
		}
	}
	return percent
}
