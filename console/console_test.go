package console_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/console"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/internal/testoffice"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/words"
)

var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)

// table is an office with its page.
type table struct {
	*testing.T
	desk     *desk.Desk
	store    *shaky
	page     http.Handler
	options  console.Options
	owed     int
	forgot   int
	expected []cases.Number
	offered  []cases.Number
}

// shaky is a store that can be told to fail.
type shaky struct {
	storage.Store
	broken bool
}

func (s *shaky) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if s.broken {
		return errors.New("the disk is full")
	}
	return s.Store.Update(ctx, fn)
}

func set(t *testing.T, change ...func(*console.Options)) *table {
	t.Helper()
	return setIn(t, words.Chinese, change...)
}

func setIn(t *testing.T, language string, change ...func(*console.Options)) *table {
	t.Helper()
	o := testoffice.Open(t, language)
	x := &table{T: t, store: &shaky{Store: mem.New()}}
	x.desk = desk.New(x.store, desk.Options{Office: o.Office, Calendar: o.Calendar, Words: o.Words, Facts: o.Facts, PushAt: 9 * 60,
		Addresses: o.At("test", "mei", "zhou"), Random: rand.NewChaCha8([32]byte{1})})
	forms := []cases.Form{{ID: "report", Name: "反映", Fields: []cases.Field{{ID: cases.Matter, Label: "事由"}, {ID: cases.Want, Label: "诉求"}}}}
	n := 0
	x.options = console.Options{Desk: x.desk, Store: x.store, Notes: intake.NewReader(forms), Words: o.Words.With(o.Facts), Base: "/desk", Roles: []cases.Role{cases.Staff, cases.Discipline},
		Now: func() time.Time { return monday }, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		NewKey: func() string { n++; return fmt.Sprintf("key-%d", n) },
		Owed:   func(context.Context) error { x.owed++; return nil },
		Expect: func(_ storage.Tx, _ chat.Address, no cases.Number, _ time.Time) error {
			x.expected = append(x.expected, no)
			return nil
		},
		Offer: func(_ storage.Tx, _ chat.Address, no cases.Number, _ time.Time) error {
			x.offered = append(x.offered, no)
			return nil
		},
		Forget:  func(storage.Tx, desk.Erased, time.Time) error { x.forgot++; return nil },
		Waiting: func(context.Context) (int, error) { return 7, nil },
		Unsent: func(context.Context, int) ([]console.Unsent, error) {
			return []console.Unsent{{At: monday, State: "unsure", Text: "【通知】<b>明天</b>"}}, nil
		}}
	for _, f := range change {
		f(&x.options)
	}
	x.page = console.New(x.options).Handler()
	return x
}

// answer is what came back.
type answer struct {
	code   int
	text   string // as a reader sees it, tags out
	html   string
	header http.Header
}

