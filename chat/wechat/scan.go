package wechat

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"rsc.io/qr"

	"fangzhuo/chat"
)

// How codes to scan are paced. A scan costs trust with WeChat, so it is rare,
// whatever restarts the program.
const (
	scanWait       = time.Minute // from one code to the next; doubles while nobody stays logged in
	scanWaitMax    = 6 * time.Hour
	refusedWait    = time.Hour // to the next code after WeChat refused; doubles too
	refusedWaitMax = 24 * time.Hour
	codeLife       = 10 * time.Minute // a code is polled no longer; the server says it is over after five
	hotAgain       = 10 * time.Minute // an ill session is tried again while no code may be shown
)

// scanRecord is what is kept of the codes that were shown.
type scanRecord struct {
	Last    time.Time `json:"last,omitzero"`  // a code was made
	Next    time.Time `json:"next,omitzero"`  // the next may be
	Codes   int       `json:"codes,omitzero"` // since a login that lasted
	Done    time.Time `json:"done,omitzero"`  // somebody scanned and was let in
	Refused int       `json:"refused,omitzero"`
	Until   time.Time `json:"until,omitzero"` // no code after a refusal
}

// shown counts a code.
func (s *scanRecord) shown(now time.Time) {
	s.Last = now
	s.Next = now.Add(max(s.wait(now), doubled(scanWait, s.Codes, scanWaitMax)))
	s.Codes++
}

// refuse counts a refusal by WeChat.
func (s *scanRecord) refuse(now time.Time) {
	wait := doubled(refusedWait, s.Refused, refusedWaitMax)
	s.Until = now.Add(wait)
	s.Next = now.Add(max(s.wait(now), wait))
	s.Refused++
}

// wait returns how long no code may be shown.
func (s *scanRecord) wait(now time.Time) time.Duration { return until(s.Next, now, refusedWaitMax) }

// mayAsk reports whether a person may have a code before its time.
func (s *scanRecord) mayAsk(now time.Time) bool {
	return until(s.Last.Add(scanWait), now, scanWait) == 0 && until(s.Until, now, refusedWaitMax) == 0
}

// until returns how long it is to t, at most limit. What lies further ahead comes
// from a clock that was set back since, and is over.
func until(t, now time.Time, limit time.Duration) time.Duration {
	d := t.Sub(now)
	if d > limit {
		return 0
	}
	return max(d, 0)
}

// doubled returns d doubled n times, at most limit.
func doubled(d time.Duration, n int, limit time.Duration) time.Duration {
	for ; n > 0 && d < limit; n-- {
		d *= 2
	}
	return min(d, limit)
}

// awaitScan returns when the next code may be shown: in time, or because
// somebody asked. It reports whether to make one; otherwise ctx ended, or it is
// time to try the kept session once more.
func (a *Account) awaitScan(ctx context.Context, hot bool) bool {
	waited := time.Duration(0)
	for {
		scan := a.record.get().Scan
		left := scan.wait(a.opt.Now())
		if left == 0 || a.asked() {
			return true
		}
		if hot && waited >= hotAgain {
			return false
		}
		step := min(left, time.Minute) // the clock may be moved
		select {
		case <-a.after(step):
			waited += step
		case <-a.relink:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// awaitRetry waits until a login may be tried again. Somebody who asks for a code
// gets one then, although a session is kept.
func (a *Account) awaitRetry(ctx context.Context, d time.Duration) {
	select {
	case <-a.after(d):
	case <-a.relink:
		a.hotFails = hotTries
		a.askCode() // of awaitScan
	case <-ctx.Done():
	}
}

// asked reports whether somebody asked for a code, and forgets it.
func (a *Account) asked() bool {
	select {
	case <-a.relink:
		return true
	default:
		return false
	}
}

// LinkCode implements chat.Linker.
func (a *Account) LinkCode() (code string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.code, a.code != ""
}

// Relink implements chat.Linker. It asks for a code at most once a minute, and
// not while WeChat's last refusal is younger than its wait.
func (a *Account) Relink() {
	scan := a.record.get().Scan
	if _, waits := a.LinkCode(); waits || a.currentLink() != nil || !scan.mayAsk(a.opt.Now()) {
		return
	}
	a.askCode()
}

func (a *Account) askCode() {
	select {
	case a.relink <- struct{}{}:
	default:
	}
}

func (a *Account) setCode(code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.code = code
}

// showCode is the library's UUIDCallback. It runs on the owner's goroutine.
func (l *link) showCode(uuid string) {
	a := l.a
	l.shown = true
	l.hideWords(uuid)
	address := "https://login.weixin.qq.com/l/" + uuid
	code, err := qr.Encode(address, qr.L)
	if err == nil {
		_, err = io.WriteString(a.opt.QR, draw(code)+address+"\n")
	}
	if err != nil {
		a.log.Error("code not shown", "err", l.scrub(fmt.Errorf("draw code: %w", err)))
	}
	a.setCode(address)
	a.show(l.ctx, chat.WaitingScan, HintScan)
}

// scannedCode is the library's ScanCallBack, called at each poll behind a scan.
func (l *link) scannedCode() {
	l.a.setCode("")
	l.a.show(l.ctx, chat.WaitingScan, HintConfirm)
}

// codeIsOld reports whether a code has been shown too long to wait for it.
func (l *link) codeIsOld() bool {
	select {
	case <-l.codeEnds:
		l.codeOld = true
	default:
	}
	return l.codeOld
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
