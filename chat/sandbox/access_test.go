package sandbox_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"

	"fangzhuo/internal/pagetest"
)

// testAccess checks the main flow: every control has a name, every area is
// found, ids are unique, and every text can be read, light and dark.
func testAccess(t *testing.T, p *tab) {
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		p.desktop()
		p.open("who=zhang")
		check := func(where string) {
			t.Helper()
			if bad := eval[string](p, pagetest.Contrasts); bad != "" {
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