// by asks for a page as somebody; a body makes it a form that is sent.
func (x *table) by(person, path string, form url.Values, header ...string) answer {
	x.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req := httptest.NewRequestWithContext(x.Context(), method, "http://127.0.0.1:8090/desk"+path, body)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if person != "" {
		req.AddCookie(&http.Cookie{Name: "fangzhuo_me", Value: person})
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	x.page.ServeHTTP(rec, req)
	return answer{rec.Code, read(rec.Body.String()), rec.Body.String(), rec.Header()}
}

var tags = regexp.MustCompile(`<[^>]*>`)

func read(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	return strings.Join(strings.Fields(tags.ReplaceAllString(page, " ")), " ")
}

func (x *table) submit(matter string, sign cases.Signature) desk.Receipt {
	x.Helper()
	var r desk.Receipt
	err := x.store.Update(x.Context(), func(tx storage.Tx) (err error) {
		r, err = x.desk.Submit(tx, desk.Submission{From: "test:luo", Form: "report", Fields: map[string]string{cases.Matter: matter},
			Signature: sign, Name: "张三", Contact: "13900001234", Said: []desk.Said{{At: monday, Text: matter}}}, monday)
		return err
	})
	if err != nil {
		x.Fatal(err)
	}
	return r
}

// events are what happened to a case.
func (x *table) events(seq int) []cases.Event {
	x.Helper()
	for _, role := range []cases.Role{cases.Staff, cases.Discipline} {
		_, events, err := x.desk.Look(x.Context(), cases.Actor{Role: role}, cases.Number{Seq: seq}, monday)
		if err == nil {
			return events
		}
	}
	return nil
}

func (x *table) wants(a answer, code int, parts ...string) {
	x.Helper()
	if a.code != code {
		x.Errorf("status %d, want %d: %s", a.code, code, a.text)
	}
	for _, p := range parts {
		if !strings.Contains(a.text, p) {
			x.Errorf("%q is missing in %s", p, a.text)
		}
	}
}

func (x *table) lacks(a answer, parts ...string) {
	x.Helper()
	for _, p := range parts {
		if strings.Contains(a.html, p) {
			x.Errorf("%q stands in %s", p, a.html)
		}
	}
}

// follow goes where an answer leads.
func (x *table) follow(person string, a answer) answer {
	x.Helper()
	to, ok := strings.CutPrefix(a.header.Get("Location"), "/desk")
	if a.code != http.StatusSeeOther || !ok {
		x.Fatalf("it leads nowhere: %d %s %s", a.code, a.header.Get("Location"), a.text)
	}
	return x.by(person, to, nil)
}

// Nobody gets in without the link; who is turned away is told where it is, and
// other sites' pages get nothing done.
func TestLink(t *testing.T) {
	const token = "a token of sixteen or more"
	x := set(t, func(o *console.Options) { o.Token = token })
	x.submit("澡堂锁坏了", cases.Sealed)
	for _, path := range []string{"/", "/new", "/duty", "/matters/2026-0001", "/network", "/network/code.svg", "/me", "/find?no=1", "/?token=wrong", "/nowhere"} {
		a := x.by("wang", path, nil)
		x.wants(a, http.StatusUnauthorized, "启动时在终端里打印的链接")
		x.lacks(a, "澡堂", "王慧", token)
	}
	x.wants(x.by("wang", "/new", url.Values{"channel": {"call"}, "text": {"x"}, "key": {"k"}}), http.StatusUnauthorized)
	if a := x.by("", "/static/style.css", nil); a.code != http.StatusOK {
		t.Errorf("the stylesheet: %d", a.code)
	}
	a := x.by("wang", "/?token="+url.QueryEscape(token), nil)
	cookie := a.header.Get("Set-Cookie")
	if a.code != http.StatusOK || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") || strings.Contains(a.html, token) {
		t.Fatalf("%d, %q, %s", a.code, cookie, a.html)
	}
	cookie, _, _ = strings.Cut(cookie, ";")
	x.wants(x.by("wang", "/", nil, "Cookie", cookie), http.StatusOK, "澡堂锁坏了")
	form := url.Values{"channel": {"call"}, "text": {"路灯不亮"}, "key": {"k"}}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		x.wants(x.by("wang", "/new", form, append(header, "Cookie", cookie)...), http.StatusForbidden)
	}
	if x.events(2) != nil {
		t.Error("another site's page registered a matter")
	}
	x.wants(x.by("wang", "/new", form, "Cookie", cookie, "Sec-Fetch-Site", "same-origin"), http.StatusOK, "2026-0002")
}

// Somebody must say who they are, of those who work there; nobody else can be
// chosen, and the page says what the choice is worth.
func TestWhoSitsThere(t *testing.T) {
	x := set(t)
	for _, person := range []string{"", "mei", "qin", "luo", "nobody"} {
		a := x.follow(person, x.by(person, "/", nil))
		x.wants(a, http.StatusOK, "您是哪位", "王慧", "周敏", "季明", "谁打开了这个链接，谁就能以这里任何一位的身份办事")
		x.lacks(a, "梅芳", "秦卫东")
	}
	for _, person := range []string{"mei", "qin", "nobody", ""} {
		a := x.by("", "/me", url.Values{"id": {person}})
		if a.code != http.StatusUnprocessableEntity || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%q may sit there: %d %v", person, a.code, a.header)
		}
	}
	a := x.by("", "/me", url.Values{"id": {"wang"}})
	if cookie := a.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "fangzhuo_me=wang;") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
		t.Errorf("cookie %q", cookie)
	}
	x.wants(x.follow("wang", a), http.StatusOK, "没有在办的事")
}

