package watch

import (
	"slices"
	"time"

	"fangzhuo/chat"
)

const (
	// gap is the time between two tellings; it doubles up to maxGap while changes
	// go on, and is gap again after peace.
	gap    = time.Minute
	maxGap = 8 * time.Minute
	peace  = 30 * time.Minute
	// maxLines is how many changes one message tells; the ones in the middle are
	// counted.
	maxLines = 12
)

// standing is where a link stands, as it is kept.
type standing struct {
	Phase    chat.Phase `cbor:"1,keyasint"`
	Hint     string     `cbor:"2,keyasint,omitempty"`
	Troubles []trouble  `cbor:"3,keyasint,omitempty"`
	// Down is since when people have been out of reach; zero while they are not.
	Down    time.Time `cbor:"4,keyasint,omitzero"`
	Alarmed bool      `cbor:"5,keyasint,omitempty"` // of this outage
	// Waiting are the changes still to be told, More how many were left out.
	Waiting []change      `cbor:"6,keyasint,omitempty"`
	More    int           `cbor:"7,keyasint,omitempty"`
	Told    time.Time     `cbor:"8,keyasint,omitzero"` // the last telling
	Gap     time.Duration `cbor:"9,keyasint,omitempty"`
	Count   uint64        `cbor:"10,keyasint,omitempty"` // of messages, for their keys

	back  outage    // an alarm that is over, to be told to the staff
	found []trouble // new troubles, to be told to the staff
}

// trouble is a chat.Trouble as it is kept.
type trouble struct {
	Hint  string `cbor:"1,keyasint"`
	About string `cbor:"2,keyasint,omitempty"`
}

// change is one thing to be told: a phase of the link, or a trouble with it.
type change struct {
	At    time.Time     `cbor:"1,keyasint"`
	Phase chat.Phase    `cbor:"2,keyasint,omitempty"` // "" for a trouble
	Hint  string        `cbor:"3,keyasint,omitempty"`
	About string        `cbor:"4,keyasint,omitempty"` // of a trouble
	Over  bool          `cbor:"5,keyasint,omitempty"` // the trouble is no more
	After time.Duration `cbor:"6,keyasint,omitempty"` // how long the link was down
}

// outage is a time in which nobody could be reached.
type outage struct{ from, until time.Time }

// clone returns a copy that can be changed alone.
func (s *standing) clone() *standing {
	c := *s
	c.Troubles, c.Waiting = slices.Clone(s.Troubles), slices.Clone(s.Waiting)
	return &c
}

// note takes in a state of the link.
func (s *standing) note(now chat.LinkState, at time.Time) {
	up := now.Phase == chat.Online
	if !up && s.Down.IsZero() {
		s.Down = at
	}
	if !up && now.Hint == "" { // it has only begun to try
		return
	}
	c := change{At: at, Phase: now.Phase, Hint: now.Hint}
	if up && !s.Down.IsZero() {
		c.After = at.Sub(s.Down)
	}
	if now.Phase != s.Phase || now.Hint != s.Hint || up && s.Alarmed {
		s.wait(c)
	}
	if up {
		if s.Alarmed {
			s.back = outage{s.Down, at}
		}
		s.Down, s.Alarmed = time.Time{}, false
		s.noteTroubles(now.Troubles, at)
	}
	s.Phase, s.Hint = now.Phase, now.Hint
}

// noteTroubles takes in what somebody should put right. It is known only while
// the link is up.
func (s *standing) noteTroubles(list []chat.Trouble, at time.Time) {
	var now []trouble
	for _, t := range list {
		now = append(now, trouble{t.Hint, t.About})
	}
	for _, t := range now {
		if !slices.Contains(s.Troubles, t) {
			s.wait(change{At: at, Hint: t.Hint, About: t.About})
			s.found = append(s.found, t)
		}
	}
	for _, t := range s.Troubles {
		// a count that has grown is no trouble that is over
		if !slices.ContainsFunc(now, func(n trouble) bool { return n.Hint == t.Hint }) {
			s.wait(change{At: at, Hint: t.Hint, About: t.About, Over: true})
		}
	}
	s.Troubles = now
}

// wait puts a change in the line of those to be told.
func (s *standing) wait(c change) {
	s.Waiting = append(s.Waiting, c)
	if len(s.Waiting) > maxLines { // the beginning and the end say most
		s.Waiting = slices.Delete(s.Waiting, maxLines/2, maxLines/2+1)
		s.More++
	}
}

// due returns when there is something to tell next.
func (s *standing) due(now time.Time) (at time.Time, ok bool) {
	if len(s.Waiting) > 0 {
		at, ok = s.Told.Add(s.Gap), true
		if s.Told.After(now) || !s.back.from.IsZero() { // the clock was moved back; an end waits for nothing
			at = now
		}
	}
	if t := s.Down.Add(Limit); !s.Down.IsZero() && !s.Alarmed && (!ok || t.Before(at)) {
		at, ok = t, true
	}
	return at, ok
}

// take returns what waits to be told as one message and sets the time until the
// next.
func (s *standing) take(now time.Time) (lines []change, more int) {
	switch {
	case now.Sub(s.Told) > peace || s.Told.After(now):
		s.Gap = gap
	default:
		s.Gap = min(2*s.Gap, maxGap)
	}
	lines, more = s.Waiting, s.More
	s.Waiting, s.More, s.Told = nil, 0, now
	return lines, more
}
