package outbox

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Pace is how fast a transport may send without looking like a machine: a
// random pause from Min to Max after each message, at most PerMinute in any
// minute (zero: no such bound), and in its quiet hours only what is awake.
type Pace struct {
	Min, Max  time.Duration
	PerMinute int
	Quiet     Quiet
}

// pause returns how long to rest after the newest of the given sendings.
func (p Pace) pause(sent []time.Time, random float64) time.Duration {
	rest := p.Min + time.Duration(random*float64(p.Max-p.Min))
	if n := len(sent); p.PerMinute > 0 && n >= p.PerMinute {
		rest = max(rest, sent[n-p.PerMinute].Add(time.Minute).Sub(sent[n-1]))
	}
	return rest
}

// after returns when about n messages have been sent, if the first goes out at
// from.
func (p Pace) after(from time.Time, n int) time.Time {
	each := (p.Min + p.Max) / 2
	if p.PerMinute > 0 {
		each = max(each, time.Minute/time.Duration(p.PerMinute))
	}
	left := time.Duration(n-1) * each
	for {
		begins, ends, ok := p.Quiet.next(from)
		if !ok || from.Add(left).Before(begins) {
			return from.Add(left)
		}
		if from.Before(begins) {
			left -= begins.Sub(from)
		}
		from = ends
	}
}

// wait is a time to wait for. It is also over when the clock was moved back
// before its beginning.
type wait struct{ from, until time.Time }

func (w wait) over(now time.Time) bool { return now.Before(w.from) || !now.Before(w.until) }

func pausing(now time.Time, d time.Duration) wait { return wait{now, now.Add(d)} }

// patience grows from a second to a minute with each failure in a row.
func patience() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: time.Second,
		Multiplier:      2,
		MaxInterval:     time.Minute,
	}
}

// longPatience waits ten seconds, a minute, six minutes: an unclear answer is
// sent again three times only, and a bad minute of the network must not use them
// up.
func longPatience() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: 10 * time.Second,
		Multiplier:      6,
		MaxInterval:     10 * time.Minute,
	}
}
