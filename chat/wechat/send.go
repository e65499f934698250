package wechat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat"
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
	if left := l.a.limited(); left > 0 {
		return "", &chat.LimitedError{After: left}
	}
	to, ok := l.book.user(m.To)
	if !ok {
		return "", chat.ErrNoAddress
	}
	sent, err := l.post(ctx, m, to)
	if err != nil {
		return "", l.sendError(err)
	}
	l.a.unlimit(l.ctx)
	return chat.MessageID(sent.MsgId), nil
}

// post makes the requests that send a message.
func (l *link) post(ctx context.Context, m chat.Outgoing, to string) (sent *openwechat.SentMessage, err error) {
	if m.File != nil {
		return l.sendFile(ctx, m.Key, to, m.File)
	}
	err = l.guard(func() (err error) {
		sent, err = l.bot.Caller.WebWxSendMsg(ctx, &openwechat.CallerWebWxSendMsgOptions{
			LoginInfo:   l.info,
			BaseRequest: l.request,
			Message:     openwechat.NewTextSendMessage(m.Text, l.book.self, to),
		})
		return err
	})
	return sent, err
}

// sendError says what an error of the library means: was it sent?
func (l *link) sendError(err error) error {
	var ret openwechat.Ret
	var limited *chat.LimitedError
	switch {
	case errors.Is(err, chat.ErrOffline), errors.Is(err, chat.ErrNoFile), errors.As(err, &limited): // told already
		return err
	case errors.As(err, &ret) && ret == retTooOften:
		return &chat.LimitedError{After: l.a.limited()}
	case errors.As(err, &ret) && endsSession(ret):
		return chat.ErrOffline
	case errors.As(err, &ret): // other codes are not documented: nobody can be sure
		return fmt.Errorf("send: server said %d", int(ret))
	case neverLeft(err):
		return fmt.Errorf("%w: %w", chat.ErrOffline, l.scrub(err))
	default:
		return fmt.Errorf("send, outcome unknown: %w", l.scrub(err))
	}
}

// neverLeft reports whether no connection came about, so that the request
// certainly was not written.
func neverLeft(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.Is(err, errClosed) || errors.Is(err, errNotMade) || errors.As(err, &dns) ||
		errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// limitRecord is how long WeChat wants to be left alone (code 1205): ten minutes,
// and twice as long each time it says so again.
type limitRecord struct {
	Until time.Time     `json:"until,omitzero"`
	Last  time.Duration `json:"last,omitzero"`
}

// How long a limit lasts.
const (
	limitWait    = 10 * time.Minute
	limitWaitMax = 24 * time.Hour
)

// limited returns how long it still wants that, 0 when it does not.
func (a *Account) limited() time.Duration {
	return until(a.record.get().Limit.Until, a.opt.Now(), limitWaitMax)
}

// limit notes a code 1205, whatever request it answered.
func (a *Account) limit(ctx context.Context) {
	if a.limited() > 0 { // two requests were under way
		return
	}
	now := a.opt.Now()
	a.keep(ctx, func(k *kept) {
		last := min(max(2*k.Limit.Last, limitWait), limitWaitMax)
		k.Limit = limitRecord{Until: now.Add(last), Last: last}
	})
}

// unlimit notes a send that WeChat took.
func (a *Account) unlimit(ctx context.Context) {
	if a.record.get().Limit != (limitRecord{}) {
		a.keep(ctx, func(k *kept) { k.Limit = limitRecord{} })
	}
}
