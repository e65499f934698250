package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	browserlog "github.com/chromedp/cdproto/log"
	browsernet "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"fangzhuo/calendar"
	"fangzhuo/internal/pagetest"
)

// shots makes the pictures of the README anew:
// go test -run TestBrowser . -args -shots docs
var shots = flag.String("shots", "", "folder for pictures of the page")

// The parts of the page that people use and look at, as selectors.
const (
	atTalk   = "#log .bubble"
	atChip   = "#chips button"
	atBox    = "#text"
	atSend   = "#send"
	atMe     = "#who"
	atPerson = ".person"
	atNews   = ".toast .look"
	atStep   = "#tries summary"
	atLine   = ".line"
	atMove   = ".move"
	atPassed = "#moving"
	atDate   = "#date"
	atChats  = ".chat"
	atTongue = "#language"
)

// act is one thing that somebody does in the page, and what he sees of it.
type act struct {
	why  string
	does func(*visitor)
	sees func(*visitor)
}

// TestBrowserWholeMatter plays one matter from the first word to the last, and
// a month, by clicks and keys alone, on a page that is never loaded again.
func TestBrowserWholeMatter(t *testing.T) {
	v := startBrowser(t)(t, startDemo(t))
	v.play([]act{
		{"a worker taps the first line", tap(atLine, "一条说完"), see(atBox, "反映 事由：澡堂更衣柜锁坏了")},
		{"and has a number", tap(atSend, ""), see(atTalk, "已收到，编号2026-0001，查询码")},
		{"both in the office have news", nil, see(atMe, "2")},
		{"the news leads there", tap(atNews, "王慧"), see(atTalk, "【新件0001】澡堂更衣柜锁坏了")},
		{"the office registers the matter", tap(atChip, "登记 0001 宿舍澡堂"), see(atTalk, "0001已登记：宿舍澡堂")},
		{"and hands it out", tap(atChip, "转办 0001 后勤服务中心 3天"), see(atTalk, "0001已转后勤服务中心")},
		{"the lines of the unit are its liaison's", nil, see(atStep, "换成梅芳")},
		{"the next morning comes", tap(atMove, "到下个工作日早上"), see(atDate, "2026年11月4日")},
		{"the unit has news", tap(atMe, ""), see(atPerson, "梅芳\n后勤服务中心副主任\n1")},
		{"reads its task", tap(atPerson, "梅芳"), see(atTalk, "【任务0001】澡堂更衣柜锁坏了")},
		{"signs for it", tap(atChip, "签收 0001"), see(atTalk, "0001已签收")},
		{"finds its report begun", tap(atChip, "反馈 0001 …"), see(atBox, "反馈 0001 ")},
		{"and finishes it", keys("锁已买到，明天中午前换好\r"), see(atTalk, "0001的反馈已交信访办")},
		{"somebody of the office comes", tap(atMe, ""), see(atPerson, "王慧")},
		{"reads the report", tap(atPerson, "王慧"), see(atTalk, "【0001】后勤服务中心反馈：锁已买到")},
		{"", shot("sandbox.png"), nil},
		{"finds an answer begun", tap(atChip, "答复 0001 …"), see(atBox, "答复 0001 ")},
		{"and gives it", keys("锁今天中午前换好 依据：维修单 确认\r"), see(atTalk, "0001已答复，反映人已收到")},
		{"the office closes the matter", tap(atChip, "办结 0001"), see(atTalk, "0001已办结")},
		{"the worker comes back", tap(atMe, ""), see(atPerson, "罗小虎")},
		{"reads the answer", tap(atPerson, "罗小虎"), see(atTalk, "支持。锁今天中午前换好")},
		{"and that it is done", nil, see(atTalk, "0001办完了")},
		{"a leader's lines unfold", tap(atStep, "领导"), see(atLine, "概况")},
		{"a tap makes one the leader", tap(atLine, "概况"), see(atMe, "秦卫东")},
		{"who sees the whole", tap(atSend, ""), see(atTalk, "收到1（建议0）、答复1、办结1")},
		{"a month passes", tap(atMove, "到下一个接待日"), see(atPassed, "条新消息")},
		{"to the day of reception", nil, see(atDate, "2026年12月7日 周一")},
		{"its notice stands in the group", tap(atChats, "全矿职工群"), see(atTalk, "今天12月7日")},
	})
	heard := v.text("#log")
	for _, notice := range []string{"防范网络诈骗", "安全一课", "矿领导接待日预告", "明天12月7日", "范玉林接待"} {
		if !strings.Contains(heard, notice) {
			t.Errorf("a month of notices lacks %q:\n%s", notice, heard)
		}
	}
	if strings.Contains(heard, "更衣柜") || strings.Contains(heard, "0001") {
		t.Errorf("the group hears of the matter:\n%s", heard)
	}
	v.play([]act{
		{"the page speaks English", tap(atTongue, "EN"), see(atSend, "Send")},
		{"all of it", nil, see(atDate, "7 Dec 2026 Mon")},
		{"but people's words stay theirs", nil, see(atTalk, "今天12月7日")},
	})
	v.clean()
}

