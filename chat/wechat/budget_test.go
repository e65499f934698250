package wechat_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat/wechattest"
)

// failing is a network on which some requests fail. It notes when each was made.
type failing struct {
	base http.RoundTripper
	// fails answers a request instead of the network, or returns nil.
	fails func(r *http.Request) (*http.Response, error)

	mu     sync.Mutex
	at     []time.Time
	failed []time.Time
}

var errPass = errors.New("pass")

func (f *failing) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := f.fails(r)
	f.mu.Lock()
	f.at = append(f.at, time.Now())
	if err != errPass {
		f.failed = append(f.failed, time.Now())
	}
	f.mu.Unlock()
	if err == errPass {
		return f.base.RoundTrip(r)
	}
	return resp, err
}

// most returns the most requests in any second within two minutes after a
// failure, and how many there were in all.
func (f *failing) most() (most, all int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, from := range f.at {
		ill := func(at time.Time) bool { return at.Before(from) && from.Sub(at) < 2*time.Minute }
		if !slices.ContainsFunc(f.failed, ill) {
			continue
		}
		all++
		n := 0
		for _, at := range f.at[i:] {
			if at.Sub(from) < time.Second {
				n++
			}
		}
		most = max(most, n)
	}
	return most, all
}

func endpointOf(r *http.Request) string { return path.Base(r.URL.Path) }

func answer(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
	}
}

// ways are the ways in which an endpoint may fail.
var ways = map[string]func(*http.Request) (*http.Response, error){
	"dropped":      func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
	"bad gateway":  answer(502, "<html>"),
	"garbage":      answer(200, "<html>login to the hotel's network</html>"),
	"wrong JSON":   answer(200, `{"BaseResponse":{"Ret":"x"},"User":7,"AddMsgList":`),
	"empty":        answer(200, ""),
	"no keys":      answer(200, "{}"),
	"Ret 1":        answer(200, `{"BaseResponse":{"Ret":1}}`),
	"Ret 1205":     answer(200, `{"BaseResponse":{"Ret":1205}}`),
	"Ret -1":       answer(200, `{"BaseResponse":{"Ret":-1}}`),
	"retcode 1203": answer(200, `window.synccheck={retcode:"1203",selector:"0"}`),
	"retcode -1":   answer(200, `window.synccheck={retcode:"-1",selector:"0"}`),
	"scan code 0":  answer(200, `window.code=0;`),
	"body cut": func(r *http.Request) (*http.Response, error) {
		resp, _ := answer(200, "{")(r)
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, cutReader{}))
		return resp, nil
	},
}

type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// busy runs an office on a failing network for ten minutes, in which people
// speak and are answered all the time.
func busy(t *testing.T, fails func(*http.Request) (*http.Response, error)) *failing {
	var net *failing
	inOffice(t, func(t *testing.T, o *office) {
		net = &failing{base: o.opt.HTTP, fails: fails}
		o.opt.HTTP = net
		o.server.AddGroup(wechattest.Group{ID: "b", Name: "〔GZ-B〕机电队", Members: []string{"zhang"}, Unsaved: true})
		o.start()
		ctx, cancel := context.WithCancel(t.Context())
		var sends sync.WaitGroup
		sends.Go(func() { // whoever sends does not wait for long
			for ctx.Err() == nil {
				_, _ = o.account.Send(ctx, chat.Outgoing{Key: "k", To: "wechat:p/GZ-0001", Text: "在"})
				select {
				case <-time.After(450 * time.Millisecond):
				case <-ctx.Done():
				}
			}
		})
		image, file := chat.Media{Kind: chat.Image}, o.attach("答复.txt", []byte("答复"))
		for range 60 {
			o.server.Say("zhang", "b", "在吗")
			o.server.Post(wechattest.Message{From: "zhang", Type: 3, Data: []byte("jpeg")})
			o.pass(10 * time.Second)
			for len(o.got) > 0 {
				if m := <-o.got; m.Media != nil {
					image = m.Media[0]
				}
			}
			_, _ = o.fetch(image)
			_, _ = o.sendFile(file)
		}
		cancel()
		sends.Wait()
		synctest.Wait()
		if most, _ := net.most(); most > 2 {
			t.Logf("log:\n%s", o.log)
		}
	})
	return net
}

