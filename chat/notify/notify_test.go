package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// service is a stand-in for every service there is: it answers all hosts and
// keeps what it was asked.
type service struct {
	server *httptest.Server
	answer func(w http.ResponseWriter)
	asked  []request
}

type request struct{ method, url, kind, body string }

func newService(t *testing.T, status int, answer string) *service {
	s := &service{answer: func(w http.ResponseWriter) { w.WriteHeader(status); io.WriteString(w, answer) }}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.asked = append(s.asked, request{r.Method, r.Header.Get("Was"), r.Header.Get("Content-Type"), string(body)})
		s.answer(w)
	}))
	t.Cleanup(s.server.Close)
	return s
}

// RoundTrip leads every request here, whatever its host.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	to := r.Clone(r.Context())
	to.Header.Set("Was", r.URL.String())
	to.URL.Scheme, to.URL.Host = "http", s.server.Listener.Addr().String()
	return impatient().RoundTrip(to)
}

func channel(t *testing.T, address string, rt http.RoundTripper) *Channel {
	t.Helper()
	c, err := New("x", "", address, Options{Now: func() time.Time { return noon }, HTTP: rt, Subject: "方桌"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const news = "微信断了。\n请打电话登记。"

func send(t *testing.T, c *Channel) error {
	t.Helper()
	_, err := c.Send(t.Context(), chat.Outgoing{Key: "link/1", To: c.Address(), Text: news})
	return err
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// Each service is posted what its documents ask for, and nothing else.
func TestEachServiceGetsItsOwnForm(t *testing.T) {
	sign := func(key, message string) string {
		m := hmac.New(sha256.New, []byte(key))
		m.Write([]byte(message))
		return url.QueryEscape(base64.StdEncoding.EncodeToString(m.Sum(nil)))
	}
	at := fmt.Sprint(noon.UnixMilli())
	for _, test := range []struct {
		name, url, answer string
		asked, kind, body string
	}{
		{"企业微信", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", `{"errcode":0,"errmsg":"ok"}`,
			"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "application/json",
			`{"msgtype":"text","text":{"content":` + quoted(news) + `}}`},
		{"钉钉", "https://oapi.dingtalk.com/robot/send?access_token=abc", `{"errcode":0,"errmsg":"ok"}`,
			"https://oapi.dingtalk.com/robot/send?access_token=abc", "application/json",
			`{"msgtype":"text","text":{"content":` + quoted(news) + `}}`},
		{"钉钉加签", "https://oapi.dingtalk.com/robot/send?access_token=abc&secret=SEC9", `{"errcode":0,"errmsg":"ok"}`,
			"https://oapi.dingtalk.com/robot/send?access_token=abc&sign=" + sign("SEC9", at+"\nSEC9") + "&timestamp=" + at, "application/json",
			`{"msgtype":"text","text":{"content":` + quoted(news) + `}}`},
		{"飞书", "https://open.feishu.cn/open-apis/bot/v2/hook/tok-en", `{"code":0,"msg":"success","data":{}}`,
			"https://open.feishu.cn/open-apis/bot/v2/hook/tok-en", "application/json",
			`{"msg_type":"text","content":{"text":` + quoted(news) + `}}`},
		{"webhook", "https://alarm.example.cn/hook?room=3", `whatever`,
			"https://alarm.example.cn/hook?room=3", "application/json", `{"message":` + quoted(news) + `}`},
		{"plain webhook", "http://10.0.0.9:81/hook", ``,
			"http://10.0.0.9:81/hook", "application/json", `{"message":` + quoted(news) + `}`},
		{"the library's form", "generic+https://alarm.example.cn/hook?template=json&messagekey=text", ``,
			"https://alarm.example.cn/hook", "application/json", `{"text":` + quoted(news) + `}`},
		{"ntfy", "ntfy://ntfy.example.cn/alarm", `{"id":"1","event":"message"}`,
			"https://ntfy.example.cn/alarm", "text/plain; charset=utf-8", news},
		{"gotify", "gotify://gotify.example.cn/Aaa.bbb.ccc.ddd", `{"id":1,"appid":1,"message":"","title":"","priority":0,"date":""}`,
			"https://gotify.example.cn/message", "application/json", ""},
		{"bark", "bark://:devicekey@bark.example.cn", `{"code":200,"message":"success"}`,
			"https://bark.example.cn/push", "application/json", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t, 200, test.answer)
			c := channel(t, test.url, s)
			if err := send(t, c); err != nil {
				t.Fatal(err)
			}
			if len(s.asked) != 1 {
				t.Fatalf("asked %d times", len(s.asked))
			}
			got := s.asked[0]
			if got.method != "POST" || !strings.HasPrefix(got.url, test.asked) || got.kind != test.kind {
				t.Errorf("%s %s %s", got.method, got.url, got.kind)
			}
			if test.body != "" && got.body != test.body {
				t.Errorf("posted %s\nwant   %s", got.body, test.body)
			}
			if test.body == "" && !strings.Contains(got.body, "请打电话登记") {
				t.Errorf("posted %s", got.body)
			}
			if h := c.Health(); !h.Sent.Equal(noon) || !h.Works() {
				t.Errorf("health %+v", h)
			}
		})
	}
}

// An answer that does not come in time leaves it open whether the message was
// taken.
func TestNoAnswerInTime(t *testing.T) {
	s := newService(t, 200, "")
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan struct{})
	s.answer = func(http.ResponseWriter) { cancel(); <-given }
	defer close(given)
	c := channel(t, "https://a.example.cn/", s)
	if _, err := c.Send(ctx, chat.Outgoing{To: c.Address(), Text: news}); failure(err) != Unclear || c.Health().Why != Unclear {
		t.Errorf("%v", err)
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times", len(s.asked))
	}
}

// A robot of 飞书 that signs: HMAC-SHA256 of nothing, keyed with time and secret.
func TestFeishuSigns(t *testing.T) {
	s := newService(t, 200, `{"code":0}`)
	if err := send(t, channel(t, "https://open.feishu.cn/open-apis/bot/v2/hook/tok?secret=s3cret", s)); err != nil {
		t.Fatal(err)
	}
	var body struct {
		Timestamp, Sign string
		Content         struct{ Text string }
	}
	if err := json.Unmarshal([]byte(s.asked[0].body), &body); err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha256.New, []byte(body.Timestamp+"\ns3cret"))
	if body.Sign != base64.StdEncoding.EncodeToString(m.Sum(nil)) || body.Content.Text != news || strings.Contains(s.asked[0].url, "s3cret") {
		t.Errorf("posted %+v to %s", body, s.asked[0].url)
	}
}

