package bot

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"fangzhuo/attach"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// perUpdate is how many conversations are dropped in one transaction.
const perUpdate = 10

// ForgetSession ends the conversations under names that were good for an earlier
// login only: nobody can go on with them. An unfinished form was its author's
// alone and is shown to nobody; the office is told how many there were. Bindings
// go with them, see desk.ForgetSession. It is called at a login, before anything
// is heard under it, and may be called again.
func (b *Bot) ForgetSession(ctx context.Context, now time.Time) error {
	if err := b.desk.ForgetSession(ctx, now); err != nil {
		return err
	}
	gone, err := b.passing(ctx)
	if err != nil || len(gone) == 0 {
		return err
	}
	if err := b.tellDrafts(ctx, gone, now); err != nil {
		return err
	}
	errs := storage.InChunks(ctx, b.store, gone, perUpdate, func(tx storage.Tx, some []conversation) error {
		for _, c := range some {
			if err := c.drop(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("end conversations of an earlier login: %w", err)
	}
	return nil
}

// conversation is what is kept of one that has to end.
type conversation struct {
	who  chat.Address
	talk talk
	late late
}

// passing lists the conversations under names that are good for one login only.
func (b *Bot) passing(ctx context.Context) (gone []conversation, err error) {
	err = b.store.View(ctx, func(r storage.Reader) error {
		gone = nil
		seen := map[chat.Address]bool{}
		for _, table := range []storage.Table{talkTable, lateTable} {
			for key := range r.Scan(table, nil, nil) {
				who := chat.Address(key[:len(key)-1]) // Text closes it with a zero
				if seen[who] || b.desk.Lasting(who) {
					continue
				}
				seen[who] = true
				c := conversation{who: who}
				if c.talk, err = loadTalk(r, who); err != nil {
					return err
				}
				if c.late, _, err = loadLate(r, who); err != nil {
					return err
				}
				gone = append(gone, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return gone, nil
}

// drop takes everything of the conversation away, its timers too: they say who
// was talking when.
func (c conversation) drop(tx storage.Tx) error {
	var err error
	for _, said := range c.talk.Said {
		err = errors.Join(err, attach.Forget(tx, said.Media))
	}
	err = errors.Join(err, tx.Delete(talkTable, talkKey(c.who)), tx.Delete(lateTable, lateKey(c.who)))
	for _, at := range []time.Time{c.talk.Quiet, c.talk.Until, c.talk.Remind} {
		if !at.IsZero() {
			err = errors.Join(err, tx.Delete(timerTable, timerKey(at, c.who)))
		}
	}
	if !c.late.Flush.IsZero() {
		err = errors.Join(err, tx.Delete(timerTable, lateTimer(c.late.Flush, c.who)))
	}
	return err
}

// tellDrafts tells the office how many forms nobody can go on with.
func (b *Bot) tellDrafts(ctx context.Context, gone []conversation, now time.Time) error {
	n, sum := 0, sha256.New()
	for _, c := range gone {
		if c.talk.Form != "" {
			n++
			fmt.Fprintf(sum, "%s %s\n", c.who, c.talk.Draft)
		}
	}
	if n == 0 {
		return nil
	}
	return b.store.Update(ctx, func(tx storage.Tx) error {
		return b.desk.Alarm(tx, fmt.Sprintf("drafts-lost/%x", sum.Sum(nil)[:8]), "staff.drafts-lost", words.Args{"N": n}, now)
	})
}
