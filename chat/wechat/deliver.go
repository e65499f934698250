package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"fangzhuo/chat"
)

// deliver hands a batch to the handler, once it is known who speaks. What cannot
// be read is counted and otherwise costs nothing.
func (t *tap) deliver(ctx context.Context, raws []json.RawMessage) error {
	l := t.link
	var heard []heardMessage
	var unread []string
	for _, raw := range raws {
		w, err := readMessage(raw)
		var m heardMessage
		var ok bool
		if err == nil {
			m, ok, err = l.heard(w)
		}
		if err != nil {
			unread = append(unread, w.hash)
		} else if ok {
			heard = append(heard, m)
		}
	}
	batch, err := t.batch(ctx, heard)
	if err != nil {
		return err
	}
	if len(batch) > 0 {
		if err := l.h(ctx, batch); err != nil {
			return fmt.Errorf("batch not kept: %w", err)
		}
	}
	l.miss(unread)
	return nil
}

// heard tells who said or took back something; see split.
func (l *link) heard(w wireMessage) (m heardMessage, ok bool, err error) {
	if w.kind() == typeRecall {
		m, ok = l.recall(w)
		return m, ok, nil
	}
	if m, ok, err = split(w, l.book.self); ok {
		l.recent.add(m)
	}
	return m, ok, err
}

// batch makes what the handler gets of what was heard.
func (t *tap) batch(ctx context.Context, heard []heardMessage) ([]chat.Message, error) {
	l := t.link
	if len(heard) == 0 {
		return nil, nil
	}
	select {
	case <-l.ready:
	case <-l.ended:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t.learn(ctx, heard)
	var batch []chat.Message
	for _, m := range heard {
		if l.book.official(m.sender) {
			continue
		}
		l.book.heard(m.chat)
		batch = append(batch, m.message(l.book, l.a.opt.Now(), l.book.names(m.chat)...))
	}
	return batch, nil
}

// miss counts messages that could not be read, each once: they are on the phone.
func (l *link) miss(hashes []string) {
	before := len(l.missed)
	for _, h := range hashes {
		l.missed[h] = true
	}
	if n := len(l.missed); n > before {
		l.a.log.Error("messages not understood", "count", n)
		l.unread.Store(int64(n))
		l.touch()
	}
}

// learn asks the server, through the owner, about those whom the address book
// does not know: about each once, and not often.
func (t *tap) learn(ctx context.Context, heard []heardMessage) {
	l := t.link
	var people, groups []string
	for _, m := range heard {
		if isGroup(m.chat) && !l.book.detailed(m.chat) && !slices.Contains(groups, m.chat) {
			groups = append(groups, m.chat)
		}
		// Whoever writes in private is a friend, perhaps a new one; those who
		// are only met in groups the server does not know either.
		if m.sender == m.chat && l.book.unknown(m.sender) {
			people = append(people, m.sender)
		}
	}
	if len(people)+len(groups) == 0 {
		return
	}
	l.do(ctx, func() {
		if len(people) > 0 && l.a.opt.Now().Sub(l.lastRead) >= askAgain && l.reread() {
			l.book.givenUp(people)
		}
		l.readGroups(ctx, groups)
		l.online()
	})
}
