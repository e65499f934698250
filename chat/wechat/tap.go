package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/eatmoreapple/openwechat"
)

const (
	pollPace     = time.Second      // least time from a fruitless long poll to the next
	answerWithin = 40 * time.Second // a long poll is held for 25
	maxBody      = 64 << 20         // bytes of an answer
	initTries    = 6                // of webwxinit behind a scan
)

// errNotMade means that a request has not left.
var errNotMade = errors.New("request was not made")

// errSlow means that the server did not answer in time.
var errSlow = errors.New("no answer in time")

// tap is the RoundTripper between the library and the network. It makes sure of
// what the library does not: that requests keep to the budget, that an answer is
// one (status, code, types), that messages are kept before the cursor moves, and
// that what would make the library panic on its own goroutine never reaches it.
type tap struct {
	link *link
	base http.RoundTripper
}

// endpoint is what the tap knows of one: how to read its answers. A look may
// replace the body; its error fails the request.
type endpoint struct {
	look     func(t *tap, ctx context.Context, status int, body []byte) ([]byte, error)
	statuses []int // that are answers, besides 200
	// serial requests log in or sync. Only their answers may set cookies: the
	// library's jar has no lock, and they never overlap, while sends run beside
	// them.
	serial bool
	// stream is media, which has no look: its bytes are read later.
	stream bool
}

// endpoints lists all that may be asked, by the last part of the path: no
// friends are made and no groups changed here.
var endpoints = map[string]endpoint{
	"jslogin": {look: (*tap).newCode, serial: true},
	"login":   {look: (*tap).pollCode, serial: true},
	// The login page answers 301 with a body.
	"webwxnewloginpage": {look: (*tap).loginPage, serial: true,
		statuses: []int{http.StatusMovedPermanently, http.StatusFound}},
	"webwxinit":         {look: (*tap).webInit, serial: true},
	"webwxstatusnotify": {look: (*tap).notified, serial: true},
	"synccheck":         {look: (*tap).syncCheck, serial: true},
	"webwxsync":         {look: (*tap).sync, serial: true},

	"webwxgetcontact":      {look: (*tap).addressBook},
	"webwxbatchgetcontact": {look: (*tap).groupDetails},
	"webwxsendmsg":         {look: (*tap).accepted},
	"webwxsendmsgimg":      {look: (*tap).accepted},
	"webwxsendappmsg":      {look: (*tap).accepted},
	"webwxcheckupload":     {look: (*tap).uploaded},
	"webwxuploadmedia":     {look: (*tap).uploaded},

	"webwxgetmsgimg": {stream: true},
	"webwxgetvoice":  {stream: true},
	"webwxgetvideo":  {stream: true},
	"webwxgetmedia":  {stream: true},
}

// RoundTrip implements http.RoundTripper.
func (t *tap) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if !t.link.enter() {
		return nil, errClosed
	}
	defer t.link.leave()
	defer func() {
		if r := recover(); r != nil {
			resp, err = nil, fmt.Errorf("transport panicked: %v", r)
		}
	}()
	name := path.Base(req.URL.Path)
	e, known := endpoints[name]
	if !known {
		return nil, fmt.Errorf("%s: %w", name, errNotMade)
	}
	if e.stream {
		return t.stream(req, name)
	}
	for try := 1; ; try++ {
		resp, err = t.once(req, name, e)
		if err == nil || !t.again(req, name, try) {
			return resp, err
		}
	}
}

// once makes one request and looks at its answer.
func (t *tap) once(req *http.Request, name string, e endpoint) (*http.Response, error) {
	if err := t.hold(req.Context(), name); err != nil {
		return nil, err
	}
	resp, body, err := t.fetch(req, e)
	if status := new(statusError); (name == "synccheck" || name == "webwxsync") && (err == nil || errors.As(err, &status)) {
		t.link.answered = true
	}
	if err == nil {
		body, err = e.look(t, req.Context(), resp.StatusCode, body)
	}
	if err != nil {
		if req.Context().Err() == nil {
			t.failed(err)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// fetch makes a request and reads its answer, both within answerWithin.
func (t *tap) fetch(req *http.Request, e endpoint) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), answerWithin, errSlow)
	defer cancel()
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	var body []byte
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody))
		resp.Body.Close()
	}
	switch {
	case errors.Is(context.Cause(ctx), errSlow):
		return nil, nil, errSlow
	case err != nil:
		return nil, nil, err
	case resp.StatusCode != http.StatusOK && !slices.Contains(e.statuses, resp.StatusCode):
		return nil, nil, &statusError{resp.StatusCode}
	}
	if !e.serial {
		resp.Header.Del("Set-Cookie")
	}
	return resp, body, nil
}

// hold returns when a request may leave.
func (t *tap) hold(ctx context.Context, name string) error {
	l := t.link
	if name == "login" && l.codeIsOld() {
		return openwechat.ErrLoginTimeout
	}
	var err error
	if name == "synccheck" || name == "login" {
		err = l.pace(ctx)
	}
	if err == nil {
		err = l.a.budget.wait(ctx) // last: what it grants is used at once
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %w", name, errNotMade, err)
	}
	return nil
}

// statusError is an answer that is none, by its HTTP status.
type statusError struct{ status int }

// Error implements error.
func (e *statusError) Error() string { return fmt.Sprintf("http status %d", e.status) }

// failed notes what a failure means for all that follows.
func (t *tap) failed(err error) {
	l := t.link
	l.a.budget.failed()
	var ret openwechat.Ret
	if !errors.As(err, &ret) {
		return
	}
	if ret == retTooOften {
		l.a.limit(l.ctx)
	}
	if endsSession(ret) {
		l.end(ret)
	}
}

// again reports whether a failed request is to be made once more, after a pause.
// Only those around a scan are: somebody stands there with the phone, and a scan
// is not asked for lightly.
func (t *tap) again(req *http.Request, name string, try int) bool {
	l := t.link
	if !l.scanned || l.over() || req.Context().Err() != nil {
		return false
	}
	if name != "login" && !(name == "webwxinit" && try < initTries) || name == "login" && l.codeIsOld() {
		return false
	}
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return false
		}
		req.Body = body
	}
	select {
	case <-l.a.after(l.retry.NextBackOff()):
		return true
	case <-req.Context().Done():
		return false
	}
}

// pace holds back a long poll that follows a fruitless one too closely: the
// library itself never pauses. Polls never overlap.
func (l *link) pace(ctx context.Context) error {
	if l.nextPoll != nil {
		select {
		case <-l.nextPoll:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.nextPoll = l.a.after(pollPace)
	return nil
}