// Who may see what is the desk's to say: what one may not see is answered like a
// number that is not there.
func TestRights(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	x.submit("某人倒卖锚杆", cases.Sealed)
	a := x.by("wang", "/", nil)
	x.wants(a, http.StatusOK, "澡堂锁坏了", "像是检举控告，点开核对")
	x.lacks(a, "锚杆")
	x.wants(x.by("wang", "/matters/2026-0002", nil), http.StatusOK, "某人倒卖锚杆", "之后只有纪检看得到")
	x.wants(x.by("ji", "/matters/2026-0001", nil), http.StatusNotFound, "没有您可查看的0001")
	form := url.Values{"key": {"k"}, "category": {"检举控告"}, "unit": {""}}
	a = x.by("wang", "/matters/2026-0002/register", form)
	x.wants(a, http.StatusOK, "0002转给纪检，只有纪检看得到")
	form.Set("sure", sureMark.FindStringSubmatch(a.html)[1])
	x.wants(x.follow("wang", x.by("wang", "/matters/2026-0002/register", form)), http.StatusOK, "已转纪检，之后您看不到这件")
	for _, path := range []string{"/matters/2026-0002", "/matters/2026-0999"} {
		a := x.by("wang", path, nil)
		x.wants(a, http.StatusNotFound, "没有您可查看的0"+path[len(path)-3:])
		x.lacks(a, "锚杆")
	}
	for _, verb := range []string{"answer", "contact", "files", "register"} {
		a := x.by("wang", "/matters/2026-0002/"+verb, url.Values{"key": {"k" + verb}, "text": {"x"}, "category": {"其他"}})
		x.wants(a, http.StatusNotFound, "没有您可查看的0002")
		x.lacks(a, "锚杆")
	}
	x.wants(x.by("ji", "/", nil), http.StatusOK, "检举控告，点开看")
	a = x.by("ji", "/matters/2026-0002/answer", url.Values{"key": {"j0"}, "text": {"卖过两回，已经立案 依据：调查报告"}, "facts": {"核了出库单"}, "code": {"supported"}})
	x.wants(a, http.StatusUnprocessableEntity, "查实、部分查实还是未查实")
	a = x.by("ji", "/matters/2026-0002/answer", url.Values{"key": {"j1"}, "text": {"卖过两回，已经立案 依据：调查报告"}, "basis": {"调查报告"}, "code": {"substantiated"}})
	x.wants(a, http.StatusUnprocessableEntity, "查到的情况（不写就用单位的反馈；没有全部支持的、检举控告的要写） 这一项要填")
	a = x.by("ji", "/matters/2026-0002/answer", url.Values{"key": {"j"}, "text": {"卖过两回，已经立案 依据：调查报告"}, "facts": {"核了出库单"}, "code": {"substantiated"}})
	x.wants(a, http.StatusOK, "②查到的情况：核了出库单", "③处理意见：查实。卖过两回")
	x.wants(x.by("ji", "/new", url.Values{"channel": {"call"}, "text": {"路灯不亮"}, "key": {"n"}}), http.StatusUnprocessableEntity, "只有授权人员能用")
	x.wants(x.by("ji", "/matters/2026-0002/assign", url.Values{"key": {"z"}, "unit": {"hq"}, "days": {"3"}}), http.StatusUnprocessableEntity, "只有授权人员能用")
}

// Nothing says who somebody is until it is asked for; that it was asked for
// stands in the history. Of an anonymous petitioner there is nothing to ask.
func TestSealedPart(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	x.submit("澡堂没热水", cases.Anonymous)
	a := x.by("wang", "/matters/2026-0001", nil)
	x.wants(a, http.StatusOK, "看怎么联系反映人")
	x.lacks(a, "张三", "13900001234", "test:luo")
	x.wants(x.by("wang", "/matters/2026-0001/contact", url.Values{}), http.StatusUnprocessableEntity, "要在后面写上用途")
	x.wants(x.by("wang", "/matters/2026-0001/contact", url.Values{"motive": {"约来看现场"}}), http.StatusOK, "张三，13900001234", "王慧 查看封存内容 约来看现场")
	if e := x.events(1); e[len(e)-1].Verb != cases.Open || e[len(e)-1].Actor.ID != "wang" {
		t.Errorf("the look was not written down: %+v", e)
	}
	x.lacks(x.by("wang", "/matters/2026-0001", nil), "张三")
	a = x.by("wang", "/matters/2026-0002", nil)
	x.lacks(a, "看怎么联系反映人", "张三", "13900001234")
}

