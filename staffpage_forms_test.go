package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"fangzhuo/internal/pagetest"
)

// small lists what can be touched and is lower than a finger needs: 40 px. Who
// touches the words beside a box or the line around a number touches it.
const small = `[...document.querySelectorAll('a, button, select, summary, textarea, input:not([type=hidden])')].filter(e => e.checkVisibility() && !e.matches('.skip')).map(e => {
	const at = e.matches('[type=checkbox], [type=radio]') ? e.closest('label, p') : e.closest('td') ? e.closest('tr') : e;
	return [at.getBoundingClientRect().height, e];
}).filter(([high]) => high < 39.5).map(([high, e]) => (e.innerText || e.name) + ' ' + Math.round(high)).join(', ')`

// reach goes from control to control with the Tab key until the focus is where
// it says.
func reach(where, text string) func(*visitor) {
	return func(v *visitor) {
		v.t.Helper()
		there := fmt.Sprintf(`(e => e && e.matches(%q) && (e.innerText || '').includes(%q))(document.activeElement)`, where, text)
		v.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, where, text))
		for range 200 {
			if look[bool](v, there) {
				return
			}
			v.do(chromedp.KeyEvent(kb.Tab))
		}
		v.t.Fatalf("the Tab key leads to no %s with %q", where, text)
	}
}

// press goes there by keys and presses one.
func press(where, text, key string) func(*visitor) {
	return func(v *visitor) {
		v.t.Helper()
		reach(where, text)(v)
		v.do(chromedp.KeyEvent(key))
	}
}

// choose goes to a list by keys and down to an entry.
func choose(where, text string) func(*visitor) {
	return func(v *visitor) {
		v.t.Helper()
		reach(where, "")(v)
		chosen := fmt.Sprintf(`document.querySelector(%q).selectedOptions[0].text.includes(%q)`, where, text)
		for range 40 {
			if look[bool](v, chosen) {
				return
			}
			v.do(chromedp.KeyEvent(kb.ArrowDown))
		}
		v.t.Fatalf("%s has no entry %q", where, text)
	}
}

// write goes to a box by keys and types.
func write(where, text string) func(*visitor) { return press(where, "", text) }

// fit checks that a page can be used on a phone and read by everybody.
func fit(v *visitor) {
	v.t.Helper()
	where := look[string](v, `location.pathname`)
	for _, scheme := range []string{"dark", "light"} {
		_, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		if err != nil {
			v.t.Fatal(err)
		}
		if bad := look[string](v, pagetest.Contrasts); bad != "" {
			v.t.Errorf("%s, %s: too little contrast:\n%s", where, scheme, bad)
		}
	}
	if wide := look[float64](v, `document.documentElement.scrollWidth`); wide > 390 {
		v.t.Errorf("%s is %v px wide on a phone of 390", where, wide)
	}
	if low := look[string](v, small); low != "" {
		v.t.Errorf("%s: too low for a finger: %s", where, low)
	}
}

