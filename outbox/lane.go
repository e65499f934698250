package outbox

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"fangzhuo/chat"
)

// maxPassed bounds the answers that wait in memory for one transport.
const maxPassed = 1024

// lane is the way to one transport. One round at a time runs on it.
type lane struct {
	name   string
	sender Sender
	pace   *Pace

	turn   chan struct{} // holds the one permit to run a round
	atWork atomic.Bool   // Run has a round on it

	mu      sync.Mutex // guards what follows
	joining *round     // the round that has not begun yet
	passed  []item
	last    uint64 // number of the last passed item
	rest    wait   // nothing is sent until then
	parked  bool   // the link was down at the last try
	retry   *backoff.ExponentialBackOff
	failed  *backoff.ExponentialBackOff // of rounds, not of sendings
	sent    []time.Time                 // the newest sendings, as many as the pace looks at
	held    map[chat.Address]*hold

	// Only touched in a round:
	owed   []settled // outcomes whose recording failed
	unsent bool      // the stored mark names notices that were certainly not sent
}

// hold keeps the line to one address waiting after an unclear sending.
type hold struct {
	wait
	tries int
	retry *backoff.ExponentialBackOff
}

func newLane(name string, s Sender, p *Pace) *lane {
	return &lane{
		name: name, sender: s, pace: p,
		turn:  make(chan struct{}, 1),
		retry: patience(), failed: patience(),
		held: make(map[chat.Address]*hold),
	}
}

type round struct {
	done chan struct{}
	err  error
}

// share runs a round, or waits for one that begins after the call: whatever
// was committed before it is seen. All who call while a round is running share
// the next one.
func (l *lane) share(ctx context.Context, run func() error) error {
	l.mu.Lock()
	r, lead := l.joining, false
	if r == nil {
		r, lead = &round{done: make(chan struct{})}, true
		l.joining = r
	}
	l.mu.Unlock()
	if !lead {
		select {
		case <-r.done:
			return r.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.turn <- struct{}{} // not given up with ctx: others wait for this round
	defer func() {
		<-l.turn
		close(r.done)
	}()
	l.mu.Lock()
	l.joining = nil
	l.mu.Unlock()
	r.err = run()
	return r.err
}

// pass adds a message that is not stored and returns how many were dropped
// for it: the oldest, with all their parts.
func (l *lane) pass(m chat.Outgoing) (dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := entry{Key: m.Key, To: m.To, Text: m.Text, Repeat: true, Awake: true}
	if m.File != nil {
		e.File = &File{m.File.Name, m.File.Path}
	}
	for part := range e.parts() {
		l.last++
		l.passed = append(l.passed, item{entry: part, pass: l.last})
	}
	if extra := len(l.passed) - maxPassed; extra > 0 {
		for extra < len(l.passed) && l.passed[extra].Part > 1 {
			extra++
		}
		l.passed = slices.Delete(l.passed, 0, extra)
		return extra
	}
	return 0
}

// unpass takes a passed item out of the line.
func (l *lane) unpass(it item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.passed = slices.DeleteFunc(l.passed, func(p item) bool { return p.pass == it.pass })
}

// settle lets a lane rest whose round failed.
func (l *lane) settle(err error, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.failed.Reset()
		return
	}
	l.rest = pausing(now, l.failed.NextBackOff())
}

// resting reports whether nothing may be sent now.
func (l *lane) resting(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.rest.over(now)
}

// blocked reports whether the line to an address has to wait.
func (l *lane) blocked(to chat.Address, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.held[to]
	return h != nil && !h.over(now)
}

// unpark ends the rest of a transport whose link was down.
func (l *lane) unpark() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.parked {
		l.rest, l.parked = wait{}, false
		l.retry.Reset()
	}
}

// single reports whether only one message may be taken at a time: because each
// has to be paced, or because the link has to be tried first.
func (l *lane) single() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pace != nil || l.parked
}
