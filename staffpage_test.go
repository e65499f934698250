package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
)

// staffClient is a browser that has followed the link to the staff page.
type staffClient struct {
	t    *testing.T
	http *http.Client
	base string
}

func openStaffPage(t *testing.T, link, person string) *staffClient {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(link, "/?")
	s := &staffClient{t, &http.Client{Jar: jar, Timeout: 30 * time.Second}, base}
	s.get("/" + strings.TrimPrefix(link, base+"/"))
	s.post("/me", url.Values{"id": {person}})
	return s
}

func (s *staffClient) read(resp *http.Response, err error) string {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 500 {
		s.t.Fatalf("%s %v\n%s", resp.Status, err, b)
	}
	return string(b)
}

func (s *staffClient) get(path string) string { s.t.Helper(); return s.read(s.http.Get(s.base + path)) }

func (s *staffClient) post(path string, form url.Values) string {
	s.t.Helper()
	return s.read(s.http.PostForm(s.base+path, form))
}

var formSeen = regexp.MustCompile(`name="seen" value="(\d+)"`)

var formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// takes fills in the form on a page and sends it.
func (s *staffClient) takes(page, to string, form url.Values) string {
	s.t.Helper()
	drawn := s.get(page)
	key := formKey.FindStringSubmatch(drawn)
	if key == nil {
		s.t.Fatalf("%s has no form", page)
	}
	form.Set("key", key[1])
	if seen := formSeen.FindStringSubmatch(drawn); seen != nil {
		form.Set("seen", seen[1])
	}
	return s.post(to, form)
}

var seenAnswer = regexp.MustCompile(`name="sure" value="(\w+)"`)

// answers answers a matter: what goes out is shown first.
func (s *staffClient) answers(no, text string) {
	s.t.Helper()
	form := url.Values{"text": {text}, "basis": {"维修单"}}
	shown := seenAnswer.FindStringSubmatch(s.takes("/matters/"+no, "/matters/"+no+"/answer", form))
	if shown == nil {
		s.t.Fatal("the answer was not shown before it went out")
	}
	form.Set("sure", shown[1])
	s.takes("/matters/"+no, "/matters/"+no+"/answer", form)
}

// With neither WeChat nor a sandbox the office still works: the real program
// registers, hands out, answers and counts on its own page, behind a link that
// is printed once and kept for its owner alone.
func TestConsoleOnly(t *testing.T) {
	binary, data := build(t), filepath.Join(t.TempDir(), "data")
	file := filepath.Join(t.TempDir(), "config.yaml")
	text, _, ok := strings.Cut(string(demoConfig), "\nsandbox:\n")
	if !ok {
		t.Fatal("the demo has no sandbox")
	}
	if err := os.WriteFile(file, []byte(text+"\nconsole: {listen: \"127.0.0.1:0\"}\ndata: '"+data+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func() (*process, string) {
		p := begin(t, binary, "run", "--config", file)
		link := regexp.MustCompile(`http://\S+`).FindString(p.first)
		return p, link
	}
	stop := func(p *process, link string) {
		t.Helper()
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.end() // it was killed
		if !p.quiet() || strings.Contains(p.log.String(), link[strings.Index(link, "token="):]) {
			t.Errorf("logged\n%s", &p.log)
		}
	}
	p, link := start()
	resp, err := http.Get(strings.Split(link, "?")[0])
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Fatalf("without the link: %v %v", resp, err)
	}
	resp.Body.Close()
	s := openStaffPage(t, link, "wang")
	page := s.takes("/new", "/new", url.Values{"channel": {"letter"}, "text": {"事由：公寓漏水 诉求：修"}, "contact": {"公寓3号楼"}})
	no := regexp.MustCompile(`\d{4}-0001`).FindString(page)
	if no == "" {
		t.Fatalf("no receipt: %s", page)
	}
	s.takes("/matters/"+no, "/matters/"+no+"/assign", url.Values{"unit": {"hq"}, "days": {"3"}})
	s.wantsOwnLink(link, filepath.Join(data, disciplineTokenFile))
	stop(p, link)
	if again, _ := registered(t, "暖气不热", "register", "--config", file, "--as", "wang", "--channel", "来电"); again != no[:5]+"0002" {
		t.Errorf("the terminal registered %s", again)
	}
	p, second := start()
	if token := link[strings.Index(link, "?"):]; !strings.HasSuffix(second, token) {
		t.Error("the link does not outlive a restart")
	}
	s = openStaffPage(t, second, "zhou")
	s.answers(no, "修好了")
	if page := s.get("/matters/" + no); !strings.Contains(page, "已答复") || !strings.Contains(page, "请打电话或书面告知") || !strings.Contains(page, "王慧") {
		t.Errorf("the matter is\n%s", page)
	}
	if page := s.get("/network"); !strings.Contains(page, "没有接微信") {
		t.Errorf("the networks are\n%s", page)
	}
	stop(p, second)
	if info, err := os.Stat(filepath.Join(data, tokenFile)); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the token is open to others: %v, %v", info, err)
	}
}

