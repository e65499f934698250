package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// One answer to others with the same matter too (一并答复): a box for each that waits,
// with the answer or, once that is out, in a form of its own.

// answerAll is that form.
const answerAll = "answer-all"

const besideField = "with-" // number and how many events it had when the page was drawn: with-2026-0048-7

// asksBeside asks to which others the answer goes too.
func (v *visit) asksBeside() (fields []field) {
	for _, o := range v.same {
		args := words.Args{"Short": desk.ShortNumber(o.No, v.Now()), "Matter": o.Fields[cases.Matter]}
		fields = append(fields, field{Name: fmt.Sprintf("%s%s-%d", besideField, o.No, o.Events), Label: v.say("page.answer-too", args), Kind: "check"})
	}
	return fields
}

// beside are the matters whose boxes are ticked.
func (v *visit) beside() (with []desk.Beside) {
	for name := range v.req.PostForm {
		box, ok := strings.CutPrefix(name, besideField)
		i := strings.LastIndexByte(box, '-')
		if !ok || i < 0 {
			continue
		}
		no, ok := cases.ParseNumber(box[:i])
		if seen, err := strconv.Atoi(box[i+1:]); ok && err == nil && seen > 0 {
			with = append(with, desk.Beside{No: no, Seen: seen})
		}
	}
	slices.SortFunc(with, func(a, b desk.Beside) int { return strings.Compare(a.No.String(), b.No.String()) })
	return with
}

// answerAll gives an answer to several, once it was shown who gets it and who does
// not.
func (v *visit) answerAll(tx storage.Tx, no cases.Number, r cases.Reply, with []desk.Beside) (desk.Done, error) {
	t, err := v.Desk.DraftAll(tx, v.actor, no, r, 0, with, v.Now())
	if err != nil {
		return desk.Done{}, err
	}
	var get []cases.Number
	for _, o := range t.With {
		get = append(get, o.Case.No)
	}
	text, shown := t.Lead.Text, ""
	if t.Given { // the first has it; shown is what one of the others reads
		if len(get) == 0 {
			return desk.Done{}, &lacking{"", v.Desk.LeftText(t.Left, v.Now())}
		}
		text, shown = t.With[0].Text, desk.ShortNumber(get[0], v.Now())
	}
	text += "\n\n" + v.say("answer.to-all", words.Args{"Short": desk.ShortNumber(t.Lead.Case.No, v.Now()), "Others": desk.ShortNumbers(get, v.Now()),
		"Given": t.Given, "Shown": shown})
	if left := v.Desk.LeftText(t.Left, v.Now()); left != "" {
		text += "\n" + left
	}
	if v.value("sure") != seenMark(text) {
		u := v.goesOut(text)
		return desk.Done{}, &u
	}
	all, err := v.Desk.AnswerAll(tx, v.actor, no, r, 0, with, v.Now())
	if err != nil {
		return desk.Done{}, err
	}
	if t.Given {
		return desk.Done{Case: t.Lead.Case, Told: true}, nil
	}
	return all.Done[0], nil // the first is answered in any case
}

// answerRest gives the answer that a matter has to others that are the same.
func (v *visit) answerRest(tx storage.Tx, no cases.Number) (desk.Done, error) {
	with := v.beside()
	if len(with) == 0 {
		return desk.Done{}, &lacking{"", v.say("page.lacks.beside", nil)}
	}
	return v.answerAll(tx, no, cases.Reply{}, with)
}
