package paper

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fangzhuo/words"
)

// Registration is a matter as a 信访登记表 (domain.md §3.1): a page, more if the
// matter is long, that is printed, signed and filed. What is empty is left to be
// written by hand.
type Registration struct {
	Office    string // at the head
	Year, Seq int    // the case number
	Received  time.Time
	Signature string // named, sealed or anonymous
	Name      string // this, Home and Phone are printed only when named
	Home      string // unit or address of the petitioner
	Phone     string
	Persons   int    // how many came or signed; 0 is not known
	Channel   string // in people's words: 来访, 来电, 来信, 微信
	Category  string
	Matter    string // what is told (反映内容)
	Place     string
	Since     string
	Want      string // what is asked for (诉求)
	Lead      string // the unit responsible
	Receiver  string // who took it down
	Opinion   string // what the receiver proposes (初步意见)
}

// Docx returns the registration as a Word document. The error is ErrIncomplete
// where number, day or matter are missing.
func (r Registration) Docx(book *words.Book) ([]byte, error) {
	var lacks []string
	if r.Year <= 0 || r.Seq <= 0 {
		lacks = append(lacks, "number")
	}
	if r.Received.IsZero() {
		lacks = append(lacks, "received")
	}
	if line(r.Matter) == "" {
		lacks = append(lacks, "matter")
	}
	if len(lacks) > 0 {
		return nil, fmt.Errorf("registration %04d-%04d lacks %s: %w", r.Year, r.Seq, strings.Join(lacks, ", "), ErrIncomplete)
	}
	signature, name, home, phone := known(r.Signature), r.Name, r.Home, r.Phone
	about := func() words.Args { return words.Args{"Signature": signature, "Received": r.Received} }
	if signature != named {
		name = book.Say("registration.unnamed", about())
		home, phone = name, name
	}
	persons := ""
	if r.Persons > 0 {
		persons = strconv.Itoa(r.Persons)
	}
	pair := func(label, value string) cell { return cell{label: label, value: value} }
	var d body
	d.para("Letterhead", r.Office)
	d.para("Title", book.Say("registration.title", nil))
	d.form(
		row(600, pair(book.Say("registration.no", nil), fmt.Sprintf("%04d-%04d", r.Year, r.Seq)),
			pair(book.Say("registration.received", nil), book.Say("registration.day", about()))),
		row(600, pair(book.Say("registration.name", nil), name), pair(book.Say("registration.phone", nil), phone)),
		row(600, pair(book.Say("registration.home", nil), home)),
		row(600, pair(book.Say("registration.channel", nil), r.Channel), pair(book.Say("registration.persons", nil), persons)),
		row(600, pair(book.Say("registration.category", nil), r.Category), pair(book.Say("registration.lead", nil), r.Lead)),
		row(600, pair(book.Say("registration.place", nil), r.Place), pair(book.Say("registration.since", nil), r.Since)),
		row(1600, pair(book.Say("registration.matter", nil), r.Matter)),
		row(1100, pair(book.Say("registration.want", nil), r.Want)),
		row(900, pair(book.Say("registration.confirmed", nil), book.Say("registration.confirm", about()))),
		row(1100, pair(book.Say("registration.opinion", nil), r.Opinion)),
		row(1100, pair(book.Say("registration.instruction", nil), "")),
		row(600, pair(book.Say("registration.receiver", nil), r.Receiver), cell{label: book.Say("registration.signed-on", nil), value: book.Say("delivery.day", nil), right: true}),
	)
	return d.file(numbered)
}
