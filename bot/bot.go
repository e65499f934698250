// Package bot holds the conversation: it takes each message that was said to
// it, does what is asked in one transaction with the note that the message has
// been dealt with, and answers in plain words. A message is answered after it
// is durable, and dealt with once although it may arrive twice.
//
// A batch is handled where it is accepted, not put into a queue first: what a
// message changes, the note that it was seen, and the answer owed are one
// write. Only a message that the program cannot handle is kept aside
// ("aside"); its sender and the staff are told that it is there.
package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/handbook"
	"fangzhuo/intake"
	"fangzhuo/outbox"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Options are what the conversation needs beside the desk.
type Options struct {
	Office *cases.Office
	Words  *words.Book
	Facts  words.Args // the office's name, phones and places
	Forms  []cases.Form
	// Handbook answers what is asked of the office; nil for none.
	Handbook *handbook.Book
	Dialect  map[string]string
	// Quiet is how long after a message more may follow that belongs to it.
	Quiet time.Duration
	// DraftFor is how long an unfinished form is kept.
	DraftFor time.Duration
	// PerHour is how many messages one person may send in an hour.
	PerHour int
	// MaxChars is how many characters of one message are read.
	MaxChars int
	// Opens and Shuts bound the office's hours, in minutes of the day.
	Opens, Shuts int
	// Unsettled lists the messages that did not go out or may not have.
	Unsettled func(ctx context.Context, limit int) ([]outbox.Outcome, error)
	// Batches lists the last notices to many, newest first.
	Batches func(ctx context.Context, limit int) ([]outbox.Batch, error)
	// Status says how the ways to people are (状态).
	Status func(ctx context.Context) (string, error)
	Now    func() time.Time
	Log    *slog.Logger
	// Pass sends an answer that changes nothing and so need not be kept.
	Pass func(chat.Outgoing)
	// Slow reports whether answers on a transport have to wait for its pace: there
	// a crash would forget one that is not kept, so all are. Nil means none.
	Slow func(transport string) bool
	// Owed is told that messages wait in the outbox.
	Owed func()
	// Moved is told that a reception day was moved.
	Moved func()
	// Wanted is told that something which came with a message is to be fetched.
	Wanted func()
	// Keep keeps a paper that was made until it is sent, and names it.
	Keep func(content []byte) (ref string, err error)
}

// lockSeed spreads the conversations over the locks.
var lockSeed = maphash.MakeSeed()

// Bot is the conversation. It keeps no state of its own but the recent pace of
// each speaker, and for some minutes what was handed in anonymously.
type Bot struct {
	Options
	desk     *desk.Desk
	store    storage.Store
	limit    *limiter
	recent   recent
	met      met
	locks    [1024]sync.Mutex // one conversation is worked through in order
	commands phrase.Words
	starts   phrase.Words // what opens a form
	table    map[string]command
	names    names
	labels   map[string]map[string]string // of each form, by its id: label or alias → field
	notes    *intake.Reader               // of what staff write down for somebody
}

// New returns the bot that talks for the desk.
func New(store storage.Store, d *desk.Desk, o Options) *Bot {
	o.Words = o.Words.With(o.Facts)
	b := &Bot{Options: o, desk: d, store: store, limit: newLimiter(o.PerHour), table: map[string]command{},
		names: namesOf(o.Office), labels: map[string]map[string]string{}, notes: intake.NewReader(o.Forms)}
	typed := map[string]string{}
	for _, c := range commands {
		b.table[c.id] = c
		for _, w := range c.words {
			typed[w] = c.id
		}
	}
	b.commands = phrase.NewWords(typed)
	starts := map[string]string{}
	for _, f := range o.Forms {
		b.labels[f.ID] = intake.Labels(f)
		for _, w := range f.Words {
			starts[w] = f.ID
		}
	}
	b.starts = phrase.NewWords(starts)
	return b
}

// Accept is the chat.Handler: when it returns nil every message of the batch
// has been dealt with for good.
func (b *Bot) Accept(ctx context.Context, batch []chat.Message) error {
	for _, m := range inOrder(batch) {
		if m.Group() && (!m.Addressed || m.Recalls != "") {
			continue // said to others, or nothing of it was kept: nothing is kept
		}
		if err := b.hear(ctx, m); err != nil {
			return fmt.Errorf("handle a message: %w", err)
		}
	}
	return nil
}

// hear deals with one message.
func (b *Bot) hear(ctx context.Context, m chat.Message) error {
	lock := b.lock(m.From)
	lock.Lock()
	defer lock.Unlock()
	now := b.Now().Truncate(time.Millisecond) // as finely as a timer is kept
	if m.At.IsZero() {
		m.At = now
	}
	m.Text = strings.ToValidUTF8(m.Text, "\ufffd") // what is no text cannot be kept as text
	t := &turn{b: b, ctx: ctx, m: m, now: now, actor: cases.Petitioner}
	seen, err := t.load()
	if err != nil || seen && !t.early {
		return err
	}
	if seen {
		return t.recallOwed()
	}
	ok, warn := true, false
	if !t.known && !t.old() { // who has a duty may be quick; a burst after an outage is nobody's haste
		ok, warn = b.limit.take(m.From, now)
	}
	if !ok {
		if warn {
			return t.pass("limit", t.say("limit", nil))
		}
		return nil
	}
	if t.m.Media, t.pieces, err = attach.Rename(b.desk.Random, m.Media); err != nil {
		return err
	}
	if err = t.deal(); err == nil {
		t.noted()
	}
	if err == nil && t.early {
		return t.recallOwed()
	}
	var fault *storage.PanicError
	if errors.As(err, &fault) {
		b.Log.Error("a message could not be handled and was put aside", "transport", m.From.Transport(), "stack", string(fault.Stack))
		return t.aside()
	}
	return err
}

func (b *Bot) lock(a chat.Address) *sync.Mutex {
	return &b.locks[maphash.String(lockSeed, string(a))%uint64(len(b.locks))]
}

// form returns the form with that id.
func (b *Bot) form(id string) (cases.Form, bool) {
	for _, f := range b.Forms {
		if f.ID == id {
			return f, true
		}
	}
	return cases.Form{}, false
}
