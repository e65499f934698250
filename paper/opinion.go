package paper

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fangzhuo/words"
)

// ErrIncomplete is in the error of a paper that lacks what it has to hold.
var ErrIncomplete = errors.New("paper is incomplete")

// Signatures, as cases.Signature writes them. Only Named prints a name; whatever
// is not one of these is treated as sealed.
const (
	named     = "named"
	sealed    = "sealed"
	anonymous = "anonymous"
)

// Opinion is an answer in the ordinary procedure as a 信访事项处理意见书. What it
// has to hold is in 信访工作条例 art. 32 and 35. Days are instants, read in the
// office's zone; texts may have several lines.
type Opinion struct {
	Office    string // who answers: letterhead and seal
	Year, Seq int    // the case number
	Signature string // named, sealed or anonymous
	Name      string // printed only when named
	Received  time.Time
	Request   string    // what was asked for (请求)
	Facts     string    // facts and reasons (事实和理由)
	Result    string    // in people's words: 支持并落实, 部分支持, 不支持并说明 …
	Decision  string    // the opinion itself (处理意见)
	Basis     string    // the law or rule it rests on (依据)
	Reviewer  string    // who is asked for a review (复查), the unit above; may be empty
	LastDay   time.Time // to ask for it, if the opinion is received on Date
	Date      time.Time // of issue
}

// lacks names the fields the paper cannot be without.
func (o Opinion) lacks() (names []string) {
	for _, f := range []struct {
		name  string
		empty bool
	}{
		{"office", line(o.Office) == ""}, {"number", o.Year <= 0 || o.Seq <= 0}, {"received", o.Received.IsZero()},
		{"request", line(o.Request) == ""}, {"facts", line(o.Facts) == ""}, {"result", line(o.Result) == ""},
		{"decision", line(o.Decision) == ""}, {"basis", line(o.Basis) == ""}, {"last day", o.LastDay.IsZero()}, {"date", o.Date.IsZero()},
	} {
		if f.empty {
			names = append(names, f.name)
		}
	}
	return names
}

func (o Opinion) complete() error {
	if names := o.lacks(); len(names) > 0 {
		return fmt.Errorf("opinion %04d-%04d lacks %s: %w", o.Year, o.Seq, strings.Join(names, ", "), ErrIncomplete)
	}
	return nil
}

// wording are the facts of the sentences of an opinion. The name is among them
// only when it may be printed.
func (o Opinion) wording() words.Args {
	signature, name := known(o.Signature), line(o.Name)
	switch {
	case signature != named:
		name = ""
	case name == "":
		signature = anonymous // the number is all there is to call them by
	}
	return words.Args{"Office": line(o.Office), "Year": o.Year, "Seq": o.Seq, "Short": fmt.Sprintf("%04d", o.Seq),
		"No": fmt.Sprintf("%04d-%04d", o.Year, o.Seq), "Signature": signature, "Name": name, "Received": o.Received,
		"Request": many(o.Request), "Facts": many(o.Facts), "Result": line(o.Result), "Decision": many(o.Decision),
		"Basis": many(o.Basis), "Reviewer": line(o.Reviewer), "Due": o.LastDay, "Day": o.Date}
}

// known returns the signature as one of the three.
func known(signature string) string {
	if signature == named || signature == anonymous {
		return signature
	}
	return sealed
}

// Text returns the opinion as it is sent in a chat, a line or more for each of
// its five parts. The error is ErrIncomplete.
func (o Opinion) Text(book *words.Book) (string, error) {
	if err := o.complete(); err != nil {
		return "", err
	}
	return book.Say("opinion.text", o.wording()), nil
}

// Docx returns the opinion as a Word document, with the receipt of its delivery
// (送达回证) on a page of its own at the end. The error is ErrIncomplete.
func (o Opinion) Docx(book *words.Book) ([]byte, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	var d body
	d.para("Letterhead", o.Office)
	d.para("FileNumber", book.Say("opinion.no", o.wording()))
	d.para("Title", book.Say("opinion.title", nil))
	d.para("Addressee", book.Say("opinion.to", o.wording()))
	d.para("Text", book.Say("opinion.opening", o.wording()))
	d.para("Heading1", book.Say("opinion.request", nil))
	d.para("Text", o.Request)
	d.para("Heading1", book.Say("opinion.facts", nil))
	d.para("Text", o.Facts)
	d.para("Heading1", book.Say("opinion.decision", nil))
	d.para("Text", book.Say("opinion.decided", o.wording()))
	d.para("Heading1", book.Say("opinion.basis", nil))
	d.para("Text", o.Basis)
	d.para("Heading1", book.Say("opinion.remedy", nil))
	d.paraWith("Text", book.Say("opinion.review", o.wording()), "<w:keepNext/>") // no page has a seal only
	d.paraWith("Seal", book.Say("opinion.seal", o.wording()), "")
	d.paraWith("Day", book.Say("opinion.day", o.wording()), numbered)
	o.delivery(&d, book)
	return d.file(unnumbered)
}

// delivery writes the receipt of delivery. Who is not named signs with the number.
func (o Opinion) delivery(d *body, book *words.Book) {
	d.para("Letterhead", o.Office)
	d.para("Title", book.Say("delivery.title", nil))
	d.form(
		row(800, cell{label: book.Say("delivery.paper", nil), value: book.Say("delivery.of", o.wording())}),
		row(800, cell{label: book.Say("delivery.to", nil), value: book.Say("delivery.addressee", o.wording())}),
		row(800, cell{label: book.Say("delivery.how", nil), value: book.Say("delivery.ways", nil)}),
		row(800, cell{label: book.Say("delivery.place", nil)}),
		row(1400, cell{label: book.Say("delivery.signature", nil), value: book.Say("delivery.sign-here", o.wording())}),
		row(800, cell{label: book.Say("delivery.received", nil), value: book.Say("delivery.day", nil), right: true}),
		row(1400, cell{label: book.Say("delivery.by", nil)}),
		row(1400, cell{label: book.Say("delivery.note", nil)}),
	)
	d.para("Note", book.Say("delivery.kept", o.wording()))
}
