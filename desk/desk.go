// Package desk is the square table itself: it carries out what people ask of
// the office. Each method works inside one transaction that leaves the case,
// its history, the lists and the messages owed in agreement; the caller
// commits.
package desk

import (
	"context"
	"io"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Options are what an office is made of.
type Options struct {
	Office   *cases.Office
	Calendar *calendar.Calendar
	Words    *words.Book
	// Addresses says where each person with a duty is reached, by person id.
	// People bound by a code at run time come on top.
	Addresses map[string]chat.Address
	// Groups are the work groups, by id, with the address of each (or "" while
	// it is not bound).
	Groups []Group
	// Reception is the reception day.
	Reception Reception
	// Facts are the office's name, phones and places, for the wording.
	Facts words.Args
	// Superior is whom to ask for a review (复查); "" for the next level up.
	Superior string
	// FullName is what stands at the head of papers (全称); "" for the office's name.
	FullName string
	// PushAt is the time of day of the pushes about terms, in minutes.
	PushAt int
	// Lasts reports whether an address is good for more than one login of its
	// network; nil means that all are.
	Lasts func(chat.Address) bool
	// KeepYears is how many years after a matter's end it is kept who spoke
	// (保存期); 0 for ever.
	KeepYears int
	// AskedAfter is told in the transaction that a petitioner is asked whether
	// speaking up did any harm, so that the conversation knows. It may run again.
	AskedAfter func(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error
	// Dialect maps local words to standard ones, for comparing what was said.
	Dialect map[string]string
	// Random is where receipt codes and binding codes come from.
	Random io.Reader
}

// Group is a work group that notices go to.
type Group struct {
	ID, Name string
	Address  chat.Address
}

// Desk is the office at work. It holds no state of its own but its veil.
type Desk struct {
	Options
	store storage.Store
	who   map[chat.Address]string // address to person id
	veil  veil
}

// New returns the desk that works on the store.
func New(store storage.Store, o Options) *Desk {
	o.Words = o.Words.With(o.Facts)
	d := &Desk{Options: o, store: store, who: map[chat.Address]string{}, veil: newVeil()}
	for id, a := range o.Addresses {
		d.who[a] = id
	}
	return d
}

// view runs fn on a snapshot.
func (d *Desk) view(ctx context.Context, fn func(storage.Reader) error) error {
	return d.store.View(ctx, fn)
}

// say fills a sentence; the office's own facts are in the book.
func (d *Desk) say(key string, args words.Args) string { return d.Words.Say(key, args) }
