package schedule

import (
	"sync"
	"time"
)

// Clock is the time that the program goes by. In the sandbox a
// Runner can move it; it runs while nobody does.
type Clock struct {
	wall func() time.Time

	mu     sync.Mutex
	set    bool      // false: it shows the wall's time
	shows  time.Time // what it showed at since
	since  time.Time // by the wall
	frozen bool      // it shows the same all the time
}

// NewClock returns a clock that shows start now and runs with the wall. With a
// zero start it shows the wall's own time.
func NewClock(wall func() time.Time, start time.Time) *Clock {
	c := &Clock{wall: wall}
	if !start.IsZero() {
		c.put(start)
	}
	return c
}

// Now returns the time the clock shows. Without the monotonic reading, so that
// a machine that slept shows the right time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.set:
		return c.wall().Round(0)
	case c.frozen:
		return c.shows
	}
	return c.shows.Add(c.wall().Round(0).Sub(c.since))
}

func (c *Clock) put(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set, c.shows, c.since = true, t, c.wall().Round(0)
}

// freeze stops the clock until thaw.
func (c *Clock) freeze() {
	c.put(c.Now())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = true
}

func (c *Clock) thaw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen, c.since = false, c.wall().Round(0)
}
