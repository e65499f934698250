package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// bareValue is up to how many characters a bare day is one.
const bareValue = 10

// callsThemselves may stand before somebody's name.
var callsThemselves = []string{"我的名字叫", "我的名字是", "我叫", "我是", "姓名", "名字叫", "名字", "叫"}

// completes takes what is said to the summary for one of its lines where it can be
// nothing else: the name of a unit for the place, a day, the name of who signs with
// theirs.
func (t *turn) completes(f cases.Form) bool {
	if len(t.m.Media) > 0 || utf8.RuneCountInString(t.text.Folded()) > bareValue {
		return false
	}
	raw := strings.TrimSpace(t.text.Raw())
	_, place := f.Field(cases.Place)
	_, since := f.Field(cases.SinceWhen)
	if unit, ok := t.text.Exact(t.b.names.units); ok && place {
		t.talk.Fields[cases.Place] = t.b.Office.UnitName(unit)
		return true
	}
	if facts := phrase.FactsOf(raw, t.b.Dialect); since && len(facts.Whens) == 1 && sameWords(facts.Whens[0], raw) && phrase.NamesDay(raw, t.b.Dialect) {
		t.talk.Fields[cases.SinceWhen] = raw
		return true
	}
	if !t.lacksName(f) {
		return false
	}
	for _, w := range callsThemselves {
		if rest, ok := strings.CutPrefix(raw, w); ok {
			raw = strings.Trim(rest, " ：:是")
			break
		}
	}
	if phrase.IsName(raw) {
		t.talk.Name = raw
		return true
	}
	return false
}

// sameWords reports whether two texts are the same but for spaces and punctuation.
func sameWords(a, b string) bool {
	words := func(s string) string { return strings.Join(strings.FieldsFunc(phrase.Fold(s), unspoken), "") }
	return words(a) == words(b)
}

// lacksName reports whether somebody who signs with their name has not said it.
func (t *turn) lacksName(f cases.Form) bool {
	sign, _ := f.Field(cases.SignAs)
	named := slices.ContainsFunc(sign.Choices, func(c cases.Choice) bool { return c.ID == string(cases.Named) })
	return named && t.talk.Fields[cases.SignAs] == string(cases.Named) && t.talk.Name == ""
}
