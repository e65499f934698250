package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"fangzhuo/chat"
)

const (
	// answerLimit is how much of an answer is read.
	answerLimit = 64 << 10
	// rest is how long to wait when a service asks for it without saying how long.
	rest = time.Minute
	// maxRest bounds what a service may ask for.
	maxRest = 15 * time.Minute
)

// line is the HTTP client that a service speaks through for one message. It
// notes what became of the request, because only that says whether the message
// was sent; a service's own error is one text for all cases and holds the URL.
type line struct {
	ctx  context.Context
	base http.RoundTripper

	asked     bool
	connected atomic.Bool // the request may have left
	answered  bool
	whole     bool // the body could be read
	status    int
	after     string // Retry-After
	body      []byte
}

// Do implements types.HTTPClient.
func (l *line) Do(req *http.Request) (*http.Response, error) {
	l.asked, l.answered = true, false
	l.connected.Store(false)
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { l.connected.Store(true) }}
	client := http.Client{Transport: l.base, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // where it leads to is nobody we know
	}}
	resp, err := client.Do(req.WithContext(httptrace.WithClientTrace(l.ctx, trace)))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	l.answered, l.status, l.after = true, resp.StatusCode, resp.Header.Get("Retry-After")
	l.body, err = io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	l.whole = err == nil
	resp.Body = io.NopCloser(bytes.NewReader(l.body))
	return resp, nil
}

// judge says what became of a message, from what was noted and whether the
// service was content. A robot answers with a code in the body.
func (l *line) judge(err error, robot bool) error {
	switch {
	case err == nil && !l.asked:
		return nil
	case !l.asked:
		return refused("the service does not take it")
	case !l.answered && !l.connected.Load():
		return chat.ErrOffline
	case !l.answered || l.status >= 500:
		return errUnclear
	case l.status == http.StatusTooManyRequests:
		return &chat.LimitedError{After: l.pause()}
	case l.status >= 300:
		return refused("the service answers with status %d", l.status)
	case robot:
		return l.judgeCode()
	case err != nil:
		return errUnclear
	}
	return nil
}

// tooOften are the codes with which robots ask to wait: 企业微信 45009, 钉钉
// 130101, 飞书 9499 and 11232.
var tooOften = map[int]bool{45009: true, 130101: true, 9499: true, 11232: true}

func (l *line) judgeCode() error {
	var answer struct {
		ErrCode *int `json:"errcode"`
		Code    *int `json:"code"`
	}
	if !l.whole || json.Unmarshal(l.body, &answer) != nil {
		return errUnclear
	}
	code := answer.ErrCode
	if code == nil {
		code = answer.Code
	}
	switch {
	case code == nil:
		return errUnclear
	case *code == 0:
		return nil
	case tooOften[*code]:
		return &chat.LimitedError{After: rest}
	}
	return refused("the robot answers with code %d", *code)
}

// pause is how long the service asks to wait.
func (l *line) pause() time.Duration {
	n, err := strconv.Atoi(l.after)
	if err != nil || n <= 0 {
		return rest
	}
	return min(time.Duration(n)*time.Second, maxRest)
}
