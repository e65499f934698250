package wechat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat"
)

// The codes of BaseResponse.Ret that matter.
const (
	retLoggedOut openwechat.Ret = 1100
	retTooOften  openwechat.Ret = 1205
)

// endsSession reports whether a code means that the login is over: 1100, 1101
// and 1102.
func endsSession(r openwechat.Ret) bool { return r >= retLoggedOut && r <= retLoggedOut+2 }

// errClosed is what a closed link answers the library.
var errClosed = errors.New("link is closed")

// errSilent ends a link whose server says nothing any more.
var errSilent = errors.New("no news of the server")

// link is one login's life: one openwechat.Bot and what is known under it. The
// library's own goroutine runs through tap; everything else happens on the
// goroutine in Account.Run, to which others hand jobs.
type link struct {
	a      *Account
	h      chat.Handler
	ctx    context.Context
	cancel context.CancelFunc

	bot     *openwechat.Bot
	info    *openwechat.LoginInfo   // set by login, then only read
	request *openwechat.BaseRequest // set by login, then only read
	kept    kept
	since   time.Time // when login succeeded
	scanned bool      // by a scan, not a hot login
	shown   bool      // a QR code was shown

	codeEnds <-chan time.Time // how long the code is waited for; of the owner's goroutine
	codeOld  bool

	book     *book
	ready    chan struct{}          // closed when messages may be delivered
	up       atomic.Bool            // the link has been online
	lastRead time.Time              // of the whole book; only the owner uses it
	askAfter time.Time              // no groups are asked for before; only the owner uses it
	reported string                 // troubles already logged
	uploads  map[string]uploadTries // that failed, by message; only the owner uses it
	quiet    int                    // ticks without news; only the owner uses it
	noted    int                    // ticks since the link was noted to be good; likewise
	unread   atomic.Int64           // messages that could not be read
	touched  chan struct{}          // the troubles may have changed

	jobs    chan func()
	ended   chan struct{} // closed when the login is over or the link closed
	endOnce sync.Once
	why     error // why ended, set before ended is closed

	// Of the goroutine that logs in, and then of the library's.
	retry     *backoff.ExponentialBackOff
	lastError string           // already logged
	cursor    string           // the last SyncKey
	nextPoll  <-chan time.Time // the next long poll may start
	recent    recents
	missed    map[string]bool // hashes of messages that could not be read

	// Written by the library's goroutine, read when it has ended.
	answered bool // sync was answered, well or not
	worked   bool // and once well

	gate   sync.RWMutex // held for reading by whatever acts for the library
	closed bool

	mu       sync.Mutex
	lastNews time.Time // the server last made sense
	fresh    bool      // since the last tick
	hidden   []string
	secrets  *strings.Replacer
}

func (a *Account) newLink(ctx context.Context, h chat.Handler, k kept) *link {
	l := &link{
		a: a, h: h, kept: k,
		book:  newBook(a.opt.Markers),
		ready: make(chan struct{}), jobs: make(chan func()), ended: make(chan struct{}), touched: make(chan struct{}, 1),
		uploads: map[string]uploadTries{}, missed: map[string]bool{},
		retry: newRetries(), lastNews: a.opt.Now(),
	}
	l.ctx, l.cancel = context.WithCancel(ctx)
	if k.Login != nil {
		l.hide(k.Login)
		l.book.login = loginTag(k.Login.BaseRequest.Sid)
	}
	l.bot = openwechat.NewBot(l.ctx)
	openwechat.Desktop.Prepare(l.bot)
	l.bot.Caller.Client.MaxRetryTimes = 1 // a POST is never repeated
	l.bot.Caller.Client.HTTPClient().Transport = &tap{link: l, base: a.opt.HTTP}
	l.bot.Caller.Client.HTTPClient().Timeout = 0 // the tap has its own, which spares what waits for our store
	l.bot.UUIDCallback = l.showCode
	l.bot.ScanCallBack = func(openwechat.CheckLoginResponse) { l.scannedCode() }
	l.bot.MessageHandler = func(*openwechat.Message) {} // tap has delivered already
	l.bot.MessageErrorHandler = l.syncFailed
	return l
}

// enter lets something act for the library unless the link is closed; leave
// must follow.
func (l *link) enter() bool {
	l.gate.RLock()
	if l.closed {
		l.gate.RUnlock()
		return false
	}
	return true
}

func (l *link) leave() { l.gate.RUnlock() }

// close ends the link and returns when nothing acts for it any more: the handler
// is not called and the session not written again.
func (l *link) close() {
	l.end(errClosed)
	l.cancel()
	l.gate.Lock()
	defer l.gate.Unlock()
	l.closed = true
}

// end says that the login is over, and why. The first reason counts.
func (l *link) end(why error) {
	l.endOnce.Do(func() {
		l.why = why
		close(l.ended)
	})
}

func (l *link) over() bool {
	select {
	case <-l.ended:
		return true
	default:
		return l.ctx.Err() != nil
	}
}

// do runs f on the owner's goroutine and waits for it. It reports false when f
// did not and will not run.
func (l *link) do(ctx context.Context, f func()) bool {
	done := make(chan struct{})
	job := func() {
		defer close(done)
		f()
	}
	select {
	case l.jobs <- job:
		<-done
		return true
	case <-ctx.Done():
	case <-l.ctx.Done():
	case <-l.ended:
	}
	return false
}

// guard calls the library and turns its panics into errors.
func (l *link) guard(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = l.scrub(fmt.Errorf("openwechat panicked: %v", r))
		}
	}()
	return call()
}

// pause waits for d, or for less when the link is over.
func (l *link) pause(d time.Duration) {
	select {
	case <-l.a.after(d):
	case <-l.ended:
	case <-l.ctx.Done():
	}
}

// serve owns the library until the login is over, and returns why it is.
func (l *link) serve() error {
	if !l.firstRead() || !l.tell() {
		return l.reason()
	}
	l.up.Store(true)
	l.a.setLink(l)
	close(l.ready) // last: who hears may answer
	l.online()
	timer := l.a.after(tick)
	for {
		select {
		case <-l.ctx.Done():
			return l.ctx.Err()
		case <-l.ended:
			return l.why
		case job := <-l.jobs:
			job()
		case <-l.touched:
			l.online()
		case <-timer:
			if l.look() {
				return errSilent
			}
			timer = l.a.after(tick)
		}
	}
}

func (l *link) reason() error {
	select {
	case <-l.ended:
		return l.why
	default:
		return l.ctx.Err()
	}
}
