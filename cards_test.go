package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fangzhuo/cases"
	"fangzhuo/config"
	"fangzhuo/handbook"
)

func bothHandbooks(t *testing.T) (zh, en []config.Card) {
	t.Helper()
	zh, err := config.LoadHandbook("handbook.yaml", chineseHandbook)
	if err != nil {
		t.Fatal(err)
	}
	if en, err = config.LoadHandbook("handbook.en.yaml", englishHandbook); err != nil {
		t.Fatal(err)
	}
	return zh, en
}

// limit writes the law's term of a clock as the cards do.
func limit(t *testing.T, k cases.ClockKind, p cases.Procedure) string {
	t.Helper()
	l, ok := k.Limit(p)
	switch {
	case !ok:
		t.Fatalf("the law sets no term for %s", k)
	case l.Working:
		return fmt.Sprintf("%d个工作日", l.Days)
	}
	return fmt.Sprintf("%d天", l.Days)
}

// What the law says stands on the card that names the article: the terms are those
// the clocks of the cases run by, the rest is from domain.md §2 and §2.6.
func TestHandbookNumbers(t *testing.T) {
	zh, _ := bothHandbooks(t)
	notice, object := limit(t, cases.NoticeClock, cases.Ordinary), limit(t, cases.ObjectClock, cases.Ordinary)
	handle, simple := limit(t, cases.HandleClock, cases.Ordinary), limit(t, cases.HandleClock, cases.Simple)
	decide, window := limit(t, cases.DecideClock, cases.Simple), limit(t, cases.WindowClock, cases.Ordinary)
	review, extended := limit(t, cases.ReviewClock, cases.Ordinary), fmt.Sprintf("再延%d天", cases.ExtensionDays)
	for id, want := range map[string][]string{
		"terms":       {"条例第34条", "收到" + notice + "内", handle + "内答复", extended, decide + "定下", simple + "内答复", window + "内可以请上一级复查"},
		"notice":      {"条例第23条", notice + "内"},
		"sixty":       {"条例第34条", handle + "内", extended, "只延一次"},
		"objection":   {"条例第23条", object + "内"},
		"simple":      {decide + "内定下", simple + "内答复"},
		"review":      {"条例第35条", window + "内，可以请上一级复查；复查的" + review + "内"},
		"rereview":    {"条例第36条", window + "内，可以再请上一级复核；复核的" + review + "内"},
		"delegates":   {"条例第20条", "最多5名"},
		"secret":      {"条例第30条", "条例第46条"},
		"reprisal":    {"条例第46条"},
		"accuse":      {"条例第30条", "12388"},
		"recusal":     {"条例第28条"},
		"suggest":     {"条例第29条"},
		"opinion":     {"条例第32条", "请求", "事实", "依据"},
		"write":       {"条例第19条"},
		"injury":      {"工伤保险条例第17条", "30天内", "1年内", "60天内"},
		"arbitration": {"1年内"},
		"inspection":  {"劳动保障监察条例第20条", "2年内"},
		"wages":       {"劳动法第50条", "按月"},
		"hazard":      {"安全生产法第55条", "撤出来"},
		"lines":       {"12350", "12388", "12345", "12333", "12351"},
		"distress":    {"12356"},
	} {
		i := slices.IndexFunc(zh, func(c config.Card) bool { return c.ID == id })
		if i < 0 {
			t.Errorf("no card %s", id)
			continue
		}
		all := zh[i].Text
		for _, a := range zh[i].Articles {
			all += fmt.Sprintf("\n%s第%d条", a.Law, a.No)
		}
		for _, w := range want {
			if !strings.Contains(all, w) {
				t.Errorf("card %s does not say %s", id, w)
			}
		}
	}
	for _, c := range zh { // numbers of others are flagged until the mine confirms them
		if outside.MatchString(c.Text+c.Call) && !c.Confirm && !strings.Contains(c.Text+c.Call, "以本矿公布为准") {
			t.Errorf("card %s has an outside number that nobody is told to check", c.ID)
		}
	}
}

var (
	outside = regexp.MustCompile(`\b?12[345]\d\d`)
	digits  = regexp.MustCompile(`\d+`)
)

