package outbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"strconv"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

const (
	tablePending storage.Table = "outbox-pending"
	tableSending storage.Table = "outbox-sending"
	tableNumber  storage.Table = "outbox-number"

	prefixKeys      = "outbox-key/"
	prefixSent      = "outbox/"
	prefixUnsettled = "outbox-unsettled/"
)

// entry is the stored form of a promise, or of one part of it; its due time is
// in its key.
type entry struct {
	Key    string       `cbor:"1,keyasint"`
	To     chat.Address `cbor:"2,keyasint"`
	Text   string       `cbor:"3,keyasint"`
	Until  time.Time    `cbor:"4,keyasint,omitzero"`
	Kind   string       `cbor:"6,keyasint,omitempty"`
	File   *File        `cbor:"7,keyasint,omitempty"`
	Repeat bool         `cbor:"5,keyasint,omitempty"`
	Awake  bool         `cbor:"8,keyasint,omitempty"`
	Part   uint16       `cbor:"9,keyasint,omitempty"` // from 1; 0 where one message is enough
	Parts  uint16       `cbor:"10,keyasint,omitempty"`
	Batch  string       `cbor:"11,keyasint,omitempty"`
}

func entryOf(p Promise) entry {
	return entry{Key: p.Key, To: p.To, Text: p.Text, Until: p.Until, Repeat: p.Repeat, Kind: p.Kind,
		File: p.File, Awake: p.Awake, Batch: p.Batch}
}

// parts yields the messages that an entry takes.
func (e entry) parts() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		if fits(e.Text) {
			yield(e)
			return
		}
		texts := split(e.Text)
		for i, text := range texts {
			e.Text, e.Part, e.Parts = text, uint16(i+1), uint16(len(texts))
			if !yield(e) {
				return
			}
		}
	}
}

// name is the key under which the message is sent.
func (e entry) name() string {
	if e.Part == 0 {
		return e.Key
	}
	return e.Key + "#" + strconv.Itoa(int(e.Part))
}

func (e entry) encode() ([]byte, error) {
	b, err := record.Encode(1, e)
	if err != nil {
		return nil, fmt.Errorf("encode promise of kind %q: %w", e.Kind, err)
	}
	return b, nil
}

// expired reports whether the message is of no use any more.
func (e entry) expired(now time.Time) bool { return !e.Until.IsZero() && now.After(e.Until) }

// item is an entry in its place in the line.
type item struct {
	entry
	place string // its pending key; empty for one that was only passed, whose File.Ref is its path
	pass  uint64 // tells passed items apart
}

func decodeItem(place, value []byte) (item, error) {
	it := item{place: string(place)}
	if _, err := record.Decode(value, &it.entry); err != nil {
		return it, fmt.Errorf("read promise: %w", err)
	}
	return it, nil
}

// lineReader reads the messages of a lane in order.
type lineReader struct{ last string }

// read decodes the next one. Of a message in several parts that has begun to go
// out the rest is awake.
func (r *lineReader) read(place, value []byte) (item, error) {
	it, err := decodeItem(place, value)
	it.Awake = it.Awake || it.Part > 1 && it.Key != r.last
	r.last = it.Key
	return it, err
}

func pendingKey(transport string, due time.Time, number uint64) storage.Key {
	return storage.Key(nil).Text(transport).Time(due).Uint(number)
}

// transportOf returns the transport a pending key begins with.
func transportOf(place []byte) string {
	name, _, _ := bytes.Cut(place, []byte{0})
	return string(name)
}

// dueOf returns the due time in a pending key.
func dueOf(place []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(place[len(place)-16:])))
}

// numberOf returns the number in a pending key.
func numberOf(place string) uint64 {
	return binary.BigEndian.Uint64([]byte(place[len(place)-8:]))
}

// mark is the stored list of the notices that a lane has begun to send.
type mark struct {
	Places [][]byte `cbor:"1,keyasint"`
}

func markKey(lane string) storage.Key { return storage.Key(nil).Text(lane) }

// keyTables returns the table for keys promised now and the one before it.
// Together they reach back over Retention at least.
func keyTables(now time.Time) [2]storage.Table {
	start := now.Truncate(Retention)
	return [2]storage.Table{dated(prefixKeys, start), dated(prefixKeys, start.Add(-Retention))}
}

func dated(prefix string, t time.Time) storage.Table {
	return storage.Table(prefix + t.UTC().Format(time.DateOnly))
}
