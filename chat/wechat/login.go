package wechat

import (
	"context"
	"errors"
	"time"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat"
)

// How logging in is paced. A hot login costs little, a scan trust.
const (
	kickedAfter = time.Minute // a scanned login that ends sooner was thrown out
	stable      = time.Hour   // a login that lasts this long was a good one
	hotTries    = 5           // answered, failed hot logins before a scan
)

// errWrongAccount means that another account scanned than the one kept.
var errWrongAccount = errors.New("another account scanned")

// errUnsaved means that our own store failed.
var errUnsaved = errors.New("session cannot be kept")

// refusedError means that WeChat does not let the account in.
type refusedError struct{ text string }

// Error implements error.
func (e *refusedError) Error() string { return "login refused: " + e.text }

// Login says what a login means for those who hold addresses and promises.
type Login struct {
	// Fresh: by a scan, on an account that had been online before. What was said
	// since the link before was last good never arrives.
	Fresh bool
	// Since is when the link before was last good, give or take a minute; zero
	// when that is unknown.
	Since time.Time
	// NewNames: the addresses wechat:s/ and wechat:r/ of earlier logins are void.
	NewNames bool
}

// login makes one attempt with a new Bot: a hot login when a session is kept,
// else a scan, for which it first waits until one is allowed. Nil and no error
// mean that there was nothing to attempt yet.
func (a *Account) login(ctx context.Context, h chat.Handler) (*link, error) {
	k := a.record.get()
	scan := k.Login == nil || a.hotFails >= hotTries
	if scan && !a.awaitScan(ctx, k.Login != nil) {
		a.hotFails = hotTries - 1
		return nil, ctx.Err()
	}
	if scan {
		k.Login = nil
	}
	l := a.newLink(ctx, h, k)
	l.scanned = scan
	var opts []openwechat.BotLoginOption
	if scan {
		// Only HotLogin tells the library where to keep the session; with none
		// kept it fails at once and the option scans.
		opts = append(opts, openwechat.NewRetryLoginOption())
	}
	err := l.guard(func() error { return l.bot.HotLogin(&sessionFile{link: l}, opts...) })
	a.setCode("")
	if err != nil {
		l.close()
		return l, err
	}
	// The library's goroutine runs from here on; these two it never changes.
	l.info, l.request = l.bot.Storage.LoginInfo, l.bot.Storage.Request
	l.since = a.opt.Now()
	a.hotFails = 0
	a.retries.Reset()
	a.asked()
	return l, nil
}

// loggedIn notes a login together with its session, so that OnLogin is told the
// same again when the process dies before it is done. It is called once.
func (l *link) loggedIn(k *kept) {
	told := toldLogin{Before: k.Uin != 0, Since: k.Good, NewNames: l.scanned || k.Self != l.book.self}
	if old := k.Told; old != nil {
		told.Before, told.Since = old.Before, old.Since
		told.Fresh, told.NewNames = old.Fresh, told.NewNames || old.NewNames
	}
	told.Fresh = told.Fresh || l.scanned && told.Before
	k.Told, k.Self = &told, l.book.self
	if l.scanned {
		k.Scan.Done = l.a.opt.Now()
	}
}

// tell tells OnLogin, again and again until it takes it. It reports whether the
// link is still up.
func (l *link) tell() bool {
	a := l.a
	told := a.record.get().Told
	retries := newRetries()
	for told != nil && a.opt.OnLogin != nil && !l.over() {
		err := a.opt.OnLogin(l.ctx, Login{Fresh: told.Fresh, Since: told.Since, NewNames: told.NewNames})
		if err == nil {
			break
		}
		if l.ctx.Err() != nil {
			return false
		}
		a.log.Error("login not taken in", "err", l.scrub(err))
		a.show(l.ctx, chat.Degraded, HintStore)
		l.pause(retries.NextBackOff())
	}
	if l.over() {
		return false
	}
	a.keep(l.ctx, func(k *kept) { k.Told = nil })
	return true
}

