package wechat

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat"
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
