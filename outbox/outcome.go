package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// State says how a message ended.
type State string

// The ends of a message. Until then it waits.
const (
	Sent    State = "sent"
	Refused State = "refused" // certainly not sent, and not tried again
	Unsure  State = "unsure"  // it may have been sent or not
	Expired State = "expired" // not sent in time

	waits State = "" // stays in the line
)

// Reason is a code for why a message was not sent; words are chosen by who
// shows it.
type Reason string

// The reasons.
const (
	NoAddress Reason = "no-address" // the transport knows no such conversation
	NoRoute   Reason = "no-route"   // there is no such transport
	Unclear   Reason = "unclear"    // the transport could not say what became of it
	Crashed   Reason = "crashed"    // the program ended while it was being sent
	TooLate   Reason = "too-late"   // its useful time had passed
	NoFile    Reason = "no-file"    // the file is not there (any more)
	Overtaken Reason = "overtaken"  // what it is about has changed, see Options.Stale
)

// Outcome is what became of a message. The package comment says which parts
// are kept for how long; Report is given all of them.
type Outcome struct {
	Key    string         `cbor:"1,keyasint"` // of the promise
	To     chat.Address   `cbor:"2,keyasint,omitempty"`
	Text   string         `cbor:"3,keyasint,omitempty"` // of a file its name
	Repeat bool           `cbor:"4,keyasint,omitempty"`
	Kind   string         `cbor:"5,keyasint,omitempty"`
	State  State          `cbor:"6,keyasint"`
	Reason Reason         `cbor:"7,keyasint,omitempty"`
	At     time.Time      `cbor:"8,keyasint"`
	ID     chat.MessageID `cbor:"9,keyasint,omitempty"`  // set when sent
	Length int            `cbor:"10,keyasint"`           // of the text, in characters
	Part   uint16         `cbor:"11,keyasint,omitempty"` // from 1, of a text that took several messages
	File   bool           `cbor:"12,keyasint,omitempty"`
}

func (e entry) outcome(s State, why Reason, at time.Time) Outcome {
	o := Outcome{
		Key: e.Key, To: e.To, Text: e.Text, Repeat: e.Repeat, Kind: e.Kind,
		State: s, Reason: why, At: at, Part: e.Part,
	}
	if e.File != nil {
		o.Text, o.File = e.File.Name, true
	}
	o.Length = utf8.RuneCountInString(o.Text)
	return o
}

// kept returns the part of an outcome that may be stored.
func (o Outcome) kept() Outcome {
	if o.Repeat {
		o.To = ""
	}
	if o.Repeat || o.State == Sent {
		o.Text = ""
	}
	return o
}

// Unsettled returns the newest messages that were refused, unsure or expired,
// newest first, for staff.
func (q *Queue) Unsettled(ctx context.Context, limit int) ([]Outcome, error) {
	return newest(ctx, q.store, prefixUnsettled, limit)
}

func newest(ctx context.Context, s storage.Store, prefix string, limit int) ([]Outcome, error) {
	tables, err := s.Tables(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("list outcomes: %w", err)
	}
	var found []Outcome
	err = s.View(ctx, func(r storage.Reader) error {
		found = nil
		for _, t := range slices.Backward(tables) {
			for _, value := range r.Back(t, nil, nil) {
				if len(found) >= limit {
					return nil
				}
				var o Outcome
				if _, err := record.Decode(value, &o); err != nil {
					return err
				}
				found = append(found, o)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read outcomes: %w", err)
	}
	return found, nil
}