// A matter goes its whole way on the page, each step once however often its form
// is sent, in the name of who sits there.
func TestWholeWay(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	for i, s := range []struct {
		verb  string
		form  url.Values
		wants []string
	}{
		{"register", url.Values{"category": {"宿舍澡堂"}, "unit": {""}}, []string{"“登记”办好了", "后勤服务中心", "还有7天"}},
		{"accept", url.Values{}, []string{"“受理”办好了", "已受理"}},
		{"assign", url.Values{"unit": {"hq"}, "days": {"3"}, "working": {"yes"}, "text": {"换锁"}}, []string{"“转办”办好了", "给单位的任务 换锁"}},
		{"urge", url.Values{"text": {""}}, []string{"“催办”办好了"}},
		{"ask", url.Values{"text": {"几号柜？"}}, []string{"“问”办好了", "问反映人 几号柜？"}},
		{"answer", url.Values{"text": {"换好了"}, "basis": {"维修单"}}, []string{"“答复”办好了", "答复 换好了", "依据 维修单"}},
		{"close", url.Values{"text": {""}}, []string{"“办结”办好了", "现在没有要办的"}},
	} {
		s.form.Set("key", fmt.Sprint("step", i))
		if s.verb == "answer" { // is read before it goes out
			shown := x.by("wang", "/matters/2026-0001/answer", s.form)
			x.wants(shown, http.StatusOK, "反映人会看到：", "③处理意见：支持。换好了", "④依据：维修单", "确认发出")
			seen := regexp.MustCompile(`name="sure" value="(\w+)"`).FindStringSubmatch(shown.html)
			if len(seen) == 0 || x.events(1)[len(x.events(1))-1].Verb == cases.Answer {
				t.Fatalf("what goes out was not shown first: %s", shown.text)
			}
			s.form.Set("sure", seen[1])
		}
		x.wants(x.follow("wang", x.by("wang", "/matters/2026-0001/"+s.verb, s.form)), http.StatusOK, s.wants...)
		before := len(x.events(1))
		x.wants(x.follow("wang", x.by("wang", "/matters/2026-0001/"+s.verb, s.form)), http.StatusOK, "刚才已经办过，没有再办一遍")
		if n := len(x.events(1)); n != before {
			t.Errorf("%s: the same form again did something", s.verb)
		}
	}
	x.lacks(x.by("wang", "/matters/2026-0001", nil), "查看封存内容") // only the program looked, to tell the petitioner
	for _, e := range x.events(1) {
		if e.Verb != cases.Submit && e.Actor != (cases.Actor{ID: "wang", Role: cases.Staff}) {
			t.Errorf("%s was done by %+v", e.Verb, e.Actor)
		}
	}
	if x.owed != 7 || len(x.expected) != 1 || x.expected[0].Seq != 1 {
		t.Errorf("messages were let go %d times, answers are expected to %v", x.owed, x.expected)
	}
	x.wants(x.by("wang", "/", nil), http.StatusOK, "没有在办的事")

	// how it was handled is nothing for those who handled it
	if err := x.store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := x.desk.Rate(tx, cases.Number{Seq: 1}, desk.Claim{From: "test:luo"}, cases.Unsatisfied, "拖了点", monday)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	x.lacks(x.by("wang", "/matters/2026-0001", nil), "拖了点", "评价", "满意")

	paper := x.by("wang", "/matters/2026-0001/opinion", url.Values{})
	if name := paper.header.Get("Content-Disposition"); paper.code != http.StatusOK || !strings.HasPrefix(name, "attachment;") ||
		strings.Contains(name, "张三") || !strings.HasPrefix(paper.html, "PK") {
		t.Errorf("the written opinion came as %d %q", paper.code, name)
	}
}

// What petitioners do not accept is handled anew or reviewed at the page too.
func TestNotAccepted(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	answered := func(tx storage.Tx) error {
		_, err := x.desk.Answer(tx, cases.Actor{ID: "wang", Role: cases.Staff}, cases.Number{Seq: 1}, cases.Reply{Opinion: "换好了", Basis: "维修单"}, monday)
		return err
	}
	disputed := func(tx storage.Tx) error {
		_, err := x.desk.Dispute(tx, cases.Number{Seq: 1}, desk.Claim{From: "test:luo"}, "还是坏的", monday)
		return err
	}
	for i, s := range []struct {
		before []func(storage.Tx) error
		verb   string
		text   string
		wants  string
	}{
		{[]func(storage.Tx) error{answered}, "fulfil", "", "“落实”办好了"},
		{[]func(storage.Tx) error{disputed}, "reopen", "漏了一把", "“重办”办好了"},
		{[]func(storage.Tx) error{answered, disputed}, "review", "", "“转复查”办好了"},
		{nil, "conclude", "维持 依据：维修单", "“复查意见”办好了"},
	} {
		for _, step := range s.before {
			if err := x.store.Update(t.Context(), step); err != nil {
				t.Fatal(err)
			}
		}
		a := x.by("wang", "/matters/2026-0001/"+s.verb, url.Values{"key": {fmt.Sprint("n", i)}, "text": {s.text}})
		x.wants(x.follow("wang", a), http.StatusOK, s.wants)
	}
}

