package outbox

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
)

var start = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

// post is a transport that remembers what it was given and answers from a script.
type post struct {
	mu     sync.Mutex
	got    []chat.Outgoing
	at     []time.Time
	now    func() time.Time
	answer func(n int, m chat.Outgoing) error // nil answers yes; n counts from 1
	asked  int
}

func (p *post) Send(_ context.Context, m chat.Outgoing) (chat.MessageID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.answer != nil {
		if err := p.answer(p.asked, m); err != nil {
			return "", err
		}
	}
	p.got = append(p.got, m)
	if p.now != nil {
		p.at = append(p.at, p.now())
	}
	return chat.MessageID(fmt.Sprint("m", len(p.got))), nil
}

// keys returns the keys of what was sent, in order.
func (p *post) keys() (keys []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.got {
		keys = append(keys, m.Key)
	}
	return keys
}

// office is an outbox on a store in memory with a clock that stands still.
type office struct {
	*Queue
	t     *testing.T
	store storage.Store
	post  *post
	mu    sync.Mutex
	clock time.Time
	told  []Outcome
}

func newOffice(t *testing.T, o Options) *office {
	f := &office{t: t, store: mem.New(), post: &post{}, clock: start}
	f.post.now = f.now
	o.Now = f.now
	if o.Report == nil {
		o.Report = func(_ storage.Tx, out Outcome) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.told = append(f.told, out)
			return nil
		}
	}
	f.Queue = New(f.store, map[string]Sender{"test": f.post}, o)
	return f
}

func (f *office) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.clock
}

func (f *office) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = f.clock.Add(d)
}

func (f *office) put(ps ...Promise) {
	f.t.Helper()
	put(f.t, f.store, f.now(), ps...)
}

func put(t testing.TB, s storage.Store, now time.Time, ps ...Promise) {
	t.Helper()
	for _, p := range ps {
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			_, err := Put(tx, p, now)
			return err
		})
		if err != nil {
			t.Fatalf("put %s: %v", p.Key, err)
		}
	}
}

func (f *office) fire() {
	f.t.Helper()
	if err := f.Fire(f.t.Context(), f.now()); err != nil {
		f.t.Fatalf("fire: %v", err)
	}
}

// next returns how long from now the queue has to be fired, or -1 for never.
func (f *office) next() time.Duration {
	f.t.Helper()
	at, ok, err := f.Next(f.t.Context())
	if err != nil {
		f.t.Fatalf("next: %v", err)
	}
	if !ok {
		return -1
	}
	return max(0, at.Sub(f.now()))
}

func (f *office) unsettled() []Outcome {
	f.t.Helper()
	out, err := f.Unsettled(f.t.Context(), 100)
	if err != nil {
		f.t.Fatalf("unsettled: %v", err)
	}
	return out
}

func (f *office) delivered() []Outcome {
	f.t.Helper()
	out, err := newest(f.t.Context(), f.store, prefixSent, 100)
	if err != nil {
		f.t.Fatalf("sent: %v", err)
	}
	return out
}

// reply and notice return promises; to is a letter that names the chat.
func reply(key, to string) Promise {
	return Promise{Key: key, To: chat.Address("test:p/" + to), Text: "回复 " + key, Repeat: true, Awake: true, Kind: "reply"}
}

func notice(key, to string) Promise {
	return Promise{Key: key, To: chat.Address("test:g/" + to), Text: "通知 " + key, Kind: "notice"}
}