// The error answers "was it sent?", and shows nothing of the URL.
func TestWasItSent(t *testing.T) {
	const wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=hidden-key"
	const ding = "https://oapi.dingtalk.com/robot/send?access_token=hidden&secret=hidden"
	const feishu = "https://open.feishu.cn/open-apis/bot/v2/hook/hidden"
	const hook = "https://user:hidden@hidden.example.cn/hidden?token=hidden"
	for _, test := range []struct {
		name, url string
		status    int
		answer    string
		want      Failure
	}{
		{"a wrong key", wecom, 200, `{"errcode":93000,"errmsg":"invalid webhook url"}`, Refused},
		{"a wrong signature", ding, 200, `{"errcode":310000,"errmsg":"sign not match"}`, Refused},
		{"a robot that wants a keyword", feishu, 200, `{"code":19024,"msg":"Key Words Not Found"}`, Refused},
		{"too often for 企业微信", wecom, 200, `{"errcode":45009,"errmsg":"freq"}`, Limited},
		{"too often for 钉钉", ding, 200, `{"errcode":130101,"errmsg":"send too fast"}`, Limited},
		{"too often for 飞书", feishu, 200, `{"code":9499,"msg":"Too Many Requests"}`, Limited},
		{"a page in between", wecom, 200, `<html>please log in</html>`, Unclear},
		{"a robot without a code", feishu, 200, `{}`, Unclear},
		{"not found", hook, 404, ``, Refused},
		{"not allowed", hook, 401, `hidden`, Refused},
		{"too many", hook, 429, ``, Limited},
		{"moved", hook, 302, ``, Refused},
		{"a failure there", hook, 500, ``, Unclear},
		{"a gateway", feishu, 502, ``, Unclear},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t, test.status, test.answer)
			c := channel(t, test.url, s)
			err := send(t, c)
			if err == nil || failure(err) != test.want || c.Health().Why != test.want || c.Health().Works() {
				t.Errorf("%v (%s), want %s", err, failure(err), test.want)
			}
			if len(s.asked) != 1 {
				t.Errorf("asked %d times: a repeat is for the outbox to decide", len(s.asked))
			}
			secretless(t, err)
		})
	}
}

func secretless(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if s := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(s, "hidden") || strings.Contains(s, "://") {
			t.Errorf("the error shows where to: %s", s)
		}
	}
}

func TestAskedToWait(t *testing.T) {
	s := newService(t, 429, "")
	s.answer = func(w http.ResponseWriter) { w.Header().Set("Retry-After", "90"); w.WriteHeader(429) }
	var limited *chat.LimitedError
	if err := send(t, channel(t, "https://a.example.cn/", s)); !errors.As(err, &limited) || limited.After != 90*time.Second {
		t.Errorf("%v", err)
	}
}

