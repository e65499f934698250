package wechat

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fangzhuo/chat"

	"github.com/cenkalti/backoff/v5"
	"github.com/eatmoreapple/openwechat"
)

// How a link looks after itself.
const (
	tick         = 15 * time.Second // between looks
	silence      = 6                // ticks without news of the server: degraded
	stamp        = 4                // ticks from one note that the link is good to the next
	contactsLife = 10 * time.Minute // until the address book is read again
	askAgain     = time.Minute      // between readings because of a stranger
	batchLimit   = 50               // groups the server details at once
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

// firstRead reads the address book before anything is delivered or sent: who
// speaks must be known by then. It reports whether the link is still up.
func (l *link) firstRead() bool {
	retries := newRetries()
	for !l.over() {
		err := l.readContacts(l.ctx)
		if err == nil {
			return true
		}
		if l.over() {
			return false
		}
		l.a.log.Warn("contacts not read", "err", l.scrub(err))
		wait, hint := retries.NextBackOff(), HintNetwork
		if left := l.a.limited(); left > 0 {
			wait, hint = left, HintLimited
		}
		l.a.show(l.ctx, chat.Degraded, hint)
		l.pause(wait)
	}
	return false
}

// look is the watchdog; it reports whether the server has gone silent. It counts
// ticks, since the clock may be moved.
func (l *link) look() bool {
	l.noted++
	if l.quiet++; l.heardSince() {
		l.quiet = 0
	}
	if l.quiet >= silence {
		return true
	}
	now := l.a.opt.Now()
	if now.Sub(l.lastRead) >= contactsLife {
		l.reread()
	}
	if l.noted >= stamp && l.quiet == 0 {
		l.noted = 0
		lasted := now.Sub(l.since) > stable
		l.a.keep(l.ctx, func(k *kept) {
			k.Good = l.news()
			if lasted {
				k.Scan.Codes, k.Scan.Refused = 0, 0
			}
		})
	}
	return false
}

// reread reads the address book again, unless WeChat wants to be left alone, and
// reports whether it did.
func (l *link) reread() bool {
	if l.a.limited() > 0 {
		return false
	}
	if err := l.readContacts(l.ctx); err != nil {
		l.a.log.Warn("contacts not read", "err", l.scrub(err))
		return false
	}
	l.online()
	return true
}

// readContacts reads the whole address book. A failure counts as a reading, so
// that it is not repeated at once.
func (l *link) readContacts(ctx context.Context) error {
	l.lastRead = l.a.opt.Now()
	var all openwechat.Members
	err := l.guard(func() (err error) {
		all, err = l.bot.Caller.WebWxGetContact(ctx, l.info)
		return err
	})
	if err != nil {
		return err
	}
	l.book.replace(fromLibrary(l.book.self, all))
	return nil
}

// readGroups asks for groups that the address book does not list or does not
// detail. Answers are told apart by name: the server may leave some out. After a
// failure it rests, since such requests count toward WeChat's limits.
func (l *link) readGroups(ctx context.Context, groups []string) {
	for len(groups) > 0 && !l.a.opt.Now().Before(l.askAfter) && l.a.limited() == 0 {
		n := min(len(groups), batchLimit)
		var ask, got openwechat.Members
		for _, g := range groups[:n] {
			ask = append(ask, &openwechat.User{UserName: g})
		}
		err := l.guard(func() (err error) {
			got, err = l.bot.Caller.WebWxBatchGetContact(ctx, ask, l.request)
			return err
		})
		if err != nil {
			l.a.log.Warn("groups not read", "err", l.scrub(err))
			l.askAfter = l.a.opt.Now().Add(askAgain)
			return
		}
		l.book.merge(fromLibrary(l.book.self, got))
		l.book.asked(groups[:n])
		groups = groups[n:]
	}
}

// touch makes the owner look for troubles; it does not wait.
func (l *link) touch() {
	select {
	case l.touched <- struct{}{}:
	default:
	}
}

// online shows the state, with what a person should put right.
func (l *link) online() {
	troubles := l.book.troubles()
	if n := l.unread.Load(); n > 0 {
		troubles = append(troubles, chat.Trouble{Hint: HintUnreadable, About: strconv.FormatInt(n, 10)})
	}
	var all []string
	for _, t := range troubles {
		all = append(all, t.Hint+" "+t.About)
	}
	if names := strings.Join(all, "; "); names != l.reported {
		l.reported = names
		if names != "" {
			l.a.log.Warn("link needs a hand", "what", names)
		}
	}
	l.a.show(l.ctx, chat.Online, "", troubles...)
}

// syncFailed is the library's MessageErrorHandler: nil means go on. It waits, so
// that no failure becomes a storm, and logs a repeated error once.
func (l *link) syncFailed(err error) error {
	if l.over() {
		return errClosed
	}
	if text := l.scrub(err).Error(); text != l.lastError {
		l.lastError = text
		l.a.log.Warn("sync failed", "err", text)
	}
	l.pause(l.retry.NextBackOff())
	if l.over() {
		return errClosed
	}
	return nil
}

// syncWorks notes a good round of sync.
func (l *link) syncWorks() {
	l.heardNews()
	l.retry.Reset()
	l.lastError = ""
	l.worked = true
	l.a.budget.well()
}

// heardNews notes that the server made sense.
func (l *link) heardNews() {
	now := l.a.opt.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastNews, l.fresh = now, true
}

// heardSince reports whether it did since it was last asked.
func (l *link) heardSince() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := l.fresh
	l.fresh = false
	return fresh
}

// news returns when the server last made sense.
func (l *link) news() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastNews
}
