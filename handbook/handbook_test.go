package handbook

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

var cards = []Card{
	{ID: "terms", Title: "期限", Kind: Rule, Words: []string{"多久", "答复"}, Articles: []Article{{Regulation, 34}}, Text: "受理起60天内答复。"},
	{ID: "notice", Title: "告知", Kind: Rule, Words: []string{"受理"}, Articles: []Article{{Regulation, 23}, {Regulation, 34}}, Text: "收到15天内告诉您。"},
	{ID: "injury", Title: "工伤", Kind: Guide, Words: []string{"受伤", "尘肺", "上下班路上"}, Articles: []Article{{"工伤保险条例", 17}}, Text: "单位30天内申请。"},
	{ID: "wages", Title: "工资", Kind: Guide, Words: []string{"工资条", "拖欠工资"}, Text: "按月发。"},
}

func book() *Book { return New(cards, strings.ToLower) }

func ids(list []Card) (all []string) {
	for _, c := range list {
		all = append(all, c.ID)
	}
	return all
}

func TestFind(t *testing.T) {
	for words, want := range map[string][]string{
		"工伤":      {"injury"},
		"尘 肺。":    {"injury"},
		"上下班":     {"injury"}, // part of a word
		"我受伤了怎么报": {"injury"}, // the word is in it
		"工资":      {"wages"},
		"按月":      {"wages"}, // its text says so
		"60天":     {"terms"},
		"0天":      nil, // inside a longer number is not there
		"5天":      nil,
		"工伤和拖欠工资": {"wages"}, // of which it speaks most
		"受伤 答复":   {"terms", "injury"},
		"期限":      {"terms"},
		"相对论":     nil,
		"":        nil,
		"？":       nil,
		"资":       nil, // one character is no word
	} {
		if got := ids(book().Find(words)); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", words, got, want)
		}
	}
}

func TestArticle(t *testing.T) {
	for _, x := range []struct {
		law  string
		no   int
		want []string
	}{{"", 34, []string{"terms", "notice"}}, {"", 17, nil}, {"工伤保险条例", 17, []string{"injury"}}, {"保险条例", 17, []string{"injury"}}, {"劳动法", 17, nil}} {
		if got := ids(book().Article(x.law, x.no)); !slices.Equal(got, x.want) {
			t.Errorf("%s %d: %v, want %v", x.law, x.no, got, x.want)
		}
	}
	if got := (Article{Regulation, 34}).String(); got != "条例第34条" {
		t.Errorf("written %s", got)
	}
}

func TestAnswers(t *testing.T) {
	for question, want := range map[string]string{
		"工伤多久要报？":       "injury",
		"请问工伤怎么办":       "injury",
		"多久给答复":         "terms",
		"拖欠工资找谁":        "wages", // the telling word is the card's own
		"工伤不给报咋办":       "",      // a story
		"工资又少了怎么办":      "",
		"工资差400":        "",
		"工伤的事说来话长，您听我讲": "",
		"工伤和工资找谁":       "", // two are as good
		"路灯不亮怎么办":       "",
		"":              "",
	} {
		c, ok := book().Answers(question)
		if c.ID != want || ok != (want != "") {
			t.Errorf("%q is answered by %q, want %q", question, c.ID, want)
		}
	}
	if !book().Tells("队长骂人怎么办") || book().Tells("拖欠工资") || book().Tells("工伤多久") {
		t.Error("telling and asking are confused")
	}
}

func TestNoBookHasNoCards(t *testing.T) {
	var b *Book
	_, card := b.Card("terms")
	_, answers := b.Answers("多久")
	if card || answers || b.Find("工伤") != nil || b.Of(Rule) != nil || b.Article("", 34) != nil || b.Tells("没人管") {
		t.Error("a book that is not there answers")
	}
}

// Whatever is typed, what is found is cards of the book, each once, the same each
// time; and what answers a question holds one of its words.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"工伤", "多久给答复", "５天", "", "\xff", "上下班路上受了伤", "工伤工伤工伤", "\u200b期限"} {
		f.Add(s)
	}
	b := book()
	f.Fuzz(func(t *testing.T, typed string) {
		found := ids(b.Find(typed))
		if len(found) > most || len(slices.Compact(slices.Sorted(slices.Values(found)))) != len(found) {
			t.Errorf("%q finds %v", typed, found)
		}
		if again := ids(b.Find(typed)); !reflect.DeepEqual(found, again) {
			t.Errorf("%q finds %v, then %v", typed, found, again)
		}
		if c, ok := b.Answers(typed); ok {
			if !slices.ContainsFunc(append(c.Words, c.Title), func(w string) bool { return strings.Contains(b.key(typed), b.key(w)) }) {
				t.Errorf("%q is answered by %s without one of its words", typed, c.ID)
			}
			if b.Tells(typed) {
				t.Errorf("%q tells, and is answered by %s", typed, c.ID)
			}
		}
	})
}
