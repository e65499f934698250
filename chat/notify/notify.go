// Package notify tells people through other channels than chat: group robots
// (企业微信, 钉钉, 飞书), e-mail, webhooks and whatever else its library reaches.
// It only sends. What it is given to send is the office's news of itself; no
// error and no log line of it says where to.
//
// A channel is given by one URL (see Check). Its address is
// "notify-<id>:all", one transport for each channel, so that one that is down
// holds up no other.
package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"fangzhuo/chat"
)

const (
	// patience is how long one sending may take in all; each part of it has less.
	patience = 20 * time.Second
	// maxText is how many characters are sent: what a robot of 企业微信 takes is
	// 2,048 bytes.
	maxText = 650
)

// Options are what a channel needs from outside. Now is required.
type Options struct {
	Now func() time.Time
	// HTTP carries the requests; nil means one that honours HTTPS_PROXY and
	// gives up soon.
	HTTP http.RoundTripper
	// Subject is what an e-mail has for one.
	Subject string
}

// Failure says why a channel's last message did not go out, as a code for the
// wording.
type Failure string

// The failures.
const (
	Offline Failure = "offline" // no connection: certainly not sent
	Limited Failure = "limited" // asked to wait: certainly not sent
	Refused Failure = "refused" // certainly not sent, and will not be: the URL is to be looked at
	Unclear Failure = "unclear" // nobody can be sure
)

// Health is how a channel fared since the program started.
type Health struct {
	Sent   time.Time // the last success; zero: none yet
	Failed time.Time // the last failure; zero: none yet
	Why    Failure   // of the last failure
}

// Works reports whether the last thing that happened was a success, or nothing
// has happened yet.
func (h Health) Works() bool { return !h.Failed.After(h.Sent) || h.Failed.IsZero() }

// Channel is one way to people. It implements outbox.Sender.
type Channel struct {
	id, name, url string
	opt           Options

	mu     sync.Mutex
	health Health
}

// New returns the channel that a URL describes. Id goes into its address, which
// is stored; name is what people call it. Its error completes "url …" and does
// not show the URL.
func New(id, name, url string, o Options) (*Channel, error) {
	if o.HTTP == nil {
		o.HTTP = impatient()
	}
	if name == "" {
		name = id
	}
	c := &Channel{id: id, name: name, url: url, opt: o}
	return c, Check(url)
}

// Transport is the name of the channel's transport.
func (c *Channel) Transport() string { return "notify-" + c.id }

// Address is where the channel's readers are reached.
func (c *Channel) Address() chat.Address { return chat.Address(c.Transport() + ":all") }

// Name is what people call the channel.
func (c *Channel) Name() string { return c.name }

// Health returns how the channel fared.
func (c *Channel) Health() Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

// Send sends one message. Its error answers "was it sent?" as that of a
// chat.Transport does. A message that the service refuses is told as
// chat.ErrNoAddress, with the reason.
func (c *Channel) Send(ctx context.Context, m chat.Outgoing) (chat.MessageID, error) {
	if m.To != c.Address() || m.Text == "" {
		return "", chat.ErrNoAddress
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	m.Text = clip(m.Text)
	err := c.deliver(ctx, m)
	c.note(err)
	return chat.MessageID(m.Key), err
}

func (c *Channel) deliver(ctx context.Context, m chat.Outgoing) error {
	u, err := parse(c.url)
	if err != nil {
		return refused("its URL cannot be used")
	}
	if u.Scheme == "smtp" {
		return c.mail(ctx, u, m)
	}
	l := &line{ctx: ctx, base: c.opt.HTTP}
	s, err := c.open(u, l)
	if err != nil {
		return refused("its URL cannot be used")
	}
	return l.judge(s.Send(m.Text, nil), robots[u.Scheme])
}

// note keeps how it went.
func (c *Channel) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.health.Sent = c.opt.Now()
		return
	}
	c.health.Failed, c.health.Why = c.opt.Now(), failure(err)
}

func failure(err error) Failure {
	var limited *chat.LimitedError
	switch {
	case errors.Is(err, chat.ErrOffline):
		return Offline
	case errors.As(err, &limited):
		return Limited
	case errors.Is(err, chat.ErrNoAddress):
		return Refused
	}
	return Unclear
}

// refused says that the service will not take the message, and why.
func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", chat.ErrNoAddress, fmt.Sprintf(format, args...))
}

// errUnclear is all that is told of a sending that may have succeeded.
var errUnclear = errors.New("no clear answer")

func clip(text string) string {
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	return string([]rune(text)[:maxText-1]) + "…"
}

// impatient is the way out with short waits: a wall that swallows packets must
// show as no connection, not as an answer that never came.
func impatient() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		ResponseHeaderTimeout: 10 * time.Second,
		DisableKeepAlives:     true, // a message now and then
	}
}
