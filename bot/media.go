package bot

import (
	"slices"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// What comes with a message (图片、语音、文件) is wanted in the transaction that
// keeps the message, under an id of our own, and fetched right after it. What is
// not kept is not fetched either.

// maxMedia is how much may come with one draft.
const maxMedia = 20

// holdMedia notes that what came with the message is kept.
func (t *turn) holdMedia() { t.wanted = t.pieces }

// dropMedia goes on without what came with the message.
func (t *turn) dropMedia() { t.m.Media, t.pieces, t.wanted = nil, nil, nil }

// opaque reports whether all that came is what nobody can open: a sticker, a card,
// a red packet, a forwarded chat.
func (t *turn) opaque() bool {
	return t.text.Empty() && len(t.m.Media) > 0 && !slices.ContainsFunc(t.m.Media, func(m chat.Media) bool {
		return m.Kind.Fetched() || m.Kind == chat.Location
	})
}

// mediaLeft is how much more may come with the draft.
func (t *turn) mediaLeft() int {
	left := maxMedia
	for _, m := range t.talk.Said {
		left -= len(m.Media)
	}
	return left
}

// mediaAgain reports whether the draft got nothing but media just before too:
// nobody wants nine answers to nine photos.
func (t *turn) mediaAgain() bool {
	n := len(t.talk.Said)
	return n >= 2 && t.talk.Said[n-2].Text == "" && t.talk.Said[n-1].Text == "" && t.m.At.Sub(t.talk.Said[n-2].At) < t.b.Quiet
}

// forgetMedia drops what came with a draft that was given up: that it came, and
// from whom.
func (t *turn) forgetMedia(tx storage.Tx) error {
	held := map[string]bool{}
	for _, said := range t.talk.Said {
		for _, m := range said.Media {
			held[m.Ref] = true
		}
	}
	for _, said := range t.was.Said {
		lost := slices.DeleteFunc(slices.Clone(said.Media), func(m chat.Media) bool { return held[m.Ref] })
		if err := attach.Forget(tx, lost); err != nil {
			return err
		}
	}
	return nil
}

// goesWithLast is how long after a matter was handed in or added to a picture
// without words is taken to belong to it. On WeChat a picture cannot come with
// words.
const goesWithLast = 10 * time.Minute

// lastAbout notes which matter was spoken of last.
func (t *turn) lastAbout(no cases.Number) {
	t.talk.Last, t.talk.LastSum, t.talk.LastAt = no, nil, t.now
	if t.talk.Form == "" {
		t.talk.Until = t.now.Add(goesWithLast)
	}
}

// goesWithLast returns the matter that a picture without words belongs to, with
// the code where only that leads to it.
func (t *turn) goesWithLast() (no cases.Number, code string, ok bool) {
	if !t.text.Empty() || len(t.m.Media) == 0 {
		return no, "", false
	}
	if !t.talk.Last.IsZero() && !t.now.Before(t.talk.LastAt) && t.now.Sub(t.talk.LastAt) <= goesWithLast {
		return t.talk.Last, "", true
	}
	h, ok := t.b.recent.get(t.m.From, t.now)
	return h.no, h.code, ok
}

// addsMedia puts a picture without words to the matter spoken of last. Of several
// in a row the first is answered.
func (t *turn) addsMedia(no cases.Number, code string) (reply, error) {
	t.holdMedia()
	h, _ := t.b.recent.get(t.m.From, t.now)
	before := t.talk.Added
	if code != "" { // no record leads to it
		before = h.added
	}
	r := reply{do: func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Supplement(tx, no, t.claim(code), t.m, "", t.now)
		if err != nil {
			return "", err
		}
		if code == "" {
			t.lastAbout(no)
			t.talk.Added, t.became = t.now, partOf(c)
		}
		if t.now.Sub(before) < t.b.Quiet {
			return "", nil
		}
		return t.say("media.added", t.b.desk.Args(c, t.now, nil)), nil
	}}
	if code != "" {
		r.after = func() {
			h.last, h.added = t.now, t.now
			t.b.recent.note(t.m.From, h)
		}
	}
	return r, nil
}

// MediaGone tells who sent something along that it could not be kept, and takes
// the next thing they say as its replacement if it was part of a matter.
func (b *Bot) MediaGone(tx storage.Tx, l attach.Loss) error {
	now := b.Now().Truncate(time.Millisecond)
	no, err := b.desk.MediaGone(tx, l, now)
	if err != nil || no.IsZero() || l.From == "" {
		return err
	}
	return b.Expect(tx, l.From, no, now)
}

// Holds reports whether somebody's draft holds a piece of media.
func (b *Bot) Holds(r storage.Reader, who chat.Address, id string) (bool, error) {
	k, err := loadTalk(r, who)
	for _, said := range k.Said {
		if slices.ContainsFunc(said.Media, func(m chat.Media) bool { return m.Ref == id }) {
			return true, nil
		}
	}
	return false, err
}
