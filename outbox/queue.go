package outbox

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// Sender sends one message; a chat.Transport is one. The queue calls it for
// one message at a time.
type Sender interface {
	Send(ctx context.Context, m chat.Outgoing) (chat.MessageID, error)
}

// Options are what a Queue needs from its surroundings. Now is required.
type Options struct {
	Now func() time.Time
	Log *slog.Logger
	// Pace holds the pace of each transport that has one, by name.
	Pace map[string]Pace
	// Rand gives the jitter of the pace, from 0 to 1.
	Rand func() float64
	// Files finds the bytes of a promised file by its Ref, or reports that they
	// are not there.
	Files func(ref string) (path string, ok bool)
	// Stale reports whether the message of that key must not go out any more,
	// because what it is about has changed while it waited.
	Stale func(ctx context.Context, key string) (bool, error)
	// Report is called in the transaction that records a message as refused,
	// unsure or expired, so that a person is told. It may run again.
	Report func(tx storage.Tx, o Outcome) error
}

// Queue sends what was promised.
type Queue struct {
	store storage.Store
	Options
	woken chan struct{} // tells Run to look again

	mu    sync.Mutex
	lanes map[string]*lane
	swept string // the day on which old tables were last dropped
}

// New returns a queue that sends over the given transports, by name. Call
// Recover before anything is sent.
func New(store storage.Store, routes map[string]Sender, o Options) *Queue {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Files == nil {
		o.Files = func(string) (string, bool) { return "", false }
	}
	if o.Stale == nil {
		o.Stale = func(context.Context, string) (bool, error) { return false, nil }
	}
	if o.Report == nil {
		o.Report = func(storage.Tx, Outcome) error { return nil }
	}
	q := &Queue{store: store, Options: o, woken: make(chan struct{}, 1), lanes: make(map[string]*lane)}
	for name, s := range routes {
		var pace *Pace
		if p, ok := o.Pace[name]; ok {
			pace = &p
		}
		q.lanes[name] = newLane(name, s, pace)
	}
	return q
}

// Pass sends an answer that promises nothing and is therefore not stored: a
// crash forgets it. The caller calls Flush.
func (q *Queue) Pass(m chat.Outgoing) {
	l := q.lane(m.To.Transport())
	if l.pass(m) > 0 {
		q.Log.Warn("too many answers are waiting, the oldest is dropped", "transport", l.name)
	}
}

// Wake makes Run look again and, when the link of the named transport was
// down, has it tried at once.
func (q *Queue) Wake(transport string) {
	if transport != "" {
		q.lane(transport).unpark()
	}
	select {
	case q.woken <- struct{}{}:
	default:
	}
}

// Flush sends all that is due on transports without a pace, and returns when
// each message is sent, has an outcome, or has to wait for its transport.
// Callers at the same time share the work. Paced transports are left to Run.
func (q *Queue) Flush(ctx context.Context) error {
	defer q.Wake("")
	return q.each(ctx, func(l *lane) bool { return l.pace == nil })
}

// Fire sends all that is due now, on a paced transport the next message.
func (q *Queue) Fire(ctx context.Context, _ time.Time) error {
	if err := q.sweep(ctx, q.Now()); err != nil {
		return err
	}
	names, err := q.waiting(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		q.lane(name) // a transport that is gone has a lane as well: it refuses
	}
	return q.each(ctx, func(*lane) bool { return true })
}

// each runs a round on the chosen lanes, all at once.
func (q *Queue) each(ctx context.Context, chosen func(*lane) bool) error {
	q.mu.Lock()
	var lanes []*lane
	for _, l := range q.lanes {
		if chosen(l) {
			lanes = append(lanes, l)
		}
	}
	q.mu.Unlock()
	errs := make([]error, len(lanes))
	var all sync.WaitGroup
	for i, l := range lanes {
		all.Go(func() { errs[i] = l.share(ctx, func() error { return q.round(ctx, l) }) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// Run sends what falls due until ctx ends. Each transport is worked on by itself:
// one that hangs holds up no other.
func (q *Queue) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	failed := patience()
	for {
		pause := time.Minute // looks again at least so often: the clock may be moved
		switch at, ok, err := q.step(ctx, &working); {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			q.Log.Error("sending is interrupted", "err", err)
			pause = failed.NextBackOff()
		case ok:
			failed.Reset()
			pause = min(pause, at.Sub(q.Now()))
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-q.woken:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// step sets to work each lane on which something is due, and returns when
// something will be on another. A lane at work wakes Run when it is done.
func (q *Queue) step(ctx context.Context, working *sync.WaitGroup) (at time.Time, ok bool, err error) {
	now := q.Now()
	if err := q.sweep(ctx, now); err != nil {
		return at, false, err
	}
	heads, err := q.heads(ctx, now)
	if err != nil {
		return at, false, err
	}
	for l, due := range heads {
		switch {
		case l.atWork.Load():
		case !due.After(now):
			l.atWork.Store(true)
			working.Go(func() { q.work(ctx, l) })
		case !ok || due.Before(at):
			at, ok = due, true
		}
	}
	return at, ok, nil
}

// work runs a round on a lane. After a failure the lane rests.
func (q *Queue) work(ctx context.Context, l *lane) {
	err := l.share(ctx, func() error { return q.round(ctx, l) })
	if err != nil && ctx.Err() == nil {
		q.Log.Error("sending is interrupted", "transport", l.name, "err", err)
	}
	l.settle(err, q.Now())
	l.atWork.Store(false)
	q.Wake("")
}

// lane returns the lane of a transport; a transport that nobody knows refuses.
func (q *Queue) lane(name string) *lane {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lanes[name]
	if l == nil {
		l = newLane(name, nowhere{}, nil)
		q.lanes[name] = l
	}
	return l
}

// errNoRoute is the answer of a transport that is not configured (any more).
var errNoRoute = errors.New("no such transport")

type nowhere struct{}

func (nowhere) Send(context.Context, chat.Outgoing) (chat.MessageID, error) { return "", errNoRoute }
