package bot

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
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
			if err := b.wake(ctx, d.key, d.who, now); err != nil {
				return fmt.Errorf("go on with a conversation: %w", err)
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
		t := &turn{b: b, ctx: ctx, m: chat.Message{From: who, Chat: who}, now: now, talk: k, was: k}
		text := ""
		switch {
		case k.Form == "":
			return nil
		case !k.Until.After(now):
			t.talk, text = talk{Asked: k.Asked}, t.say("form.expired", nil)
		case k.Hearing && !k.Quiet.IsZero() && !k.Quiet.After(now):
			r, err := t.told()
			if err != nil {
				return err
			}
			text = r.text
		default:
			return nil
		}
		if err := t.saveTalk(tx); err != nil {
			return err
		}
		p := outbox.Promise{Key: fmt.Sprintf("talk/%s/%d", who, timerAt(key).UnixMilli()), To: who, Text: text, Due: now, Repeat: true, Kind: "reply"}
		_, err = outbox.Put(tx, p, now)
		return err
	})
	if err == nil {
		b.Owed()
	}
	return err
}

// seenFor is how long it is remembered that a message was dealt with. Networks
// replay what was missed, but not for longer.
const seenFor = 9 * 24 * time.Hour

// Sweep drops what need not be remembered any longer, whole days at a time.
func (b *Bot) Sweep(ctx context.Context, now time.Time) error {
	tables, err := b.store.Tables(ctx, seenPrefix)
	if err != nil {
		return err
	}
	oldest := storage.Table(seenPrefix + now.Add(-seenFor).UTC().Format(time.DateOnly))
	for _, table := range tables {
		if table < oldest {
			if err := b.store.Drop(ctx, table); err != nil {
				return err
			}
		}
	}
	return nil
}
