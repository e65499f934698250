package desk

import (
	"context"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// alarm is the kind of messages about messages; about those nobody is told, or
// there would be no end.
const alarm = "alarm"

// Unsent tells staff of a message that did not go out or may not have: to which
// group, or to "somebody", and why. It never says to whom in person.
func (d *Desk) Unsent(tx storage.Tx, o outbox.Outcome, now time.Time) error {
	if o.Reason == outbox.NoAddress {
		if err := d.unbind(tx, o.To); err != nil {
			return err
		}
	}
	if o.Kind == alarm || o.Reason == outbox.Overtaken { // the latter is as it should be
		return nil
	}
	to, what := d.say("unsent.someone", nil), "unsent.reply"
	name, err := d.groupAt(tx, o.To)
	if err != nil {
		return err
	}
	if name != "" {
		to, what = "“"+name+"”", "unsent.notice"
	}
	why := d.say("unsent."+string(o.State), nil)
	if o.File {
		what = "unsent.file"
	}
	if o.Reason == outbox.NoFile {
		why = d.say("unsent.no-file", nil)
	}
	text := d.say("staff.unsent", words.Args{"To": to, "What": d.say(what, nil), "Why": why})
	return d.alarm(tx, "unsent/"+o.Key, text, now)
}

// GroupsAt returns the names of the groups at addresses; "" where none is.
func (d *Desk) GroupsAt(ctx context.Context, all []chat.Address) (names []string, err error) {
	err = d.store.View(ctx, func(r storage.Reader) error {
		names = nil
		for _, a := range all {
			name, err := d.groupAt(r, a)
			if err != nil {
				return err
			}
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

func (d *Desk) groupAt(g storage.Getter, to chat.Address) (string, error) {
	for _, group := range d.Groups {
		a, name, err := d.groupAddress(g, group.ID)
		if err != nil || a == to && a != "" {
			return name, err
		}
	}
	return "", nil
}

// Missed tells staff that scheduled notices were skipped because their time had
// passed while the program was down: once for all that are skipped together.
func (d *Desk) Missed(tx storage.Tx, now time.Time) error {
	return d.Alarm(tx, "missed/"+now.UTC().Format(time.RFC3339), "staff.missed", nil, now)
}

// Alarm tells staff that something needs a person, once per key.
func (d *Desk) Alarm(tx storage.Tx, key, sentence string, args words.Args, now time.Time) error {
	return d.alarm(tx, key, d.say(sentence, args), now)
}

func (d *Desk) alarm(tx storage.Tx, key, text string, now time.Time) error {
	_, err := d.promiseAll(tx, d.Office.With(cases.Staff, ""), outbox.Promise{Key: key, Text: text, Kind: alarm}, now)
	return err
}
