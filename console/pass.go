package console

import (
	"fmt"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Passing on what was sent along to the unit that has the matter (转附件).

func fileField(n int) string { return fmt.Sprintf("file-%d", n) }

// asksPassOn asks which; what each is stands there once the list was opened.
func (v *visit) asksPassOn(c cases.Case) []field {
	fields := []field{{Label: v.say("page.pass-on", v.Desk.Args(c, v.Now(), nil)), Kind: "note"}}
	for n := 1; n <= c.Media; n++ {
		fields = append(fields, field{Name: fileField(n), Label: v.say("page.file-n", words.Args{"N": n}), Kind: "check"})
	}
	return fields
}

// named gives the attachments their names from the opened list.
func named(fields []field, files []file) {
	for i := range fields {
		for _, f := range files {
			if fields[i].Name == fileField(f.N) {
				fields[i].Label = f.What
			}
		}
	}
}

// passOn sends the chosen ones to the unit. Where they may tell who sent them, that
// is shown first.
func (v *visit) passOn(tx storage.Tx, no cases.Number) (desk.Done, error) {
	c, err := v.Desk.Stands(tx, v.actor, no, v.Now())
	if err != nil {
		return desk.Done{}, err
	}
	var which []int
	for n := 1; n <= c.Media; n++ {
		if v.value(fileField(n)) != "" {
			which = append(which, n)
		}
	}
	if len(which) == 0 && c.Media > 0 {
		return desk.Done{}, &lacking{fileField(1), v.say("page.lacks.file", nil)}
	}
	sure := v.value("sure")
	h, err := v.Desk.PassOn(tx, v.actor, no, which, "", sure != "", v.Now())
	if err != nil {
		return desk.Done{}, err
	}
	args := v.Desk.Args(h.Case, v.Now(), h.Facts())
	if !h.Told || len(h.Sent) == 0 { // nothing went out
		return desk.Done{}, &lacking{fileField(which[0]), v.say("attachments.passed", args)}
	}
	if u := v.mind("page.sure.pass-on", args); h.Asks || sure != "" && sure != seenMark(u.text) {
		return desk.Done{}, &u
	}
	return desk.Done{Case: h.Case, Told: true}, nil
}
