package outbox

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

const (
	tableCopies storage.Table = "outbox-copies" // apart, because it changes with each promise
	tableBatch  storage.Table = "outbox-batch"
)

// Batch is one notice to many and how far it has come. A promise counts once,
// however many messages it takes; one that is partly sent is not sent.
type Batch struct {
	Name  string
	About string    // how the text begins; "" if it is not for a group to read
	At    time.Time // when the first copy was due

	Promised, Sent, Refused, Unsure, Expired int

	// Left is about how long the rest takes at the transport's pace, once there
	// is a link.
	Left    time.Duration
	Offline bool // the last try met no link
}

// Waiting returns how many copies have no outcome yet.
func (b Batch) Waiting() int { return b.Promised - b.Sent - b.Refused - b.Unsure - b.Expired }

// tally is the stored form of a batch, but for how many are promised.
type tally struct {
	About   string    `cbor:"1,keyasint,omitempty"`
	At      time.Time `cbor:"2,keyasint"`
	Sent    int       `cbor:"3,keyasint,omitempty"`
	Refused int       `cbor:"4,keyasint,omitempty"`
	Unsure  int       `cbor:"5,keyasint,omitempty"`
	Expired int       `cbor:"6,keyasint,omitempty"`
	Begun   []begun   `cbor:"7,keyasint,omitempty"`
}

// begun is a promise of several messages of which some have an outcome.
type begun struct {
	Key   string `cbor:"1,keyasint"`
	Left  uint16 `cbor:"2,keyasint"`
	Worst State  `cbor:"3,keyasint"`
}

// aboutLength is how many characters of a text tell which notice it is.
const aboutLength = 40

// countPromised counts a copy of a batch.
func countPromised(tx storage.Tx, p Promise) error {
	if p.Batch == "" {
		return nil
	}
	key := storage.Key(nil).Text(p.Batch)
	n, err := increment(tx, tableCopies, key)
	if err != nil {
		return fmt.Errorf("count the copies of a batch: %w", err)
	}
	if n > 1 {
		return nil
	}
	t := tally{At: p.Due}
	if !p.Repeat {
		line, _, _ := strings.Cut(strings.TrimSpace(p.Text), "\n")
		head := []rune(line)
		t.About = string(head[:min(len(head), aboutLength)])
	}
	return record.Save(tx, tableBatch, key, t)
}

// countEnded counts what became of copies of a batch.
func countEnded(tx storage.Tx, batch string, copies []*settled) error {
	var t tally
	key := storage.Key(nil).Text(batch)
	known, err := record.Load(tx, tableBatch, key, &t)
	if err != nil || !known { // forgotten: they waited for longer than 30 days
		return err
	}
	for _, c := range copies {
		t.end(c)
	}
	return record.Save(tx, tableBatch, key, t)
}

// end counts the outcome of a message, or of a whole promise when it was the
// last of its messages.
func (t *tally) end(s *settled) {
	state := s.State
	if s.entry.Part > 0 {
		whole, last := t.endPart(s.entry, state)
		if !last {
			return
		}
		state = whole
	}
	switch state {
	case Sent:
		t.Sent++
	case Refused:
		t.Refused++
	case Unsure:
		t.Unsure++
	case Expired:
		t.Expired++
	}
}

// endPart notes the outcome of one of several messages and returns that of the
// whole promise if it was the last.
func (t *tally) endPart(e entry, state State) (whole State, last bool) {
	i := slices.IndexFunc(t.Begun, func(b begun) bool { return b.Key == e.Key })
	if i < 0 {
		i = len(t.Begun)
		t.Begun = append(t.Begun, begun{Key: e.Key, Left: e.Parts, Worst: Sent})
	}
	b := &t.Begun[i]
	b.Left, b.Worst = b.Left-1, worse(b.Worst, state)
	if b.Left > 0 {
		return "", false
	}
	whole = b.Worst
	t.Begun = slices.Delete(t.Begun, i, i+1)
	return whole, true
}

// worse returns which of two outcomes a person has to know of.
func worse(a, b State) State {
	order := []State{Sent, Expired, Refused, Unsure}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// Batches returns the notices to many of the last 30 days, newest first, at
// most limit.
func (q *Queue) Batches(ctx context.Context, limit int) ([]Batch, error) {
	var all []Batch
	err := q.store.View(ctx, func(r storage.Reader) error {
		all = nil
		for key, value := range r.Scan(tableBatch, nil, nil) {
			var t tally
			if _, err := record.Decode(value, &t); err != nil {
				return err
			}
			copies, err := r.Get(tableCopies, key)
			if err != nil {
				return err
			}
			all = append(all, Batch{Name: strings.TrimSuffix(string(key), "\x00"), About: t.About, At: t.At,
				Promised: int(binary.BigEndian.Uint64(copies)), Sent: t.Sent, Refused: t.Refused, Unsure: t.Unsure, Expired: t.Expired})
		}
		slices.SortStableFunc(all, func(a, b Batch) int { return b.At.Compare(a.At) })
		all = all[:min(len(all), limit)]
		for _, l := range q.all() {
			if err := l.estimate(r, all, q.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read batches: %w", err)
	}
	return all, nil
}

// estimate adds what the way to one transport says about what is left of
// batches.
func (l *lane) estimate(r storage.Reader, all []Batch, now time.Time) error {
	waiting := make(map[string]*Batch)
	unseen := make(map[string]int)
	for i, b := range all {
		if n := b.Waiting(); n > 0 {
			waiting[b.Name], unseen[b.Name] = &all[i], n
		}
	}
	from, offline := l.goesOn(now)
	ahead, prefix := 0, storage.Key(nil).Text(l.name)
	for place, value := range r.Scan(tablePending, prefix, prefix.End()) {
		if len(unseen) == 0 {
			return nil
		}
		it, err := decodeItem(place, value)
		if err != nil {
			return err
		}
		ahead++
		b := waiting[it.Batch]
		if b == nil {
			continue
		}
		b.Offline = b.Offline || offline
		if l.pace != nil {
			b.Left = max(b.Left, l.pace.after(from, ahead).Sub(now))
		}
		if it.Part == it.Parts {
			if unseen[it.Batch]--; unseen[it.Batch] == 0 {
				delete(unseen, it.Batch)
			}
		}
	}
	return nil
}

// goesOn returns from when on the lane sends, as far as one can tell, and
// whether it has no link.
func (l *lane) goesOn(now time.Time) (from time.Time, offline bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.parked || l.rest.over(now) {
		return now, l.parked
	}
	return l.rest.until, false
}

// sweepBatches forgets the batches that are past their time.
func (q *Queue) sweepBatches(ctx context.Context, now time.Time) error {
	var old [][]byte
	err := q.store.View(ctx, func(r storage.Reader) error {
		old = nil
		for key, value := range r.Scan(tableBatch, nil, nil) {
			var t tally
			if _, err := record.Decode(value, &t); err != nil {
				return err
			}
			if now.Sub(t.At) > Retention {
				old = append(old, key)
			}
		}
		return nil
	})
	errs := storage.InChunks(ctx, q.store, old, outcomesPerUpdate, func(tx storage.Tx, keys [][]byte) error {
		for _, key := range keys {
			if err := errors.Join(tx.Delete(tableBatch, key), tx.Delete(tableCopies, key)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return fmt.Errorf("forget old batches: %w", err)
	}
	return nil
}