// TestBrowserStaffForms takes the steps that lead a matter elsewhere, on a phone
// and by keys alone: each is shown before it is taken where it cannot be taken
// back, and what is missing is said where it is missing.
func TestBrowserStaffForms(t *testing.T) {
	n := startDemoNetwork(t)
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密")
	n.attach(t, "luo", "image", file{"锁.jpg", contentOf("image", "锁.jpg", true)})
	n.say(t, "bai", "", "反映 事由：加班费三个月没发 诉求：补发 署名：实名 姓名：白建军")
	n.say(t, "hou", "", "反映 事由：邻居家的狗夜里叫 诉求：管一管 署名：保密")
	n.say(t, "duan", "", "皮带机头冒烟了，有人晕倒")
	n.say(t, "wang", "", "转办 1 后勤 3天")
	n.say(t, "wang", "", "包案 1 秦矿长 15天")
	v := startBrowser(t)(t, "http://"+n.live.page+"/desk/", chromedp.EmulateMobile, chromedp.EmulatePortrait, chromedp.EmulateScale(2))
	open := func(short, title string) []act {
		return []act{{"matter " + title, press(".top a", "在办", kb.Enter), see("tr", short)}, {"", press("td a", short, kb.Enter), see(atTitle, title)}}
	}
	v.play([]act{
		{"王慧 sits there", press(".people button", "王慧", kb.Enter), see("tr", "更衣柜锁坏了")},
		{"a danger stands first", nil, see("tr:first-child", "险情，没人签收")},
		{"", nil, fit},
	})

	v.play(open("0004", "2026-0004"))
	v.play([]act{
		{"it is signed for at once", press(".main", "签收", kb.Enter), see(atSaid, "“签收”办好了")},
	})

	v.play(open("0002", "2026-0002"))
	v.play([]act{
		{"wages have a way of their own in law", press("summary", "导入法定途径", kb.Enter), see("label", "走哪条途径")},
		{"which is chosen by the category", choose("#refer-route", "劳动仲裁"), nil},
		{"", write("#refer-text", "工资条带上。"), nil},
		{"it is shown as it will be read", press("form[action$=refer] button", "导入", kb.Enter), see(".preview", "0002这件要走劳动仲裁")},
		{"", nil, fit},
		{"and goes out", press(".main", "确认发出", kb.Enter), see(atSaid, "“导入法定途径”办好了")},
		{"with its name in the history", nil, see(atLast, "劳动仲裁")},
	})
	if got := strings.Join(n.sent(t, "bai"), "\n"); !strings.Contains(got, "要走劳动仲裁") || !strings.Contains(got, "工资条带上") || !strings.Contains(got, "先帮您谈一次") {
		t.Errorf("bai read\n%s", got)
	}
	n.say(t, "bai", "", "要")
	if got := n.sent(t, "bai"); !strings.Contains(got[len(got)-1], "先帮您谈") {
		t.Errorf("asked for a talk, bai read %q", got[len(got)-1])
	}

	v.play(open("0003", "2026-0003"))
	v.play([]act{
		{"what belongs elsewhere", press("summary", "不予受理", kb.Enter), see("label", "该去找谁")},
		{"needs a reason", write("#turn-away-text", "不归"), nil},
		{"", press("form[action$=turn-away] button", "不予受理", kb.Enter), see(".why", "要让人看得懂")},
		{"which is asked for where it belongs", func(v *visitor) { v.until(`document.activeElement.id === 'turn-away-text'`) }, nil},
		{"", nil, fit},
		{"", keys("我们管，请找家属区物业，电话8010"), nil},
		{"", press("form[action$=turn-away] button", "不予受理", kb.Enter), see(".preview", "请找家属区物业")},
		{"", press(".main", "确认发出", kb.Enter), see(atSaid, "“不予受理”办好了")},
	})

	v.play(open("0001", "2026-0001"))
	v.play([]act{
		{"what was sent along", press("summary", "转附件", kb.Enter), see("label", "第1个")},
		{"is for the unit if somebody says so", press("form[action$=pass-on] button", "转附件", kb.Enter), see(".why", "请勾上要转的附件")},
		{"", press("#pass-on-file-1", "", " "), nil},
		{"after a thought", press("form[action$=pass-on] button", "转附件", kb.Enter), see(".preview", "反映人要求保密")},
		{"", nil, fit},
		{"", press(".main", "确认办理", kb.Enter), see(atSaid, "“转附件”办好了")},
		{"one matter goes to a colleague", press("summary", "交接", kb.Enter), see("label", "谁接手")},
		{"", choose("#hand-to", "周敏"), nil},
		{"", press("form[action$=hand] button", "交接", kb.Enter), see(atSaid, "“交接”办好了")},
		{"", nil, see(atFacts, "周敏")},
	})
	if got := n.files(t, "mei"); len(got) != 1 {
		t.Errorf("the unit was sent %d files", len(got))
	}

	v.play([]act{
		{"somebody leaves", press(".top a", "交接请假", kb.Enter), see("h2", "把一个人手上的都交出去")},
		{"", nil, fit},
		{"", choose("#hand-from", "秦卫东（包案1件）"), nil},
		{"", choose("#hand-to", "周敏"), nil},
		{"", press("form[action$=hand] button", "交接", kb.Enter), see(".why", "交给另一位领导")},
		{"", func(v *visitor) { v.until(`document.activeElement.id === 'hand-to'`) }, nil},
		{"", func(v *visitor) { v.do(chromedp.KeyEvent(kb.Home)) }, nil},
		{"", choose("#hand-to", "范玉林"), nil},
		{"", press("form[action$=hand] button", "交接", kb.Enter), see(".preview", "秦卫东包案的1件都交给范玉林")},
		{"", nil, fit},
		{"", press(".main", "确认办理", kb.Enter), see(atSaid, "已交给范玉林：0001")},
		{"once", reload, see(".why", "可能刚才已经交过")},
		{"somebody is away", press(".top a", "交接请假", kb.Enter), see("h2", "请假，有人代")},
		{"", choose("#leave-who", "秦卫东"), nil},
		{"", write("#leave-from", "12012026"), nil},
		{"", write("#leave-until", "12052026"), nil},
		{"", choose("#leave-by", "范玉林"), nil},
		{"", press("form[action$=leave] button", "记下", kb.Enter), see(atSaid, "12月1日到12月5日，该告诉秦卫东的也告诉范玉林")},
		{"", nil, see("#away + ul", "秦卫东：12月1日到12月5日，范玉林代")},
	})

	n.say(t, "hou", "", "反映 事由：食堂早饭总是凉的 诉求：热一热 署名：保密")
	n.say(t, "duan", "", "反映 事由：食堂的早饭总是凉的 诉求：热一热 署名：保密")
	v.play(open("0005", "2026-0005"))
	v.play([]act{
		{"what may be the same stands beside it", nil, see("#alike + ul", "2026-0006")},
		{"and is tied to it", press("summary", "关联", kb.Enter), see("label", "怎么有关")},
		{"", write("#relate-other", "6"), nil},
		{"", choose("#relate-kind", "同一件事"), nil},
		{"", press("form[action$=relate] button", "关联", kb.Enter), see(atSaid, "“关联”办好了")},
		{"one answer is for both", press("summary", "答复", kb.Enter), see("label", "也同样答复0006")},
		{"", write("#answer-text", "支持。明天起加了保温台"), nil},
		{"", write("#answer-basis", "现场检查记录"), nil},
		{"", press("[id^=answer-with-2026-0006]", "", " "), nil},
		{"", nil, fit},
		{"", press("form[action$=answer] button", "答复", kb.Enter), see(".preview", "0006也这样答复")},
		{"", nil, fit},
		{"", press(".main", "确认发出", kb.Enter), see(atSaid, "“答复”办好了")},
	})
	for _, who := range []string{"hou", "duan"} {
		if got := strings.Join(n.sent(t, who), "\n"); !strings.Contains(got, "明天起加了保温台") {
			t.Errorf("%s read\n%s", who, got)
		}
	}

	v.play(open("0002", "2026-0002"))
	v.play([]act{
		{"what turns out to be an accusation", press("summary", "其实是检举控告", kb.Enter), see("label", "类别")},
		{"", choose("#register-category", "检举控告"), nil},
		{"is gone for good", press("form[action$=register] button", "其实是检举控告", kb.Enter), see(".preview", "您以后看不到这件")},
		{"", press(".main", "确认办理", kb.Enter), see(atSaid, "已转纪检，之后您看不到这件")},
	})
	for _, complaint := range strings.Split(v.complaints(), "\n") {
		if complaint != "" && !strings.HasSuffix(complaint, "422 (Unprocessable Entity)") { // the browser says so of each refusal
			t.Errorf("the page complained or asked elsewhere: %s", complaint)
		}
	}
}
