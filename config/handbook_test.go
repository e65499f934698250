package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Everything wrong with a handbook is said at once, each with its place and what
// to write instead.
func TestEveryMistakeOfAHandbookIsReported(t *testing.T) {
	for file, want := range map[string][]string{
		"bad-cards.yaml": {
			`1:1: cards lacks the card with id lines, which "渠道" answers with: copy it from handbook.yaml`,
			`2:5: cards[0].articles is empty: a card of kind 条例 names its article, like [条例第34条]`,
			`3:28: cards[1].kind "规定" is unknown: write one of 手册, 条例`,
			`3:38: cards[1].words is empty: write the words people use for it`,
			`3:49: cards[1].text has 7 lines: write at most 6, people read it on a telephone`,
			`4:6: cards[2].id "terms" is already cards[0].id: choose another`,
			`4:17: cards[2].title has 15 characters: write at most 12, all titles stand in one list`,
			`4:62: cards[2].words[1] "甲" is already cards[2].words[0]: choose another`,
			`4:77: cards[2].articles[0] "三十四条" is not an article: write it like 条例第34条 or 工伤保险条例第17条`,
			`4:84: cards[2].text has {fone}, which stands for nothing: write one of office, bot, phone, dispatch, place, hours`,
			`4:101: unknown key "tip": write one of id, title, kind, words, articles, text, route, deadline, call, confirm`,
			`5:16: cards[3].title is empty: write a short title`,
			`5:49: cards[3].text is empty: write the answer in your own words`,
		},
		"bad-tab.yaml":  {`2:1: found character ' ' that cannot start any token: indent with spaces, not with tabs`},
		"bad-list.yaml": {`1:1: the file has no sections: write "key: value" lines as in handbook.yaml`},
		"bad-none.yaml": {`1:1: cards is empty: list the cards as in handbook.yaml`},
	} {
		_, err := ReadHandbook(filepath.Join("testdata", "handbook", file))
		var ps Problems
		if !errors.As(err, &ps) {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if diff := cmp.Diff(want, strings.Split(strings.ReplaceAll(err.Error(), file+":", ""), "\n")); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
	var ps Problems
	if _, err := ReadHandbook("testdata/none.yaml"); err == nil || errors.As(err, &ps) {
		t.Errorf("no file: %v", err)
	}
}

func TestArticleIsReadAsWritten(t *testing.T) {
	for text, want := range map[string]Article{
		"条例第34条":      {"条例", 34},
		"信访工作条例第34条":  {"条例", 34},
		"工伤保险条例 第17条": {"工伤保险条例", 17},
	} {
		var a Article
		if err := a.parse(text); err != nil || a != want {
			t.Errorf("%q is %v, %v", text, a, err)
		}
	}
	for _, text := range []string{"", "34", "第34条", "条例第0条", "条例第三十四条", "条例第34"} {
		if err := new(Article).parse(text); err == nil {
			t.Errorf("%q is taken for an article", text)
		}
	}
}

func FuzzLoadHandbook(f *testing.F) {
	paths, _ := filepath.Glob("testdata/handbook/*.yaml")
	for _, path := range append(paths, "../handbook.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cards, err := LoadHandbook("f.yaml", data)
		var ps Problems
		switch {
		case err == nil && len(cards) == 0:
			t.Error("nothing wrong, and no card")
		case err != nil && !errors.As(err, &ps):
			t.Errorf("%T", err)
		}
		for _, p := range ps {
			if p.File != "f.yaml" || p.Line < 1 || p.Column < 1 || strings.Contains(p.Text, "\n") {
				t.Errorf("%#v", p)
			}
		}
	})
}