// Registering twice with one form is registering once, and the receipt can be
// read again as long as the form is there.
func TestTakeOnce(t *testing.T) {
	x := set(t)
	a := x.by("wang", "/new", nil)
	if strings.Contains(a.html, "checked") {
		t.Error("a way is chosen before anybody chose")
	}
	x.wants(x.by("wang", "/new", url.Values{"key": {"none"}, "text": {"澡堂没热水"}}), http.StatusUnprocessableEntity, "请选是怎么来的")
	form := url.Values{"key": {"a key"}, "channel": {"call"}, "text": {"事由：澡堂没热水 诉求：修好"}, "name": {"张三"}, "contact": {"13900001234"}}
	first := x.by("wang", "/new", form)
	x.wants(first, http.StatusOK, "编号 2026-0001", "查询码", "请把编号和查询码告诉本人", "打印回执", "信访登记回执", "不留底")
	x.lacks(first, "13900001234", "张三")
	code := regexp.MustCompile(`查询 2026-0001 (\w{4})`).FindStringSubmatch(first.text)
	again := x.by("wang", "/new", form)
	if code == nil || !strings.Contains(again.text, code[0]) || x.events(2) != nil {
		t.Errorf("%q, then %q", first.text, again.text)
	}
	c, _, err := x.desk.Track(t.Context(), cases.Number{Year: 2026, Seq: 1}, desk.Claim{Code: code[1]}, monday)
	if err != nil || c.Channel != cases.ByCall || c.Fields[cases.Want] != "修好" {
		t.Errorf("the code opens %+v, %v", c, err)
	}
	x.wants(x.by("wang", "/matters/2026-0001", nil), http.StatusOK, "渠道 来电", "王慧 替反映人记下", "反映人不在微信上")
	form.Set("key", "another")
	x.wants(x.by("wang", "/new", form), http.StatusOK, "2026-0002")
	form.Set("key", "a visit")
	form.Set("channel", "visit")
	form.Set("persons", "3")
	x.wants(x.by("wang", "/new", form), http.StatusOK, "2026-0003")
	x.wants(x.by("wang", "/matters/2026-0003", nil), http.StatusOK, "来访，3人")
}

