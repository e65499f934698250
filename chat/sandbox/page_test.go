package sandbox_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"fangzhuo/chat"
)

func TestPage(t *testing.T) {
	open := browse(t)
	for _, test := range []struct {
		name string
		test func(*testing.T, *tab)
	}{
		{"FirstView", testFirstView},
		{"OneMatter", testOneMatter},
		{"Typing", testTyping},
		{"Files", testFiles},
		{"Clock", testClock},
		{"Language", testLanguage},
		{"Phone", testPhone},
		{"Groups", testGroups},
		{"Markup", testMarkup},
		{"Chips", testChips},
		{"Comes back", testComesBack},
		{"Gap", testGap},
		{"Keyboard", testKeyboard},
		{"Access", testAccess},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := open(t)
			p.desktop()
			test.test(t, p)
		})
	}
}

func testFirstView(t *testing.T, p *tab) {
	p.open("")
	p.has("#who", "张三", true)
	p.has("#log", "您好，张三", true)
	p.has("#log", "一步步反映", true)
	p.has("#clock", "09:00", true)
	p.has("#date", "2026年11月30日 周一", true)
	p.click("#log .line", "一步步反映")
	if got := eval[string](p, `document.querySelector('#text').value`); got != "反映" {
		t.Errorf("a tapped line puts %q into the message box", got)
	}
	p.click("#send", "")
	p.reads("回数字就行")
}

func testOneMatter(t *testing.T, p *tab) {
	p.open("")
	p.says("反映")
	p.click("#chips button", "3 宿舍澡堂")
	p.click("#chips button", "对")
	p.reads("编号2026-0001")
	p.has("#who .badge", "1", true)
	p.click(".toast button", "李干事 有新消息")
	p.until(`location.hash.includes('who=li')`)
	p.reads("【新件】2026-0001")
	p.has("#who", "李干事", true)
	p.has("#log", "编号2026-0001，查询码", false)
	p.click("#tries button", "答复 1 号")
	p.click("#send", "")
	p.reads("已答复")
	p.click("#who", "")
	p.click(".person", "张三")
	p.reads("锁已换好")
	for _, chip := range []string{"评价 0001 满意", "评价 0001 基本满意", "评价 0001 不满意"} {
		p.has("#chips", chip, true)
	}
	p.do(chromedp.NavigateBack())
	p.until(`document.querySelector('#who').textContent.includes('李干事')`)
}

func testTyping(t *testing.T, p *tab) {
	p.open("")
	p.do(chromedp.Focus(chromedp.CSS("#text")), chromedp.KeyEvent("第一行"))
	p.press("Enter", 13, "\r", shift)
	p.do(chromedp.KeyEvent("第二行"))
	// An input method confirms a word with Enter: nothing is sent.
	eval[bool](p, `document.querySelector('#text').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, cancelable: true}))`)
	if got := eval[string](p, `document.querySelector('#text').value`); got != "第一行\n第二行" {
		t.Errorf("the message box holds %q", got)
	}
	p.press("Enter", 13, "\r", 0)
	p.reads("没太明白")
	if got := p.messages("p-zhang", 0); len(got) != 2 || got[0].Text != "第一行\n第二行" {
		t.Errorf("sent %+v, want one message of two lines", got)
	}
	p.press("Enter", 13, "\r", 0)
	p.says("反映")
	p.reads("您想反映哪方面的事")
	if got := p.messages("p-zhang", 2); len(got) != 2 {
		t.Errorf("an empty message box was sent: %+v", got)
	}
}

