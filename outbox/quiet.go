package outbox

import "time"

// Quiet are the hours in which people are left in peace (免打扰): from one time
// of day, in minutes, to another, which may be after midnight. Two equal times
// mean none.
type Quiet struct {
	From, To int
	Zone     *time.Location // nil is UTC
}

// next returns the quiet hours that t lies in, or else the next ones, and
// reports whether there are any.
func (q Quiet) next(t time.Time) (from, to time.Time, ok bool) {
	if q.From == q.To {
		return from, to, false
	}
	zone := q.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := t.In(zone)
	for day := -1; ; day++ {
		at := func(minutes int) time.Time {
			return time.Date(local.Year(), local.Month(), local.Day()+day, 0, minutes, 0, 0, zone)
		}
		if from, to = at(q.From), at(q.To); q.To < q.From {
			to = at(q.To + 24*60)
		}
		if t.Before(to) {
			return from, to, true
		}
	}
}

// hush returns when the quiet hours are over that an item has to wait for, if
// it has to at that instant.
func (l *lane) hush(it item, at time.Time) (over time.Time, waits bool) {
	if l.pace == nil || it.Awake {
		return at, false
	}
	from, to, ok := l.pace.Quiet.next(at)
	return to, ok && !at.Before(from)
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