// What is refused is refused in the words of chat, and nothing typed is lost.
func TestRefusals(t *testing.T) {
	x := set(t)
	x.submit("排班连着倒，四点班下来歇7个小时又上零点班，澡堂", cases.Sealed)
	x.submit("澡堂锁坏了", cases.Sealed)
	for _, test := range []struct {
		path string
		form url.Values
		code int
		want string
		kept string
	}{
		{"/matters/2026-0002/assign", url.Values{"unit": {"hq"}, "days": {"0"}, "text": {"请换锁"}}, 422, "请写几天，1到365", "请换锁"},
		{"/matters/2026-0002/assign", url.Values{"unit": {"hq"}, "days": {"三天"}}, 422, "请写几天，1到365", ""},
		{"/matters/2026-0002/assign", url.Values{"unit": {"hq"}, "days": {"99999999999999999999"}}, 422, "请写几天，1到365", ""},
		{"/matters/2026-0002/assign", url.Values{"unit": {"火星"}, "days": {"3"}}, 422, "没有火星这个单位。可以写：后勤服务中心、机电队、信访办", ""},
		{"/matters/2026-0002/assign", url.Values{"unit": {"jw"}, "days": {"3"}}, 422, "别的事不转纪检", ""},
		{"/matters/2026-0002/register", url.Values{"category": {"火星"}}, 422, "没有火星这个类别", ""},
		{"/matters/2026-0002/ask", url.Values{"text": {" "}}, 422, "这一项要填", ""},
		{"/matters/2026-0002/close", url.Values{"text": {""}}, 422, "0002现在是“已收到”，不能这样办", ""},
		{"/matters/2026-0002/fly", url.Values{}, 404, "没有这一页", ""},
		{"/matters/0002/accept", url.Values{}, 404, "没有这一页", ""},
		{"/matters/2026-2/accept", url.Values{}, 404, "没有这一页", ""},
		{"/new", url.Values{"channel": {"call"}, "text": {"  "}}, 422, "还差内容，请写上事由", ""},
		{"/new", url.Values{"channel": {"飞鸽"}, "text": {"路灯不亮"}}, 422, "没有“飞鸽”这个渠道", "路灯不亮"},
		{"/new", url.Values{"channel": {"call"}, "text": {"路灯不亮"}, "signature": {"随便"}, "contact": {"8001"}}, 422, "请写实名、保密或匿名", "8001"},
		{"/new", url.Values{"channel": {"visit"}, "text": {"路灯不亮"}, "persons": {"很多"}}, 422, "来访人数请写1到200", "很多"},
		{"/new", url.Values{"channel": {"call"}, "text": {strings.Repeat("长", 20_001)}}, 422, "内容太长", "长长长"},
	} {
		test.form.Set("key", test.path+test.want)
		a := x.by("wang", test.path, test.form)
		x.wants(a, test.code, test.want)
		if !strings.Contains(a.html, test.kept) {
			t.Errorf("%s: %q was lost", test.path, test.kept)
		}
	}
	for path, form := range map[string]url.Values{
		"/new":                      {"channel": {"call"}, "text": {"路灯不亮"}},                                          // no key
		"/matters/2026-0002/accept": {},                                                                               // no key
		"/matters/2026-0002/answer": {"key": {"k"}, "text": {strings.Repeat("x", 2<<20)}},                             // far too long
		"/new?x=1":                  {"channel": {"call"}, "text": {strings.Repeat("长", 1<<20)}, "key": {"far more"}}, // far too long
	} {
		x.wants(x.by("wang", path, form), http.StatusBadRequest, "没有传完整")
	}
	if x.events(3) != nil || len(x.events(2)) != 1 {
		t.Error("what was refused did something")
	}
	// somebody who is afraid is not quoted, from here either
	err := x.store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := x.desk.Submit(tx, desk.Submission{From: "test:luo", Fields: map[string]string{cases.Matter: "四点班下来歇7个小时又上零点班"}, Signature: cases.Sealed, Guarded: true}, monday)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.wants(x.by("wang", "/matters/2026-0003", nil), http.StatusOK, "反映人不想让单位知道是谁")
	a := x.by("wang", "/matters/2026-0003/assign", url.Values{"key": {"q"}, "unit": {"jd"}, "days": {"3"}, "text": {"四点班下来歇7个小时又上零点班"}})
	x.wants(a, http.StatusUnprocessableEntity, "请换个说法再发")
}

// What people say is text on every page, whatever it looks like.
func TestWordsAreText(t *testing.T) {
	x := set(t)
	const evil = `</textarea><script>alert(1)</script><img src=x onerror=alert(2)>"'&`
	x.submit("澡堂 "+evil, cases.Sealed)
	x.by("wang", "/matters/2026-0001/answer", url.Values{"key": {"1"}, "text": {evil}})
	for _, a := range []answer{
		x.by("wang", "/", nil), x.by("wang", "/matters/2026-0001", nil),
		x.by("wang", "/new", url.Values{"key": {"2"}, "channel": {evil}, "text": {evil}, "name": {evil}, "contact": {evil}, "signature": {evil}, "persons": {evil}}),
		x.by("wang", "/matters/2026-0001/assign", url.Values{"key": {"3"}, "unit": {evil}, "days": {"3"}, "text": {evil}}),
		x.by("wang", "/find?no="+url.QueryEscape(evil), nil), x.by("wang", "/?stage="+url.QueryEscape(evil)+"&did="+url.QueryEscape(evil), nil),
		x.by("wang", "/matters/2026-0001?call=1&did="+url.QueryEscape(evil), nil), x.by("wang", "/network", nil),
	} {
		x.lacks(a, "<script>alert", "<img src=x", "<b>明天")
	}
	x.wants(x.by("wang", "/new", url.Values{"key": {"4"}, "channel": {"call"}, "text": {"澡堂\xff\xfe没热水\x00"}}), http.StatusOK, "2026-0002")
}

