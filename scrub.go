package main

import (
	"context"
	"errors"
	"time"

	"fangzhuo/storage/bolt"
)

// scrubber overwrites in the database file what the store no longer holds: what
// is deleted is gone from the disk too, not only from the lists.
type scrubber struct {
	file  *bolt.Store
	now   func() time.Time
	since time.Time // when it was first seen that there is something to do
}

// scrubAfter is how long after a change the file is scrubbed: not in the way of
// an answer, and once for all that changes meanwhile.
const scrubAfter = time.Minute

// Next returns when the next scrub is due, if one is.
func (s *scrubber) Next(context.Context) (at time.Time, ok bool, err error) {
	if !s.file.Unscrubbed() {
		s.since = time.Time{}
		return time.Time{}, false, nil
	}
	if now := s.now(); s.since.IsZero() || s.since.After(now) {
		s.since = now
	}
	return s.since.Add(scrubAfter), true, nil
}

// Fire scrubs. What a backup still reads is left for a minute later.
func (s *scrubber) Fire(ctx context.Context, now time.Time) error {
	s.since = now
	if err := s.file.Scrub(ctx); !errors.Is(err, bolt.ErrRead) {
		return err
	}
	return nil
}
