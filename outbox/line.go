package outbox

import (
	"context"
	"fmt"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// maxBatch bounds the messages that are marked, sent and recorded together: it
// bounds what a crash can leave unsure on a transport without a pace.
const maxBatch = 1024

// Next returns the next instant at which something has to be sent. It reads
// only the head of each transport's line.
func (q *Queue) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	now := q.Now()
	names, err := q.waiting(ctx)
	if err != nil {
		return at, false, err
	}
	for _, l := range q.all() {
		if l.anyPassed() {
			names = append(names, l.name)
		}
	}
	for _, name := range names {
		l := q.lane(name)
		head, found, err := q.head(ctx, l, now)
		if err != nil {
			return at, false, err
		}
		if found && (!ok || head.Before(at)) {
			at, ok = head, true
		}
	}
	return at, ok, nil
}

// waiting returns the names of the transports for which something is pending,
// by leaping over each one's line.
func (q *Queue) waiting(ctx context.Context) (names []string, err error) {
	err = q.store.View(ctx, func(r storage.Reader) error {
		names = nil
		for from, more := []byte{}, true; more; {
			more = false
			for place := range r.Scan(tablePending, from, nil) {
				name := transportOf(place)
				names = append(names, name)
				from, more = storage.Key(nil).Text(name).End(), true
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for pending messages: %w", err)
	}
	return names, nil
}

// head returns when the next message of a lane can be sent.
func (q *Queue) head(ctx context.Context, l *lane, now time.Time) (at time.Time, ok bool, err error) {
	err = q.store.View(ctx, func(r storage.Reader) error {
		at, ok = l.nextPassed(now)
		prefix := storage.Key(nil).Text(l.name)
		for place, value := range r.Scan(tablePending, prefix, prefix.End()) {
			due := dueOf(place)
			if ok && !due.Before(at) {
				return nil
			}
			it, err := decodeItem(place, value)
			if err != nil {
				return err
			}
			free, held := l.heldUntil(it.To, now)
			if held {
				due = free
			}
			if !ok || due.Before(at) {
				at, ok = due, true
			}
			if !held {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return at, false, fmt.Errorf("look for the next message: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if ok && !l.rest.over(now) && at.Before(l.rest.until) {
		at = l.rest.until
	}
	return at, ok, nil
}

// ready is what can be settled now.
type ready struct {
	late  []item // of no use any more: they need no sending
	batch []item // in order; one where each has to be paced or the link to be tried
	more  bool   // there may be others
}

// ready returns what of the messages due by the given instant can be settled.
func (q *Queue) ready(ctx context.Context, l *lane, by time.Time) (r ready, err error) {
	now := q.Now()
	if l.resting(now) {
		return r, nil
	}
	line, err := q.due(ctx, l, by, now)
	if err != nil {
		return r, err
	}
	for _, it := range line {
		switch {
		case it.expired(now):
			r.late = append(r.late, it)
		case !l.blocked(it.To, now):
			r.batch = append(r.batch, it)
		}
	}
	r.more = len(line) >= maxBatch
	if len(r.batch) > 1 && l.single() {
		r.batch, r.more = []item{foremost(r.batch)}, l.pace == nil
	}
	return r, nil
}

// due reads the head of a lane's line: what is stored, then what was passed.
func (q *Queue) due(ctx context.Context, l *lane, by, now time.Time) (line []item, err error) {
	prefix := storage.Key(nil).Text(l.name)
	end := storage.Key(nil).Text(l.name).Time(by.Add(time.Millisecond))
	err = q.store.View(ctx, func(r storage.Reader) error {
		line = nil
		for place, value := range r.Scan(tablePending, prefix, end) {
			it, err := decodeItem(place, value)
			if err != nil {
				return err
			}
			if it.expired(now) || !l.blocked(it.To, now) {
				line = append(line, it)
			}
			if len(line) == maxBatch {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read due messages of %s: %w", l.name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(line, l.passed...), nil
}

// foremost picks the one message to send where only one can be: the first
// reply with nothing before it in its own chat, for a person is waiting, and
// else the first notice.
func foremost(line []item) item {
	before := make(map[chat.Address]bool)
	for _, it := range line {
		if it.Repeat && !before[it.To] {
			return it
		}
		before[it.To] = true
	}
	return line[0]
}

// all returns the lanes there are.
func (q *Queue) all() []*lane {
	q.mu.Lock()
	defer q.mu.Unlock()
	lanes := make([]*lane, 0, len(q.lanes))
	for _, l := range q.lanes {
		lanes = append(lanes, l)
	}
	return lanes
}

func (l *lane) anyPassed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.passed) > 0
}

// nextPassed returns when the first of the passed messages can be sent.
func (l *lane) nextPassed(now time.Time) (at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, it := range l.passed {
		free := now
		if h := l.held[it.To]; h != nil && !h.over(now) {
			free = h.until
		}
		if !ok || free.Before(at) {
			at, ok = free, true
		}
	}
	return at, ok
}

// heldUntil returns when the line to an address is open again, if it is held.
func (l *lane) heldUntil(to chat.Address, now time.Time) (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.held[to]; h != nil && !h.over(now) {
		return h.until, true
	}
	return time.Time{}, false
}