var outside = regexp.MustCompile(`(?i)<script(?: defer)?>|<script[^>]*src="(?:https?:)?//|\son\w+=|\sstyle=|href="(?:https?:)?//|src="(?:https?:)?//`)

// Every page is kept by nobody, loads nothing from elsewhere and has no script
// within; each has a language, a title and one heading; a form has labels.
func TestPages(t *testing.T) {
	for _, language := range []string{words.Chinese, words.English} {
		x := setIn(t, language, func(o *console.Options) {
			o.Links = []console.Link{{Name: "微信", Reporter: &link{state: chat.LinkState{Phase: chat.LoggedOut, Hint: "logged-out"}}}}
		})
		x.submit("澡堂锁坏了", cases.Sealed)
		for _, path := range []string{"/", "/?stage=received", "/new", "/duty", "/matters/2026-0001", "/network", "/me", "/nowhere", "/find?no=x"} {
			a := x.by("wang", path, nil)
			if got := a.header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s may be kept: %q", path, got)
			}
			if policy := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
				t.Errorf("%s: policy %q", path, policy)
			}
			if bad := outside.FindString(a.html); bad != "" {
				t.Errorf("%s has %q", path, bad)
			}
			if !strings.Contains(a.html, `<html lang="`+language+`">`) || !strings.Contains(a.html, "<title>") {
				t.Errorf("%s has no language or title", path)
			}
			if strings.Contains(a.html, "[page.") || strings.Contains(a.html, "[hint.") || strings.Contains(a.html, "[phase.") {
				t.Errorf("%s in %s lacks words: %s", path, language, a.text)
			}
			for _, id := range regexp.MustCompile(`<(?:input|select|textarea)[^>]*\sid="([^"]+)"`).FindAllStringSubmatch(a.html, -1) {
				if !strings.Contains(a.html, `<label for="`+id[1]+`"`) {
					t.Errorf("%s: %s has no label", path, id[1])
				}
			}
		}
	}
}

// A form that was drawn before a colleague's step is carried out only when it is
// sent again from the page that says so.
func TestMeanwhile(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	drawn := url.Values{"key": {"a"}, "seen": {"1"}, "unit": {"hq"}, "days": {"3"}}
	x.wants(x.follow("zhou", x.by("zhou", "/matters/2026-0001/assign", drawn)), http.StatusOK, "“转办”办好了")
	n := len(x.events(1))
	drawn.Set("key", "b")
	drawn.Set("unit", "jd")
	a := x.by("wang", "/matters/2026-0001/assign", drawn)
	x.wants(a, http.StatusConflict, "周敏刚刚已转办后勤服务中心。还要办，就再点一次")
	if len(x.events(1)) != n {
		t.Fatal("what waits was carried out")
	}
	seen := fmt.Sprintf(`name="seen" value="%d"`, n)
	if !strings.Contains(a.html, seen) {
		t.Errorf("the form drawn anew does not know of it: no %s", seen)
	}
	drawn.Set("seen", fmt.Sprint(n))
	x.wants(x.follow("wang", x.by("wang", "/matters/2026-0001/assign", drawn)), http.StatusOK, "“转办”办好了", "机电队")
	drawn.Set("key", "c") // one's own steps hold nobody up
	x.wants(x.follow("wang", x.by("wang", "/matters/2026-0001/urge", drawn)), http.StatusOK, "“催办”办好了")
}

// Numbers are looked up as people type them.
func TestFind(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	for _, typed := range []string{"1", "0001", "2026-0001", "No.1", "１", " 一号 "} {
		x.wants(x.follow("wang", x.by("wang", "/find?no="+url.QueryEscape(typed), nil)), http.StatusOK, "澡堂锁坏了")
	}
	x.wants(x.by("wang", "/find?no=99", nil), http.StatusNotFound, "没有您可查看的0099")
	x.wants(x.by("wang", "/find?no=%E6%BE%A1%E5%A0%82", nil), http.StatusNotFound, "请写编号")
}