// wantsOwnLink checks that whoever has the staff's link cannot be those who look
// into accusations, and that those have one of their own.
func (s *staffClient) wantsOwnLink(link, tokenFile string) {
	s.t.Helper()
	if page := s.post("/me", url.Values{"id": {"ji"}}); strings.Contains(page, "季明") || !strings.Contains(page, "您是哪位") {
		s.t.Errorf("staff may choose to be discipline: %s", page)
	}
	staff, _, _ := strings.Cut(link, "/?")
	resp, err := s.http.Get(staff + "/discipline/")
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		s.t.Fatalf("with the staff's link: %v %v", resp, err)
	}
	resp.Body.Close()
	token, err := os.ReadFile(tokenFile)
	if err != nil || strings.Contains(link, strings.TrimSpace(string(token))) {
		s.t.Fatalf("the same link for both: %v", err)
	}
	d := openStaffPage(s.t, staff+"/discipline/?token="+strings.TrimSpace(string(token)), "ji")
	if page := d.get("/"); !strings.Contains(page, "季明") || strings.Contains(page, "公寓漏水") {
		s.t.Errorf("discipline sees\n%s", page)
	}
	if page := d.post("/me", url.Values{"id": {"wang"}}); strings.Contains(page, "公寓漏水") || !strings.Contains(page, "您是哪位") {
		s.t.Errorf("discipline may choose to be staff: %s", page)
	}
}

// What could not be written takes no token's place.
func TestPageTokenNotWritten(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, tokenFile+".new"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := pageToken(data, tokenFile); err == nil {
		t.Error("a token that is not kept is handed out")
	}
	if _, err := os.Stat(filepath.Join(data, tokenFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something stands in its place: %v", err)
	}
}

func TestPageToken(t *testing.T) {
	data := t.TempDir()
	first, err := pageToken(data, tokenFile)
	if err != nil || len(first) < 16 {
		t.Fatalf("%q, %v", first, err)
	}
	file := filepath.Join(data, tokenFile)
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if again, err := pageToken(data, tokenFile); err != nil || again != first {
		t.Errorf("another token: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("left open to others: %v, %v", info, err)
	}
	for _, bad := range []string{"", "short"} {
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := pageToken(data, tokenFile); err == nil || !strings.Contains(err.Error(), "delete it") || bad != "" && strings.Contains(err.Error(), bad+"\"") {
			t.Errorf("%q is taken: %v", bad, err)
		}
	}
}

// What a petitioner sent along can be read at the page, by those who may, and
// each look stands in the history.
func TestStaffPageFiles(t *testing.T) {
	n := startDemoNetwork(t)
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 署名：保密")
	picture := contentOf("image", "a.jpg", false) // as it is without what the phone wrote into it
	n.attach(t, "luo", "image", file{"我是罗小虎.jpg", picture})
	n.say(t, "luo", "", "补充 1 见图")
	n.settle(t)
	s := openStaffPage(t, "http://"+n.live.page+"/desk/?", "wang")
	page := s.get("/matters/2026-0001")
	if !strings.Contains(page, "看附件") || strings.Contains(page, "罗小虎.jpg") {
		t.Errorf("the matter is\n%s", page)
	}
	if page := s.post("/matters/2026-0001/files", url.Values{"motive": {"核实现场"}}); !strings.Contains(page, "1 图片") || strings.Contains(page, "罗小虎") {
		t.Errorf("the list is\n%s", page)
	}
	resp, err := s.http.PostForm(s.base+"/matters/2026-0001/files/1", url.Values{"motive": {"核实现场"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Equal(got, picture) || resp.Header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment; filename=0001-1.") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d bytes of %d, %v, %v", len(got), len(picture), resp.Header, err)
	}
	for _, no := range []string{"2", "0", "-1", "99999999999999999999", "x"} {
		resp, err := s.http.PostForm(s.base+"/matters/2026-0001/files/"+no, url.Values{"motive": {"核实现场"}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("attachment %s: %s", no, resp.Status)
		}
	}
	if looks := strings.Count(s.get("/matters/2026-0001"), "查看封存内容"); looks != 2 {
		t.Errorf("%d looks stand in the history", looks)
	}
	s.post("/me", url.Values{"id": {"ji"}})
	if page := s.post("/matters/2026-0001/files/1", url.Values{"motive": {"核实现场"}}); !strings.Contains(page, "没有您可查看的0001") {
		t.Errorf("discipline reads\n%.200s", page)
	}
}

// While WeChat waits to be scanned the page shows the code; once it is scanned,
// that it is online. What staff answer meanwhile goes out then, once.
func TestStaffPageLinksWeChat(t *testing.T) {
	t.Parallel()
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)}, console: true}
	n.start(t)
	n.say(t, "luo", "", "反映 事由：路灯不亮 署名：保密")
	s := openStaffPage(t, n.live.staff, "wang")
	if page := s.get("/network"); !strings.Contains(page, "在线") || strings.Contains(page, "code.svg") {
		t.Errorf("online, the page says\n%s", page)
	}
	n.move(t, n.now().Add(time.Hour)) // thrown out at once would mean banned
	n.server.Scan(0)
	n.server.Logout(1101)
	until(t, func() bool { return strings.Contains(s.get("/network"), "code.svg") })
	if code := s.get("/network/code.svg"); !strings.HasPrefix(code, "<svg") {
		t.Errorf("the code is %.80q", code)
	}
	s.answers("2026-0001", "灯修好了")
	if page := s.get("/network"); !strings.Contains(page, "在等着发") {
		t.Errorf("an answer waits, the page says\n%s", page)
	}
	n.server.ScanAlways(wechattest.Uin)
	until(t, func() bool { return strings.Contains(s.get("/network"), "在线") })
	n.handled(t)
	told := 0
	for _, text := range n.sent(t, "luo") {
		told += strings.Count(text, "灯修好了")
	}
	if told != 1 {
		t.Errorf("luo was answered %d times", told)
	}
	n.stop(t)
}

// until waits for what another goroutine brings about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal("it never came")
		}
	}
}
