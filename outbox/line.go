package outbox

import (
	"context"
	"fmt"
	"slices"
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
	heads, err := q.heads(ctx, q.Now())
	for _, head := range heads {
		if !ok || head.Before(at) {
			at, ok = head, true
		}
	}
	return at, ok, err
}

// heads returns when the next message of each lane can be sent, of those that
// have one.
func (q *Queue) heads(ctx context.Context, now time.Time) (map[*lane]time.Time, error) {
	names, err := q.waiting(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range q.all() {
		if len(l.allPassed()) > 0 {
			names = append(names, l.name)
		}
	}
	heads := make(map[*lane]time.Time, len(names))
	for _, name := range names {
		l := q.lane(name) // a transport that is gone has a lane as well: it refuses
		at, found, err := q.head(ctx, l, now)
		if err != nil {
			return nil, err
		}
		if found {
			heads[l] = at
		}
	}
	return heads, nil
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
		var line lineReader
		for place, value := range r.Scan(tablePending, prefix, prefix.End()) {
			due := dueOf(place)
			if ok && !due.Before(at) {
				return nil
			}
			it, err := line.read(place, value)
			if err != nil {
				return err
			}
			opens, waits := l.opens(it, due, now)
			if !ok || opens.Before(at) {
				at, ok = opens, true
			}
			if !waits {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return at, false, fmt.Errorf("look for the next message: %w", err)
	}
	return at, ok, nil
}

// ready is what can be settled now.
type ready struct {
	late  []item // of no use any more: they need no sending
	batch []item // in order; one where each has to be paced or the link to be tried
	more  bool   // there may be others
}

// ready returns what of the messages due by the given instant can be settled:
// what is stored, then what was passed.
func (q *Queue) ready(ctx context.Context, l *lane, by time.Time) (r ready, err error) {
	now := q.Now()
	if l.resting(now) {
		return r, nil
	}
	single := l.single() // of the whole line the foremost
	prefix := storage.Key(nil).Text(l.name)
	end := storage.Key(nil).Text(l.name).Time(by.Add(time.Millisecond))
	err = q.store.View(ctx, func(view storage.Reader) error {
		r = ready{}
		var line lineReader
		for place, value := range view.Scan(tablePending, prefix, end) {
			it, err := line.read(place, value)
			if err != nil {
				return err
			}
			r.add(it, l.fate(it, now))
			if r.more = !single && len(r.late)+len(r.batch) == maxBatch; r.more {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("read due messages of %s: %w", l.name, err)
	}
	for _, it := range l.allPassed() {
		r.add(it, l.fate(it, now))
	}
	if len(r.batch) > 1 && single {
		r.batch, r.more = []item{l.foremost(r.batch, now)}, l.pace == nil
	}
	return r, nil
}

func (r *ready) add(it item, f fate) {
	switch f {
	case late:
		r.late = append(r.late, it)
	case open:
		r.batch = append(r.batch, it)
	}
}

// fate is what can be done about a message now.
type fate int

const (
	waiting fate = iota
	late         // it is of no use any more, or would not be when the quiet hours are over
	open
)

// fate says what can be done about a message at an instant.
func (l *lane) fate(it item, now time.Time) fate {
	over, hushed := l.hush(it, now)
	switch {
	case it.expired(now), hushed && it.expired(over):
		return late
	case hushed, l.blocked(it.To, now):
		return waiting
	}
	return open
}

// opens returns when something can be done about a message that is due, and
// whether it has to wait longer than others in the line.
func (l *lane) opens(it item, due, now time.Time) (at time.Time, waits bool) {
	at, held := l.heldUntil(it.To, now)
	if !held {
		at = due
	}
	l.mu.Lock()
	if !l.rest.over(now) && at.Before(l.rest.until) {
		at = l.rest.until
	}
	l.mu.Unlock()
	then := at
	if then.Before(now) {
		then = now
	}
	if over, hushed := l.hush(it, then); hushed && !it.expired(over) {
		return over, true
	}
	return at, held
}

// foremost picks the one message to send where only one can be: the first of
// those that matter most and have nothing before them in their own chat.
func (l *lane) foremost(line []item, now time.Time) item {
	var morning time.Time
	if l.pace != nil {
		_, morning, _ = l.pace.Quiet.next(now)
	}
	chosen, most := line[0], -1
	before := make(map[chat.Address]bool)
	for _, it := range line {
		if r := it.rank(morning); r > most && !before[it.To] {
			chosen, most = it, r
		}
		before[it.To] = true
	}
	return chosen
}

// rank says how much a message matters before others: that to somebody who is
// waiting, that to a person, and what cannot wait until the morning.
func (it item) rank(morning time.Time) int {
	switch {
	case it.Awake:
		return 3
	case it.Repeat:
		return 2
	case it.expired(morning):
		return 1
	}
	return 0
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

// allPassed returns the messages that are not stored, in order.
func (l *lane) allPassed() []item {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.passed)
}

// nextPassed returns when the first of the passed messages can be sent.
func (l *lane) nextPassed(now time.Time) (at time.Time, ok bool) {
	for _, it := range l.allPassed() {
		if opens, _ := l.opens(it, now, now); !ok || opens.Before(at) {
			at, ok = opens, true
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
