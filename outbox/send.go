package outbox

import (
	"context"
	"errors"
	"time"

	"fangzhuo/chat"
)

const (
	// grace is how long sending goes on after its caller has gone: less than the
	// five seconds in which the program stops, which has to record it too.
	grace = 3 * time.Second
	// maxRetries bounds how often an unclear reply is sent again.
	maxRetries = 3
)

// round settles all that was due on a lane when it began; on a paced lane, one
// message. When its caller goes, it sends for a little while on and still
// records what it has sent.
func (q *Queue) round(ctx context.Context, l *lane) error {
	sending, cancel := outlive(ctx, grace)
	defer cancel()
	ctx = context.WithoutCancel(ctx)
	if err := q.recordOwed(ctx, l); err != nil {
		return err
	}
	for began, more := q.Now(), true; more; {
		r, err := q.ready(ctx, l, began)
		if err != nil {
			return err
		}
		if err := q.mark(ctx, l, r.batch); err != nil {
			return err
		}
		done, failed := q.sendAll(sending, l, r.batch)
		for _, it := range r.late {
			done = append(done, settled{it, it.outcome(Expired, TooLate, q.Now())})
		}
		if err := errors.Join(q.record(ctx, l, done), failed); err != nil {
			return err
		}
		more = r.more && sending.Err() == nil
	}
	return nil
}

// sendAll sends a batch in order. Where one has to wait, so do all behind it
// to the same address; where the transport has to rest or ctx ends, all the
// others do, and where nobody can say whether one is stale.
func (q *Queue) sendAll(ctx context.Context, l *lane, batch []item) (done []settled, failed error) {
	done = make([]settled, 0, len(batch))
	for _, it := range batch {
		now := q.Now()
		if failed != nil || ctx.Err() != nil || l.resting(now) || l.blocked(it.To, now) {
			done = append(done, settled{it, Outcome{}})
			continue
		}
		stale := false
		if stale, failed = q.Stale(ctx, it.Key); failed != nil {
			done = append(done, settled{it, Outcome{}})
			continue
		}
		if stale {
			done = append(done, settled{it, it.outcome(Expired, Overtaken, now)})
			continue
		}
		m, ok := q.outgoing(it)
		if !ok {
			done = append(done, settled{it, it.outcome(Refused, NoFile, now)})
			continue
		}
		id, err := l.sender.Send(ctx, m)
		o := q.judge(l, it, err)
		o.ID = id
		done = append(done, settled{it, o})
	}
	return done, failed
}

// outgoing is the message as a transport takes it, unless its file is not there.
func (q *Queue) outgoing(it item) (m chat.Outgoing, ok bool) {
	m = chat.Outgoing{Key: it.name(), To: it.To, Text: it.Text}
	if it.File == nil {
		return m, true
	}
	path, ok := it.File.Ref, true
	if it.place != "" {
		path, ok = q.Files(path)
	}
	m.File = &chat.Attachment{Name: it.File.Name, Path: path}
	return m, ok
}

// judge turns a transport's answer into an outcome and into what the lane has
// to wait for. Only an unclear answer leaves room for doubt.
func (q *Queue) judge(l *lane, it item, err error) Outcome {
	now := q.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	var limited *chat.LimitedError
	switch {
	case errors.Is(err, chat.ErrOffline):
		l.parked, l.rest = true, pausing(now, l.retry.NextBackOff())
		return Outcome{}
	case errors.As(err, &limited):
		l.parked, l.rest = false, pausing(now, max(time.Second, limited.After)) // a link that comes up ends no limit
		return Outcome{}
	}
	l.parked = false
	l.retry.Reset()
	l.breathe(now, q.Rand)
	switch {
	case err == nil:
		delete(l.held, it.To)
		return it.outcome(Sent, "", now)
	case errors.Is(err, chat.ErrNoAddress):
		delete(l.held, it.To)
		return it.outcome(Refused, NoAddress, now)
	case errors.Is(err, chat.ErrNoFile):
		delete(l.held, it.To)
		return it.outcome(Refused, NoFile, now)
	case errors.Is(err, errNoRoute):
		return it.outcome(Refused, NoRoute, now)
	}
	// Neither key nor address: they may say who spoke to the office.
	q.Log.Warn("a sending is unclear", "transport", l.name, "kind", it.Kind, "err", err)
	if it.Repeat && l.again(it.To, now) {
		return Outcome{}
	}
	return it.outcome(Unsure, Unclear, now)
}

// breathe keeps the pace after a sending. The caller holds l.mu.
func (l *lane) breathe(now time.Time, random func() float64) {
	if l.pace == nil {
		l.rest = wait{}
		return
	}
	l.sent = append(l.sent, now)
	if extra := len(l.sent) - max(1, l.pace.PerMinute); extra > 0 {
		l.sent = append(l.sent[:0], l.sent[extra:]...)
	}
	l.rest = pausing(now, l.pace.pause(l.sent, random()))
}

// again holds the line to an address for another try, unless there were
// enough. The caller holds l.mu.
func (l *lane) again(to chat.Address, now time.Time) bool {
	h := l.held[to]
	if h == nil {
		h = &hold{retry: longPatience()}
		l.held[to] = h
	}
	if h.tries == maxRetries {
		delete(l.held, to)
		return false
	}
	h.tries++
	h.wait = pausing(now, h.retry.NextBackOff())
	return true
}

// outlive returns a context that ends d after its parent.
func outlive(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		timer := time.AfterFunc(d, cancel)
		context.AfterFunc(ctx, func() { timer.Stop() })
	})
	return ctx, func() {
		stop()
		cancel()
	}
}
