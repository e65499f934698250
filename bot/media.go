package bot

import (
	"slices"
	"time"

	"fangzhuo/attach"
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
