package console

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"slices"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/storage"
)

// unseen is what would come of a step that was not shown before it was to be taken.
type unseen struct{ text, intro, sure string }

func (*unseen) Error() string { return "what comes of it was not shown yet" }

// goesOut is unseen words that the petitioner would read.
func (v *visit) goesOut(text string) unseen {
	return unseen{text, v.say("page.will-read", nil), v.say("page.send-answer", nil)}
}

// seenMark names what was shown, so that nothing else is done.
func seenMark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// typedReply is the answer as the form has it. The boxes count before labels in
// the words.
func (v *visit) typedReply() cases.Reply {
	return intake.Change(intake.ReadAnswer(v.value("text")).Reply, cases.Reply{Request: v.value("request"), Facts: v.value("facts"),
		Basis: v.value("basis"), Code: cases.AnswerCode(v.value("code"))})
}

// answer gives the answer that was shown last, or comes back to have it shown.
func (v *visit) answer(tx storage.Tx, no cases.Number) (desk.Done, error) {
	r := v.typedReply()
	if with := v.beside(); len(with) > 0 && r.Opinion != "" {
		return v.answerAll(tx, no, r, with)
	}
	d, err := v.Desk.Draft(tx, v.actor, no, r, 0, v.Now())
	if err != nil {
		return desk.Done{}, err
	}
	if v.value("sure") != seenMark(d.Text) {
		u := v.goesOut(d.Text)
		return desk.Done{}, &u
	}
	return v.Desk.Answer(tx, v.actor, no, r, v.Now())
}

// asksAnswer asks for the parts of an answer; what is left open is filled in.
func (v *visit) asksAnswer(c cases.Case) []field {
	category, _ := v.Desk.Office.Category(c.CategoryOrSuggested())
	basis := v.line("page.f.basis", "basis", true)
	basis.Hints = category.Bases
	results := []choice{{Name: v.say("page.as-said", nil)}}
	for _, code := range c.Codes() {
		results = append(results, choice{ID: string(code), Name: v.say("result."+string(code), nil)})
	}
	return slices.Concat([]field{v.box("page.text.answer", true), basis}, v.pick("page.f.result", "code", results, false),
		[]field{v.line("page.f.request", "request", false), v.line("page.f.facts", "facts", c.Sealed)}, v.asksBeside())
}

// asksConclude asks for what the next level up says.
func (v *visit) asksConclude(cases.Case) []field {
	return []field{v.box("page.text.conclude", true), v.line("page.f.basis", "basis", true), v.line("page.f.facts", "facts", false)}
}

// opinion hands out the answer as a document to print.
func (v *visit) opinion() {
	no, ok := v.no()
	if !ok {
		return
	}
	var name string
	var docx []byte
	err := v.Store.Update(v.req.Context(), func(tx storage.Tx) (err error) {
		_, name, docx, err = v.Desk.Opinion(tx, v.actor, no, v.Now())
		return err
	})
	if r, refused := desk.IsRefusal(err); refused {
		v.matterWith(no, http.StatusUnprocessableEntity, view{Refused: v.refusal(r)}, shown{})
		return
	}
	if err != nil {
		v.broken(v.w, err)
		return
	}
	h := v.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	if _, err := v.w.Write(docx); err != nil {
		v.Log.Warn("a paper was not handed out to its end", "err", err)
	}
}
