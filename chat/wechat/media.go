package wechat

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat"
)

// bodyIdle is how long media may come without a byte.
const bodyIdle = time.Minute

// mediaRef is what is needed to fetch a piece of media. It is stored as
// "1|kind|login|MsgId", and for files "|MediaId|EncryFileName|FromUserName".
type mediaRef struct {
	kind         string // one of refKinds
	login        string // under which it came: links die with it
	msg          string
	media, encry string // of files only
	from         string
}

// refKinds name the kinds that have bytes to fetch.
var refKinds = map[chat.MediaKind]string{chat.Image: "i", chat.Voice: "v", chat.Video: "m", chat.File: "f"}

// loginTag tells one login from another without giving it away.
func loginTag(sid string) string {
	sum := sha256.Sum256([]byte(sid))
	return hex.EncodeToString(sum[:4])
}

// ref returns how to fetch what came with a message, "" when there is nothing to.
func (m heardMessage) ref(kind chat.MediaKind, login string) string {
	k, ok := refKinds[kind]
	if !ok {
		return ""
	}
	fields := []string{"1", k, login, cmp.Or(string(m.MsgId), string(m.NewMsgId))}
	if kind == chat.File {
		fields = append(fields, string(m.MediaId), string(m.EncryFileName), string(m.FromUserName))
	}
	for i, f := range fields {
		fields[i] = strings.ReplaceAll(f, "|", "%7C") // the server writes none
	}
	return strings.Join(fields, "|")
}

func readRef(ref string) (r mediaRef, ok bool) {
	f := strings.Split(ref, "|")
	switch {
	case len(f) < 4, f[0] != "1", len(f) != 4 && len(f) != 7:
		return r, false
	case len(f) == 7:
		r.media, r.encry, r.from = f[4], f[5], f[6]
	}
	r.kind, r.login, r.msg = f[1], f[2], f[3]
	return r, (r.kind == refKinds[chat.File]) == (len(f) == 7)
}

// Fetch implements chat.Fetcher. What came under another login is gone, and so is
// what the server does not know; everything else may be tried again, an empty
// answer too: WeChat gives one for what is not there yet.
func (a *Account) Fetch(ctx context.Context, m chat.Media) (io.ReadCloser, error) {
	ref, ok := readRef(m.Ref)
	if !ok {
		return nil, fmt.Errorf("%w: no reference of this network", chat.ErrGone)
	}
	l := a.currentLink()
	if l == nil || a.limited() > 0 {
		return nil, chat.ErrOffline
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("fetch media: %w", err)
	}
	if ref.login != l.book.login {
		return nil, fmt.Errorf("%w: it came under another login", chat.ErrGone)
	}
	var resp *http.Response
	var err error
	asked, cancel := context.WithCancel(l.ctx) // the bytes come as long as both last
	stop := context.AfterFunc(ctx, cancel)
	if !l.do(ctx, func() { resp, err = l.ask(asked, ref) }) {
		err = chat.ErrOffline
	}
	if err != nil {
		stop()
		cancel()
		return nil, l.fetchError(err)
	}
	body := &media{Reader: bufio.NewReader(resp.Body), body: resp.Body, done: func() { stop(); cancel() }}
	if err := l.looksRight(body.Reader, ref, resp.Header.Get("Content-Type")); err != nil {
		_ = body.Close()
		a.budget.failed()
		return nil, l.fetchError(err)
	}
	return body, nil
}

// ask asks for the bytes. It runs on the goroutine that owns the library.
func (l *link) ask(ctx context.Context, ref mediaRef) (resp *http.Response, err error) {
	if l.over() {
		return nil, chat.ErrOffline
	}
	client := l.bot.Caller.Client
	msg := &openwechat.Message{MsgId: ref.msg, MediaId: ref.media, EncryFileName: ref.encry, FromUserName: ref.from}
	err = l.guard(func() (err error) {
		switch ref.kind {
		case refKinds[chat.Image]:
			resp, err = client.WebWxGetMsgImg(ctx, msg, l.info)
		case refKinds[chat.Voice]:
			resp, err = client.WebWxGetVoice(ctx, msg, l.info)
		case refKinds[chat.Video]:
			resp, err = client.WebWxGetVideo(ctx, msg, l.info)
		case refKinds[chat.File]:
			resp, err = client.WebWxGetMedia(ctx, msg, l.info)
		default:
			err = chat.ErrGone
		}
		return err
	})
	return resp, err
}

// looksRight tells bytes from an answer in their place.
func (l *link) looksRight(body *bufio.Reader, ref mediaRef, kind string) error {
	head, err := body.Peek(16)
	if len(head) == 0 {
		return cmp.Or(ignoreEOF(err), errors.New("media is empty"))
	}
	// A file may be anything that people write, so that its bytes prove nothing.
	words := strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json")
	if words && (ref.kind != refKinds[chat.File] || bytes.HasPrefix(bytes.TrimSpace(head), []byte(`{"BaseResponse`))) {
		return errors.New("the server answered in words")
	}
	return nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// fetchError says what an error of the library means.
func (l *link) fetchError(err error) error {
	var status *statusError
	switch {
	case errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrOffline):
		return err
	case errors.As(err, &status) && (status.status == http.StatusNotFound || status.status == http.StatusGone):
		return fmt.Errorf("%w: %w", chat.ErrGone, l.scrub(err))
	case neverLeft(err):
		return fmt.Errorf("%w: %w", chat.ErrOffline, l.scrub(err))
	}
	return fmt.Errorf("fetch media: %w", l.scrub(err))
}

// media is the bytes on their way.
type media struct {
	*bufio.Reader
	body io.Closer
	done func()
}

// Close implements io.Closer.
func (m *media) Close() error {
	m.done()
	return m.body.Close()
}

// stream asks for media: the answer's head within answerWithin, its bytes later.
func (t *tap) stream(req *http.Request, name string) (*http.Response, error) {
	if err := t.hold(req.Context(), name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	slow := time.AfterFunc(answerWithin, func() { cancel(errSlow) })
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err == nil && resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		resp.Body.Close()
		err = &statusError{resp.StatusCode}
	}
	if errors.Is(context.Cause(ctx), errSlow) {
		err = errSlow
	}
	if err != nil {
		slow.Stop()
		cancel(nil)
		if req.Context().Err() == nil {
			t.link.a.budget.failed()
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	slow.Reset(bodyIdle)
	resp.Header.Del("Set-Cookie")
	resp.Body = &stream{link: t.link, body: resp.Body, ctx: ctx, cancel: cancel, slow: slow}
	return resp, nil
}

// stream is a body that is read while its link lives: on a closed one reading
// fails, rather than end as if all had come.
type stream struct {
	link   *link
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	slow   *time.Timer
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	if !s.link.enter() {
		return 0, errClosed
	}
	defer s.link.leave()
	n, err := s.body.Read(p)
	s.slow.Reset(bodyIdle)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(context.Cause(s.ctx), errSlow):
		err = errSlow
	}
	s.link.a.budget.failed()
	return n, s.link.scrub(err)
}

// Close implements io.Closer.
func (s *stream) Close() error {
	s.slow.Stop()
	s.cancel(nil)
	return s.body.Close()
}
