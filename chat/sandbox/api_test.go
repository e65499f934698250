package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/sandbox"
	"fangzhuo/storage/mem"
)

func TestState(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	status, got := f.call("GET", "/api/sandbox/state", "")
	want := `{"now":"2026-11-30T09:00:00+08:00","people":[` +
		`{"id":"zhang","name":"张三","title":"掘进二队","role":"worker"},` +
		`{"id":"li","name":"李干事","title":"信访办","role":"staff"},` +
		`{"id":"wang","name":"王矿长","title":"矿长","role":"leader"}],"chats":[` +
		`{"id":"p-zhang","kind":"private","name":"张三","members":["zhang"]},` +
		`{"id":"p-li","kind":"private","name":"李干事","members":["li"]},` +
		`{"id":"p-wang","kind":"private","name":"王矿长","members":["wang"]},` +
		`{"id":"g-zc1","kind":"group","name":"综采一队","members":["zhang","li"]}]}` + "\n"
	if status != http.StatusOK || got != want {
		t.Errorf("state: %d\n%s want\n%s", status, got, want)
	}
}

func TestPostAnswersAfterTheReply(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	if _, body := f.call("GET", "/api/sandbox/messages?chat=p-zhang", ""); body != "[]\n" {
		t.Errorf("an empty chat is %q, want []", body)
	}
	status, body := f.say("zhang", "p-zhang", "<b>在吗</b>\n反映：澡堂")
	if status != http.StatusOK || body != `{"id":1}`+"\n" {
		t.Fatalf("post: %d %s", status, body)
	}
	_, got := f.call("GET", "/api/sandbox/messages?chat=p-zhang&after=0", "")
	want := `[{"id":1,"at":"2026-11-30T09:00:00+08:00","from":"zhang","text":"<b>在吗</b>\n反映：澡堂","attachments":[]},` +
		`{"id":2,"at":"2026-11-30T09:00:00+08:00","from":"bot","text":"您说：<b>在吗</b>\n反映：澡堂","attachments":[]}]` + "\n"
	if got != want {
		t.Errorf("messages:\n%s want\n%s", got, want)
	}
	f.say("li", "p-li", "待办")
	f.say("zhang", "p-zhang", "")
	later := f.messages("p-zhang", 2)
	if len(later) != 2 || later[0].ID != 5 || later[0].Text != "" || later[1].From != "bot" {
		t.Errorf("after 2 come %+v, want the empty message as 5, as ids rise across all chats, and its answer", later)
	}
}

func TestLongMessageAndAttachments(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	long := strings.Repeat("井下没网，", 100*1024/15)
	if status, body := f.say("zhang", "p-zhang", long); status != http.StatusOK {
		t.Fatalf("100 kB: %d %s", status, body)
	}
	if got := f.messages("p-zhang", 0); got[0].Text != long {
		t.Errorf("%d bytes came back of %d", len(got[0].Text), len(long))
	}
	status, body := f.call("POST", "/api/sandbox/messages", `{"from":"zhang","chat":"p-zhang","text":"","attachments":[{"kind":"image","name":"锁.jpg"}]}`)
	if status != http.StatusOK {
		t.Fatalf("a photo: %d %s", status, body)
	}
	got := f.messages("p-zhang", 2)
	if len(got) != 2 || len(got[0].Attachments) != 1 || got[0].Attachments[0].Name != "锁.jpg" || got[1].Text != "您说：[image 锁.jpg]" {
		t.Errorf("a photo-only message became %+v", got)
	}
}

