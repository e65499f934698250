package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
	"fangzhuo/intake"
)

// demoFile writes the demo's config to a file, with its state in a folder.
func demoFile(t *testing.T, data string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := strings.Replace(string(demoConfig), "listen: 127.0.0.1:8080", "listen: 127.0.0.1:0", 1)
	if err := os.WriteFile(file, []byte(text+"\ndata: '"+data+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// typing runs a command line in this process with something on its input.
func typing(t *testing.T, input string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(input), &out, &errs)
	return code, out.String(), errs.String()
}

var written = regexp.MustCompile(`编号(\d{4}-\d{4})，查询码([2-9A-Z]{4})。`)

// registered registers and returns number and code.
func registered(t *testing.T, input string, args ...string) (no, code string) {
	t.Helper()
	exit, stdout, stderr := typing(t, input, args...)
	m := written.FindStringSubmatch(stdout)
	if exit != exitOK || m == nil || stderr != "" {
		t.Fatalf("exit code %d, %q, %q", exit, stdout, stderr)
	}
	return m[1], m[2]
}

func TestRegisterAtRest(t *testing.T) {
	file := demoFile(t, filepath.Join(t.TempDir(), "data"))
	code, stdout, stderr := typing(t, "事由：食堂涨价 诉求：查一查 姓名：张三 电话：13900001234", "register", "--config", file, "--as", "wang", "--channel", "来电")
	if code != exitOK || !strings.Contains(stdout, "已登记（来电）") || !strings.Contains(stdout, "-0001，查询码") ||
		!strings.Contains(stdout, "登记 0001 食堂") || !strings.Contains(stdout, "等它启动后再发") {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
	for _, test := range []struct {
		name, input string
		args        []string
		code        int
		want        string // what stderr holds
	}{
		{"nobody says who", "x", []string{"--channel", "来信"}, exitUsage, "say who you are: --as wang or zhou\nhint: fangzhuo register --help"},
		{"nobody of the staff", "x", []string{"--channel", "来信", "--as", "qin"}, exitUsage, `"qin" is nobody of the staff: --as wang or zhou`},
		{"nobody says how", "x", []string{"--as", "wang"}, exitUsage, "say how it came: --channel 来电, 来访, 来信 or 微信"},
		{"an unknown channel", "x", []string{"--as", "wang", "--channel", "飞鸽"}, exitFailure, "没有“飞鸽”这个渠道"},
		{"nothing", " \n", []string{"--as", "wang", "--channel", "来信"}, exitFailure, "还差内容，请写上事由"},
		{"an unknown signature", "路灯不亮", []string{"--as", "wang", "--channel", "来信", "--sign", "随便吧"}, exitFailure, "请写实名、保密或匿名"},
		{"too many visitors", "路灯不亮", []string{"--as", "wang", "--channel", "来访", "--persons", "2000"}, exitFailure, "来访人数请写1到200"},
		{"a novel", strings.Repeat("长", 30_000), []string{"--as", "wang", "--channel", "来信"}, exitFailure, "内容太长"},
		{"far more than that", strings.Repeat("长", 1_000_000), []string{"--as", "wang", "--channel", "来信"}, exitFailure, "longer than 1048576 bytes"},
		{"no text", "\xb7\xb4\xd3\xb3", []string{"--as", "wang", "--channel", "来信"}, exitFailure, "not UTF-8"},
	} {
		code, stdout, stderr := typing(t, test.input, append([]string{"register", "--config", file}, test.args...)...)
		if code != test.code || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%s: exit code %d, %q, %q", test.name, code, stdout, stderr)
		}
	}
	if no, _ := registered(t, "路灯不亮", "register", "--config", file, "--as", "zhou", "--channel", "letter"); !strings.HasSuffix(no, "-0002") {
		t.Errorf("what was refused took a number: the next is %s", no)
	}
}

// On a terminal it asks for what the command line leaves out, as often as it
// takes, and the text ends with a single full stop.
func TestRegisterAsks(t *testing.T) {
	file := demoFile(t, filepath.Join(t.TempDir(), "data"))
	var out, prompt bytes.Buffer
	a := asking{config: file, in: strings.NewReader("王\n3\n1\n飞鸽\n来信\n事由：路灯不亮\n\n第二段\n.\n不算\n"), out: &out, prompt: &prompt}
	if err := a.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 王慧 2 周敏", "1 来电 2 来访 3 来信 4 微信", "最后单独一行“.”或按 Ctrl-D"} {
		if !strings.Contains(prompt.String(), want) {
			t.Errorf("it did not ask %q: %q", want, &prompt)
		}
	}
	if !strings.Contains(out.String(), "已登记（来信）") || a.As != "wang" || strings.Contains(a.Text, "不算") || !strings.Contains(a.Text, "第二段") {
		t.Errorf("%q, %+v", &out, a.order)
	}
	a = asking{config: file, in: strings.NewReader("1\n"), out: &out, prompt: &prompt}
	if err := a.run(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing was registered") {
		t.Errorf("the input ended: %v", err)
	}
}

// Who thinks better of it in the middle is let go.
func TestRegisterInterrupted(t *testing.T) {
	silent, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := asking{config: demoFile(t, t.TempDir()), in: silent, out: io.Discard, prompt: io.Discard}
	if err := a.run(ctx); err == nil || err.Error() != "nothing was registered" {
		t.Error(err)
	}
	b := asking{order: order{As: "wang"}, config: demoFile(t, t.TempDir()), in: iotest.ErrReader(errors.New("gone")), out: io.Discard}
	b.Channel = "来电"
	if err := b.run(t.Context()); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Error(err)
	}
}

