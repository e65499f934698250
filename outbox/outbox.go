// Package outbox sends each promised message once, in order for each address,
// across restarts, and says when it cannot be sure.
//
// A message is promised by Put inside the transaction that makes it true; a
// Queue sends what is due. A reply (Repeat) is sent at least once, always with
// the same text under the same key; when three repeats bring no clear answer it
// is unsure. A notice is sent at most once: it is marked before it is sent, and
// one that is found marked after a crash is unsure. A person is told.
//
// A text that is too long for one message is promised as several, one behind
// the other in the line of its chat; what is said here of a message holds for
// each of them.
//
// In its quiet hours a transport with a pace sends only what is awake; the rest
// waits for their end. What would be of no use then goes out before other
// notices while there is time, and is expired when there is none. Order in a
// chat holds among what is awake and among what is not: who writes at two in the
// morning is answered, although a push for them waits.
//
// What became stale while it waited is expired too, see Options.Stale.
//
// Tables, days in UTC:
//
//	outbox-pending          transport, due, number -> the promise; gone with its text when settled
//	outbox-sending          transport -> the notices whose sending has begun
//	outbox-number           the last number given, which keeps promises in order
//	outbox-key/2026-11-05   keys promised in the 30 days from then on, for telling repeats
//	outbox/2026-11-24       what was sent that day; no text
//	outbox-unsettled/…      what was refused, unsure or expired that day
//	outbox-copies           name of a batch -> how many copies are promised
//	outbox-batch            name -> what became of them
//
// The dated tables are dropped whole: the outcomes after 30 days, the keys when
// each is at least 30 days old. A batch is forgotten after 30 days. A caller for
// whom a repeat after that would matter keeps its own record, as schedule does
// for notices.
//
// What is kept of a settled message. Of a reply: key, kind, state, time and
// length; neither text (it may hold a case number and its code) nor address
// (together with the time it would say who spoke to the office). Of a notice
// the address stays, as proof of delivery, and the text stays if it did not
// arrive, so that a person can post it by hand: its whole group was to read it.
package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// Retention is how long outcomes are kept and, at least, how long a key is known.
const Retention = 30 * 24 * time.Hour

// Promise is one message that the office owes.
type Promise struct {
	// Key names the message for good; putting it twice promises it once.
	Key string
	To  chat.Address
	// Text is what it says, of any length, unless it is a file.
	Text string
	// Due is when to send it; zero means now.
	Due time.Time
	// Until is the last instant at which it is still useful; zero means for ever.
	Until time.Time
	// Repeat marks a reply to one person: when nobody can be sure whether it
	// was sent, it is sent again. Without it the message is a notice to a
	// group, which is never sent twice.
	Repeat bool
	// Kind says what the message is for, for those who read the outcomes.
	Kind string
	// File is a file to send instead of a text: its name for the reader and where
	// it is in Options.Files.
	File *File
	// Awake marks what goes out in quiet hours too, and first: the answer to
	// somebody who has just spoken, and what cannot wait for the morning.
	Awake bool
	// Batch names the notice that this message is one copy of, for Batches; ""
	// for none.
	Batch string
}

// File is a file that is owed.
type File struct {
	Name string `cbor:"1,keyasint"`
	Ref  string `cbor:"2,keyasint"` // names the bytes; Options.Files finds them
}

// Put promises p inside the caller's transaction and reports whether its key
// was new. Call Flush or Wake after the commit.
func Put(tx storage.Tx, p Promise, now time.Time) (fresh bool, err error) {
	if err := p.check(); err != nil {
		return false, err
	}
	key := storage.Key(nil).Text(p.Key)
	tables := keyTables(now)
	for _, t := range tables {
		switch _, err := tx.Get(t, key); {
		case err == nil:
			return false, nil
		case !errors.Is(err, storage.ErrNotFound):
			return false, fmt.Errorf("look up promise: %w", err)
		}
	}
	if p.Due.IsZero() {
		p.Due = now
	}
	for e := range entryOf(p).parts() {
		number, err := nextNumber(tx)
		if err != nil {
			return false, err
		}
		value, err := e.encode()
		if err != nil {
			return false, err
		}
		if err := tx.Put(tablePending, pendingKey(p.To.Transport(), p.Due, number), value); err != nil {
			return false, err
		}
	}
	return true, errors.Join(tx.Put(tables[0], key, nil), countPromised(tx, p))
}

func (p Promise) check() error {
	switch {
	case p.Key == "" || strings.Contains(p.Key, "\x00"):
		return errors.New("promise without a proper key")
	case strings.Contains(p.Batch, "\x00"):
		return errors.New("promise of a batch without a proper name")
	case p.To.Transport() == "" || strings.Contains(p.To.Transport(), "\x00"):
		return fmt.Errorf("promise of kind %q: its address names no transport", p.Kind)
	case p.Text == "" && p.File == nil:
		return fmt.Errorf("promise of kind %q: it has no text", p.Kind)
	case p.File != nil && (p.Text != "" || p.File.Name == "" || p.File.Ref == ""):
		return fmt.Errorf("promise of kind %q: a file has a name and a place, and no text beside it", p.Kind)
	}
	return nil
}

// nextNumber counts messages, so that two with the same due time keep the order
// in which they were promised. The table holds one key and costs no page.
func nextNumber(tx storage.Tx) (uint64, error) {
	n, err := increment(tx, tableNumber, storage.Key(nil).Text("last"))
	if err != nil {
		return 0, fmt.Errorf("number promise: %w", err)
	}
	return n, nil
}

// increment adds one to a number that stands by itself and returns it.
func increment(tx storage.Tx, t storage.Table, key storage.Key) (uint64, error) {
	last, err := tx.Get(t, key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return 0, err
	}
	n := uint64(1)
	if len(last) == 8 {
		n += binary.BigEndian.Uint64(last)
	}
	return n, tx.Put(t, key, storage.Key(nil).Uint(n))
}
