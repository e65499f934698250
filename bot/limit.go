package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"fangzhuo/chat"
)

// limiter holds each speaker to a number of messages an hour. It lives in
// memory: after a restart everybody starts afresh, and nothing about anybody's
// pace is kept.
type limiter struct {
	mu      sync.Mutex
	perHour int
	paces   map[chat.Address]*pace
	swept   time.Time
}

type pace struct {
	limit  *rate.Limiter
	last   time.Time
	warned time.Time
}

func newLimiter(perHour int) *limiter {
	return &limiter{perHour: perHour, paces: map[chat.Address]*pace{}}
}

// take reports whether the speaker may be heard now and, if not, whether it is
// time to say so: once a minute at most.
func (l *limiter) take(a chat.Address, now time.Time) (ok, warn bool) {
	if l.perHour <= 0 {
		return true, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > time.Hour || now.Before(l.swept) {
		for a, p := range l.paces {
			if now.Sub(p.last) > time.Hour {
				delete(l.paces, a)
			}
		}
		l.swept = now
	}
	p := l.paces[a]
	if p == nil || now.Before(p.last) { // a clock that jumped back frees everybody
		p = &pace{limit: rate.NewLimiter(rate.Limit(float64(l.perHour)/3600), l.perHour)}
		l.paces[a] = p
	}
	p.last = now
	if p.limit.AllowN(now, 1) {
		return true, false
	}
	if now.Sub(p.warned) >= time.Minute {
		p.warned = now
		return false, true
	}
	return false, false
}
