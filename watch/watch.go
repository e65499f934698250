// Package watch looks after the ways to people: it tells each change of a
// network's link through the other channels, alarms once when nobody could be
// reached for ten minutes, and says when the program itself was not running.
// What it knows outlives the process, and what is to be told is promised in the
// transaction that notes it: a restart neither repeats nor forgets.
//
// Every change is told, and no flood comes of it. The first is told at once.
// What changes within the next minute is told together when that minute is over,
// each change with its time; while it goes on like that the minute becomes two,
// four, eight, and after half an hour of peace one again. Of more than a dozen
// changes in one message the middle ones are only counted. An alarm and its end
// wait for nothing.
//
// Table "watch": "link", network → where the link stands; "alive" → when the
// program last ran.
package watch

import (
	"fmt"
	"io"
	"time"

	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Limit is how long people may be out of reach before there is an alarm.
const Limit = 10 * time.Minute

// Kind is the kind of the messages to the channels, as the outbox keeps them.
const Kind = "news"

// useful is how long a message to a channel that is down itself is kept.
const useful = 24 * time.Hour

// Options are what a watch needs from outside. All are required.
type Options struct {
	Store storage.Store
	Words *words.Book // with the office's facts
	// Channels are the other ways to people.
	Channels []chat.Address
	// Alarm tells the staff in chat, once per key.
	Alarm func(tx storage.Tx, key, sentence string, args words.Args, now time.Time) error
	// Terminal is the screen of the machine; alarms stand there at once.
	Terminal io.Writer
	Now      func() time.Time
	// Owed is called when messages wait in the outbox.
	Owed func()
}

// Tell promises a text to every channel, once per key.
func (o *Options) Tell(tx storage.Tx, key, text string, now time.Time) error {
	for _, to := range o.Channels {
		// Sent again when nobody can be sure: a doubled alarm is better than none.
		m := outbox.Promise{Key: key + "/" + to.Transport(), To: to, Text: text, Until: now.Add(useful),
			Repeat: true, Awake: true, Kind: Kind}
		if _, err := outbox.Put(tx, m, now); err != nil {
			return fmt.Errorf("promise news to a channel: %w", err)
		}
	}
	return nil
}

const table storage.Table = "watch"

func linkKey(network string) []byte { return storage.Key(nil).Text("link").Text(network) }

var aliveKey = storage.Key(nil).Text("alive")
