package wechat

import (
	"context"
	"sync"
	"time"
)

// How requests are spaced once one has failed.
const (
	spacing   = 550 * time.Millisecond // at most two a second
	calmAfter = 2 * time.Minute        // without a failure; longer than any pause between tries
)

// budget keeps an account to two requests a second whatever fails, whichever
// goroutine makes them and whichever login they belong to: a storm is how an
// account gets noticed. While all is well it slows nothing. It goes by timers,
// because the clock may be moved.
type budget struct {
	after func(time.Duration) <-chan time.Time
	turn  chan struct{} // held by the one that waits next

	mu    sync.Mutex
	tight bool
	next  <-chan time.Time // fires when the next request may start
	calm  <-chan time.Time // fires when nothing has failed for a while
}

func newBudget(after func(time.Duration) <-chan time.Time) *budget {
	return &budget{after: after, turn: make(chan struct{}, 1)}
}

// wait returns when the next request may start.
func (b *budget) wait(ctx context.Context) error {
	if !b.isTight() {
		return nil
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for next := b.pending(); next != nil; next = b.pending() {
		select {
		case <-next:
			b.fired(next)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next = b.after(spacing)
	return nil
}

func (b *budget) isTight() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tight
}

func (b *budget) pending() <-chan time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next
}

// fired forgets a timer, unless a failure has set another since.
func (b *budget) fired(next <-chan time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == next {
		b.next = nil
	}
}

// failed notes that a request failed.
func (b *budget) failed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tight = true
	b.next, b.calm = b.after(spacing), b.after(calmAfter)
}

// well notes that a link is up and polls. Until then a failure is not over, be
// it hours ago: a login that fails each time makes many requests before it does.
func (b *budget) well() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.calm:
		b.tight, b.next, b.calm = false, nil, nil
	default:
	}
}
