package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// A message that is taken back on the network (撤回) is marked, never deleted. The
// mark that a message was dealt with says what it became: that is how it is
// found again, for as long as the mark is kept. Of an anonymous matter the mark
// says nothing, because nothing may lead from a message to it; whoever takes
// such a message back is told so.

// became is what a message became. The cbor numbers are the stored form; the
// zero value is stored as nothing.
type became struct {
	Case  cases.Number `cbor:"1,keyasint,omitzero"`  // it is part of this matter,
	Event int          `cbor:"2,keyasint,omitempty"` // as this event
	Draft string       `cbor:"3,keyasint,omitempty"` // or was told to this draft,
	N     int          `cbor:"4,keyasint,omitempty"` // as the nth message of it
	Done  bool         `cbor:"5,keyasint,omitempty"` // or was a command that was carried out
	// Recalled: it was taken back, and its sender was told what that means.
	Recalled bool `cbor:"6,keyasint,omitempty"`
	// Early: it was taken back before it came; it has not been dealt with. Owed:
	// it came since, and that it was taken back is still to be noted.
	Early bool `cbor:"7,keyasint,omitempty"`
	Owed  bool `cbor:"8,keyasint,omitempty"`
}

// partOf marks a message that was just added to the matter.
func partOf(c cases.Case) became { return became{Case: c.No, Event: c.Events - 1} }

func (m became) put(tx storage.Tx, t storage.Table, key []byte) error {
	if m == (became{}) {
		return tx.Put(t, key, nil)
	}
	return record.Save(tx, t, key, m)
}

// getBecame reads the mark of a message.
func getBecame(r storage.Reader, t storage.Table, key []byte) (m became, ok bool, err error) {
	b, err := r.Get(t, key)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return m, false, nil
	case err != nil:
		return m, false, fmt.Errorf("look up a message: %w", err)
	case len(b) == 0:
		return m, true, nil
	}
	if _, err := record.Decode(b, &m); err != nil {
		return m, false, fmt.Errorf("look up a message: %w", err)
	}
	return m, true, nil
}

// marked is where a mark was found.
type marked struct {
	became
	table storage.Table
	found bool
	also  []cases.Number // and part of these, of a draft that became several matters
}

// draftKey is where a draft that was handed in says which matter it became.
func draftKey(draft string) []byte { return storage.Key(nil).Text("draft").Text(draft) }

// target finds what the recalled message became. A draft that was handed in,
// unless anonymously, comes back as its matter.
func (t *turn) target() (m marked, err error) {
	err = t.b.store.View(t.ctx, func(r storage.Reader) error {
		m = marked{}
		days := t.recallDays()
		for _, table := range days {
			if m.became, m.found, err = getBecame(r, table, t.recallKey()); err != nil {
				return err
			}
			if m.table = table; m.found {
				break
			}
		}
		if m.Draft == "" || m.Draft == t.talk.Draft {
			return nil
		}
		for _, table := range days {
			if ok, err := record.Load(r, table, draftKey(m.Draft), &m.Case); ok || err != nil {
				return err
			}
			var each [][]cases.Number
			if ok, err := record.Load(r, table, eachKey(m.Draft), &each); err != nil {
				return err
			} else if ok && m.N < len(each) && len(each[m.N]) > 0 {
				m.Case, m.also = each[m.N][0], each[m.N][1:]
				return nil
			}
		}
		m.Draft = "" // given up, or handed in anonymously
		return nil
	})
	return m, err
}

// recallDays are the tables of marks that are kept, newest first. One day more
// than today, because the network's clock may be ahead.
func (t *turn) recallDays() []storage.Table {
	var days []storage.Table
	for at := t.now.Add(24 * time.Hour); at.After(t.now.Add(-seenFor - 24*time.Hour)); at = at.Add(-24 * time.Hour) {
		days = append(days, seenTable(at))
	}
	return days
}

