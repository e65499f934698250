package bot

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Next returns when the next conversation goes on by itself: a story counts as
// told once it has been quiet, a draft is given up after some days.
func (b *Bot) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	err = b.store.View(ctx, func(r storage.Reader) error {
		for key := range r.Scan(timerTable, nil, nil) {
			at, ok = timerAt(key), true
			break
		}
		return nil
	})
	return at, ok, err
}

func timerAt(key []byte) time.Time { return time.UnixMilli(int64(binary.BigEndian.Uint64(key))) }

// Fire goes on with every conversation whose time has come.
func (b *Bot) Fire(ctx context.Context, now time.Time) error {
	type timer struct {
		key []byte
		who chat.Address
	}
	for {
		var due []timer
		err := b.store.View(ctx, func(r storage.Reader) error {
			for key, value := range r.Scan(timerTable, nil, storage.Key(nil).Time(now.Add(time.Millisecond))) {
				due = append(due, timer{key, chat.Address(value)})
				if len(due) == 100 {
					break
				}
			}
			return nil
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, d := range due {
			err := b.wake(ctx, d.key, d.who, now)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil { // one conversation must not hold up all others
				b.Log.Error("a conversation cannot go on, it is tried again in a minute", "err", err)
				later := func(tx storage.Tx) error {
					return errors.Join(tx.Delete(timerTable, d.key),
						tx.Put(timerTable, storage.Key(nil).Time(now.Add(time.Minute)).Text(string(d.who)).Text("again"), []byte(d.who)))
				}
				if err := b.store.Update(ctx, later); err != nil {
					return fmt.Errorf("put a timer off: %w", err)
				}
			}
		}
	}
}

// wake goes on with one conversation. A timer that has been overtaken by a
// later message does nothing.
func (b *Bot) wake(ctx context.Context, key []byte, who chat.Address, now time.Time) error {
	lock := b.lock(who)
	lock.Lock()
	defer lock.Unlock()
	err := b.store.Update(ctx, func(tx storage.Tx) error {
		if err := tx.Delete(timerTable, key); err != nil {
			return err
		}
		k, err := loadTalk(tx, who)
		if err != nil {
			return err
		}
		t := &turn{b: b, ctx: ctx, m: chat.Message{From: who, Chat: who, At: now}, now: now, talk: k, was: k}
		if err := t.answerLate(tx); err != nil {
			return err
		}
		text, awake, err := t.goOn(tx)
		if err != nil {
			return err
		}
		if err := t.saveTalk(tx); err != nil || text == "" {
			return err
		}
		p := outbox.Promise{Key: fmt.Sprintf("talk/%x", b.desk.Veil(key)), To: who, Text: text, Due: now, Repeat: true, Kind: "reply", Awake: awake}
		_, err = outbox.Put(tx, p, now)
		return err
	})
	if err == nil {
		b.Owed()
	}
	return err
}

// goOn goes on with a conversation whose time has come, if it has, and reports
// whether somebody has just spoken.
func (t *turn) goOn(tx storage.Tx) (text string, awake bool, err error) {
	k := t.talk
	switch {
	case k.Form == "": // what was handed in last need not be remembered any longer
		if !k.Until.IsZero() && !k.Until.After(t.now) {
			t.talk = k.over(k.Answered)
		}
	case !k.Until.After(t.now):
		t.talk = k.over(time.Time{})
		return t.say("form.expired", nil), false, nil
	case !k.Remind.IsZero() && !k.Remind.After(t.now):
		t.talk.Remind, t.talk.Reminded = time.Time{}, true
		ask := ""
		if k.Ask != "" && k.Same.IsZero() && k.About.IsZero() {
			ask = t.question()
		}
		return joined(t.say("form.remind", words.Args{"Ask": ask}), ask), false, nil
	case k.Hearing && !k.Quiet.IsZero() && !k.Quiet.After(t.now):
		if len(k.Story) == 0 { // who sent but a picture was asked for words with the receipt of it
			t.talk.Quiet = time.Time{}
			break
		}
		r, err := t.told()
		if err == nil && r.do != nil { // told label by label, and complete
			r.text, err = r.do(tx)
		}
		return r.text, true, err
	}
	return "", false, nil
}

// seenFor is how long it is remembered that a message was dealt with. Networks
// replay what was missed, but not for longer.
const seenFor = 9 * 24 * time.Hour

// Sweep drops what need not be remembered any longer, whole days at a time.
func (b *Bot) Sweep(ctx context.Context, now time.Time) error {
	for prefix, keep := range map[string]time.Duration{seenPrefix: seenFor, asidePrefix: asideFor, desk.LockPrefix: 2 * 24 * time.Hour, desk.CodePrefix: 2 * 24 * time.Hour} {
		tables, err := b.store.Tables(ctx, prefix)
		if err != nil {
			return err
		}
		oldest := storage.Table(prefix + now.Add(-keep).UTC().Format(time.DateOnly))
		for _, table := range tables {
			if table < oldest {
				if err := b.store.Drop(ctx, table); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
