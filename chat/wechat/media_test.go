package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

// fetch fetches and reads a piece of media.
func (o *office) fetch(m chat.Media) ([]byte, error) {
	o.t.Helper()
	body, err := o.account.Fetch(o.t.Context(), m)
	if err != nil {
		return nil, o.noted(err)
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	return b, o.noted(err)
}

// post makes somebody send media, and returns what the handler got of it.
func (o *office) post(m wechattest.Message) chat.Media {
	o.t.Helper()
	o.server.Post(m)
	o.pass(2 * time.Second) // or later, when something failed before
	got := o.next()
	if len(got.Media) != 1 {
		o.t.Fatalf("got %+v, want media", got)
	}
	return got.Media[0]
}

var sentMedia = map[string]wechattest.Message{
	"image": {From: "zhang", Type: 3, Data: []byte("\xff\xd8\xff\xe0 jpeg")},
	"voice": {From: "zhang", Type: 34, Data: []byte("ID3 mp3")},
	"video": {From: "zhang", Chat: "team", Type: 43, Data: bytes.Repeat([]byte("....ftypmp42"), 1<<17)},
	"clip":  {From: "zhang", Type: 62, Data: []byte("....ftypmp42")},
	"file":  {From: "zhang", Chat: "team", Type: 49, AppType: 6, FileName: "工资 条|1.xlsx", Data: []byte("PK\x03\x04")},
	"words": {From: "zhang", Type: 49, AppType: 6, FileName: "a.json", Data: []byte(`{"BaseResponse":{"Ret":1101}}`)},
}

// TestFetch fetches what people send, also under hot logins, whose cookies the
// library itself loses; under another login it is gone.
func TestFetch(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		refs := map[string]chat.Media{}
		for name, m := range sentMedia {
			refs[name] = o.post(m)
		}
		for login := range 4 {
			for name, m := range refs {
				if b, err := o.fetch(m); err != nil || !bytes.Equal(b, sentMedia[name].Data) {
					t.Errorf("hot login %d, %s: %d bytes, %v; want %d", login, name, len(b), err, len(sentMedia[name].Data))
				}
			}
			o.restart()
			o.wantOnline()
		}
		o.pass(2 * time.Hour)
		o.server.Logout(1101)
		o.pass(10 * time.Second)
		o.wantOnline()
		for name, m := range refs {
			if _, err := o.fetch(m); !errors.Is(err, chat.ErrGone) {
				t.Errorf("under another login, %s: %v, want ErrGone", name, err)
			}
		}
	})
}

func TestFetchFails(t *testing.T) {
	again := errors.New("may be tried again")
	for name, test := range map[string]struct {
		fault wechattest.Fault
		want  error
	}{
		"dropped":     {wechattest.Fault{Drop: true}, again},
		"bad gateway": {wechattest.Fault{Status: 502}, again},
		"not found":   {wechattest.Fault{Status: 404}, chat.ErrGone},
		"empty":       {wechattest.Fault{Empty: true}, again},
		"cut":         {wechattest.Fault{Cut: 3}, again},
		"slow":        {wechattest.Fault{Slow: time.Hour}, again},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				m := o.post(sentMedia["image"])
				o.server.Next("webwxgetmsgimg", test.fault)
				_, err := o.fetch(m)
				switch {
				case err == nil, errors.Is(err, chat.ErrOffline), errors.Is(err, chat.ErrGone) != (test.want == chat.ErrGone):
					t.Errorf("Fetch = %v, want %v", err, test.want)
				}
				for _, secret := range o.server.Secrets() {
					if err != nil && strings.Contains(err.Error(), secret) {
						t.Errorf("the error gives %q away: %v", secret, err)
					}
				}
				if b, err := o.fetch(m); err != nil || len(b) == 0 {
					t.Errorf("then: %d bytes, %v", len(b), err)
				}
				o.wantOnline()
			})
		})
	}
}

