package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
)

// webhook is another way to people: it keeps what it is told.
type webhook struct {
	server *httptest.Server
	mu     sync.Mutex
	said   *sync.Cond
	texts  []string
	status int // 0: all is well
}

func newWebhook(t *testing.T) *webhook {
	h := &webhook{}
	h.said = sync.NewCond(&h.mu)
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.status != 0 {
			w.WriteHeader(h.status)
			return
		}
		var body struct{ Message string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		h.texts = append(h.texts, body.Message)
		h.said.Broadcast()
	}))
	t.Cleanup(h.server.Close)
	return h
}

func (h *webhook) alarm() config.Alarm {
	return config.Alarm{ID: "hook", Name: "调度台", URL: config.Secret(h.server.URL + "/hook")}
}

// await returns when something that holds word was told, or when done is closed.
func (h *webhook) await(done <-chan struct{}, word string) bool {
	go func() {
		<-done
		h.mu.Lock()
		defer h.mu.Unlock()
		h.said.Broadcast()
	}()
	h.mu.Lock()
	defer h.mu.Unlock()
	for !strings.Contains(strings.Join(h.texts, "\n"), word) {
		select {
		case <-done:
			return false
		default:
			h.said.Wait()
		}
	}
	return true
}

func (h *webhook) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.texts...)
}

// The account is logged out: the other channel hears of each change, of ten
// minutes without a link once, of the end of it; nothing but states is told. The
// program is stopped and started in the middle.
func TestOutageIsToldElsewhere(t *testing.T) {
	terminal, hook := newTerminal(), newWebhook(t)
	n := &wechatNetwork{alarms: []config.Alarm{hook.alarm()},
		program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone), terminal: terminal}}
	n.start(t)
	n.say(t, "luo", "", "反映 事由：路灯不亮 署名：保密")
	n.move(t, n.now().Add(time.Hour))
	n.server.Scan(0)
	n.server.Logout(1101)
	terminal.await("微信：在线", "微信：没登录")
	n.settle(t)
	n.move(t, n.now().Add(9*time.Minute))
	if strings.Contains(strings.Join(hook.all(), ""), "离线") {
		t.Fatal("alarm before ten minutes")
	}
	n.move(t, n.now().Add(2*time.Minute))
	n.stop(t)
	n.server.ScanAlways(wechattest.Uin)
	n.start(t)
	n.move(t, n.now().Add(time.Hour))
	n.settle(t)
	status := ask(t, n, "wang", "状态")
	n.stop(t)

	all := hook.all()
	rest := strings.Join(all, "\n")
	for _, want := range []string{"等扫码：请用登录机器人的那部手机", "在线", "没登录：被手机或微信退出了", "【离线】小信的微信断了超过10分钟（从11月23日 11:00起）", "在线（断了11分钟）"} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Errorf("%q is missing, or out of order, in\n%s", want, strings.Join(all, "\n--\n"))
		}
		rest = after
	}
	if got := strings.Count(strings.Join(all, ""), "【离线】"); got != 1 {
		t.Errorf("%d alarms", got)
	}
	if terminal.count("2026-11-23 11:00:00 微信：没登录。被手机或微信退出了") == 0 {
		t.Error("the terminal does not say it in words")
	}
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		t.Fatal(err)
	}
	private := []string{"路灯", "昵称", "GZ-", "@", "2026-0001", "luo", "sandbox"}
	for _, p := range cfg.People {
		private = append(private, p.Name)
	}
	for _, text := range all {
		for _, word := range private {
			if strings.Contains(text, word) {
				t.Errorf("%q was told elsewhere:\n%s", word, text)
			}
		}
	}
	for _, want := range []string{"微信：在线，11月23日", "等着发0条", "微信断了从“调度台”说：好"} {
		if !strings.Contains(status, want) {
			t.Errorf("status lacks %q:\n%s", want, status)
		}
	}
}

// ask says something in private and returns the last thing that came back.
func ask(t *testing.T, n *wechatNetwork, person, text string) string {
	t.Helper()
	before := len(n.sent(t, person))
	n.say(t, person, "", text)
	for range 20 { // the account is paced: the clock has to move on
		if got := n.sent(t, person); len(got) > before {
			return got[len(got)-1]
		}
		n.move(t, n.now().Add(10*time.Second))
	}
	t.Fatalf("no answer to %s", text)
	return ""
}

// A notice whose time passes while the account is gone: the staff cannot be told
// in chat, so the other channel is, once a day, and without a group's name.
func TestMissedNoticeIsToldElsewhere(t *testing.T) {
	t.Parallel()
	terminal, hook := newTerminal(), newWebhook(t)
	n := &wechatNetwork{alarms: []config.Alarm{hook.alarm()},
		program: program{data: t.TempDir(), wall: time.Date(2026, 11, 30, 7, 0, 0, 0, calendar.Zone), terminal: terminal}}
	n.start(t)
	defer func() { n.stop(t) }()
	n.move(t, n.now().Add(time.Hour)) // thrown out at once would mean banned
	n.server.Scan(0)
	n.server.Logout(1101)
	terminal.await("online", "logged-out")
	n.settle(t)
	told := func() int {
		n.settle(t)
		return strings.Count(strings.Join(hook.all(), ""), "【没发出去】今天有发到群里的通知没有发成")
	}
	n.move(t, time.Date(2026, 11, 30, 12, 0, 0, 0, calendar.Zone))
	if told() != 0 {
		t.Errorf("while the notice is still of use: %q", hook.all())
	}
	days := 0
	for day := 1; day <= 7; day++ { // when the next notice is due the one before is of no use
		before := told()
		n.move(t, time.Date(2026, 12, day, 23, 59, 0, 0, calendar.Zone))
		switch more := told() - before; {
		case more > 1:
			t.Errorf("told %d times on the %dth", more, day)
		case more == 1:
			days++
		}
	}
	if all := strings.Join(hook.all(), "\n"); days < 3 || strings.Contains(all, "综采") {
		t.Errorf("told on %d days, want those of three notices: %s", days, all)
	}
}

