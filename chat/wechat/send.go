package wechat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"fangzhuo/chat"

	"github.com/eatmoreapple/openwechat"
)

// Send implements chat.Transport. It tries once; whether to try again is the
// caller's business, and so is the pace.
func (a *Account) Send(ctx context.Context, m chat.Outgoing) (id chat.MessageID, err error) {
	l := a.currentLink()
	if l == nil {
		return "", chat.ErrOffline
	}
	if !l.do(ctx, func() { id, err = l.send(ctx, m) }) {
		return "", chat.ErrOffline
	}
	return id, err
}

// send runs on the goroutine that owns the library.
func (l *link) send(ctx context.Context, m chat.Outgoing) (chat.MessageID, error) {
	if l.over() || ctx.Err() != nil {
		return "", chat.ErrOffline
	}
	if left := l.a.limit.left(l.a.opt.Now()); left > 0 {
		return "", &chat.LimitedError{After: left}
	}
	to, ok := l.book.user(m.To)
	if !ok {
		return "", chat.ErrNoAddress
	}
	var sent *openwechat.SentMessage
	err := l.guard(func() (err error) {
		sent, err = l.bot.Caller.WebWxSendMsg(ctx, &openwechat.CallerWebWxSendMsgOptions{
			LoginInfo:   l.info,
			BaseRequest: l.request,
			Message:     openwechat.NewTextSendMessage(m.Text, l.book.self, to),
		})
		return err
	})
	if err != nil {
		return "", l.sendError(err)
	}
	l.a.limit.reset()
	return chat.MessageID(sent.MsgId), nil
}

// sendError says what an error of the library means: was it sent?
func (l *link) sendError(err error) error {
	var ret openwechat.Ret
	switch {
	case errors.As(err, &ret) && ret == retTooOften:
		return &chat.LimitedError{After: l.a.limit.hit(l.a.opt.Now())}
	case errors.As(err, &ret) && endsSession(ret):
		l.end(ret)
		return chat.ErrOffline
	case errors.As(err, &ret): // other codes are not documented: nobody can be sure
		return fmt.Errorf("send text: server said %d", int(ret))
	case neverLeft(err):
		return fmt.Errorf("%w: %w", chat.ErrOffline, l.scrub(err))
	default:
		return fmt.Errorf("send text, outcome unknown: %w", l.scrub(err))
	}
}

// neverLeft reports whether no connection came about, so that the request
// certainly was not written.
func neverLeft(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.Is(err, errClosed) || errors.As(err, &dns) ||
		errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// limit remembers how long WeChat wants no sends (Ret 1205): ten minutes, and
// twice as long each time it says so again.
type limit struct {
	until time.Time
	last  time.Duration
}

func (l *limit) left(now time.Time) time.Duration { return l.until.Sub(now) }

func (l *limit) hit(now time.Time) time.Duration {
	l.last = min(max(2*l.last, 10*time.Minute), 24*time.Hour)
	l.until = now.Add(l.last)
	return l.last
}

func (l *limit) reset() { *l = limit{} }
