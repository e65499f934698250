// Package sandbox is a chat network in a browser page, for trying the bot
// without WeChat and for its tests. It promises that what a person posts is
// kept before it is answered and reaches the bot even after a crash, and that
// a message key is shown once.
//
// Each person has a private chat with the bot, and the bot is in every group.
// Nothing of the page comes from another host.
package sandbox

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// Person is somebody a user of the page can be.
type Person struct {
	ID   string
	Name string
	// Title is what people call the person's post, shown beside the name.
	Title string
	// Role is worker, staff, liaison, leader, discipline or admin.
	Role string
}

// Group is a group chat. Members are the ids of people; the bot is not listed.
type Group struct {
	ID      string
	Name    string
	Members []string
}

// Stop is a place in time where a clock button leads.
type Stop struct {
	ID      string    `json:"id"`
	Label   string    `json:"label"`
	LabelEN string    `json:"labelEN"`
	At      time.Time `json:"at"`
}

// Try is a line that the page offers to newcomers who are in a role.
type Try struct {
	Role    string `json:"role"`
	Label   string `json:"label"`
	LabelEN string `json:"labelEN"`
	Text    string `json:"text"`
}

// Options is what a room is made of.
type Options struct {
	People []Person
	Groups []Group
	// BotName is what the bot is called in groups, without the @.
	BotName string
	// Store keeps the chats, in tables that begin with "sandbox/".
	Store storage.Store
	// Files is the folder of what is attached to messages. It is made for its
	// owner alone.
	Files string
	// Now is the clock that the page shows.
	Now func() time.Time
	// Move moves the clock to a later instant and fires all that falls due on
	// the way, in order and at its own time. Nil means that the clock is fixed.
	Move func(ctx context.Context, to time.Time) error
	// Settle returns when everything that the bot owes by now has been sent.
	Settle func(ctx context.Context) error
	// Stops lists where the clock buttons lead.
	Stops func(ctx context.Context) []Stop
	// Desk is the path of the office's own page, or "".
	Desk string
	// Tries are the lines for newcomers, in order.
	Tries []Try
	// Token is asked for with every request; empty means that only this
	// machine may ask.
	Token string
	Log   *slog.Logger
}

// transportName is the first part of every address; it is stored.
const transportName = "sandbox"

// Room is the chat network: a transport for the bot and a page for people.
type Room struct {
	opt    Options
	people map[string]Person
	chats  map[string]*conversation
	order  []*conversation
	log    chatLog
	hub    hub
	failed chan struct{} // a delivery outside Run failed
	gate   gate
	clock  sync.RWMutex // held while the clock moves; for reading, while the bot takes what was said now
}

var (
	_ chat.Transport = (*Room)(nil)
	_ chat.Fetcher   = (*Room)(nil)
)

// conversation is one chat of the room.
type conversation struct {
	id, kind, name string
	members        []string
	turn           sync.Mutex // held while the bot takes messages of the chat
}

// The kinds of conversations, as the API calls them.
const (
	kindPrivate = "private"
	kindGroup   = "group"
)

// New returns a room on the chats that the store already holds.
func New(o Options) *Room {
	r := &Room{
		opt:    withDefaults(o),
		people: map[string]Person{},
		chats:  map[string]*conversation{},
		failed: make(chan struct{}, 1),
	}
	r.log.store = o.Store
	for _, p := range o.People {
		r.people[p.ID] = p
		r.add(&conversation{id: privateID(p.ID), kind: kindPrivate, name: p.Name, members: []string{p.ID}})
	}
	for _, g := range o.Groups {
		r.add(&conversation{id: g.ID, kind: kindGroup, name: g.Name, members: slices.Clone(g.Members)})
	}
	return r
}

// withDefaults fills in what a room in a test leaves out.
func withDefaults(o Options) Options {
	if o.Settle == nil {
		o.Settle = func(context.Context) error { return nil }
	}
	if o.Stops == nil {
		o.Stops = func(context.Context) []Stop { return nil }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func (r *Room) add(c *conversation) {
	r.chats[c.id] = c
	r.order = append(r.order, c)
}

// privateID is the id of a person's private chat with the bot; it is stored.
func privateID(person string) string { return "p-" + person }

// address is the address of a chat of the room.
func address(chatID string) chat.Address { return chat.Address(transportName + ":" + chatID) }