// 状态 is for the office only.
func TestStatusIsForTheOffice(t *testing.T) {
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)}}
	n.start(t)
	defer n.stop(t)
	for person, want := range map[string]string{"luo": "这个命令只有授权人员能用（信访办、管理员）", "qin": "这个命令只有授权人员能用",
		"wang": "微信断了没有别处告诉您"} {
		if got := ask(t, n, person, "状态"); !strings.Contains(got, want) || strings.Contains(got, "在线") != (person == "wang") {
			t.Errorf("%s is told:\n%s", person, got)
		}
	}
}

// A channel that refuses is told to the staff, once a day, and stands in 状态 and
// 未决.
func TestRefusingChannelIsTold(t *testing.T) {
	hook := newWebhook(t)
	hook.status = http.StatusForbidden
	n := &wechatNetwork{alarms: []config.Alarm{hook.alarm()},
		program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone), terminal: newTerminal()}}
	n.start(t)
	defer n.stop(t)
	n.settle(t)
	n.move(t, n.now().Add(5*time.Minute))
	told := strings.Join(n.sent(t, "wang"), "\n")
	if strings.Count(told, "【另一条路不通】发到“调度台”的消息没有发成：发不过去") != 1 {
		t.Errorf("staff are told:\n%s", told)
	}
	if got := ask(t, n, "wang", "状态"); !strings.Contains(got, "没发成，对方不收，地址或钥匙不对") {
		t.Errorf("status:\n%s", got)
	}
	if got := ask(t, n, "wang", "未决"); !strings.Contains(got, "发不过去：微信通不通的消息，发往别的渠道") {
		t.Errorf("unsettled:\n%s", got)
	}
	if strings.Contains(told, hook.server.URL) {
		t.Error("the address is shown")
	}
}

// A program that did not run for a while says so when it starts, once.
func TestStopIsToldElsewhere(t *testing.T) {
	hook := newWebhook(t)
	data := t.TempDir()
	clock := time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)
	run := func(at time.Time, word string) {
		t.Helper()
		cfg, err := config.Load("demo.yaml", demoConfig)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Sandbox.Listen, cfg.Alarms = "127.0.0.1:0", []config.Alarm{hook.alarm()}
		p := &program{data: data, wall: at, fixed: true}
		p.begin(t, cfg, world{})
		p.settle(t)
		if word != "" {
			hook.await(t.Context().Done(), word)
		}
		p.stop(t)
	}
	run(clock, "")
	run(clock.Add(5*time.Minute), "")
	run(clock.Add(50*time.Minute), "【停过】从11月23日 10:05起，小信停了45分钟")
	run(clock.Add(55*time.Minute), "")
	run(clock.Add(70*time.Minute), "停了15分钟")
	if got := hook.all(); len(got) != 2 {
		t.Errorf("told %q", got)
	}
}

// fangzhuo check names the channels and, asked to, tries them.
func TestCheckTriesTheAlarms(t *testing.T) {
	hook := newWebhook(t)
	example, err := os.ReadFile("testdata/cli/check.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	file := write(string(example) + "\nalarms:\n  - {id: hook, name: 调度台, url: \"" + hook.server.URL + "/hidden\"}\n")
	code, stdout, stderr := command(t, "check", "--config", file)
	if code != exitOK || !strings.Contains(stdout, "people hear of it at:\n  hook 调度台\n") || len(hook.all()) != 0 {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	code, stdout, stderr = command(t, "check", "--alarm", "--config", file)
	if code != exitOK || !strings.Contains(stdout, "  调度台: sent, look whether it is there\n") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	if got := hook.all(); len(got) != 1 || !strings.HasPrefix(got[0], "【试发】") {
		t.Errorf("told %q", got)
	}
	hook.server.Close()
	code, stdout, stderr = command(t, "check", "--alarm", "--config", file)
	if code != exitFailure || !strings.Contains(stdout, "  调度台: not sent: no connection, or none that is safe\n") || !strings.Contains(stderr, "1 of 1") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	if strings.Contains(stdout+stderr, "hidden") || strings.Contains(stdout+stderr, "127.0.0.1") {
		t.Errorf("the address is shown: %s %s", stdout, stderr)
	}
	file = write(string(example) + "\nalarms:\n  - {id: hook, url: \"gopher://hidden\"}\n")
	code, stdout, stderr = command(t, "check", "--config", file)
	if code != exitFailure || !strings.Contains(stderr, "alarms[0].url begins with none of bark,") || strings.Contains(stderr, "hidden") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	code, _, stderr = command(t, "check", "--alarm", "--config", "testdata/cli/check.yaml")
	if code != exitFailure || !strings.Contains(stderr, "there are no alarms") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
