package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// bbolt gives pages that are no longer needed back to itself as they are: what
// was deleted, and what stood in its place before it was changed, can be read
// in the file until something else is written there. Scrub writes it: zeros, in
// a bucket of its own, until each page that was free has been used, and then
// drops the bucket. Only bbolt itself ever writes the file.

// fillerBucket holds zeros while Scrub runs. A crash leaves it to the next one.
const fillerBucket = "\x00scrub"

const (
	// scrubChunk bounds one transaction of a scrub, so that others wait no
	// longer than for one of their own: a MiB with pages of 4 KiB.
	scrubChunk = 256
	// scrubTries is how many transactions in a row may reach no page. It takes a
	// second one to reach what only the first has released.
	scrubTries = 4
)

// ErrRead is returned by Scrub when a view that is open, such as a backup, still
// reads pages that are to be overwritten.
var ErrRead = errors.New("old pages are still read")

// Unscrubbed reports whether something was written since Scrub last began, or
// the file was not scrubbed since it was opened.
func (s *Store) Unscrubbed() bool { return s.unscrubbed.Load() }

// Scrub overwrites what is left in the file of all that was deleted or replaced
// before the call. It does nothing where Unscrubbed is false. Updates go on
// beside it. After an error, which may be ErrRead, the file stays unscrubbed.
func (s *Store) Scrub(ctx context.Context) error {
	if s.readOnly {
		return ErrReadOnly
	}
	s.scrubbing.Lock()
	defer s.scrubbing.Unlock()
	if !s.unscrubbed.Swap(false) {
		return nil
	}
	err := errors.Join(s.overwrite(ctx), s.enqueue(ctx, &request{alone: dropFiller}))
	if err != nil {
		s.unscrubbed.Store(true)
		return fmt.Errorf("scrub %s: %w", s.path, err)
	}
	return nil
}

// overwrite fills pages until none is left of those that were free at first.
//
// A transaction needs some pages for what it rewrites anyway, and as many become
// free with the next one. They are spared: without them the file would grow each
// time. How many those are the first transaction shows.
func (s *Store) overwrite(ctx context.Context) error {
	var left []uint64
	filled, spare := 0, 0
	for round, tries := 0, 0; tries < scrubTries; round++ {
		before := len(left)
		err := s.enqueue(ctx, &request{alone: func(tx *bbolt.Tx) error {
			free, err := freePages(s.path)
			if err != nil {
				return err
			}
			switch left = common(left, free); round {
			case 0:
				left, spare = free, 8+len(free)/64
			case 1:
				spare = before - len(left) - filled + 1
			}
			if len(left) == 0 {
				return nil
			}
			reach, _ := slices.BinarySearch(free, left[len(left)-1]) // bbolt takes the lowest first
			filled = min(max(1, min(reach+1, len(free)-spare)), scrubChunk)
			return fillPages(tx, filled)
		}})
		if err != nil || len(left) == 0 {
			return err
		}
		if round > 0 && len(left) == before {
			tries++
		} else {
			tries = 0
		}
	}
	return fmt.Errorf("%w: %d", ErrRead, len(left))
}

// common returns what stands in both lists, which are in rising order.
func common(a, b []uint64) []uint64 {
	return slices.DeleteFunc(a, func(id uint64) bool {
		_, found := slices.BinarySearch(b, id)
		return !found
	})
}

// fillPages writes zeros into so many pages.
func fillPages(tx *bbolt.Tx, n int) error {
	b, err := tx.CreateBucketIfNotExists([]byte(fillerBucket))
	if err != nil {
		return err
	}
	// Four pairs fill a page, and bbolt never splits a page of four: all that is
	// allocated are single pages.
	const perPage, elementHeader, keySize = 4, 16, 8
	b.FillPercent = 1
	zeros := make([]byte, (tx.DB().Info().PageSize-pageHeader)/perPage-elementHeader-keySize)
	for range n * perPage {
		i, err := b.NextSequence()
		if err != nil {
			return err
		}
		if err := b.Put(binary.BigEndian.AppendUint64(nil, i), zeros); err != nil {
			return err
		}
	}
	return commit(tx)
}

func dropFiller(tx *bbolt.Tx) error {
	err := tx.DeleteBucket([]byte(fillerBucket))
	if errors.Is(err, berrors.ErrBucketNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return commit(tx)
}