// Without a connection nothing was sent; with one that breaks nobody knows.
func TestBrokenConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	there := l.Addr().String()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1)) // and goes away without a word
			_ = conn.Close()
		}
	}()
	c := channel(t, "http://"+there+"/hidden", nil)
	if err := send(t, c); failure(err) != Unclear {
		t.Errorf("broke off: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	err = send(t, c)
	if !errors.Is(err, chat.ErrOffline) {
		t.Errorf("nobody there: %v", err)
	}
	secretless(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Send(ctx, chat.Outgoing{To: c.Address(), Text: news}); !errors.Is(err, chat.ErrOffline) {
		t.Errorf("stopped before it began: %v", err)
	}
}

func TestSendsOnlyToItsOwn(t *testing.T) {
	s := newService(t, 200, "")
	c := channel(t, "https://a.example.cn/", s)
	for _, to := range []chat.Address{"", "notify-y:all", "wechat:p/GZ-0001"} {
		if _, err := c.Send(t.Context(), chat.Outgoing{To: to, Text: news}); !errors.Is(err, chat.ErrNoAddress) {
			t.Errorf("to %q: %v", to, err)
		}
	}
	if len(s.asked) != 0 || c.Address() != "notify-x:all" || c.Address().Transport() != c.Transport() {
		t.Errorf("asked %v", s.asked)
	}
}

// What a robot takes is bounded.
func TestLongTextIsCut(t *testing.T) {
	s := newService(t, 200, `{"errcode":0}`)
	c := channel(t, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", s)
	if _, err := c.Send(t.Context(), chat.Outgoing{To: c.Address(), Text: strings.Repeat("矿", 5000)}); err != nil {
		t.Fatal(err)
	}
	var body struct{ Text struct{ Content string } }
	if err := json.Unmarshal([]byte(s.asked[0].body), &body); err != nil || len(body.Text.Content) > 2048 || !strings.HasSuffix(body.Text.Content, "矿…") {
		t.Errorf("%d bytes, %v", len(body.Text.Content), err)
	}
}

// What is wrong with a URL is said without showing it, and nobody is asked.
func TestCheck(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"", "is not a URL"},
		{"hidden", "is not a URL"},
		{"https://hidden\x7f/", "is not a URL"},
		{"https:///hidden", "names no host"},
		{"hidden://x", "begins with none of bark, discord, generic, "},
		{"logger://hidden", "begins with none of"},
		{"mqtt://hidden/hidden", "begins with none of"},
		{"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?hidden=1", "lacks its key"},
		{"https://oapi.dingtalk.com/robot/send?secret=hidden", "lacks its key"},
		{"https://open.feishu.cn/open-apis/bot/v2/hook/", "lacks its key"},
		{"gotify://hidden", "lacks its key"},
		{"smtp://u:hidden@/?from=a@b.cn&to=c@d.cn", "names no mail server"},
		{"smtp://u:hidden@h:99999/?from=a@b.cn&to=c@d.cn", "has a port that is none"},
		{"smtp://u:hidden@h/?from=a@b.cn", "needs both from and to"},
		{"smtp://u:hidden@h/?from=hidden&to=c@d.cn", "has a from that is no e-mail address"},
		{"smtp://u:hidden@h/?from=a@b.cn&to=c@d.cn&hidden=1", "has more than from and to"},
	} {
		_, err := New("x", "", test.url, Options{})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.url, err, test.want)
			continue
		}
		secretless(t, errors.New(strings.ReplaceAll(err.Error(), examples, "")))
	}
}

// Every service of the library speaks through our client: without it nobody
// could say what became of a message, and a test would go out to the network.
func TestEveryServiceSpeaksThroughUs(t *testing.T) {
	urls := map[string]string{
		"bark": "bark://:key@bark.example.cn", "discord": "discord://token@1234", "generic": "generic://a.example.cn/",
		"gotify": "gotify://gotify.example.cn/Aaa.bbb.ccc.ddd", "lark": "lark://open.feishu.cn/token", "mattermost": "mattermost://a.example.cn/token",
		"ntfy": "ntfy://ntfy.example.cn/topic", "opsgenie": "opsgenie://api.opsgenie.com/token", "pagerduty": "pagerduty://events.pagerduty.com/eb243592faa24ba2a5511afdf565c889",
		"pushover": "pushover://:token@user/", "rocketchat": "rocketchat://a.example.cn/token/token", "slack": "slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook",
		"teams":    "teams://?host=" + url.QueryEscape("https://prod-00.westus.logic.azure.com:443/workflows/abc123/triggers/manual/paths/invoke?api-version=2016-06-00&sp=/triggers/manual/run&sv=1.0&sig=X"),
		"telegram": "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaww@telegram?channels=123", "wecom": "wecom://key", "zulip": "zulip://bot%40a.example.cn:key@a.example.cn?stream=s&topic=t",
	}
	for name := range services {
		if err := Check(urls[name]); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s := newService(t, http.StatusForbidden, `{"ok":false}`)
		if err := send(t, channel(t, urls[name], s)); failure(err) != Refused || len(s.asked) == 0 {
			t.Errorf("%s: %v after %d requests", name, err, len(s.asked))
		}
	}
}
