package sandbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"fangzhuo/internal/pagetest"
	"fangzhuo/storage/mem"
)

// tab is a browser tab on the page of a room of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
	*fixture
}

// browse returns a function that opens tabs in one browser.
func browse(t *testing.T) func(t *testing.T) *tab {
	browser := pagetest.Browser(t)
	return func(t *testing.T) *tab {
		ctx, leave := chromedp.NewContext(browser)
		t.Cleanup(leave)
		ctx, late := context.WithTimeout(ctx, 4*time.Minute)
		t.Cleanup(late)
		p := &tab{t: t, ctx: ctx}
		p.fixture, _ = serve(t, mem.New(), demoOptions(func() *fixture { return p.fixture }))
		p.bot.answer = clerk
		return p
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// open loads the page with an address part like "who=li" and waits for it.
func (p *tab) open(hash string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.url+"/#"+hash))
	p.until(`document.body.dataset.ready !== undefined`)
}

// hide makes the page believe that nobody sees it, or that somebody does again.
func (p *tab) hide(hidden bool) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(Object.defineProperty(document, 'hidden', {value: %t, configurable: true}), document.dispatchEvent(new Event('visibilitychange')))`, hidden))
}

func (p *tab) desktop() { p.t.Helper(); p.do(chromedp.EmulateViewport(1280, 800)) }

func (p *tab) phone() {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait))
}

func (p *tab) scheme(value string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// until waits for a JavaScript condition.
func (p *tab) until(condition string) {
	p.t.Helper()
	if err := pagetest.Until(p.ctx, condition); err != nil {
		p.t.Fatalf("waiting for %s: %v\n%s", condition, err, p.text("body"))
	}
}

// eval evaluates JavaScript.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%.80s: %v", expression, err)
	}
	return v
}

// text returns what is readable in an element.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ''`, selector))
}

// click clicks the first visible element that has the selector and holds the text.
func (p *tab) click(selector, text string) {
	p.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.checkVisibility() && e.textContent.includes(%q))`, selector, text)
	p.until(find + ` !== undefined`)
	// A real click at the place of the element: it fails if something covers it.
	box := eval[[]float64](p, `(() => { const e = `+find+`; e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	p.do(chromedp.MouseClickXY(box[0], box[1]))
}

// says types into the message box and presses Enter.
func (p *tab) says(text string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS("#text")), chromedp.KeyEvent(text))
	p.press("Enter", 13, "\r", 0)
}

// shift is the Shift key among the modifiers of a key.
const shift = 8

// press presses a key as a keyboard does: the character comes with the key.
func (p *tab) press(key string, code int64, text string, modifiers int64) {
	p.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		_, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Key: key, Code: key, WindowsVirtualKeyCode: code, Text: text, Modifiers: modifiers,
		})
		if err != nil {
			p.t.Fatal(err)
		}
		text = ""
	}
}

// reads waits until a text stands in the open chat.
func (p *tab) reads(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector('#log').innerText.includes(%q)`, text))
}

// has checks that a text is or is not in an element.
func (p *tab) has(selector, text string, want bool) {
	p.t.Helper()
	if got := p.text(selector); strings.Contains(got, text) != want {
		p.t.Errorf("%s holds %q is %t, want %t:\n%s", selector, text, !want, want, got)
	}
}
