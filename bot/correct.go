package bot

import (
	"maps"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The labels of a correction beside those of the forms.
const (
	asCategory = "category"
	asPersons  = "persons"
)

var becomes = []string{"改成", "改为", "更正为", "应该是", "应为", "应是", "写成", "是", "为"}

// corrections are the labels that a correction may name: those of all forms, and
// what the office itself writes down.
func (b *Bot) corrections() map[string]string {
	labels := map[string]string{"内容": cases.Matter, "事情": cases.Matter, "类别": asCategory, "分类": asCategory, "人数": asPersons, "联名人数": asPersons}
	for _, l := range b.labels {
		maps.Copy(labels, l)
	}
	return labels
}

// correct reads "12 地点：副井澡堂" or "12 类别 食堂" (更正).
func correct(t *turn, in input) (reply, error) {
	labels := t.b.corrections()
	filled := phrase.Form(in.rest.Raw(), labels)
	if filled.Found == 0 {
		if field, rest, ok := in.rest.Command(phrase.NewWords(labels)); ok {
			filled.Values = map[string]string{field: rest.Raw()}
		}
	}
	k := desk.Correction{Fields: map[string]string{}}
	for id, value := range filled.Values {
		for _, word := range becomes {
			if after, ok := strings.CutPrefix(value, word); ok {
				value = strings.TrimLeft(after, " ：:，,")
				break
			}
		}
		switch id {
		case asCategory:
			k.Category = value
		case asPersons:
			if k.Persons = count(value); k.Persons < 1 || k.Persons > cases.MaxVisitors {
				return reply{}, &cases.Refusal{Code: cases.NoCount, Verb: cases.Correct, No: in.no}
			}
		case cases.SignAs:
			choice, ok := t.signatures(phrase.Read(value))
			if !ok {
				return reply{}, &cases.Refusal{Code: cases.NoSignature, Verb: cases.Correct, No: in.no, Typed: value}
			}
			k.Signature = choice
		case cases.ContactInfo: // in the sealed part, which is opened with a motive
		default:
			if value != "" {
				k.Fields[id] = value
			}
		}
	}
	return does(func(tx storage.Tx) (string, error) {
		before, err := t.b.desk.Stands(tx, t.actor, in.no, t.now)
		if err != nil {
			return "", err
		}
		d, err := t.b.desk.Correct(tx, t.actor, in.no, k, t.now)
		if err != nil {
			return "", err
		}
		e := cases.Event{Fields: k.Fields, Category: k.Category, Signature: k.Signature, Persons: k.Persons}
		return t.step("correct", d, words.Args{"Text": t.b.desk.Corrected(before, e, false)}), nil
	})
}

// signatures reads a way to sign, as any form asks for it.
func (t *turn) signatures(text phrase.Text) (cases.Signature, bool) {
	for _, f := range t.b.Forms {
		if field, ok := f.Field(cases.SignAs); ok {
			if choice, ok := intake.Choose(field, text); ok {
				return cases.Signature(choice.ID), true
			}
		}
	}
	return "", false
}
