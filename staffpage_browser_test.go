package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"fangzhuo/calendar"
	"fangzhuo/internal/pagetest"
)

// The parts of the staff page that people use and look at.
const (
	atMain  = "main"
	atLink  = "a"
	atWho   = ".people strong"
	atWay   = ".ways label"
	atBig   = ".big"
	atTitle = "h1"
	atFacts = "dl"
	atStep2 = "summary"
	atSaid  = ".said"
	atLast  = ".history li"
	atDo    = "details[open] form > button"
)

// TestBrowserStaffPage takes one matter through on the office's own page: it is
// registered there, looked up in chat, handed out on the page, reported in chat,
// answered and closed on the page, and found again in chat.
func TestBrowserStaffPage(t *testing.T) {
	n := startDemoNetwork(t)
	v := startBrowser(t)(t, "http://"+n.live.page+"/")
	v.play([]act{
		{"the demo leads to the staff page", tap(atLink, "信访办工作台"), see(atMain, "谁打开了这个链接，谁就能以这里任何一位的身份办事")},
		{"王慧 sits there", tap(atWho, "王慧"), see(atMain, "没有在办的事")},
		{"somebody calls", tap(atLink, "新登记"), see(atMain, "可以整段粘贴")},
		{"", tap(atWay, "来电"), nil},
		{"", tap("#text", ""), nil},
		{"their words are written down", keys("事由：澡堂没热水 地点：副井澡堂 诉求：修好 姓名：张三 电话：13900001234"), nil},
		{"the receipt is big", tap("button.main", ""), see(atBig, "2026-0001")},
		{"and says what to do with it", nil, see(atMain, "请把编号和查询码告诉本人")},
	})
	code := v.text(".code .big")
	n.say(t, "bai", "", "查询 1 "+code)
	if got := n.sent(t, "bai"); len(got) != 1 || !strings.Contains(got[0], "2026-0001：收到") {
		t.Errorf("with the code bai read %q", got)
	}
	v.play([]act{
		{"a reload registers nothing again", reload, see(atBig, "2026-0001")},
		{"the page goes on with it", tap(atLink, "去办这件"), see(atTitle, "2026-0001")},
		{"it says how to reach people without a chat", nil, see(atMain, "请打电话或书面告知")},
		{"", tap("#contact-motive", ""), nil},
		{"", keys("约来看现场"), nil},
		{"and how to reach this one, when asked", tap("button.quiet", ""), see(".contact", "张三，13900001234")},
		{"which stands in the history", nil, see(atLast, "王慧 查看封存内容")},
		{"it is registered", tap(atDo, "登记"), see(atSaid, "“登记”办好了")},
		{"", nil, see(atFacts, "宿舍澡堂")},
		{"and handed out", tap(atDo, "转办"), see(atSaid, "“转办”办好了")},
		{"with what the unit is told", nil, see(atFacts, "澡堂没热水，副井澡堂。要求：修好")},
	})
	n.say(t, "mei", "", "反馈 1 锅炉修好了")
	if got := strings.Join(n.sent(t, "mei"), "\n"); !strings.Contains(got, "【任务0001】澡堂没热水") || strings.Contains(got, "张三") || strings.Contains(got, "13900001234") {
		t.Errorf("the unit read\n%s", got)
	}
	v.play([]act{
		{"the report stands on the page", reload, see(atFacts, "锅炉修好了")},
		{"", shot("console.png"), nil},
		{"it is answered", tap("#answer-text", ""), nil},
		{"", keys("锅炉修好了，今晚起有热水"), nil},
		{"on what it rests", tap("#answer-basis", ""), nil},
		{"", keys("检修记录"), nil},
		{"it is shown as it will be read", tap(atDo, "答复"), see(".preview", "④依据：检修记录")},
		{"and sent", tap(atDo, "确认发出"), see(atSaid, "“答复”办好了")},
		{"closing is a step like others", tap(atStep2, "办结"), nil},
		{"and closed", tap(atDo, "办结"), see(atSaid, "“办结”办好了")},
		{"with the whole answer on the page", nil, see(atMain, "检修记录")},
	})
	n.say(t, "bai", "", "查询 1 "+code)
	if got := n.sent(t, "bai"); !strings.Contains(got[len(got)-1], "2026-0001：办完了") || !strings.Contains(got[len(got)-1], "今晚起有热水") {
		t.Errorf("with the code bai read %q", got)
	}
	// what came by chat is asked and answered there
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了<script>alert(1)</script> 署名：保密")
	v.play([]act{
		{"a matter from chat stands in the list", tap(atLink, "在办"), see("tr", "更衣柜锁坏了")},
		{"its words are words", nil, see("tr", "<script>alert(1)</script>")},
		{"a line leads there", tap("td a", "0002"), see(atTitle, "2026-0002")},
		{"the petitioner is asked", tap(atStep2, "问"), nil},
		{"", tap("#ask-text", ""), nil},
		{"", keys("几号柜？"), nil},
		{"", tap("form[action$=ask] button", "问"), see(atSaid, "“问”办好了")},
	})
	n.say(t, "luo", "", "37号")
	if got := strings.Join(n.sent(t, "luo"), "\n"); !strings.Contains(got, "几号柜？") || !strings.Contains(got, "已补到0002里") {
		t.Errorf("luo read\n%s", got)
	}
	v.play([]act{
		{"the answer stands on the page", reload, see(atLast, "37号")},
		{"the networks have a page too", tap(atLink, "网络"), see(atMain, "没有接微信")},
	})
	if got := v.complaints(); got != "" {
		t.Errorf("the page complained or asked elsewhere:\n%s", got)
	}
}