// Both languages have the same cards, with the same articles, numbers and blanks,
// found by the same words.
func TestBothHandbooksSayTheSame(t *testing.T) {
	zh, en := bothHandbooks(t)
	if len(zh) != len(en) {
		t.Fatalf("%d and %d cards", len(zh), len(en))
	}
	for i, c := range zh {
		e := en[i]
		if c.ID != e.ID || c.Kind != e.Kind || c.Confirm != e.Confirm || !slices.Equal(c.Articles, e.Articles) {
			t.Errorf("card %s is %s in English, or differs in kind, articles or confirm", c.ID, e.ID)
		}
		set := func(text string) []string {
			return slices.Compact(slices.Sorted(slices.Values(digits.FindAllString(text, -1))))
		}
		if x, y := set(c.Text+c.Deadline+c.Call), set(e.Text+e.Deadline+e.Call); !slices.Equal(x, y) {
			t.Errorf("card %s has the numbers %v, in English %v", c.ID, x, y)
		}
		for _, w := range append(c.Words, c.Title) {
			if !slices.Contains(e.Words, w) {
				t.Errorf("card %s is not found by %s in English", c.ID, w)
			}
		}
	}
}

// A card is read on a telephone after a shift: six lines with all its signposts.
// It threatens nobody.
func TestCardsAreShortAndKind(t *testing.T) {
	zh, en := bothHandbooks(t)
	for _, c := range append(zh, en...) {
		lines := strings.Count(strings.TrimSpace(c.Text), "\n") + 1
		for _, post := range []string{c.Route, c.Deadline, c.Call} {
			if post != "" {
				lines++
			}
		}
		if lines > 6 {
			t.Errorf("card %s has %d lines", c.ID, lines)
		}
	}
	for _, c := range zh {
		for _, word := range []string{"无理", "缠访", "闹访", "理解配合", "重点人员", "非法", "违法", "处罚", "拘留", "严禁", "不得"} {
			if strings.Contains(c.Text, word) {
				t.Errorf("card %s says %s", c.ID, word)
			}
		}
	}
}

// Every card is found by its title and by each of its words.
func TestEveryCardIsFound(t *testing.T) {
	for _, lang := range []string{"zh-CN", "en"} {
		cfg, err := config.Load("demo.yaml", demoConfig)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Language = lang
		o, err := understand(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range append(o.handbook.Of(handbook.Guide), o.handbook.Of(handbook.Rule)...) {
			for _, w := range append(c.Words, c.Title) {
				if !slices.ContainsFunc(o.handbook.Find(w), func(f handbook.Card) bool { return f.ID == c.ID }) {
					t.Errorf("%s: %s does not find the card %s", lang, w, c.ID)
				}
			}
			if strings.ContainsAny(c.Text+c.Call, "{}") {
				t.Errorf("%s: card %s has a blank", lang, c.ID)
			}
		}
	}
}

// The office's own handbook takes the place of the built-in one; what is wrong
// with it is said together with what is wrong with the configuration.
func TestOwnHandbook(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	valid, err := os.ReadFile("testdata/cli/check.yaml")
	if err != nil {
		t.Fatal(err)
	}
	own := write("own.yaml", strings.Replace(string(chineseHandbook), "title: 工伤\n", "title: 受了工伤\n", 1))
	file := write("config.yaml", "handbook: "+own+"\n"+string(valid))
	var out bytes.Buffer
	if err := check(file, wall(), &out); err != nil || !strings.Contains(out.String(), "handbook: "+own+"; telephone numbers to confirm (confirm: true) on 外面的电话, 心里难受\n") {
		t.Errorf("%v\n%s", err, &out)
	}
	cfg, _ := config.Read(file)
	o, err := understand(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := o.handbook.Card("injury"); c.Title != "受了工伤" {
		t.Errorf("the card is %q", c.Title)
	}
	write("own.yaml", "cards:\n  - {id: x, title: 甲, kind: 条例, words: [甲], text: 乙}\n")
	write("config.yaml", "handbook: "+own+"\nhandbok: x\n"+string(valid))
	err = check(file, wall(), &out)
	for _, want := range []string{`config.yaml:2:1: unknown key "handbok": did you mean "handbook"?`, "own.yaml:2:5: cards[0].articles is empty", "own.yaml:1:1: cards lacks"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
	write("config.yaml", "handbook: "+own+".gone\n"+string(valid))
	if err := check(file, wall(), &out); err == nil || !strings.Contains(err.Error(), "config.yaml:1:1: handbook is of no use") {
		t.Errorf("a handbook that is not there: %v", err)
	}
}
