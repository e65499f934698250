package sandbox_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// contrasts lists the visible texts whose colour stands out less than 4.5 to 1
// (WCAG 2.2 AA) from what is behind them.
const contrasts = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => c * a / 255 + under[i] * (1 - a / 255));
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => e ? over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : [255, 255, 255];
  const bad = [];
  const look = (e, color, text) => {
    const back = behind(e), front = over(rgba(color), back).map((c, i) => c * see(e) + back[i] * (1 - see(e)));
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(text.trim().slice(0, 20) + ' (' + (e.id || e.className || e.tagName) + ') ' + ratio.toFixed(2));
  };
  const see = e => e ? getComputedStyle(e).opacity * see(e.parentElement) : 1;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (n.data.trim() && e.checkVisibility({visibilityProperty: true}) && !e.closest('.unseen, script, noscript')) look(e, getComputedStyle(e).color, n.data);
  }
  for (const e of document.querySelectorAll('[placeholder]')) if (e.checkVisibility()) look(e, getComputedStyle(e, '::placeholder').color, e.placeholder);
  return [...new Set(bad)].join('\n');
})()`

// testAccess checks the main flow: every control has a name, every area is
// found, ids are unique, and every text can be read, light and dark.
func testAccess(t *testing.T, p *tab) {
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		p.desktop()
		p.open("who=zhang")
		check := func(where string) {
			t.Helper()
			if bad := eval[string](p, contrasts); bad != "" {
				t.Errorf("%s, %s: too little contrast:\n%s", where, scheme, bad)
			}
			p.named(where)
		}
		check("first view")
		p.says("反映")
		p.click("#chips button", "3 宿舍澡堂")
		p.click("#chips button", "对")
		p.reads("编号2026-0001")
		p.until(`document.querySelector('.toast') !== null`)
		check("talk")
		p.click("#who", "")
		p.until(`document.querySelector('#people').open`)
		check("who I am")
		p.click(".person", "李干事")
		p.reads("【新件】")
		check("staff")
		p.phone()
		for _, pane := range []string{"chat", "list", "tools"} {
			p.open("who=zhang&chat=p-zhang&pane=" + pane)
			check("phone, " + pane)
		}
	}
}

// named checks the tree that a screen reader gets.
func (p *tab) named(where string) {
	p.t.Helper()
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	found := map[string]bool{}
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		role, name := spoken(n.Role), spoken(n.Name)
		found[role] = true
		switch role {
		case "button", "textbox", "link", "dialog", "log", "navigation", "main", "complementary", "DateTime", "InputTime":
			if name == "" {
				p.t.Errorf("%s: a %s has no name", where, role)
			}
		}
	}
	if !found["button"] {
		p.t.Errorf("%s: no button in the tree of a screen reader: %v", where, found)
	}
	if twice := eval[string](p, `[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i).join()`); twice != "" {
		p.t.Errorf("%s: ids stand twice: %s", where, twice)
	}
}

// spoken returns a value of the tree as text, or "".
func spoken(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}
