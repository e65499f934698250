package storage_test

import (
	"bytes"
	"cmp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fangzhuo/storage"
)

// parts are written into a key in this order.
type parts struct {
	small uint16
	text  string
	at    time.Time
	mid   uint32
	big   uint64
}

func (p parts) key() storage.Key {
	return storage.Key(nil).Uint16(p.small).Text(p.text).Time(p.at).Uint32(p.mid).Uint(p.big)
}

func (p parts) compare(q parts) int {
	return cmp.Or(cmp.Compare(p.small, q.small), strings.Compare(p.text, q.text), p.at.Compare(q.at), cmp.Compare(p.mid, q.mid), cmp.Compare(p.big, q.big))
}

var someParts = rapid.Custom(func(t *rapid.T) parts {
	return parts{
		small: uint16(rapid.IntRange(0, 2).Draw(t, "small")),
		text:  rapid.StringMatching(`[a-b一]{0,3}`).Draw(t, "text"),
		at:    time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "at")),
		mid:   rapid.Uint32().Draw(t, "mid"),
		big:   rapid.Uint64().Draw(t, "big"),
	}
})

func TestKeysAreInTheOrderOfTheirParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := someParts.Draw(t, "p"), someParts.Draw(t, "q")
		if got, want := bytes.Compare(p.key(), q.key()), p.compare(q); got != want {
			t.Fatalf("keys compare as %d, parts as %d", got, want)
		}
	})
}

func TestTimeBefore1970CountsAs1970(t *testing.T) {
	if a, b := storage.Key(nil).Time(time.Time{}), storage.Key(nil).Time(time.Unix(0, 0)); !bytes.Equal(a, b) {
		t.Errorf("%x and %x", a, b)
	}
}

func TestEndIsBehindAllThatBeginWithIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := storage.Key(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff}), 0, 4).Draw(t, "prefix"))
		other := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff}), 0, 6).Draw(t, "other")
		kept := bytes.Clone(prefix)
		end := prefix.End()
		inside := bytes.Compare(other, prefix) >= 0 && (end == nil || bytes.Compare(other, end) < 0)
		if inside != bytes.HasPrefix(other, prefix) || !bytes.Equal(kept, prefix) {
			t.Fatalf("%x to %x holds %x: %t; the prefix is now %x", kept, end, other, inside, []byte(prefix))
		}
	})
}