// TestRequestBudget holds the account to two requests a second, whatever endpoint
// fails and however.
func TestRequestBudget(t *testing.T) {
	for _, endpoint := range []string{"jslogin", "login", "webwxnewloginpage", "webwxinit", "webwxstatusnotify",
		"webwxgetcontact", "webwxbatchgetcontact", "synccheck", "webwxsync", "webwxsendmsg", "webwxgetmsgimg",
		"webwxuploadmedia", "webwxsendappmsg"} {
		for way, fail := range ways {
			if strings.HasPrefix(way, "retcode") && endpoint != "synccheck" || strings.HasPrefix(way, "scan code") && endpoint != "login" {
				continue // garbage
			}
			if endpoint == "webwxgetmsgimg" && !slices.Contains([]string{"dropped", "bad gateway", "empty", "body cut"}, way) {
				continue // any other bytes may be a picture
			}
			t.Run(endpoint+"/"+way, func(t *testing.T) {
				net := busy(t, func(r *http.Request) (*http.Response, error) {
					if endpointOf(r) == endpoint {
						return fail(r)
					}
					return nil, errPass
				})
				if len(net.failed) == 0 {
					t.Fatal("nothing failed")
				}
				if endpoint == "webwxstatusnotify" && way == "no keys" {
					return // nothing depends on that answer
				}
				if most, all := net.most(); most > 2 || all == 0 && way != "Ret 1205" {
					t.Errorf("%d requests in one second, %d in all; want at most two, and not none", most, all)
				}
			})
		}
	}
}

// TestRequestBudgetMixed does so for failures of all kinds among answers that are
// none.
func TestRequestBudgetMixed(t *testing.T) {
	var names []string
	for name := range ways {
		names = append(names, name)
	}
	slices.Sort(names)
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 1))
		var mu sync.Mutex
		net := busy(t, func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if random.IntN(3) > 0 {
				return nil, errPass
			}
			return ways[names[random.IntN(len(names))]](r)
		})
		if most, all := net.most(); most > 2 || all == 0 {
			t.Errorf("seed %d: %d requests in one second, %d in all", seed, most, all)
		}
	}
}

// TestGoodTrafficIsNotSlowed holds the budget to failures: a burst of messages
// passes at once, and again soon after trouble is over.
func TestGoodTrafficIsNotSlowed(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		burst := func() time.Duration {
			from := time.Now()
			for range 20 {
				o.say("zhang", "", "在吗")
				if _, err := o.send("wechat:p/GZ-0001", "在"); err != nil {
					t.Fatal(err)
				}
			}
			return time.Since(from)
		}
		if d := burst(); d != 0 {
			t.Errorf("40 messages took %s", d)
		}
		o.server.Next("webwxsync", wechattest.Fault{Status: 502})
		o.server.Say("zhang", "", "在吗")
		o.pass(3 * time.Minute)
		o.next()
		if d := burst(); d != 0 {
			t.Errorf("40 messages took %s, three minutes after a failure", d)
		}
	})
}

// TestPollsArePaced holds answers that look well, but tell nothing, to one round
// a second.
func TestPollsArePaced(t *testing.T) {
	for name, body := range map[string]string{
		"nothing at once":   `window.synccheck={retcode:"0",selector:"0"}`,
		"news that is none": `window.synccheck={retcode:"0",selector:"7"}`,
	} {
		polls := 0
		busy(t, func(r *http.Request) (*http.Response, error) {
			if endpointOf(r) == "synccheck" {
				polls++
				return answer(200, body)(r)
			}
			return nil, errPass
		})
		if polls > 800 || polls < 500 { // messages among them make a few more
			t.Errorf("%s: %d polls in ten minutes, want one a second", name, polls)
		}
	}
}