// New matters come first, then what is due soonest; a stage shows its own.
func TestListInOrder(t *testing.T) {
	x := set(t)
	for _, matter := range []string{"路灯不亮", "澡堂锁坏了", "澡堂没热水", "澡堂漏水"} {
		x.submit(matter, cases.Sealed)
	}
	for _, seq := range []string{"1", "2", "3"} {
		category := "宿舍澡堂"
		if seq == "1" {
			category = "其他"
		}
		x.by("wang", "/matters/2026-000"+seq+"/register", url.Values{"key": {seq}, "category": {category}})
	}
	x.by("wang", "/matters/2026-0003/accept", url.Values{"key": {"a"}})
	a := x.by("wang", "/", nil)
	x.wants(a, http.StatusOK, "0004 澡堂漏水 已收到 宿舍澡堂 受理告知：还有15天（12月8日）", "0002 澡堂锁坏了 已登记 宿舍澡堂 后勤服务中心 争取答复：还有7天")
	var order []int
	for _, no := range []string{">0004<", ">0002<", ">0003<", ">0001<"} {
		order = append(order, strings.Index(a.html, no))
	}
	if !slices.IsSorted(order) || order[0] < 0 {
		t.Errorf("the order is %v in %s", order, a.text)
	}
	a = x.by("wang", "/?stage=accepted", nil)
	x.wants(a, http.StatusOK, "0003")
	x.lacks(a, ">0001<", ">0002<", ">0004<")
}

// link is a network that waits to be scanned.
type link struct {
	state    chat.LinkState
	code     string
	relinked int
}

func (l *link) LinkState() chat.LinkState        { return l.state }
func (l *link) LinkCode() (code string, ok bool) { return l.code, l.code != "" }
func (l *link) Relink()                          { l.relinked++ }

// The page of the networks says how they are and what to do, in words, and shows
// the code to scan while there is one.
func TestNetwork(t *testing.T) {
	l := &link{state: chat.LinkState{Phase: chat.WaitingScan, Since: monday, Hint: "scan"}, code: "https://login.example/l/secret"}
	x := set(t, func(o *console.Options) { o.Links = []console.Link{{Name: "微信", Reporter: l}} })
	a := x.by("wang", "/network", nil)
	x.wants(a, http.StatusOK, "微信 等扫码", "扫一扫", "有7条在等着发", "不能确定发没发到", "【通知】", "这一页会自己更新")
	x.lacks(a, "login.example")
	if !strings.Contains(a.html, `src="/desk/network/code.svg"`) || !strings.Contains(a.html, `<meta http-equiv="refresh" content="5">`) {
		t.Errorf("no code, or it does not renew itself: %s", a.html)
	}
	svg := x.by("wang", "/network/code.svg", nil)
	if svg.code != http.StatusOK || svg.header.Get("Content-Type") != "image/svg+xml" || svg.header.Get("Cache-Control") != "no-store" || strings.Count(svg.html, "h1v1h-1z") < 200 {
		t.Errorf("%d %v %.80s", svg.code, svg.header, svg.html)
	}
	*l = link{state: chat.LinkState{Phase: chat.Refused, Hint: "kicked"}}
	a = x.by("wang", "/network", nil)
	x.wants(a, http.StatusOK, "登不上", "先不要反复扫", "换一个码")
	x.wants(x.by("wang", "/network/code.svg", nil), http.StatusNotFound)
	if x.follow("wang", x.by("wang", "/network/relink", url.Values{})); l.relinked != 1 {
		t.Errorf("another code was asked for %d times", l.relinked)
	}
	*l = link{state: chat.LinkState{Phase: chat.Online, Troubles: []chat.Trouble{{Hint: "group-missing", About: "〔信访综采〕"}}}}
	a = x.by("wang", "/network", nil)
	x.wants(a, http.StatusOK, "在线", "找不到带“〔信访综采〕”的群")
	x.lacks(a, "换一个码", "code.svg")
	x = set(t)
	x.wants(x.by("wang", "/network", nil), http.StatusOK, "没有接微信")
	x.wants(x.by("wang", "/network/code.svg", nil), http.StatusNotFound)
	x.follow("wang", x.by("wang", "/network/relink", url.Values{}))
}

// A store that fails is said, and said to have changed nothing.
func TestBrokenStore(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	x.store.broken = true
	for path, form := range map[string]url.Values{
		"/new": {"key": {"1"}, "channel": {"call"}, "text": {"路灯不亮"}}, "/matters/2026-0001/accept": {"key": {"2"}}, "/matters/2026-0001/contact": {},
	} {
		x.wants(x.by("wang", path, form), http.StatusServiceUnavailable, "没有办成，什么也没有改")
	}
	x.store.broken = false
	x.wants(x.by("wang", "/new", url.Values{"key": {"1"}, "channel": {"call"}, "text": {"路灯不亮"}}), http.StatusOK, "2026-0002")
}
