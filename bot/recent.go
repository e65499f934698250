package bot

import (
	"sync"
	"time"

	"fangzhuo/chat"
)

// recent remembers for a minute what was handed in anonymously, to recognise it
// when a bad network sends it again. It is in memory only: no record may lead
// from an account to an anonymous matter.
type recent struct {
	mu   sync.Mutex
	last map[chat.Address]handedIn
}

type handedIn struct {
	sum string
	at  time.Time
}

// note remembers a matter and forgets those that are old.
func (r *recent) note(a chat.Address, sum []byte, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[chat.Address]handedIn{}
	}
	for b, h := range r.last {
		if now.Sub(h.at) > sameMatter {
			delete(r.last, b)
		}
	}
	r.last[a] = handedIn{string(sum), now}
}

// get returns what was handed in last, if that was less than a minute ago.
func (r *recent) get(a chat.Address, now time.Time) (sum []byte, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, ok := r.last[a]
	return []byte(h.sum), ok && now.Sub(h.at) <= sameMatter && !now.Before(h.at)
}
