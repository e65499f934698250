// Package intake reads a matter out of one text, labelled as its form has it
// (事由：… 诉求：…) or told freely: what a worker sends in one message, and what
// staff write down or paste for somebody.
package intake

import (
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// Labels maps each label and alias of a form to its field.
func Labels(f cases.Form) map[string]string {
	m := map[string]string{}
	for _, field := range f.Fields {
		m[phrase.Fold(field.Label)] = field.ID
		for _, a := range field.Aliases {
			m[phrase.Fold(a)] = field.ID
		}
	}
	return m
}

// Signs reads a choice by its label or another word for it, with nothing else said:
// what it means whatever was asked.
func Signs(field cases.Field, text phrase.Text) (cases.Choice, bool) {
	id, ok := text.Exact(wordsOf(field))
	i := slices.IndexFunc(field.Choices, func(c cases.Choice) bool { return c.ID == id })
	if !ok || i < 0 {
		return cases.Choice{}, false
	}
	return field.Choices[i], true
}

func wordsOf(field cases.Field) phrase.Words {
	typed := map[string]string{}
	for _, c := range field.Choices {
		typed[c.Label] = c.ID
		for _, w := range c.Words {
			typed[w] = c.ID
		}
	}
	return phrase.NewWords(typed)
}

// Choose reads a choice by number, label or another word for it.
func Choose(field cases.Field, text phrase.Text) (cases.Choice, bool) {
	if n, ok := text.Choice(len(field.Choices)); ok {
		return field.Choices[n-1], true
	}
	words := wordsOf(field)
	id, ok := text.Exact(words)
	if !ok { // "匿名，别告诉队长"
		id, _, ok = text.Command(words)
	}
	for _, c := range field.Choices {
		if ok && c.ID == id {
			return c, true
		}
	}
	return cases.Choice{}, false
}

// Words of somebody afraid of what may follow (担心报复), and of somebody who does
// not want to be known at all.
var (
	fears = []string{"穿小鞋", "怕报复", "打击报复", "担心报复", "怕领导知道", "怕被知道", "不敢写名字", "不敢说名字", "怕为难",
		"怕被报复", "怕遭报复", "怕挨报复", "怕他报复", "怕他们报复", "怕人报复", "怕打击", "怕被打击", "怕被为难", "怕刁难", "怕被刁难", "怕找我麻烦", "怕被找麻烦", "怕整我", "怕被整",
		"怕收拾我", "怕被收拾", "怕人知道", "怕他知道", "怕他们知道", "怕队里知道", "怕班长知道", "怕队长知道", "怕传出去", "不敢实名", "不敢署名",
		"别说是我", "不要说是我", "别提我", "不要提我", "别说出去", "别让人知道", "别让队里知道", "别让领导知道", "别让班长知道", "别让队长知道", "不要让队里知道", "不要让领导知道", "别告诉队里", "别告诉领导", "别告诉班长", "别告诉队长"}
	nameless = []string{"匿名", "不留名", "别问我是谁", "不要问我是谁", "不说我是谁"}
)

// Afraid reports whether a folded text says that its speaker fears what may
// follow.
func Afraid(folded string) bool { return holds(folded, fears) && !strings.Contains(folded, "不怕") }

// Nameless reports whether a folded text says that its speaker does not want to
// be known at all.
func Nameless(folded string) bool { return holds(folded, nameless) }

func holds(folded string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(w string) bool { return strings.Contains(folded, w) })
}
