package bot

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Two of the office on one matter at the same minute, and one who says the same
// step twice.

// held is a command that waits for 确认, because a colleague was faster. The cbor
// numbers are the stored form.
type held struct {
	Text   string    `cbor:"1,keyasint"`
	Quoted string    `cbor:"2,keyasint,omitempty"`
	Seen   int       `cbor:"3,keyasint"` // how many events the matter had when its author was told
	At     time.Time `cbor:"4,keyasint"`
}

// took is the step somebody took last, to know it again.
type took struct {
	Sum    []byte    `cbor:"1,keyasint"` // of what was said
	Events int       `cbor:"2,keyasint"` // how many the matter had after it
	At     time.Time `cbor:"3,keyasint"`
}

func sameHeld(a, b *held) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Text == b.Text && a.Seen == b.Seen && a.At.Equal(b.At)
}

func sameTook(a, b *took) bool {
	if a == nil || b == nil {
		return a == b
	}
	return bytes.Equal(a.Sum, b.Sum) && a.Events == b.Events && a.At.Equal(b.At)
}

// goesAhead takes up the command that waits for 确认. Whatever else is said, it
// waits no longer.
func (t *turn) goesAhead() bool {
	h := t.talk.Held
	if t.talk.Held = nil; h == nil || t.now.Sub(h.At) > desk.Fresh || !t.text.Yes() {
		return false
	}
	t.text, t.quote, t.sawEvents = phrase.Read(h.Text), t.b.readQuote(h.Quoted), h.Seen
	return true
}

// minding lets a step of a case wait when a colleague took one just now, and does
// not take the same step twice. Who is kept out, and who is let in again, waits for
// nobody.
func (t *turn) minding(c command, in input, r reply) reply {
	if r.do == nil || !t.known || c.verb == "" || c.verb == cases.Open || c.verb == cases.Waive || c.verb == cases.Recuse || in.no.IsZero() {
		return r
	}
	do, said := r.do, t.text.Raw()
	sum := sha256.Sum256([]byte(c.id + in.no.String() + strings.Join(strings.Fields(in.rest.Folded()), "")))
	r.do = func(tx storage.Tx) (string, error) {
		before, err := t.b.desk.Stands(tx, t.actor, in.no, t.now)
		if err != nil {
			return "", err
		}
		if before.Events == 0 { // not there: the step says so
			return do(tx)
		}
		if k := t.talk.Took; k != nil && bytes.Equal(k.Sum, sum[:8]) && k.Events == before.Events && t.now.Sub(k.At) <= desk.Fresh {
			return t.say("took-before", words.Args{"Short": desk.ShortNumber(before.No, t.now)}), nil
		}
		e, other, err := t.b.desk.Meanwhile(tx, t.actor, before, t.sawEvents, t.now)
		if err != nil {
			return "", err
		}
		if other {
			args := t.b.desk.MeanwhileArgs(before, e, t.now)
			if before.Check(t.actor, c.verb) != nil { // and it was just that
				return "", &cases.Refusal{Code: cases.Meanwhile, Verb: c.verb, No: before.No, Stage: before.Stage, Typed: t.b.desk.PersonName(e.Actor.ID)}
			}
			t.talk.Held = &held{Text: said, Quoted: t.m.Quoted, Seen: before.Events, At: t.now}
			return t.say("meanwhile", args), nil
		}
		text, err := do(tx)
		if err != nil {
			return "", err
		}
		after, err := t.b.desk.Stands(tx, cases.System, before.No, t.now)
		if err == nil && after.Events > before.Events {
			t.talk.Took = &took{Sum: sum[:8], Events: after.Events, At: t.now}
		}
		return text, err
	}
	return r
}
