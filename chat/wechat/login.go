package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"fangzhuo/chat"

	"github.com/eatmoreapple/openwechat"
	"rsc.io/qr"
)

// How logging in is paced. A scan costs trust with WeChat, so it is rare; a hot
// login costs little.
const (
	scanWait    = time.Minute // from one QR code to the next; doubles while nobody stays logged in
	scanWaitMax = 6 * time.Hour
	refusedWait = time.Hour   // to the next QR code after WeChat refused
	kickedAfter = time.Minute // a scanned login that ends sooner was thrown out
	stable      = time.Hour   // a login that lasts this long was a good one
	hotTries    = 5           // answered, failed hot logins before a scan
)

// errWrongAccount means that somebody scanned with another account.
var errWrongAccount = errors.New("another account scanned")

// refusedError means that WeChat does not let the account in.
type refusedError struct{ text string }

// Error implements error.
func (e *refusedError) Error() string { return "login refused: " + e.text }

// login makes one attempt with a new Bot: a hot login when a session is kept,
// else a scan, for which it first waits until one is allowed.
func (a *Account) login(ctx context.Context, h chat.Handler) (*link, error) {
	k, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	if a.hotFails >= hotTries {
		k.Login = nil
	}
	l := a.newLink(ctx, h, k)
	l.scanned = k.Login == nil
	var opts []openwechat.BotLoginOption
	if l.scanned {
		if d := a.nextScan.Sub(a.opt.Now()); d > 0 && !a.wait(ctx, d) {
			l.close()
			return l, ctx.Err()
		}
		// Only HotLogin tells the library where to keep the session; with none
		// kept it fails at once and the option scans.
		opts = append(opts, openwechat.NewRetryLoginOption())
	}
	err = l.guard(func() error { return l.bot.HotLogin(&sessionFile{link: l}, opts...) })
	if err != nil {
		l.close()
		return l, err
	}
	// The library's goroutine runs from here on; these two it never changes.
	l.info, l.request = l.bot.Storage.LoginInfo, l.bot.Storage.Request
	l.since = a.opt.Now()
	a.hotFails = 0
	a.retries.Reset()
	return l, nil
}

// loginFailed shows what went wrong and waits as long as is wise.
func (a *Account) loginFailed(ctx context.Context, l *link, err error) {
	if ctx.Err() != nil {
		return
	}
	if l == nil {
		a.log.Error("session not read", "err", err)
		a.state.set(chat.Degraded, HintStore)
		a.wait(ctx, a.retries.NextBackOff())
		return
	}
	a.log.Warn("login failed", "err", l.scrub(err), "scan", l.scanned)
	if l.scanned {
		a.scanFailed(ctx, l, err)
	} else {
		a.hotFailed(ctx, l, err)
	}
}

// hotFailed falls back to a scan when WeChat says the session is over; a network
// that is down is no reason to bother anybody with a code.
func (a *Account) hotFailed(ctx context.Context, l *link, err error) {
	var ret openwechat.Ret
	if errors.As(err, &ret) && endsSession(ret) {
		a.forget(ctx, l.kept.Uin)
		a.state.set(chat.LoggedOut, HintLoggedOut)
		return
	}
	if !openwechat.IsNetworkError(err) {
		a.hotFails++
	}
	a.state.set(chat.Degraded, HintNetwork)
	a.wait(ctx, a.retries.NextBackOff())
}

func (a *Account) scanFailed(ctx context.Context, l *link, err error) {
	var refused *refusedError
	switch {
	case errors.As(err, &refused):
		a.scanNotBefore(refusedWait)
		a.state.set(chat.Refused, HintRefused)
	case errors.Is(err, errWrongAccount):
		a.state.set(chat.Refused, HintWrongAccount)
	case errors.Is(err, openwechat.ErrLoginTimeout):
		a.state.set(chat.LoggedOut, HintExpired)
	default:
		a.state.set(chat.LoggedOut, HintNetwork)
	}
	if !l.shown { // it cost no scan
		a.wait(ctx, a.retries.NextBackOff())
	}
}

// linkEnded shows why a login is over and forgets it when it is over for good.
func (a *Account) linkEnded(ctx context.Context, l *link, why error) {
	var ret openwechat.Ret
	switch {
	case ctx.Err() != nil:
	case errors.As(why, &ret):
		a.log.Warn("logged out", "ret", int(ret))
		a.forget(ctx, l.kept.Uin)
		if l.scanned && a.opt.Now().Sub(l.since) < kickedAfter {
			a.scanNotBefore(refusedWait)
			a.state.set(chat.Refused, HintKicked)
			return
		}
		a.state.set(chat.LoggedOut, HintLoggedOut)
	default:
		a.log.Warn("link lost", "err", l.scrub(why))
		a.state.set(chat.Degraded, HintSilent)
	}
}

func (a *Account) scanNotBefore(d time.Duration) {
	if t := a.opt.Now().Add(d); t.After(a.nextScan) {
		a.nextScan = t
	}
}

// showCode is the library's UUIDCallback. It runs on the owner's goroutine.
func (l *link) showCode(uuid string) {
	a := l.a
	l.shown = true
	l.hideWords(uuid)
	a.scanNotBefore(a.scans.NextBackOff())
	address := "https://login.weixin.qq.com/l/" + uuid
	code, err := qr.Encode(address, qr.L)
	if err == nil {
		_, err = io.WriteString(a.opt.QR, draw(code)+address+"\n")
	}
	if err != nil {
		a.log.Error("code not shown", "err", l.scrub(fmt.Errorf("draw code: %w", err)))
	}
	a.state.set(chat.WaitingScan, HintScan)
}

// quiet is the empty border that readers need, in modules.
const quiet = 4

// draw makes two rows of modules one line of half blocks, light on dark: most
// terminals are dark.
func draw(c *qr.Code) string {
	light := func(x, y int) bool { return !c.Black(x, y) } // outside is light
	var b strings.Builder
	for y := -quiet; y < c.Size+quiet; y += 2 {
		for x := -quiet; x < c.Size+quiet; x++ {
			switch top, bottom := light(x, y), light(x, y+1); {
			case top && bottom:
				b.WriteRune('█')
			case top:
				b.WriteRune('▀')
			case bottom:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
