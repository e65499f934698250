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
