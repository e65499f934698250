package console

import (
	"net/http"
	"strconv"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// newPage is the form for a matter that staff write down.
type newPage struct {
	Channels   []choice
	Signatures []choice
	Note       intake.Note
	Persons    string
}

// receiptPage is what the petitioner gets: read out, or printed and handed over.
type receiptPage struct {
	No, Code string
	Advice   []string // for staff
	Slip     []string // for the petitioner
}

// blank shows the empty form.
func (v *visit) blank() {
	v.form(http.StatusOK, "", intake.Note{}, "")
}

func (v *visit) form(status int, refused string, note intake.Note, persons string) {
	main := newPage{Note: note, Persons: persons}
	for _, way := range []cases.Channel{cases.ByCall, cases.ByVisit, cases.ByLetter, cases.ByAbove, cases.ByPaste} {
		main.Channels = append(main.Channels, choice{string(way), v.say("page.channel", words.Args{"Channel": string(way), "Visitors": 0}), string(way) == note.Channel})
	}
	for _, sign := range []cases.Signature{"", cases.Named, cases.Sealed, cases.Anonymous} {
		name := v.say("page.sign-as-said", nil)
		if sign != "" {
			name = v.say("page.signature", words.Args{"Signature": string(sign)})
		}
		main.Signatures = append(main.Signatures, choice{string(sign), name, string(sign) == note.Signature})
	}
	v.page(status, "new", view{Here: "new", Title: v.say("page.new", nil), Refused: refused, Main: main})
}

// take registers. The same form sent twice registers once and shows the same
// receipt.
func (v *visit) take() {
	if !v.formRead() {
		return
	}
	persons := v.value("persons")
	note := intake.Note{Channel: v.value("channel"), Text: v.req.PostFormValue("text"), Signature: v.value("signature"),
		Name: v.value("name"), Contact: v.value("contact"), Key: v.value("key")}
	if note.Key == "" {
		v.fail(v.w, http.StatusBadRequest, v.say("page.bad-form", nil))
		return
	}
	if note.Channel == "" {
		v.form(http.StatusUnprocessableEntity, v.say("page.lacks.channel", nil), note, persons)
		return
	}
	if persons != "" {
		n, err := strconv.Atoi(persons)
		if err != nil {
			n = -1 // refused as no number of people
		}
		note.Persons = n
	}
	var receipt desk.Receipt
	err := v.Store.Update(v.req.Context(), func(tx storage.Tx) (err error) {
		receipt, err = v.Desk.Take(tx, v.actor, v.Notes.Read(note), v.Now())
		return err
	})
	switch r, refused := desk.IsRefusal(err); {
	case refused:
		v.form(http.StatusUnprocessableEntity, v.refusal(r), note, persons)
	case err != nil:
		v.broken(v.w, err)
	default:
		v.owed()
		v.receipt(receipt)
	}
}

func (v *visit) receipt(r desk.Receipt) {
	_, advice, _ := strings.Cut(v.Desk.TakenText(r, v.Now()), "\n") // number and code stand above it
	slip := v.say("page.slip", v.Desk.Args(r.Case, v.Now(), words.Args{"Code": r.Code}))
	v.page(http.StatusOK, "receipt", view{Here: "new", Title: r.Case.No.String(),
		Main: receiptPage{No: r.Case.No.String(), Code: r.Code, Advice: strings.Split(advice, "\n"), Slip: strings.Split(slip, "\n")}})
}
