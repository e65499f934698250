package bot

import (
	"errors"
	"slices"
	"time"

	"fangzhuo/attach"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// asidePrefix begins the names of the tables, one a day, of messages that the
// program could not handle: instant, transport, message id → message.
const asidePrefix = "aside/"

// asideFor is how long such a message is kept, with its account, for somebody to
// write it down.
const asideFor = 30 * 24 * time.Hour

func asideTable(day time.Time) storage.Table {
	return storage.Table(asidePrefix + day.UTC().Format(time.DateOnly))
}

// aside keeps a message that could not be handled, so that nothing said is
// lost, and tells the sender and the staff.
func (t *turn) aside() error {
	t.result = true
	m := t.m
	m.Quoted = "" // was said before, perhaps by somebody else
	return t.b.store.Update(t.ctx, func(tx storage.Tx) error {
		return errors.Join(
			record.Save(tx, asideTable(t.now), storage.Key(nil).Time(t.now).Text(string(t.seenKey())), m),
			tx.Put(t.seenTable(), t.seenKey(), nil),
			attach.Want(tx, t.m, t.pieces), attach.Belong(tx, t.m.Media, "", false),
			t.owe(tx, t.say("aside", nil)),
			t.b.desk.Alarm(tx, t.key("aside"), "staff.aside", nil, t.now))
	})
}

// asideShown is how many messages are shown at once.
const asideShown = 10

// asideLine is a message that could not be handled. Who sent it is not shown: the
// bot has told them to call if it is urgent.
type asideLine struct {
	At    time.Time
	Text  string
	Media int
}

// putAside lists what the program could not handle, newest first, for staff to
// write down by hand (搁置).
func putAside(t *turn, _ input) (reply, error) {
	tables, err := t.b.store.Tables(t.ctx, asidePrefix)
	if err != nil {
		return reply{}, err
	}
	var lines []asideLine
	err = t.b.store.View(t.ctx, func(r storage.Reader) error {
		for _, table := range slices.Backward(tables) {
			for _, value := range r.Back(table, nil, nil) {
				var m chat.Message
				if _, err := record.Decode(value, &m); err != nil {
					return err
				}
				if lines = append(lines, asideLine{m.At, m.Text, len(m.Media)}); len(lines) == asideShown {
					return nil
				}
			}
		}
		return nil
	})
	if err != nil {
		return reply{}, err
	}
	return says(t.say("aside.list", words.Args{"Lines": lines}))
}
