package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"fangzhuo/chat"
)

// How long Run waits before it hands a refused message over again.
const (
	retryFirst = 200 * time.Millisecond
	retryMax   = 5 * time.Second
)

// batchMax is how many messages of a chat are handed over at once.
const batchMax = 50

// errNoBot means that no bot is in the room.
var errNoBot = errors.New("the bot is not running")

// gate lets deliveries through while Run runs.
type gate struct {
	mu     sync.RWMutex
	ctx    context.Context // ends with Run; nil when closed
	handle chat.Handler
}

func (g *gate) open(ctx context.Context, h chat.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ctx, g.handle = ctx, h
}

// close waits for deliveries under way.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ctx, g.handle = nil, nil
}

// done is closed when the running Run ends; it is nil when none runs.
func (g *gate) done() <-chan struct{} {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.ctx == nil {
		return nil
	}
	return g.ctx.Done()
}

// Name implements chat.Transport.
func (r *Room) Name() string { return transportName }

// Run implements chat.Transport. It hands over what an earlier run was not
// rid of, takes new messages from the page until ctx ends, and comes back when
// no call of h is left.
func (r *Room) Run(ctx context.Context, h chat.Handler) error {
	r.gate.open(ctx, h)
	defer r.gate.close()
	for delay := retryFirst; ; delay = min(2*delay, retryMax) {
		if r.deliverAll() {
			delay = retryFirst
			select {
			case <-ctx.Done():
				return nil
			case <-r.failed:
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(delay):
		}
	}
}

// deliverAll hands over what is left in every chat and reports whether nothing
// remained.
func (r *Room) deliverAll() bool {
	all := true
	for _, c := range r.order {
		if err := r.deliver(c); err != nil {
			all = false
			r.opt.Log.Warn("a chat's messages wait for the bot", "kind", c.kind, "err", err)
		}
	}
	return all
}

// deliver hands over, in order, all that the bot has not taken of a chat.
func (r *Room) deliver(c *conversation) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	r.gate.mu.RLock()
	defer r.gate.mu.RUnlock()
	if r.gate.ctx == nil {
		return errNoBot
	}
	room, err := r.log.room(r.gate.ctx)
	if err != nil {
		return err
	}
	for {
		batch, err := r.log.untaken(r.gate.ctx, c.id, batchMax)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := r.gate.handle(r.gate.ctx, r.messages(room, c, batch)); err != nil {
			return fmt.Errorf("hand over to the bot: %w", err)
		}
		if err := r.log.taken(r.gate.ctx, batch); err != nil {
			return err
		}
	}
}

// retry asks Run to try once more soon.
func (r *Room) retry() {
	select {
	case r.failed <- struct{}{}:
	default:
	}
}

// messages tells the bot what was posted in a chat.
func (r *Room) messages(room string, c *conversation, batch []entry) []chat.Message {
	list := make([]chat.Message, len(batch))
	for i, e := range batch {
		m := chat.Message{
			ID:   messageID(room, e.ID),
			At:   r.local(e.At),
			From: address(privateID(e.From)),
			Chat: address(c.id),
		}
		if e.Recalls != 0 {
			m.Recalls = messageID(room, e.Recalls)
			list[i] = m
			continue
		}
		m.Quoted, m.Text = chat.CutQuote(e.Text)
		if c.kind == kindGroup {
			m.Text, m.Addressed = chat.CutCall(m.Text, r.opt.BotName)
		}
		for n, a := range e.Media {
			m.Media = append(m.Media, chat.Media{Kind: chat.MediaKind(a.Kind), Ref: place{c.id, e.ID, n}.ref(room), Name: a.Name})
		}
		list[i] = m
	}
	return list
}

// Send implements chat.Transport. A key that was sent before is not shown
// again; its first id comes back.
func (r *Room) Send(ctx context.Context, m chat.Outgoing) (chat.MessageID, error) {
	c := r.chats[m.To.Local()]
	if c == nil || m.To.Transport() != transportName {
		return "", fmt.Errorf("send to the sandbox: %w", chat.ErrNoAddress)
	}
	e := entry{Chat: c.id, From: botName, At: r.opt.Now(), Text: m.Text}
	if m.File != nil {
		a, err := r.copied(*m.File)
		if err != nil {
			return "", fmt.Errorf("send to the sandbox: %w", err)
		}
		e.Media = []attachment{a}
	}
	id, fresh, err := r.log.send(ctx, m.Key, e)
	if err != nil {
		return "", err
	}
	if fresh {
		e.ID = id
		r.hub.publish(event{name: "message", data: r.liveMessage(e)})
	}
	room, err := r.log.room(ctx)
	return messageID(room, id), err
}

// messageID is a message's id in all logs there will ever be: beside a database
// that was put back from a backup stands a new one, which counts from 1 again.
func messageID(room string, id uint64) chat.MessageID {
	return chat.MessageID(fmt.Sprintf("%s-%d", room, id))
}

// local puts an instant into the zone of the room's clock.
func (r *Room) local(t time.Time) time.Time { return t.In(r.opt.Now().Location()) }