// TestBrowserStaffPhone registers and looks on a phone.
func TestBrowserStaffPhone(t *testing.T) {
	n := startDemoNetwork(t)
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密")
	n.say(t, "bai", "", "反映 事由：某队倒卖新锚杆 署名：匿名")
	n.say(t, "wang", "", "登记 1 宿舍澡堂")
	v := startBrowser(t)(t, "http://"+n.live.page+"/desk/", chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait, chromedp.EmulateScale(2))
	narrow := func(v *visitor) {
		if wide := look[float64](v, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("%s: the page is %v px wide on a phone of 390", look[string](v, `location.pathname`), wide)
		}
	}
	v.play([]act{
		{"周敏 sits there", tap(atWho, "周敏"), see("tr", "更衣柜锁坏了")},
		{"an accusation is not read in passing", nil, see("tr", "像是检举控告")},
		{"", nil, narrow},
		{"a line leads to its matter", tap("td a", "0001"), see(atTitle, "2026-0001")},
		{"", nil, narrow},
		{"somebody comes", tap(atLink, "新登记"), see(atMain, "可以整段粘贴")},
		{"", tap(atWay, "来访"), see("label", "来了几个人")},
		{"", nil, narrow},
		{"the networks", tap(atLink, "网络"), see(atMain, "没有在等着发的")},
		{"", nil, narrow},
	})
	if v.text("body"); strings.Contains(v.text("body"), "锚杆") {
		t.Error("the accusation is read in passing")
	}
	if got := v.complaints(); got != "" {
		t.Errorf("the page complained or asked elsewhere:\n%s", got)
	}
}

// TestBrowserStaffAccess looks at each page in light and dark: every text can be
// read, and the code to log in with stands out in both.
func TestBrowserStaffAccess(t *testing.T) {
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)}, console: true}
	n.start(t)
	t.Cleanup(func() { n.stop(t) })
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了，怕穿小鞋 署名：保密")
	n.move(t, n.now().Add(8*24*time.Hour)) // thrown out at once would mean banned
	n.server.Scan(0)
	n.server.Logout(1101)
	v := startBrowser(t)(t, n.live.staff)
	v.play([]act{
		{"the link leads in", tap(atWho, "王慧"), see("tr", "更衣柜锁坏了")},
		{"it is registered", tap("td a", "0001"), see(atTitle, "2026-0001")},
		{"", tap(atDo, "登记"), see(atSaid, "“登记”办好了")},
	})
	base, _, _ := strings.Cut(n.live.staff, "/?")
	for _, scheme := range []string{"light", "dark"} {
		_, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range []string{"/", "/new", "/duty", "/matters/2026-0001", "/network", "/me", "/find?no=99", "/nowhere"} {
			v.do(chromedp.Navigate(base + page))
			v.until(`document.body.dataset.ready !== undefined`)
			if bad := look[string](v, pagetest.Contrasts); bad != "" {
				t.Errorf("%s, %s: too little contrast:\n%s", page, scheme, bad)
			}
			if page == "/network" {
				v.until(`document.querySelector('.qr img')?.naturalWidth > 0`)
			}
		}
	}
}

// reload loads the page again, as people do who wonder whether it worked.
func reload(v *visitor) {
	v.t.Helper()
	v.do(chromedp.Reload())
}
