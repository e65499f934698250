package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/notify"
	"fangzhuo/outbox"
	"fangzhuo/words"
)

// linked is a chat network whose link can go down.
type linked struct {
	name, title string
	chat.Reporter
}

// condition is how the ways to people are: for staff (状态) and for whoever
// watches the machine (/healthz).
type condition struct {
	words      *words.Book
	now        func() time.Time
	networks   []linked
	transports []string // all chat networks, with links that can go down or without
	queue      *outbox.Queue
	channels   []*notify.Channel
}

// text is the answer to 状态.
func (c *condition) text(ctx context.Context) (string, error) {
	waiting, unsettled, err := c.queue.Count(ctx, c.transports...)
	if err != nil {
		return "", err
	}
	lines := []string{c.words.Say("status", words.Args{"Now": c.now()})}
	for _, n := range c.networks {
		lines = append(lines, c.linkText(n.title, n.LinkState())...)
	}
	lines = append(lines, c.words.Say("status.counts", words.Args{"N": waiting, "Left": unsettled}))
	for _, ch := range c.channels {
		lines = append(lines, c.channelText(ch))
	}
	if len(c.channels) == 0 && len(c.networks) > 0 {
		lines = append(lines, c.words.Say("status.no-channel", nil))
	}
	return strings.Join(lines, "\n"), nil
}

func (c *condition) linkText(title string, s chat.LinkState) []string {
	lines := []string{c.words.Say("status.link", words.Args{"Network": title, "Phase": c.words.Say("phase."+string(s.Phase), nil),
		"HasSince": !s.Since.IsZero(), "From": s.Since, "Hint": c.hint(s.Hint, "")})}
	for _, t := range s.Troubles {
		lines = append(lines, c.words.Say("status.trouble", words.Args{"Hint": c.hint(t.Hint, t.About)}))
	}
	return lines
}

func (c *condition) hint(hint, about string) string {
	if hint == "" {
		return ""
	}
	return c.words.Say("hint."+hint, words.Args{"About": about})
}

func (c *condition) channelText(ch *notify.Channel) string {
	h := ch.Health()
	args := words.Args{"Name": ch.Name(), "Told": !h.Sent.IsZero(), "At": h.Sent, "Why": ""}
	if !h.Works() {
		args["At"], args["Why"] = h.Failed, c.words.Say("failure."+string(h.Why), nil)
	}
	return c.words.Say("status.channel", args)
}

// health is what /healthz answers: no words, no names, nothing secret.
type health struct {
	// Status is "ok" when everybody can be written to, "trouble" when somebody
	// cannot, "down" when nobody can or the store does not answer.
	Status    string       `json:"status"`
	Links     []linkHealth `json:"links"`
	Waiting   int          `json:"waiting"`   // messages that are due and wait
	Unsettled int          `json:"unsettled"` // that did not go out or may not have, in 30 days
	Version   string       `json:"version"`
}

type linkHealth struct {
	Name     string    `json:"name"`
	Phase    string    `json:"phase"`
	Since    time.Time `json:"since,omitzero"`
	Hint     string    `json:"hint,omitempty"`
	Troubles []string  `json:"troubles,omitempty"` // as codes
}

// healthTimeout bounds how long the store is waited for.
const healthTimeout = 2 * time.Second

// ServeHTTP answers /healthz: 200 when everybody can be written to, else 503.
func (c *condition) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h := c.health(req.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if h.Status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // whoever asked is gone
}

func (c *condition) health(ctx context.Context) health {
	h := health{Status: "ok", Links: []linkHealth{}, Version: version()}
	for _, n := range c.networks {
		s := n.LinkState()
		l := linkHealth{Name: n.name, Phase: string(s.Phase), Since: s.Since, Hint: s.Hint}
		for _, t := range s.Troubles {
			l.Troubles = append(l.Troubles, t.Hint)
		}
		h.Links = append(h.Links, l)
		switch {
		case s.Phase != chat.Online:
			h.Status = "down"
		case len(l.Troubles) > 0 && h.Status == "ok":
			h.Status = "trouble"
		}
	}
	if !c.count(ctx, &h) {
		h.Status = "down"
	}
	return h
}

// count reports whether the store could be read in time.
func (c *condition) count(ctx context.Context, h *health) bool {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	type counts struct{ waiting, unsettled int }
	done := make(chan counts, 1)
	go func() {
		waiting, unsettled, err := c.queue.Count(ctx, c.transports...)
		if err != nil {
			cancel()
			return
		}
		done <- counts{waiting, unsettled}
	}()
	select {
	case n := <-done:
		h.Waiting, h.Unsettled = n.waiting, n.unsettled
		return true
	case <-ctx.Done():
		return false
	}
}
