package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// What was said while the link was down comes in a burst when it is up again.
// All of it is dealt with, in order and once, but a chat gets one answer: every
// receipt and every result with the time of what it answers, and the last of
// the questions. The answer is put by in the transaction of each message and
// owed when the burst is over, also after a crash.

const (
	// lateAfter is how old a message must be for its answer to be a late one. A
	// slow network is not that slow, and an outage this long is alarmed.
	lateAfter = 10 * time.Minute
	// lateQuiet is how long after the last message a burst is over: it may come in
	// several batches.
	lateQuiet = 5 * time.Second
	// lateWait is how long an answer waits at most, though more is said.
	lateWait = 30 * time.Second
)

const lateTable storage.Table = "late" // address → late: an answer that is put by

// late is the answer to what was said in one chat while the link was down. The
// cbor numbers are the stored form.
type late struct {
	From   time.Time  `cbor:"1,keyasint"` // when the first of it was said,
	To     time.Time  `cbor:"2,keyasint"` // and the last
	Came   time.Time  `cbor:"3,keyasint"` // when the first of it came
	Flush  time.Time  `cbor:"4,keyasint"` // when the answer is owed
	Lines  []lateLine `cbor:"5,keyasint,omitempty"`
	Prompt string     `cbor:"6,keyasint,omitempty"` // what the bot asked or said last
	Group  bool       `cbor:"7,keyasint,omitempty"`
}

// lateLine is a receipt or result: each may be somebody's only way back.
type lateLine struct {
	At   time.Time `cbor:"1,keyasint"` // when it was said what this answers
	Text string    `cbor:"2,keyasint"`
}

func lateKey(a chat.Address) []byte { return storage.Key(nil).Text(string(a)) }

// lateTimer is the key of the timer at which the answer is owed.
func lateTimer(at time.Time, a chat.Address) []byte {
	return storage.Key(nil).Time(at).Text(string(a)).Text("late")
}

func loadLate(g storage.Getter, a chat.Address) (l late, waits bool, err error) {
	waits, err = record.Load(g, lateTable, lateKey(a), &l)
	return l, waits, err
}

// putBy puts an answer by until the burst is over.
func (t *turn) putBy(tx storage.Tx, to chat.Address, text string) error {
	l, waits, err := loadLate(tx, to)
	if err != nil {
		return err
	}
	if !waits {
		if text == "" {
			return nil
		}
		l.From, l.Came, l.Group = t.m.At, t.now, to != t.m.From
	} else if err := tx.Delete(timerTable, lateTimer(l.Flush, to)); err != nil {
		return err
	}
	l.To = t.m.At
	switch {
	case text == "":
	case t.result && !l.Group:
		l.Lines = append(slices.Clip(l.Lines), lateLine{t.m.At, text})
		if t.talk.Form == "" {
			l.Prompt = ""
		}
	default:
		l.Prompt = text
	}
	l.Flush = t.now.Add(lateQuiet)
	if last := l.Came.Add(lateWait); last.Before(l.Flush) {
		l.Flush = last
	}
	return errors.Join(record.Save(tx, lateTable, lateKey(to), l), tx.Put(timerTable, lateTimer(l.Flush, to), []byte(to)))
}

// answerLate owes the answer to a burst that is over. A story that was told in
// it is told: nobody waits for more of what was said hours ago.
func (t *turn) answerLate(tx storage.Tx) error {
	who := t.m.From
	l, waits, err := loadLate(tx, who)
	if err != nil || !waits || l.Flush.After(t.now) {
		return err
	}
	if t.talk.Hearing && !t.talk.Quiet.IsZero() {
		r, err := t.told()
		if err != nil {
			return err
		}
		if r.do != nil {
			if r.text, err = r.do(tx); err != nil {
				return err
			}
		}
		l.Prompt = joined(t.notice(), r.text)
		t.noted()
	}
	if err := tx.Delete(lateTable, lateKey(who)); err != nil {
		return err
	}
	_, err = outbox.Put(tx, outbox.Promise{Key: fmt.Sprintf("late/%x", t.b.desk.Veil(lateTimer(l.Flush, who))), To: who, Text: t.lateText(l),
		Due: t.now, Repeat: true, Kind: "reply", Awake: !l.Group}, t.now)
	return err
}

// lateText is the one answer: when that was said, what came of it, and what the
// bot asks.
func (t *turn) lateText(l late) string {
	if l.Group { // whoever called is told the same
		return joined(t.say("late.group", nil), l.Prompt)
	}
	text := t.say("late", words.Args{"At": l.From, "Till": l.To, "Many": !l.From.Equal(l.To), "Today": t.isToday(l.From) && t.isToday(l.To)})
	for _, line := range l.Lines {
		if !l.From.Equal(l.To) {
			line.Text = t.say("late.line", words.Args{"At": line.At, "Text": line.Text, "Today": t.isToday(line.At)})
		}
		text = joined(text, line.Text)
	}
	return joined(text, l.Prompt)
}

// old reports whether the message was said while the link was down.
func (t *turn) old() bool { return t.now.Sub(t.m.At) > lateAfter }

// saidOn is the day from which "明天" and the like count.
func (t *turn) saidOn() calendar.Date { return calendar.DateOf(t.m.At) }

func (t *turn) isToday(at time.Time) bool { return calendar.DateOf(at) == t.today() }
