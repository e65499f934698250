package bolt

import (
	"bytes"
	"errors"
	"iter"

	"go.etcd.io/bbolt"

	"fangzhuo/storage"
)

var errEnded = errors.New("view has ended")

// reader reads one bbolt transaction. What goes wrong in a scan is kept in
// damage, because an iterator cannot return it.
type reader struct {
	tx     *bbolt.Tx // nil when the view has ended
	damage error

	table  storage.Table // of bucket: reading a list goes to one table again and again
	bucket *bbolt.Bucket
}

// Get implements storage.Reader.
func (r *reader) Get(t storage.Table, key []byte) (v []byte, err error) {
	if r.tx == nil {
		return nil, errEnded
	}
	defer onDamage(&err)
	if r.bucket == nil || r.table != t {
		r.table, r.bucket = t, r.tx.Bucket([]byte(t))
	}
	return find(r.bucket, key)
}

// find returns a copy of a value.
func find(b *bbolt.Bucket, key []byte) ([]byte, error) {
	if b == nil {
		return nil, storage.ErrNotFound
	}
	v := b.Get(key)
	if v == nil {
		return nil, storage.ErrNotFound
	}
	return append([]byte{}, v...), nil
}

// Scan implements storage.Reader.
func (r *reader) Scan(t storage.Table, from, to []byte) iter.Seq2[[]byte, []byte] {
	return r.walk(t,
		func(c *bbolt.Cursor) ([]byte, []byte) { return c.Seek(from) },
		(*bbolt.Cursor).Next,
		func(k []byte) bool { return to == nil || bytes.Compare(k, to) < 0 })
}

// Back implements storage.Reader.
func (r *reader) Back(t storage.Table, from, to []byte) iter.Seq2[[]byte, []byte] {
	return r.walk(t,
		func(c *bbolt.Cursor) ([]byte, []byte) {
			if to == nil {
				return c.Last()
			}
			if k, _ := c.Seek(to); k == nil {
				return c.Last()
			}
			return c.Prev()
		},
		(*bbolt.Cursor).Prev,
		func(k []byte) bool { return bytes.Compare(k, from) >= 0 })
}

type move func(*bbolt.Cursor) (key, value []byte)

func (r *reader) walk(t storage.Table, first, next move, inside func(k []byte) bool) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c, err := r.cursor(t)
		if c == nil {
			r.damage = errors.Join(r.damage, err)
			return
		}
		for step := first; r.tx != nil; step = next {
			k, v, err := copied(c, step, inside)
			if err != nil {
				r.damage = err
			}
			if k == nil || !yield(k, v) {
				return
			}
		}
	}
}

func (r *reader) cursor(t storage.Table) (c *bbolt.Cursor, err error) {
	if r.tx == nil {
		return nil, errEnded
	}
	defer onDamage(&err)
	if b := r.tx.Bucket([]byte(t)); b != nil {
		return b.Cursor(), nil
	}
	return nil, nil
}

// copied takes one step and copies the pair it finds, both into one piece of
// memory; a nil key is the end.
func copied(c *bbolt.Cursor, step move, inside func(k []byte) bool) (key, value []byte, err error) {
	defer onDamage(&err)
	k, v := step(c)
	if k == nil || !inside(k) {
		return nil, nil, nil
	}
	n := len(k)
	pair := append(append(make([]byte, 0, n+len(v)), k...), v...)
	return pair[:n:n], pair[n:], nil
}
