package schedule

import (
	"encoding/binary"
	"errors"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

const (
	tableSchedule  storage.Table = "schedule"
	tableNotice    storage.Table = "notice"
	tableNoticeKey storage.Table = "notice-key"
)

// Verdict says what was decided about an occasion.
type Verdict string

// The verdicts.
const (
	Emitted Verdict = "emitted"
	Merged  Verdict = "merged"  // a later message of the same job and day went out in its place
	Skipped Verdict = "skipped" // it was no longer useful when the program saw it
)

// Decision is the permanent record of an occasion.
type Decision struct {
	Job     string        `cbor:"1,keyasint"`
	Stage   Stage         `cbor:"2,keyasint,omitempty"`
	Target  string        `cbor:"3,keyasint"`
	Day     calendar.Date `cbor:"4,keyasint"`
	Due     time.Time     `cbor:"5,keyasint"`
	At      time.Time     `cbor:"6,keyasint"` // when it was decided
	Verdict Verdict       `cbor:"7,keyasint"`
}

// decide writes a decision down and reports whether it is new: nothing that
// went out, or was merged, is decided again. What was skipped may be: after a
// clock that was wrong it can be in time.
func decide(tx storage.Tx, o Occasion, v Verdict, now time.Time) (bool, error) {
	index := storage.Key(nil).Text(o.Key())
	old, err := tx.Get(tableNoticeKey, index)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return false, err
	}
	if err == nil && Verdict(old) != Skipped {
		return false, nil
	}
	value, err := record.Encode(1, Decision{
		Job: o.Job, Stage: o.Stage, Target: o.Target, Day: o.Day, Due: o.Due, At: now, Verdict: v,
	})
	if err != nil {
		return false, err
	}
	return true, errors.Join(
		tx.Put(tableNotice, storage.Key(nil).Time(o.Due).Text(o.Key()), value),
		tx.Put(tableNoticeKey, index, []byte(v)),
	)
}

// open reports whether an occasion is still to be decided. One that has passed
// already needs a decision of any kind, one to come only one that is for good.
func open(r storage.Reader, o Occasion, p place) (bool, error) {
	old, err := r.Get(tableNoticeKey, storage.Key(nil).Text(o.Key()))
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return true, nil
	case err != nil:
		return false, err
	}
	return Verdict(old) == Skipped && o.Due.After(p.decided), nil
}

// place is how far the planner has come.
type place struct {
	decided time.Time // occasions up to here are decided
	floor   time.Time // those up to here never will be: they are from before the first start
}

var placeKey = storage.Key(nil).Text("place")

func readPlace(b []byte) (p place, ok bool) {
	if len(b) != 16 {
		return p, false
	}
	at := func(b []byte) time.Time { return time.Unix(0, int64(binary.BigEndian.Uint64(b))) }
	return place{at(b), at(b[8:])}, true
}

func (p place) write(tx storage.Tx) error {
	nanos := func(t time.Time) uint64 { return uint64(t.UnixNano()) }
	return tx.Put(tableSchedule, placeKey, storage.Key(nil).Uint(nanos(p.decided)).Uint(nanos(p.floor)))
}