// The real program: chat and terminal draw their numbers from one series, the
// bot running, stopped, or killed; each petitioner finds theirs with the code,
// and the staff hear of each matter once.
func TestRegisterBothWays(t *testing.T) {
	t.Parallel()
	binary, data := build(t), filepath.Join(t.TempDir(), "data")
	file := demoFile(t, data)
	register := func(channel, text string) (no, code string) {
		t.Helper()
		return registered(t, text, "register", "--config", file, "--as", "wang", "--channel", channel)
	}
	year := time.Now().In(calendar.Zone).Format("2006")
	codes := map[string]string{}
	keep := func(want string, no, code string) {
		t.Helper()
		if no != year+"-"+want {
			t.Fatalf("the number is %s, want %s", no, want)
		}
		codes[no] = code
	}
	chat := func(p *process, want string) {
		t.Helper()
		got, err := p.ask("luo", "反映 事由：路灯"+want+"不亮 署名：保密")
		if err != nil || !strings.Contains(got[0], "编号"+year+"-"+want) {
			t.Fatalf("%q, %v", got, err)
		}
	}
	keepRegistered := func(want, channel, text string) {
		t.Helper()
		no, code := register(channel, text)
		keep(want, no, code)
	}
	keepRegistered("0001", "来信", "公寓漏水")
	p := begin(t, binary, "run", "--config", file)
	chat(p, "0002")
	keepRegistered("0003", "来电", "事由：食堂涨价")
	chat(p, "0004")
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.end() // it was killed
	keepRegistered("0005", "微信", "反映 事由：班车晚点")
	keepRegistered("0006", "来访", "事由：澡堂没热水")
	p = begin(t, binary, "run", "--config", file)
	chat(p, "0007")
	keepRegistered("0008", "来电", "事由：暖气不热")
	for no, code := range codes {
		if got, err := p.ask("bai", "查询 "+no+" "+code); err != nil || !strings.HasPrefix(got[0], no+"：收到") {
			t.Errorf("%s: %q, %v", no, got, err)
		}
	}
	heard := heardBy(t, p, "zhou", 8)
	for no := range codes {
		if n := strings.Count(heard, "新件"+no[5:]); n != 1 {
			t.Errorf("zhou heard %d times of %s:\n%s", n, no, heard)
		}
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.end() // it was killed
	if !p.quiet() {
		t.Errorf("logged\n%s", &p.log)
	}
}

// heardBy waits until somebody has got so many messages of new matters.
func heardBy(t *testing.T, p *process, person string, n int) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		list, err := p.read("p-"+person, 0)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, m := range list {
			all.WriteString(m.Text + "\n")
		}
		if strings.Count(all.String(), "【新件") >= n {
			return all.String()
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s heard only\n%s", person, &all)
		}
	}
}

// S25: the account is gone for eleven minutes, staff are told to take matters by
// telephone, and what they register goes on in the same series.
func TestRegisterWhileOffline(t *testing.T) {
	t.Parallel()
	terminal := newTerminal()
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone), terminal: terminal}}
	n.start(t)
	n.say(t, "luo", "", "反映 事由：路灯不亮 署名：保密")
	n.move(t, n.now().Add(time.Hour)) // thrown out at once would mean banned
	n.server.Scan(0)
	n.server.Logout(1101)
	terminal.await("微信：在线", "微信：没登录")
	n.settle(t)
	n.move(t, n.now().Add(11*time.Minute))
	if terminal.count("请改用电话登记") != 1 {
		t.Error("nobody was told to take matters by telephone")
	}
	file := demoFile(t, n.data)
	no, code := registered(t, "事由：食堂涨价 电话：13900001234", "register", "--config", file, "--as", "wang", "--channel", "来电")
	if no != "2026-0002" {
		t.Errorf("the number is %s", no)
	}
	n.move(t, n.now().Add(time.Hour)) // codes are not asked for all the time
	n.stop(t)
	n.server.ScanAlways(wechattest.Uin)
	n.start(t)
	defer n.stop(t)
	n.say(t, "bai", "", "查询 2 "+code)
	n.say(t, "bai", "", "反映 事由：班车晚点 署名：保密")
	if got := strings.Join(n.sent(t, "bai"), "\n"); !strings.Contains(got, "2026-0002：收到") || !strings.Contains(got, "编号2026-0003") {
		t.Errorf("bai read\n%s", got)
	}
	if got := strings.Join(n.sent(t, "zhou"), "\n"); strings.Count(got, "新件0002") != 1 {
		t.Errorf("zhou read\n%s", got)
	}
}

// An order whose answer was lost is placed again and stays one; one that cannot
// be read changes nothing.
func TestOrderTwice(t *testing.T) {
	store := openDatabase(t, filepath.Join(t.TempDir(), databaseFile), schema)
	defer store.Close()
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		t.Fatal(err)
	}
	o, err := understand(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := registrar{store: store, desk: o.desk(store), notes: intake.NewReader(o.forms), now: wall}
	place := func(body string) (int, string) {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/register", strings.NewReader(body)))
		return w.Code, w.Body.String()
	}
	const body = `{"Channel":"来电","Text":"路灯不亮","Key":"one key","As":"wang"}`
	first, receipt := place(body)
	second, again := place(body)
	if first != http.StatusOK || second != http.StatusOK || receipt != again || !strings.Contains(receipt, "-0001，查询码") {
		t.Errorf("%d %q, then %d %q", first, receipt, second, again)
	}
	for _, bad := range []string{"", "{", `{"As":"nobody"}`, `{"As":"qin","Channel":"来电","Text":"x"}`} {
		if code, text := place(bad); code == http.StatusOK || text == "" {
			t.Errorf("%q: %d %q", bad, code, text)
		}
	}
	if _, receipt := place(strings.Replace(body, "one key", "another", 1)); !strings.Contains(receipt, "-0002，") {
		t.Errorf("the next is %q", receipt)
	}
}
