package bot

import (
	"sync"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
)

// recent remembers for some minutes what was handed in anonymously, to recognise
// it when a bad network sends it again, and so that a picture that follows is put
// to it. It is in memory only: no record may lead from an account to an anonymous
// matter.
type recent struct {
	mu   sync.Mutex
	last map[chat.Address]handedIn
}

type handedIn struct {
	sum  string
	no   cases.Number
	code string
	// at is when it was handed in, last when it was last heard of, added when a
	// picture was put to it.
	at, last, added time.Time
	danger          bool // it is a danger: more about it belongs to it
}

// note remembers a matter and forgets those that are old.
func (r *recent) note(a chat.Address, h handedIn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[chat.Address]handedIn{}
	}
	now := h.last
	for b, old := range r.last {
		if now.Sub(old.last) > goesWithLast {
			delete(r.last, b)
		}
	}
	r.last[a] = h
}

// get returns what was handed in last, if that was not long ago.
func (r *recent) get(a chat.Address, now time.Time) (h handedIn, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, ok = r.last[a]
	return h, ok && now.Sub(h.last) <= goesWithLast && !now.Before(h.at)
}
