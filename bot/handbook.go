package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/handbook"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// What is asked of the office rather than told to it is answered from the
// handbook. A look-up leaves nothing behind but the numbers of the list shown.

// The cards that commands of their own lead to.
const (
	termsCard = "terms" // 期限
	stepsCard = "steps" // 流程
	linesCard = "lines" // the outside telephones, of 渠道
)

// cardLine is a card in a list.
type cardLine struct {
	N    int
	Name string
}

func guide(t *turn, in input) (reply, error) { return t.lookUp(handbook.Guide, in.rest) }

func rules(t *turn, in input) (reply, error) { return t.lookUp(handbook.Rule, in.rest) }

// lookUp shows the card that is asked for, or a list to choose from.
func (t *turn) lookUp(kind handbook.Kind, what phrase.Text) (reply, error) {
	if what.Empty() {
		return says(t.say("handbook.menu", t.list(t.b.Handbook.Of(kind))))
	}
	switch found := t.b.look(kind, what); len(found) {
	case 0:
		return says(t.say("handbook.none", nil))
	case 1:
		return t.show(found[0])
	default:
		return says(t.say("handbook.which", t.list(found)))
	}
}

// list are the facts of a list of cards. Outside a form a number chooses from it.
func (t *turn) list(cards []handbook.Card) words.Args {
	var lines []cardLine
	var ids []string
	for i, c := range cards {
		lines, ids = append(lines, cardLine{i + 1, c.Title}), append(ids, c.ID)
	}
	numbered := t.talk.Form == "" && !t.m.Group()
	if numbered {
		t.talk.Cards = ids
	}
	return words.Args{"Lines": lines, "Numbered": numbered}
}

// chooses shows a card by its number in the list that was shown.
func (t *turn) chooses(shown []string) (r reply, ok bool, err error) {
	n, ok := t.text.Choice(len(shown))
	if !ok {
		return reply{}, false, nil
	}
	c, ok := t.b.Handbook.Card(shown[n-1])
	if !ok { // the file was changed meanwhile
		return reply{}, false, nil
	}
	t.talk.Cards = shown // another may be chosen
	r, err = t.show(c)
	return r, true, err
}

// show shows a card; that of the terms with what runs for the sender.
func (t *turn) show(c handbook.Card) (reply, error) {
	if c.ID == termsCard {
		return terms(t, input{})
	}
	return says(t.cardText(c))
}

func (t *turn) cardText(c handbook.Card) string {
	var articles []string
	for _, a := range c.Articles {
		articles = append(articles, a.String())
	}
	return t.say("handbook.card", words.Args{"Title": c.Title, "Text": c.Text, "Articles": articles,
		"Route": c.Route, "Deadline": c.Deadline, "Call": c.Call, "Confirm": c.Confirm})
}

// look finds the cards for what was looked up: an article (34, 第三十四条), a term
// (60天), a question, or words.
func (b *Bot) look(kind handbook.Kind, what phrase.Text) []handbook.Card {
	if law, no, ok := article(what, kind == handbook.Rule); ok {
		return b.Handbook.Article(law, no)
	}
	if n, working, rest, ok := what.Term(); ok && rest.Empty() {
		term := fmt.Sprintf("%d天", n)
		if working {
			term = fmt.Sprintf("%d个工作日", n)
		}
		return ofKind(kind, b.Handbook.Find(term))
	}
	if c, ok := b.Handbook.Answers(what.Raw()); ok {
		return []handbook.Card{c}
	}
	return ofKind(kind, b.Handbook.Find(what.Raw()))
}

// ofKind returns the cards of a kind, if there are any among them.
func ofKind(kind handbook.Kind, cards []handbook.Card) []handbook.Card {
	mine := slices.DeleteFunc(slices.Clone(cards), func(c handbook.Card) bool { return c.Kind != kind })
	if len(mine) == 0 || kind == handbook.Guide { // the handbook has the rules too
		return cards
	}
	return mine
}

// article reads 第三十四条, 34条 and 工伤保险条例第17条; bare also 34. Law is "" for
// the Regulation.
func article(what phrase.Text, bare bool) (law string, no int, ok bool) {
	text := strings.TrimRightFunc(strings.ReplaceAll(what.Folded(), " ", ""), unspoken)
	number, named := strings.CutSuffix(text, "条")
	if i := strings.LastIndex(number, "第"); i >= 0 {
		law, number, bare = number[:i], number[i+len("第"):], true
	}
	n, ok := phrase.Number(number)
	if !ok || !named && !bare || n != float64(int(n)) || n < 1 || n > 999 {
		return "", 0, false
	}
	if slices.Contains([]string{"条例", "信访条例", "信访工作条例"}, law) {
		law = ""
	}
	return law, int(n), true
}

func unspoken(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }

// looksUp reports whether what follows 手册 or 条例 is looked up there. "手册上说…"
// begins a story.
func (t *turn) looksUp(kind handbook.Kind, what phrase.Text) bool {
	if _, _, ok := article(what, kind == handbook.Rule); ok {
		return true
	}
	if utf8.RuneCountInString(what.Folded()) > longestLookUp {
		return false
	}
	if _, _, rest, ok := what.Term(); ok && rest.Empty() {
		return true
	}
	if _, ok := t.b.Handbook.Answers(what.Raw()); ok {
		return true
	}
	return t.apart(what) && t.talk.Form == "" && !t.b.Handbook.Tells(what.Raw())
}

// longestLookUp is up to how many characters are looked up.
const longestLookUp = 15

// apart reports whether something other than a letter or a digit stands between
// the word that was read and the rest.
func (t *turn) apart(rest phrase.Text) bool {
	read := strings.TrimSuffix(t.text.Folded(), rest.Folded())
	last, _ := utf8.DecodeLastRuneInString(read)
	return read != "" && unspoken(last)
}