// TestBrowserPhone takes the first step on a phone.
func TestBrowserPhone(t *testing.T) {
	v := startBrowser(t)(t, startDemo(t), chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait, chromedp.EmulateScale(2))
	v.play([]act{
		{"a worker taps the first line", tap(atLine, "一条说完"), see(atBox, "反映 事由：澡堂更衣柜锁坏了")},
		{"and has a number", tap(atSend, ""), see(atTalk, "已收到，编号2026-0001，查询码")},
		{"both in the office have news", nil, see("#me", "2")},
		{"which hides nothing of the receipt", nil, see(atTalk, "已收到，编号2026-0001，查询码")},
		{"", shot("sandbox-phone.png"), nil},
		{"the news leads to the office", tap(atNews, "周敏"), see(atTalk, "【新件0001】澡堂更衣柜锁坏了")},
		{"clock and lines are a tap away", tap("#tools", ""), see(atMove, "到下一个接待日")},
	})
	if wide := look[float64](v, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("the page is %v px wide on a phone of 390", wide)
	}
	v.clean()
}

// TestBrowserWatches shows that the tests here would notice a page that asks
// another host.
func TestBrowserWatches(t *testing.T) {
	v := startBrowser(t)(t, startDemo(t))
	look[string](v, `fetch('http://192.0.2.1/').catch(e => e.message)`)
	if got := v.complaints(); !strings.Contains(got, "192.0.2.1") {
		t.Errorf("a request to another host went unseen: %q", got)
	}
}

// startDemo runs the demo on a clock that stands still and returns the page's address.
func startDemo(t *testing.T) string { return "http://" + startDemoNetwork(t).live.page }

func startDemoNetwork(t *testing.T) *sandboxNetwork {
	n := &sandboxNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 3, 9, 0, 0, 0, calendar.Zone)}}
	n.start(t)
	t.Cleanup(func() { n.stop(t) })
	return n
}

// visitor is somebody at the page, in a tab of a browser of his own.
type visitor struct {
	t   *testing.T
	ctx context.Context
	mu  sync.Mutex
	bad []string // what the page asked of other hosts or complained about
}

// startBrowser returns a function that opens a page, on a phone if any phone
// traits are given and on a desktop otherwise.
func startBrowser(t *testing.T) func(t *testing.T, address string, phone ...chromedp.EmulateViewportOption) *visitor {
	browser := pagetest.Browser(t)
	return func(t *testing.T, address string, phone ...chromedp.EmulateViewportOption) *visitor {
		ctx, late := context.WithTimeout(browser, 4*time.Minute)
		t.Cleanup(late)
		v := &visitor{t: t, ctx: ctx}
		v.watch(address)
		width, height := int64(1280), int64(800)
		if phone != nil {
			width, height = 390, 844
		}
		// things that move are hard to hit, also for people
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: "light"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		v.do(chromedp.EmulateViewport(width, height, phone...), chromedp.Navigate(address))
		v.until(`document.body.dataset.ready !== undefined`)
		return v
	}
}