// recalled answers somebody who took a message back.
func (t *turn) recalled() (reply, error) {
	m, err := t.target()
	switch {
	case err != nil:
		return reply{}, err
	case m.Recalled, m.Early:
		return reply{}, nil // it was said already
	case !m.found:
		return t.recalledEarly()
	case !m.Case.IsZero():
		return t.recalledCase(m)
	case m.Draft != "" && m.N < len(t.talk.Said):
		t.talk.Said = slices.Clone(t.talk.Said)
		t.talk.Said[m.N].Recalled = t.now
		return t.recalledAs(m, t.say("recall.draft", nil))
	case m.Done:
		return t.recalledAs(m, t.say("recall.done", nil))
	}
	if m.Owed { // it was said when the recall came
		return t.recalledAs(m, "")
	}
	return t.recalledAs(m, t.say("recall.unknown", nil))
}

// recallKey names the message that was taken back.
func (t *turn) recallKey() []byte { return messageKey(t.m.From, t.m.Recalls) }

// recalledAs says what it means that the message was taken back, once.
func (t *turn) recalledAs(m marked, text string) (reply, error) {
	return does(func(tx storage.Tx) (string, error) { return text, t.markRecalled(tx, m) })
}

func (t *turn) markRecalled(tx storage.Tx, m marked) error {
	m.Recalled, m.Owed = true, false
	return m.put(tx, m.table, t.recallKey())
}

// recalledCase marks it on the matter.
func (t *turn) recalledCase(m marked) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Recall(tx, m.Case, t.m.From, m.Event, t.now)
		if _, refused := desk.IsRefusal(err); refused { // not from this account any more
			return t.say("recall.unknown", nil), t.markRecalled(tx, m)
		}
		if err != nil {
			return "", err
		}
		text := t.say("recall.case", t.b.desk.Args(c, t.now, words.Args{"Ongoing": c.Stage.Open()}))
		for _, no := range m.also {
			c, err := t.b.desk.Recall(tx, no, t.m.From, m.Event, t.now)
			if _, refused := desk.IsRefusal(err); refused {
				continue
			}
			if err != nil {
				return "", err
			}
			text = joined(text, t.say("recall.case", t.b.desk.Args(c, t.now, words.Args{"Ongoing": c.Stage.Open()})))
		}
		return text, t.markRecalled(tx, m)
	})
}

// recalledEarly remembers a message that was taken back and is not known: it may
// still come, because networks do not keep order.
func (t *turn) recalledEarly() (reply, error) {
	m := marked{became: became{Early: true}}
	return does(func(tx storage.Tx) (string, error) {
		for _, said := range []time.Time{t.m.At, t.m.At.Add(-recallWithin)} {
			if err := m.put(tx, seenTable(said), t.recallKey()); err != nil {
				return "", err
			}
		}
		return t.say("recall.unknown", nil), nil
	})
}

// recallWithin is how long after it was said a message can be taken back: two
// minutes, a file three hours.
const recallWithin = 3 * time.Hour

// recallOwed notes that the message of this turn had been taken back before it
// came.
func (t *turn) recallOwed() error {
	m := chat.Message{ID: t.m.ID + "/recalled", At: t.m.At, From: t.m.From, Chat: t.m.Chat, Recalls: t.m.ID}
	after := &turn{b: t.b, ctx: t.ctx, m: m, now: t.now, actor: cases.Petitioner}
	if seen, err := after.load(); err != nil || seen {
		return err
	}
	return after.deal()
}

// inOrder puts each recall behind the message that it takes back, if both came
// at once.
func inOrder(batch []chat.Message) []chat.Message {
	for i, m := range batch {
		if m.Recalls == "" {
			continue
		}
		at := slices.IndexFunc(batch[i:], func(o chat.Message) bool {
			return o.Recalls == "" && o.ID == m.Recalls && o.From.Transport() == m.From.Transport()
		})
		if at > 0 {
			return inOrder(slices.Insert(slices.Delete(slices.Clone(batch), i, i+1), i+at, m))
		}
	}
	return batch
}
