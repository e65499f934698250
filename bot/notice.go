package bot

import (
	"sync"
	"time"

	"fangzhuo/desk"
)

// met remembers who was told how what they say is kept, so that they are told
// once. It is in memory, under names that say nothing, and forgets after a while:
// no list of who has spoken to the office may exist.
type met struct {
	mu   sync.Mutex
	when map[string]time.Time
}

// metFor is how long it is remembered.
const metFor = 90 * 24 * time.Hour

func (m *met) is(name string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.when[name]
	return ok && now.Sub(at) < metFor
}

func (m *met) note(name string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.when == nil {
		m.when = map[string]time.Time{}
	}
	for n, at := range m.when {
		if now.Sub(at) >= metFor {
			delete(m.when, n)
		}
	}
	m.when[name] = now
}

// metName is somebody, in a name that says nothing.
func metName(d *desk.Desk, t *turn) string { return string(d.Veil([]byte("met " + t.m.From))) }

// notice is how what is said is kept, to somebody who has not been told.
func (t *turn) notice() string {
	if t.b.met.is(metName(t.b.desk, t), t.now) {
		return ""
	}
	t.noticed = true
	return t.say("privacy", nil)
}

// noted remembers that the notice was given, once it is. What is put by may never
// be said (late).
func (t *turn) noted() {
	if t.noticed && !t.late {
		t.b.met.note(metName(t.b.desk, t), t.now)
	}
}