// watch notes every request to another host and every complaint in the console.
func (v *visitor) watch(address string) {
	own, err := url.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	note := func(format string, args ...any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.bad = append(v.bad, fmt.Sprintf(format, args...))
	}
	err = chromedp.Listen(v.ctx, func(event any) {
		switch e := event.(type) {
		case *browsernet.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err != nil || u.Host != own.Host && u.Scheme != "data" {
				note("request to %s", e.Request.URL)
			}
		case *runtime.EventConsoleAPICalled:
			note("console %s", e.Type)
		case *runtime.EventExceptionThrown:
			note("exception %s", e.ExceptionDetails.Text)
		case *browserlog.EventEntryAdded:
			note("%s: %s", e.Entry.Level, e.Entry.Text)
		}
	})
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := chromedp.Call(v.ctx, browsernet.Enable, browsernet.EnableParams{}); err != nil {
		v.t.Fatal(err)
	}
	if _, err := chromedp.Call(v.ctx, browserlog.Enable, cdp.Empty{}); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) complaints() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.bad, "\n")
}

// clean checks that the page was never loaded again, asked no other host and
// had nothing to complain about.
func (v *visitor) clean() {
	v.t.Helper()
	if got := look[float64](v, `performance.getEntriesByType('navigation').length`); got != 1 {
		v.t.Errorf("the page was loaded %v times", got)
	}
	if got := v.complaints(); got != "" {
		v.t.Errorf("the page complained or asked elsewhere:\n%s", got)
	}
}

func (v *visitor) play(acts []act) {
	v.t.Helper()
	for _, a := range acts {
		if a.why != "" {
			v.t.Log(a.why)
		}
		if a.does != nil {
			a.does(v)
		}
		if a.sees != nil {
			a.sees(v)
		}
	}
}

// tap clicks what can be seen and holds the text.
func tap(where, text string) func(*visitor) {
	return func(v *visitor) {
		v.t.Helper()
		v.until(visible(where, text) + ` !== undefined`)
		at := look[[]float64](v, fmt.Sprintf(`(e => { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })(%s)`, visible(where, text)))
		v.do(chromedp.MouseClickXY(at[0], at[1]))
	}
}

// keys types into the part of the page that has the focus.
func keys(text string) func(*visitor) {
	return func(v *visitor) { v.t.Helper(); v.do(chromedp.KeyEvent(text)) }
}

// see waits until a text can be seen.
func see(where, text string) func(*visitor) {
	return func(v *visitor) { v.t.Helper(); v.until(visible(where, text) + ` !== undefined`) }
}

// shot takes a picture if pictures are asked for.
func shot(name string) func(*visitor) {
	return func(v *visitor) {
		v.t.Helper()
		if *shots == "" {
			return
		}
		png, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			v.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*shots, name), png, 0o644); err != nil {
			v.t.Fatal(err)
		}
	}
}

// visible is the last element that has the selector, holds the text and is not
// covered at its middle; it is brought into view first.
func visible(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].findLast(e => {
		if (!e.checkVisibility() || !(e.innerText || e.value).includes(%q)) return false;
		e.scrollIntoView({block: 'nearest'});
		const r = e.getBoundingClientRect();
		return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
	})`, selector, text)
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

// until waits for a JavaScript condition, on whichever page the tab comes to.
func (v *visitor) until(condition string) {
	v.t.Helper()
	if err := pagetest.Until(v.ctx, condition); err != nil {
		v.t.Fatalf("waiting for %s: %v\n%s\n%s", condition, err, v.text("body"), v.complaints())
	}
}

// text is what can be read in an element.
func (v *visitor) text(selector string) string {
	v.t.Helper()
	return look[string](v, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ''`, selector))
}

// look evaluates JavaScript.
func look[T any](v *visitor, expression string) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%.80s: %v", expression, err)
	}
	return value
}