// An answer in words is not taken for a picture, and does not end the login: what
// people send may read like one.
func TestFetchAnsweredInWords(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.opt.HTTP = &failing{base: o.opt.HTTP, fails: func(r *http.Request) (*http.Response, error) {
			if e := endpointOf(r); e != "webwxgetmsgimg" && e != "webwxgetmedia" {
				return nil, errPass
			}
			resp, err := answer(200, `{"BaseResponse":{"Ret":1101}}`)(r)
			resp.Header.Set("Content-Type", "application/json; charset=utf-8")
			return resp, err
		}}
		o.start()
		for _, name := range []string{"image", "file"} {
			m := o.post(sentMedia[name])
			if b, err := o.fetch(m); err == nil || errors.Is(err, chat.ErrGone) {
				t.Errorf("%s: %q, %v", name, b, err)
			}
		}
		o.pass(time.Minute)
		o.wantOnline()
	})
}

func TestFetchNothing(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.account = wechat.New(o.opt)
		if _, err := o.fetch(chat.Media{Kind: chat.Image, Ref: "1|i|0|1"}); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("before Run: %v, want ErrOffline", err)
		}
		o.start()
		for _, ref := range []string{"", "7000000000000000001", "2|i|a|b", "1|i|a", "1|f|a|b", "1|i|a|b|c|d|e", "1|x|a|b"} {
			if _, err := o.fetch(chat.Media{Kind: chat.Image, Ref: ref}); !errors.Is(err, chat.ErrGone) {
				t.Errorf("%q: %v, want ErrGone", ref, err)
			}
		}
		m := o.post(sentMedia["image"])
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := o.account.Fetch(ctx, m); err == nil {
			t.Error("with an ended context something was fetched")
		}
		o.server.LimitSends(1)
		_, _ = o.send("wechat:p/GZ-0001", "在")
		if _, err := o.fetch(m); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("while WeChat wants to be left alone: %v, want ErrOffline", err)
		}
		o.stop()
		if _, err := o.fetch(m); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("after Run: %v, want ErrOffline", err)
		}
	})
}

// stuck is a body that gives one piece and then nothing until its request ends.
type stuck struct {
	ctx   context.Context
	given bool
}

func (s *stuck) Read(p []byte) (int, error) {
	if !s.given {
		s.given = true
		return copy(p, "\xff\xd8\xff"), nil
	}
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (s *stuck) Close() error { return nil }

// A body does not outlive its link, nor its context, nor a silence, and never
// ends as if all had come.
func TestBodyEnds(t *testing.T) {
	for name, end := range map[string]func(o *office, cancel context.CancelFunc){
		"link":    func(o *office, _ context.CancelFunc) { o.server.Logout(1101) },
		"stop":    func(o *office, _ context.CancelFunc) { o.stop() },
		"context": func(_ *office, cancel context.CancelFunc) { cancel() },
		"silence": func(*office, context.CancelFunc) {},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.opt.HTTP = &failing{base: o.opt.HTTP, fails: func(r *http.Request) (*http.Response, error) {
					if endpointOf(r) != "webwxgetmsgimg" {
						return nil, errPass
					}
					resp, err := answer(200, "")(r)
					resp.Body = &stuck{ctx: r.Context()}
					return resp, err
				}}
				o.start()
				m := o.post(sentMedia["image"])
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				body, err := o.account.Fetch(ctx, m)
				if err != nil {
					t.Fatal(err)
				}
				defer body.Close()
				read := make(chan error, 1)
				go func() {
					_, err := io.ReadAll(body)
					read <- err
				}()
				o.pass(30 * time.Second)
				if m := o.say("zhang", "", "在吗"); m.Text != "在吗" {
					t.Errorf("while a body is read: got %+v", m)
				}
				if _, err := o.send("wechat:p/GZ-0001", "在"); err != nil {
					t.Errorf("while a body is read: %v", err)
				}
				end(o, cancel)
				o.pass(time.Minute)
				synctest.Wait()
				select {
				case err := <-read:
					if err == nil {
						t.Error("the body ended as if all had come")
					}
				default:
					t.Error("the body is still read")
				}
				if _, err := body.Read(make([]byte, 1)); err == nil || err == io.EOF {
					t.Errorf("Read afterwards = %v", err)
				}
			})
		})
	}
}
