// Package wechat joins WeChat (微信) through openwechat: nothing the server hands
// over is passed by before it is safely kept, nothing is sent twice on its own
// account, and no secret of the login reaches a log or an error.
//
// The library speaks an unofficial protocol and has sharp edges, so it is kept
// on a short lead. Each login gets a new openwechat.Bot. All its traffic goes
// through one http.RoundTripper (tap.go), which hands new messages to the
// chat.Handler before the library's cursor may move, and shows the library an
// empty batch. One goroutine, the one in Account.Run, makes every other call.
// No type of the library leaves the package. What outlives the process, the
// login among it, is one record (record.go).
//
// Addresses (frozen, they are stored):
//
//	wechat:p/GZ-0001    a person, by the code in the remark (备注) that the
//	                    account holder gave him; outlives a login
//	wechat:s/@…         any other person, by today's user name; this login only
//	wechat:g/〔GZ-A〕     a group whose name holds a configured marker
//	wechat:r/@@…        any other group; this login only
package wechat

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"fangzhuo/chat"
)

// Session keeps the login over restarts. The bytes are secret: whoever has them
// is the account.
type Session interface {
	// Load returns what was saved last, or nil when nothing is kept.
	Load(ctx context.Context) ([]byte, error)
	// Save replaces what is kept.
	Save(ctx context.Context, session []byte) error
}

// Options are what an Account needs. Session and Now are required.
type Options struct {
	Session Session
	// HTTP carries the requests. Nil means http.DefaultTransport, which honours
	// HTTPS_PROXY and SSL_CERT_FILE.
	HTTP http.RoundTripper
	// QR is the terminal that shows the code to scan; nil shows none.
	QR  io.Writer
	Now func() time.Time
	// After is the timer; nil means time.After.
	After func(time.Duration) <-chan time.Time
	Log   *slog.Logger
	// Markers are the name parts by which groups are known, such as 〔GZ-A〕.
	Markers []string
	// OnState is told where the link stands when Run begins, and each change of
	// it. It must not block.
	OnState func(chat.LinkState)
	// OnLogin is told each login, before anything is delivered or sent under it.
	// An error is asked again; a login whose OnLogin was not done when the process
	// died is told again as it was. It must not call the account.
	OnLogin func(ctx context.Context, l Login) error
}

// Account is one WeChat account. It implements chat.Transport, chat.Reporter,
// chat.Linker and chat.Fetcher.
type Account struct {
	opt    Options
	log    *slog.Logger
	after  func(time.Duration) <-chan time.Time
	state  state
	record *record
	budget *budget
	relink chan struct{} // somebody asks for a code now

	mu   sync.Mutex
	link *link  // nil while offline
	code string // what waits to be scanned

	// Only the goroutine in Run uses what follows.
	retries  *backoff.ExponentialBackOff // from one failed login to the next
	hotFails int
	silences int // links in a row that never had news
}

var (
	_ chat.Transport = (*Account)(nil)
	_ chat.Reporter  = (*Account)(nil)
	_ chat.Linker    = (*Account)(nil)
	_ chat.Fetcher   = (*Account)(nil)
)

// New makes an account; nothing happens before Run.
func New(o Options) *Account {
	if o.HTTP == nil {
		o.HTTP = http.DefaultTransport
	}
	if o.QR == nil {
		o.QR = io.Discard
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Account{
		opt:     o,
		log:     o.Log.With("transport", name),
		after:   o.After,
		state:   state{now: o.Now, told: o.OnState},
		record:  &record{session: o.Session},
		budget:  newBudget(o.After),
		relink:  make(chan struct{}, 1),
		retries: newRetries(),
	}
}

// newRetries waits a second at first and a minute at last, with jitter.
func newRetries() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: 1250 * time.Millisecond, RandomizationFactor: 0.2, Multiplier: 2, MaxInterval: time.Minute}
}

// name is the first part of the addresses.
const name = "wechat"

// Name implements chat.Transport.
func (a *Account) Name() string { return name }

// LinkState implements chat.Reporter.
func (a *Account) LinkState() chat.LinkState { return a.state.get() }

// Run implements chat.Transport: it logs in, receives, and logs in again by the
// policy in login.go, until ctx ends. It runs at most once at a time.
func (a *Account) Run(ctx context.Context, h chat.Handler) error {
	a.load(ctx)
	for ctx.Err() == nil {
		l, err := a.login(ctx, h)
		switch {
		case err != nil && l != nil:
			a.loginFailed(ctx, l, err)
			continue
		case l == nil:
			continue
		}
		err = l.serve()
		a.setLink(nil)
		l.close()
		a.linkEnded(ctx, l, err)
	}
	a.state.stop()
	return nil
}

// load reads what was kept, and shows it. Without it nobody may be asked to scan.
func (a *Account) load(ctx context.Context) {
	for ctx.Err() == nil {
		understood, err := a.record.load(ctx)
		if err == nil {
			if !understood {
				a.log.Warn("kept session is not understood")
			}
			break
		}
		a.log.Error("session not read", "err", err)
		a.state.set(chat.Degraded, HintStore)
		a.wait(ctx, a.retries.NextBackOff())
	}
	a.retries.Reset()
	a.restore(a.record.get())
}

func (a *Account) setLink(l *link) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.link = l
}

func (a *Account) currentLink() *link {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.link
}

// wait reports whether d passed before ctx ended.
func (a *Account) wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-a.after(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