// askingWords are the words by which something is asked without a question mark.
var askingWords = []string{"?", "多久", "多长时间", "几天", "多少天", "几号", "几个", "咋", "怎么", "怎样", "如何", "啥", "什么", "吗", "嘛", "能不能", "可不可以",
	"行不行", "会不会", "要不要", "用不用", "算不算", "哪", "谁", "何时", "多会", "忘了", "丢了", "要见", "预约"}

// inPassing answers a worker's short question from the handbook, where a card
// fits well. What tells of something is never taken for one.
func (t *turn) inPassing() (r reply, ok bool, err error) {
	folded := t.text.Folded()
	if t.known || t.talk.Form != "" || len(t.talk.Asked) > 0 || len(t.m.Media) > 0 ||
		utf8.RuneCountInString(folded) > shortQuestion || !anyOf(folded, askingWords) ||
		anyOf(folded, ownMatter) || strings.Contains(folded, "接待") {
		return reply{}, false, nil
	}
	if _, rest, starts := t.text.Command(t.b.starts); starts && t.apart(rest) {
		return reply{}, false, nil // "反映 …" hands in
	}
	if c, ok := t.b.Office.Suggest(folded); ok && c.Urgent {
		return reply{}, false, nil
	}
	c, ok := t.b.Handbook.Answers(folded)
	if !ok {
		return reply{}, false, nil
	}
	t.result = true
	if r, err = t.show(c); err == nil {
		r.text = joined(r.text, t.say("handbook.offer", nil))
	}
	return r, true, err
}

// ownMatter are the words of one who asks how their own matter stands.
var ownMatter = []string{"进度", "怎么样了", "办得", "办好"}

// steps tells in five lines how a matter goes (流程).
func steps(t *turn, _ input) (reply, error) {
	c, ok := t.b.Handbook.Card(stepsCard)
	if !ok {
		return says(t.say("handbook.none", nil))
	}
	return says(t.cardText(c))
}

// terms tells how long it takes (期限): what the law says, what the house
// promises, and in private what runs for the sender's own matters.
func terms(t *turn, _ input) (reply, error) {
	c, ok := t.b.Handbook.Card(termsCard)
	if !ok {
		return says(t.say("handbook.none", nil))
	}
	text := t.cardText(c)
	if least, most, ok := houseTerms(t.b.Office.Categories); ok {
		text = joined(text, t.say("handbook.house", words.Args{"N": least.Days, "Working": least.Working, "Of": most.Days, "AlsoWorking": most.Working}))
	}
	if t.m.Group() {
		return says(text)
	}
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	if err != nil {
		return reply{}, err
	}
	if running := t.running(list); len(running) > 0 {
		text = joined(text, t.say("handbook.own", words.Args{"Lines": running}))
	}
	return says(text)
}

// ownTerm is what runs for a matter of the sender's.
type ownTerm struct {
	Short string
	Kind  string    // told, asked or answered: what is promised until then, or still open to them
	Due   time.Time // the last day
}

// running are the terms of one's own matters, up to ownTerms of them: each the
// one that counts now.
func (t *turn) running(list []cases.Case) (all []ownTerm) {
	for _, c := range list {
		for _, k := range []struct {
			kind   string
			clocks []cases.ClockKind
		}{
			{"answered", []cases.ClockKind{cases.HouseClock, cases.HandleClock, cases.ReviewClock}},
			{"told", []cases.ClockKind{cases.DecideClock, cases.NoticeClock}},
			{"asked", []cases.ClockKind{cases.WindowClock}},
		} {
			due, runs := first(c, k.clocks)
			if open := k.kind == "asked"; open && due.Before(t.today().Start()) || !open && !c.Stage.Open() {
				continue // is past, or owed no more
			}
			if runs && len(all) < ownTerms {
				all = append(all, ownTerm{desk.ShortNumber(c.No, t.now), k.kind, due})
				break
			}
		}
	}
	return all
}

// first returns which of the clocks runs out first.
func first(c cases.Case, kinds []cases.ClockKind) (due time.Time, ok bool) {
	for _, kind := range kinds {
		if k, runs := c.Clock(kind); runs && (!ok || k.Due.Before(due)) {
			due, ok = k.Due, true
		}
	}
	return due, ok
}

// ownTerms is how many of one's own matters are named beside the terms.
const ownTerms = 3

// houseTerms are the categories with the shortest and the longest term.
func houseTerms(all []cases.Category) (least, most cases.Category, ok bool) {
	for _, c := range all {
		if c.Days == 0 || c.Urgent || c.Sealed {
			continue
		}
		if !ok || natural(c) < natural(least) {
			least = c
		}
		if !ok || natural(c) > natural(most) {
			most = c
		}
		ok = true
	}
	return least, most, ok
}

// natural is about how many days a term takes.
func natural(c cases.Category) int {
	if c.Working {
		return c.Days * 7 / 5
	}
	return c.Days
}

// channels tells the ways to the office (渠道), as the Regulation has it published
// (条例第18条), and the telephones outside.
func channels(t *turn, _ input) (reply, error) {
	days, err := t.b.desk.ReceptionDays(t.ctx, t.today(), 1)
	if err != nil {
		return reply{}, err
	}
	args := words.Args{"Known": false}
	if len(days) > 0 && !days[0].Date.IsZero() {
		args["Known"], args["Day"] = true, days[0].Date
	}
	text := t.say("channels", args)
	if c, ok := t.b.Handbook.Card(linesCard); ok {
		first, _, _ := strings.Cut(c.Text, "\n")
		text = joined(text, t.say("channels.lines", words.Args{"Text": first, "Confirm": c.Confirm}))
	}
	return says(text)
}