func TestRefusals(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	const messages, clock = "/api/sandbox/messages", "/api/sandbox/clock"
	for _, test := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", messages, `{"from":"wang","chat":"g-zc1","text":"在"}`, 403, "not a member"},
		{"POST", messages, `{"from":"zhang","chat":"p-li","text":"在"}`, 403, "not a member"},
		{"POST", messages, `{"from":"bot","chat":"p-li","text":"在"}`, 404, "no such person"},
		{"POST", messages, `{"from":"zhang","chat":"p-nobody","text":"在"}`, 404, "no such chat"},
		{"POST", messages, `{"from":"zhang","chat":"p-zhang","txt":"在"}`, 400, `unknown field "txt"`},
		{"POST", messages, `{"from":7}`, 400, `"from" cannot be a number`},
		{"POST", messages, `{"from":"zhang"`, 400, "ends too early"},
		{"POST", messages, ``, 400, "ends too early"},
		{"POST", messages, `{} {}`, 400, "one JSON object"},
		{"POST", messages, `{"from":"zhang","chat":"p-zhang","text":"","attachments":[{"kind":"program"}]}`, 400, "kind"},
		{"POST", messages, `{"text":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "1 MiB"},
		{"GET", messages + "?chat=p-nobody", ``, 404, "no such chat"},
		{"GET", messages + "?chat=p-zhang&after=x", ``, 400, "id of a message"},
		{"DELETE", messages, ``, 405, "GET and POST"},
		{"POST", "/api/sandbox/state", ``, 405, "GET"},
		{"GET", "/api/sandbox/nothing", ``, 404, "nothing"},
		{"POST", clock, `{}`, 400, "either"},
		{"POST", clock, `{"set":"2026-12-01T08:00:00+08:00","advance":"1h"}`, 400, "either"},
		{"POST", clock, `{"set":"tomorrow"}`, 400, "must be a time"},
		{"POST", clock, `{"set":"2026-11-30T08:59:59+08:00"}`, 400, "only moves forward"},
		{"POST", clock, `{"advance":"-1h"}`, 400, "only moves forward"},
		{"POST", clock, `{"advance":"soon"}`, 400, "must be a duration"},
		{"POST", clock, `{"advance":"9000d"}`, 400, "five years"},
		{"POST", clock, `{"set":"9999-12-31T00:00:00Z"}`, 400, "five years"},
	} {
		status, body := f.call(test.method, test.path, test.body)
		var answer struct{ Error string }
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Errorf("%s %s %.60s: the answer is not JSON: %q", test.method, test.path, test.body, body)
		}
		if status != test.status || !strings.Contains(answer.Error, test.says) {
			t.Errorf("%s %s %.60s: %d %q, want %d with %q", test.method, test.path, test.body, status, answer.Error, test.status, test.says)
		}
	}
	if got := f.bot.got(); len(got) != 0 {
		t.Errorf("the bot got %d refused messages", len(got))
	}
}

func TestClock(t *testing.T) {
	fired := []string{}
	f, _ := serve(t, mem.New(), func(o *sandbox.Options) {
		move := o.Move
		o.Move = func(ctx context.Context, to time.Time) error {
			fired = append(fired, to.Format(time.RFC3339))
			return move(ctx, to)
		}
	})
	for _, test := range []struct{ body, now string }{
		{`{"advance":"24h"}`, "2026-12-01T09:00:00+08:00"},
		{`{"advance":"+90m"}`, "2026-12-01T10:30:00+08:00"},
		{`{"advance":"1d"}`, "2026-12-02T10:30:00+08:00"},
		{`{"set":"2026-12-07T00:00:00Z"}`, "2026-12-07T08:00:00+08:00"},
		{`{"set":"2026-12-07T08:00:00+08:00"}`, "2026-12-07T08:00:00+08:00"},
	} {
		status, body := f.call("POST", "/api/sandbox/clock", test.body)
		if want := fmt.Sprintf(`{"now":%q}`, test.now) + "\n"; status != http.StatusOK || body != want {
			t.Errorf("%s: %d %s want %s", test.body, status, body, want)
		}
		if got := fired[len(fired)-1]; got != test.now {
			t.Errorf("%s: moved to %s, want %s", test.body, got, test.now)
		}
	}
}

func TestClockFailures(t *testing.T) {
	f, _ := serve(t, mem.New(), func(o *sandbox.Options) {
		o.Move = func(context.Context, time.Time) error { return errors.New("worker 张三 is in the way") }
	})
	status, body := f.call("POST", "/api/sandbox/clock", `{"advance":"1h"}`)
	if status != http.StatusServiceUnavailable || strings.Contains(body, "张三") {
		t.Errorf("a clock that stops: %d %s, want 503 without the cause", status, body)
	}
	f, _ = serve(t, mem.New(), func(o *sandbox.Options) { o.Move = nil })
	if status, body := f.call("POST", "/api/sandbox/clock", `{"advance":"1h"}`); status != http.StatusServiceUnavailable {
		t.Errorf("a fixed clock: %d %s, want 503", status, body)
	}
}

func TestGuard(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	for host, want := range map[string]int{
		"localhost:8080": 200, "LOCALHOST": 200, "127.0.0.1:1": 200, "[::1]:8080": 200, "127.9.9.9": 200,
		"evil.example:8080": 403, "192.168.1.5:8080": 403, "localhost.evil.example": 403, "0.0.0.0:8080": 403,
	} {
		if status, body := f.call("GET", "/api/sandbox/state", "", "Host", host); status != want {
			t.Errorf("host %s: %d %s, want %d", host, status, body, want)
		}
	}
	for _, foreign := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if status, _ := f.call("POST", "/api/sandbox/clock", `{"advance":"1h"}`, foreign...); status != http.StatusForbidden {
			t.Errorf("a post with %v: %d, want 403", foreign, status)
		}
	}
}

func TestToken(t *testing.T) {
	f, _ := serve(t, mem.New(), func(o *sandbox.Options) { o.Token = "secret" })
	for _, path := range []string{"/", "/app.js", "/api/sandbox/state", "/api/sandbox/events", "/?token=wrong"} {
		if status, _ := f.call("GET", path, ""); status != http.StatusUnauthorized {
			t.Errorf("%s without the token: %d, want 401", path, status)
		}
	}
	if status, _ := f.call("POST", "/api/sandbox/clock?token=secret", `{"advance":"1h"}`); status != http.StatusUnauthorized {
		t.Errorf("a post with the token in its address: %d, want 401", status)
	}
	if status, _ := f.call("GET", "/api/sandbox/state", "", "Authorization", "Bearer secret", "Host", "mine.example"); status != http.StatusOK {
		t.Errorf("with a bearer token: %d, want 200 from any host", status)
	}
	if status, _ := f.call("GET", "/api/sandbox/state", "", "Authorization", "Bearer other"); status != http.StatusUnauthorized {
		t.Errorf("with a wrong bearer token: %d, want 401", status)
	}
	req := httptest.NewRequest("GET", "/?token=secret&x=1", nil)
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, req)
	if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || to != "/?x=1" {
		t.Fatalf("with the token in the address: %d to %q, want a redirect to the address without it", rec.Code, to)
	}
	cookie := rec.Result().Cookies()[0]
	if !cookie.HttpOnly || strings.Contains(cookie.Value, "secret") {
		t.Errorf("the cookie %+v shows the token", cookie)
	}
	if status, _ := f.call("GET", "/api/sandbox/state", "", "Cookie", cookie.Name+"="+cookie.Value); status != http.StatusOK {
		t.Errorf("with the cookie: %d, want 200", status)
	}
}

func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	res, err := http.Get(f.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "http") || strings.Contains(policy, "unsafe") {
		t.Errorf("content security policy %q lets other hosts or inline scripts in", policy)
	}
	for _, path := range []string{"/", "/app.css", "/app.js", "/api.js", "/chips.js", "/dom.js", "/room.js", "/talk.js", "/time.js", "/words.js"} {
		status, body := f.call("GET", path, "")
		if status != http.StatusOK || strings.Contains(body, "http://") || strings.Contains(body, "https://") {
			t.Errorf("%s: status %d, or it names another host", path, status)
		}
	}
}

// stream reads events until the test ends.
func (f *fixture) stream() (next func() string) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), "GET", f.url+"/api/sandbox/events", nil)
	if err != nil {
		f.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		f.t.Fatalf("events are %s", kind)
	}
	lines := bufio.NewScanner(res.Body)
	return func() string {
		event := ""
		for lines.Scan() && lines.Text() != "" {
			event += lines.Text() + " "
		}
		return strings.TrimSpace(event)
	}
}

func TestEvents(t *testing.T) {
	f, stop := serve(t, mem.New(), nil)
	next := f.stream()
	want := func(event string) {
		t.Helper()
		if got := next(); got != event {
			t.Errorf("event %q, want %q", got, event)
		}
	}
	want(`event: clock data: {"now":"2026-11-30T09:00:00+08:00"}`)
	f.say("zhang", "p-zhang", "在吗")
	want(`event: message data: {"chat":"p-zhang","id":1,"at":"2026-11-30T09:00:00+08:00","from":"zhang","text":"在吗","attachments":[]}`)
	want(`event: message data: {"chat":"p-zhang","id":2,"at":"2026-11-30T09:00:00+08:00","from":"bot","text":"您说：在吗","attachments":[]}`)
	for range 2 {
		if _, err := f.Send(t.Context(), chat.Outgoing{Key: "k", To: "sandbox:g-zc1", Text: "提醒"}); err != nil {
			t.Fatal(err)
		}
	}
	f.call("POST", "/api/sandbox/clock", `{"advance":"1h"}`)
	want(`event: message data: {"chat":"g-zc1","id":3,"at":"2026-11-30T09:00:00+08:00","from":"bot","text":"提醒","attachments":[]}`)
	want(`event: clock data: {"now":"2026-11-30T10:00:00+08:00"}`)
	stop() // the server closes, which it could not if the stream stayed open
	want("")
}

func TestEventsBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := sandbox.New(sandbox.Options{People: people, Groups: groups, BotName: "小信", Store: mem.New(), Now: newClock().Now})
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = room.Run(ctx, func(context.Context, []chat.Message) error { return nil }) }()
		synctest.Wait()
		rec := httptest.NewRecorder()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			req := httptest.NewRequest("GET", "/api/sandbox/events", nil)
			req.Host = "localhost"
			room.Handler().ServeHTTP(rec, req)
		}()
		<-time.After(time.Minute)
		cancel()
		<-ended
		if n := strings.Count(rec.Body.String(), "event: clock"); n < 4 {
			t.Errorf("an idle stream said the time %d times in a minute, want at least 4", n)
		}
	})
}