// testFiles sends a picture and a document as somebody would who has chosen
// them, and saves what the bot sends.
func testFiles(t *testing.T, p *tab) {
	p.open("")
	p.has("#attach", "", true)
	eval[bool](p, `(async () => {
		const canvas = new OffscreenCanvas(40, 30);
		canvas.getContext('2d').fillRect(0, 0, 20, 30);
		const photo = new File([await canvas.convertToBlob({type: 'image/jpeg'})], '锁.jpg', {type: 'image/jpeg'});
		const paper = new File(['一二三'], '工资 条.txt', {type: 'text/plain'});
		const chosen = new DataTransfer();
		chosen.items.add(photo);
		chosen.items.add(paper);
		const box = document.querySelector('#files');
		box.files = chosen.files;
		box.dispatchEvent(new Event('change'));
		return true;
	})()`)
	p.reads("[文件] 工资 条.txt 1 KB")
	p.until(`document.querySelector('.picture img')?.naturalWidth === 40`)
	if got := eval[string](p, `document.querySelector('.picture img').alt`); got != "[图片] 锁.jpg" {
		t.Errorf("the picture is read out as %q", got)
	}
	paper := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(paper, []byte("<script>document.title = 'hit'</script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Send(t.Context(), chat.Outgoing{Key: "f", To: "sandbox:p-zhang", File: &chat.Attachment{Name: "0047-1.html", Path: paper}}); err != nil {
		t.Fatal(err)
	}
	p.reads("[文件] 0047-1.html")
	saved := eval[string](p, `(async () => {
		const link = [...document.querySelectorAll('#log a')].at(-1), answer = await fetch(link.href);
		return link.download + ' ' + answer.headers.get('content-type') + ' ' + answer.headers.get('content-disposition').split(';')[0] + ' ' + await answer.text();
	})()`)
	if want := "0047-1.html application/octet-stream attachment <script>document.title = 'hit'</script>"; saved != want {
		t.Errorf("saved as %q, want %q", saved, want)
	}
	p.has("#chats", "[文件]", true)
}

func testClock(t *testing.T, p *tab) {
	p.open("who=wang")
	arrives := func(date, at, news string) {
		t.Helper()
		p.until(fmt.Sprintf(`document.querySelector('#date').textContent === %q && document.querySelector('#clock').textContent === %q`, date, at))
		p.until(`!document.querySelector('.move[aria-disabled]')`)
		p.has("#moving", news, true)
	}
	p.click(".move", "+1小时")
	arrives("2026年11月30日 周一", "10:00", "没有消息")
	p.click(".move", "+1天")
	arrives("2026年12月1日 周二", "10:00", "没有消息")
	p.click("#stops button", "到下一个接待日")
	arrives("2026年12月7日 周一", "08:00", "1 条新消息")
	p.click(".toast button", "综采一队 有新消息")
	p.reads("【领导接待日】今天")
	p.has("#who", "张三", true)
	p.has("#stops", "接待日", false)
	eval[bool](p, `(document.querySelector('#when').value = '2026-12-24T18:30', true)`)
	p.click("#jump button", "")
	arrives("2026年12月24日 周四", "18:30", "没有消息")
}

func testLanguage(t *testing.T, p *tab) {
	p.open("")
	p.click("#language", "EN")
	for selector, want := range map[string]string{"#send": "Send", "#who": "Worker", "#date": "30 Nov 2026 Mon", "#stops": "Next reception day", "#tries": "All in one message", "#log": "Hello"} {
		p.has(selector, want, true)
	}
	p.do(chromedp.Reload())
	p.until(`document.body.dataset.ready !== undefined`)
	p.has("#send", "Send", true)
	if left := eval[string](p, `[...document.querySelectorAll('[data-t], h1, h2, h3, .note')].map(e => e.textContent).filter(s => /[一-龥]/.test(s) && !/小信|张三/.test(s)).join('|')`); left != "" {
		t.Errorf("left in Chinese: %s", left)
	}
	p.click("#language", "中文")
	p.has("#send", "发送", true)
}

func testPhone(t *testing.T, p *tab) {
	p.phone()
	p.open("")
	shown := func(want string) {
		t.Helper()
		p.until(fmt.Sprintf(`['.side', '.talk', '.tools'].filter(s => document.querySelector(s).checkVisibility()).join() === %q`, want))
		if wide := eval[float64](p, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("%s is %v px wide on a phone of 390", want, wide)
		}
	}
	shown(".talk")
	p.says("反映")
	p.click("#chips button", "3 宿舍澡堂")
	p.click("#chips button", "对")
	p.reads("编号2026-0001")
	p.click("#tools", "")
	shown(".tools")
	p.click("#stops button", "接待日")
	p.until(`document.querySelector('#moving').textContent.includes('1 条')`)
	p.click("#tools-back", "")
	shown(".talk")
	p.has("#back", "1", true)
	p.click("#back", "")
	shown(".side")
	p.click(".chat", "综采一队")
	shown(".talk")
	p.reads("【领导接待日】今天")
	p.click("#me", "")
	p.click(".person", "李干事")
	p.reads("【新件】")
	if size := eval[float64](p, `parseFloat(getComputedStyle(document.querySelector('#text')).fontSize)`); size < 16 {
		t.Errorf("the message box has %v px letters: phones zoom in below 16", size)
	}
	small := eval[string](p, `[...document.querySelectorAll('button, input, textarea')].filter(e => e.checkVisibility()).filter(e => e.getBoundingClientRect().height < 32).map(e => e.id || e.textContent).join()`)
	if small != "" {
		t.Errorf("too small for a thumb: %s", small)
	}
}

func testGroups(t *testing.T, p *tab) {
	p.open("who=zhang&chat=g-zc1")
	p.has("#log", "@小信", true)
	p.says("今晚谁有顺车")
	p.reads("今晚谁有顺车")
	p.says("@小信 我要反映")
	p.reads("群里不谈个人事")
	if got := eval[float64](p, `document.querySelectorAll('#chips button').length`); got != 0 {
		t.Errorf("a group offers %v quick replies, want none", got)
	}
	p.open("who=wang&chat=g-zc1")
	p.has("#log", "今晚谁有顺车", false)
	p.has("#chats", "综采一队", false)
}

func testMarkup(t *testing.T, p *tab) {
	p.open("")
	evil := `<img src=x onerror="document.title='hit'"><b>粗</b>`
	p.say("zhang", "p-zhang", evil)
	p.reads(evil)
	if got := eval[float64](p, `document.querySelectorAll('#log img, #log b').length`); got != 0 {
		t.Error("a message became markup")
	}
	p.say("zhang", "p-zhang", strings.Repeat("很长的话", 25_000)+"完")
	p.click(".more", "展开全文")
	p.reads("完")
}

func testChips(t *testing.T, p *tab) {
	p.open("")
	for _, test := range []struct{ said, want string }{
		{"对不对？回“对”提交，回“上一步”改。", "对! 上一步!"},
		{"办得咋样？回“评价 0047 满意/基本满意/不满意”。", "评价 0047 满意! 评价 0047 基本满意! 评价 0047 不满意!"},
		{"想补充就回“补充 0047 …”。", "补充 0047 "},
		{"查进度回“查询 编号”。", "查询 "},
		{"要不要先谈一次？回“要”或“不用”。", "要! 不用!"},
		{"您是想 1反映问题 2查进度 3问接待日？回数字就行", "1! 2! 3!"},
		{"选一个：\n① 工资薪酬\n② 安全隐患", "1! 2!"},
		{"请回数字：\n1. 工资\n2. 澡堂\n回“取消”不说了", "1! 2! 取消!"},
		{"接待日是12月7日，1月4日再来，哪天都行。", ""},
		{"这和0047是一件事吗？回“是”并进0047，回“不是”新立一件", "是! 不是!"},
		{"回“登记 0012 类别”或“查 0012”。", "登记 0012  查 0012!"},
		{"1 事由：锁坏了\n2 地点：澡堂\n改哪条回“改 2 新的内容”。", "改 2 "},
		{"可以回：1“待办”看列表 2“概况”看全局。", "待办! 概况!"},
		{"领导是“张书记”。", ""},
		{"已收到，编号2026-0001，查询码K7M3。", ""},
		{"Reply “yes” to submit.", "yes!"},
	} {
		quoted, err := json.Marshal(test.said)
		if err != nil {
			t.Fatal(err)
		}
		got := eval[string](p, `import('./chips.js').then(c => c.repliesTo(`+string(quoted)+`).map(r => r.text + (r.whole ? '!' : '')).join(' '))`)
		if got != test.want {
			t.Errorf("%q offers %q, want %q", test.said, got, test.want)
		}
	}
}

// testComesBack loses the link: the page says so, catches up and says what is new.
func testComesBack(t *testing.T, p *tab) {
	p.open("")
	p.hide(true)
	p.say("zhang", "p-zhang", "反映")
	p.say("li", "p-li", "待办")
	p.hide(false)
	p.reads("回数字就行")
	p.until(`document.querySelector('#toasts').textContent.includes('李干事')`)
	if texts := eval[float64](p, `document.querySelectorAll('#log article').length`); texts != 2 {
		t.Errorf("%v messages stand in the chat, want each once", texts)
	}
}

// testGap lets a message arrive live before the page has caught up with what it
// missed. The rest comes with the catching up, or with the next thing said; each
// message stands once and in its place.
func testGap(t *testing.T, p *tab) {
	for name, end := range map[string]func(){
		"caught up": func() { eval[bool](p, `(letGo(), true)`) },
		"said":      func() { p.says("还有一句") },
	} {
		p.open("")
		p.hide(true)
		p.say("zhang", "p-zhang", name+"：没人听")
		eval[bool](p, `(() => {
			const held = new Promise(done => { window.letGo = done; }), really = window.fetch;
			window.fetch = async (...request) => {
				if (request[0].endsWith('/state')) { window.waits = true; await held; }
				return really(...request);
			};
			return true;
		})()`)
		p.hide(false)
		p.until(`window.waits`) // the stream is open by now
		p.say("zhang", "p-zhang", name+"：有人听")
		p.reads(name + "：有人听")
		end()
		p.reads(name + "：没人听")
		inOrder(t, p)
		p.says("就这些")
		inOrder(t, p)
	}
}

// inOrder waits until the open chat of zhang shows what was said in it, each
// message once.
func inOrder(t *testing.T, p *tab) {
	t.Helper()
	p.until(`!document.querySelector('#log .typing')`) // what was said is answered
	said := p.messages("p-zhang", 0)
	ids := make([]uint64, len(said))
	for i, m := range said {
		ids[i] = m.ID
	}
	p.until(fmt.Sprintf(`[...document.querySelectorAll('#log article')].map(a => a.dataset.id).join(' ') === %q`, strings.Trim(fmt.Sprint(ids), "[]")))
}

func testKeyboard(t *testing.T, p *tab) {
	p.open("")
	p.says("反映")
	p.reads("回数字就行")
	p.open("") // a fresh page, where Tab begins at the top
	var order []string
	for range 40 {
		p.press("Tab", 9, "", 0)
		at := eval[string](p, `(() => { const e = document.activeElement; if (e === document.body) return ''; const s = getComputedStyle(e); return (e.id || e.className) + (s.outlineStyle === 'none' ? ' without a visible focus' : ''); })()`)
		if at == "" {
			break
		}
		if order = append(order, at); strings.HasSuffix(at, "focus") {
			t.Errorf("%s", at)
		}
	}
	got := strings.Join(order, " ")
	last := -1
	for _, want := range []string{"skip", "language", "who", "chat", "log", "chip", "attach", "text", "send", "move", "when", "line"} {
		if i := strings.Index(got, want); i <= last {
			t.Errorf("%s is not reached in its place by Tab: %s", want, got)
		} else {
			last = i
		}
	}
	p.do(chromedp.Focus(chromedp.CSS("#who")))
	p.press("Enter", 13, "\r", 0)
	p.until(`document.querySelector('#people').open`)
	p.press("Escape", 27, "", 0)
	p.until(`!document.querySelector('#people').open && document.activeElement.id === 'who'`)
}