// loginFailed shows what went wrong and waits as long as is wise.
func (a *Account) loginFailed(ctx context.Context, l *link, err error) {
	if ctx.Err() != nil {
		return
	}
	a.log.Warn("login failed", "err", l.scrub(err), "scan", l.scanned)
	var ret openwechat.Ret
	var refused *refusedError
	switch {
	case errors.Is(err, errUnsaved):
		a.show(ctx, chat.Degraded, HintStore)
	case errors.As(err, &refused):
		a.refused(ctx, HintRefused)
	case errors.Is(err, errWrongAccount):
		if !l.scanned {
			a.forget(ctx) // somebody else's
		}
		a.show(ctx, chat.Refused, HintWrongAccount)
	case errors.As(err, &ret) && endsSession(ret):
		a.loggedOut(ctx)
		return
	case errors.Is(err, openwechat.ErrLoginTimeout):
		a.hotFails = min(a.hotFails, hotTries-1) // a session that was only ill may have its turn
		a.show(ctx, chat.LoggedOut, HintExpired)
	case errors.As(err, &ret) && ret == retTooOften:
		phase := chat.Degraded
		if l.scanned {
			phase = chat.LoggedOut
		}
		a.show(ctx, phase, HintLimited)
		a.awaitRetry(ctx, a.limited())
		return
	case l.scanned:
		a.show(ctx, chat.LoggedOut, HintNetwork)
	default:
		// A network that is down is no reason to bother anybody with a code.
		if errors.As(err, &ret) {
			a.hotFails++
		}
		a.show(ctx, chat.Degraded, HintNetwork)
	}
	if !l.scanned || !l.shown { // it cost no scan, and so may be soon
		a.awaitRetry(ctx, a.retries.NextBackOff())
	}
}

// linkEnded shows why a login is over, and what follows.
func (a *Account) linkEnded(ctx context.Context, l *link, why error) {
	if l.up.Load() {
		good := l.news()
		a.keep(context.WithoutCancel(ctx), func(k *kept) { k.Good = good })
	}
	var ret openwechat.Ret
	switch {
	case ctx.Err() != nil:
		return
	case errors.As(why, &ret):
		a.log.Warn("logged out", "ret", int(ret))
		a.loggedOut(ctx)
		return
	}
	a.log.Warn("link lost", "err", l.scrub(why))
	// One hot login may put it right. When that link is answered too, but never
	// well, another will not.
	if l.worked {
		a.silences = 0
	}
	if a.silences++; a.silences > 1 && l.answered {
		a.hotFails = hotTries
	}
	a.show(ctx, chat.Degraded, HintSilent)
}

// loggedOut wipes a session that is over. One that was scanned a moment ago was
// thrown out, which since 2025 mostly means banned.
func (a *Account) loggedOut(ctx context.Context) {
	a.forget(ctx)
	done := a.record.get().Scan.Done
	if age := a.opt.Now().Sub(done); !done.IsZero() && age >= 0 && age < kickedAfter {
		a.refused(ctx, HintKicked)
		return
	}
	a.show(ctx, chat.LoggedOut, HintLoggedOut)
}

// refused keeps codes away for a while.
func (a *Account) refused(ctx context.Context, hint string) {
	now := a.opt.Now()
	a.keep(ctx, func(k *kept) { k.Scan.refuse(now) })
	a.show(ctx, chat.Refused, hint)
}

// show sets the state, and keeps it.
func (a *Account) show(ctx context.Context, p chat.Phase, hint string, troubles ...chat.Trouble) {
	if cur, changed := a.state.set(p, hint, troubles...); changed {
		a.keep(ctx, func(k *kept) { k.Phase, k.Hint, k.Since = cur.Phase, cur.Hint, cur.Since })
	}
}

// restore shows what was kept. A link that was up when the process ended has
// been down since it was last good.
func (a *Account) restore(k kept) {
	s := chat.LinkState{Phase: k.Phase, Hint: k.Hint, Since: k.Since}
	if k.Phase == chat.Online {
		s.Since = k.Good
	}
	switch {
	case k.Phase == chat.Refused:
	case k.Login != nil:
		s.Phase, s.Hint = chat.Degraded, ""
	case k.Phase != chat.LoggedOut:
		s.Phase, s.Hint = chat.LoggedOut, ""
	}
	a.state.restore(s)
}
