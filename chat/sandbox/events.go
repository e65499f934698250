package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// heartbeat is how often an idle stream of events says the time, so that a
// broken link is noticed and the page's clock stays right.
const heartbeat = 15 * time.Second

// backlog is how many events a slow page may be behind before it is cut off;
// it then connects again and reads what it missed.
const backlog = 256

// event is one thing that live pages are told.
type event struct {
	name string // message or clock
	data any
}

// hub tells every live page what happens.
type hub struct {
	mu    sync.Mutex
	pages map[chan event]struct{}
}

func (h *hub) join() chan event {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pages == nil {
		h.pages = map[chan event]struct{}{}
	}
	page := make(chan event, backlog)
	h.pages[page] = struct{}{}
	return page
}

func (h *hub) leave(page chan event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, page)
}

// publish never waits: a page that is too far behind is cut off.
func (h *hub) publish(e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for page := range h.pages {
		select {
		case page <- e:
		default:
			delete(h.pages, page)
			close(page)
		}
	}
}

// events streams what happens in the room (Server-Sent Events) until the
// reader leaves or Run ends.
func (r *Room) events(w http.ResponseWriter, req *http.Request) {
	done := r.gate.done()
	if done == nil {
		fail(w, http.StatusServiceUnavailable, "the bot is not running")
		return
	}
	page := r.hub.join()
	defer r.hub.leave(page)
	// A stream outlives the server's write timeout.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	next := event{name: "clock", data: r.nowJSON()}
	for {
		if err := writeEvent(w, next); err != nil {
			return
		}
		var open bool
		select {
		case <-req.Context().Done():
			return
		case <-done:
			return
		case <-beat.C:
			next = event{name: "clock", data: r.nowJSON()}
		case next, open = <-page:
			if !open {
				return
			}
		}
	}
}

func writeEvent(w http.ResponseWriter, e event) error {
	data, err := json.Marshal(e.data)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, data); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}
