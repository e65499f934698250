package intake

import (
	"cmp"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
)

// Note is a matter as staff write it down for somebody: its text, labelled or
// not, and what they know beside it. What they fill in beside the text counts
// before what its labels say.
type Note struct {
	Channel   string // as it is typed (来电), or as it is stored
	Text      string
	Signature string // as it is typed (保密), or as it is stored; "" for what the text says
	Name      string
	Contact   string
	Persons   int    // who came, for a visit
	Key       string // of the act; see desk.Intake
}

// Reader reads notes on the office's forms.
type Reader struct {
	forms  []cases.Form
	labels []map[string]string
	starts phrase.Words // what opens a form → its id
}

// Labels that staff use beside those of the forms.
var (
	nameLabels    = []string{"姓名", "名字", "反映人", "来电人", "来信人", "来访人"}
	contactLabels = []string{"电话", "联系电话", "联系方式", "手机", "手机号"}
	signLabels    = []string{"署名", "署名方式"}
)

const nameField = "name" // no field of a form; the name is kept apart

// NewReader returns the reader of notes on these forms. The first one is for
// what names none.
func NewReader(forms []cases.Form) *Reader {
	r := &Reader{forms: forms}
	typed := map[string]string{}
	for _, f := range forms {
		labels := map[string]string{}
		for field, names := range map[string][]string{nameField: nameLabels, cases.ContactInfo: contactLabels, cases.SignAs: signLabels} {
			for _, name := range names {
				labels[phrase.Fold(name)] = field
			}
		}
		for label, field := range Labels(f) { // the form's own meaning counts
			labels[label] = field
		}
		r.labels = append(r.labels, labels)
		typed[f.Name] = f.ID
	}
	r.starts = phrase.NewWords(typed)
	return r
}

// channels are the ways in which a matter reaches staff, as people type them.
var channels = phrase.NewWords(map[string]string{
	"来电": string(cases.ByCall), "电话": string(cases.ByCall), string(cases.ByCall): string(cases.ByCall),
	"来访": string(cases.ByVisit), string(cases.ByVisit): string(cases.ByVisit),
	"来信": string(cases.ByLetter), "信": string(cases.ByLetter), "信件": string(cases.ByLetter), "上级交办": string(cases.ByAbove), "上级转来": string(cases.ByAbove), string(cases.ByAbove): string(cases.ByAbove), string(cases.ByLetter): string(cases.ByLetter),
	"微信": string(cases.ByPaste), "微信转录": string(cases.ByPaste), "粘贴": string(cases.ByPaste), string(cases.ByPaste): string(cases.ByPaste),
})

// Channel reads a channel. What it does not know stays as it was typed.
func Channel(typed string) cases.Channel {
	if id, ok := phrase.Read(typed).Exact(channels); ok {
		return cases.Channel(id)
	}
	return cases.Channel(typed)
}

// Read reads a note. What is missing or makes no sense is left for desk.Take to
// refuse.
func (r *Reader) Read(n Note) desk.Intake {
	raw := strings.TrimSpace(strings.ToValidUTF8(n.Text, "\ufffd"))
	i, text := r.form(raw)
	f, filled := r.forms[i], phrase.Form(text, r.labels[i])
	in := desk.Intake{Channel: Channel(n.Channel), Persons: n.Persons, Key: n.Key}
	in.Form, in.Category, in.Fields = f.ID, f.Category, map[string]string{}
	in.Said = []desk.Said{{Text: raw}}
	for id, value := range filled.Values {
		switch id {
		case nameField:
			in.Name = value
		case cases.ContactInfo:
			if !strings.ContainsAny(phrase.Fold(value), "0123456789abcdefghijklmnopqrstuvwxyz") { // "电话 打不通" is prose
				filled.Rest = "电话 " + value + "\n" + filled.Rest
				continue
			}
			in.Contact = value
		case cases.SignAs:
		default:
			in.Fields[id] = plain(f, id, value)
		}
	}
	if rest, _ := phrase.MaskCards(filled.Rest); rest != "" && phrase.Fold(rest) != "匿名" {
		in.Fields[cases.Matter] = strings.TrimSpace(in.Fields[cases.Matter] + "\n" + rest)
	}
	r.sign(&in, f, filled.Values[cases.SignAs], n.Signature, phrase.Fold(raw))
	in.Name, in.Contact = or(n.Name, in.Name), or(n.Contact, in.Contact)
	return in
}

// Labelled reports whether a text has a label at all.
func (r *Reader) Labelled(raw string) bool {
	i, text := r.form(raw)
	return phrase.Form(text, r.labels[i]).Found > 0
}

// form is the form a text names at its beginning, and the text behind the name.
// Other words that open a form in chat (举报) stay, for they may say what it is.
func (r *Reader) form(raw string) (int, string) {
	id, rest, ok := phrase.Read(raw).Command(r.starts)
	for i, f := range r.forms {
		if ok && f.ID == id {
			return i, rest.Raw()
		}
	}
	return 0, raw
}

// plain is a value as a case keeps it: a choice by its id, without card numbers.
func plain(f cases.Form, id, value string) string {
	if field, ok := f.Field(id); ok && field.Kind == cases.ChoiceField {
		if c, ok := Choose(field, phrase.Read(value)); ok {
			return c.ID
		}
	}
	masked, _ := phrase.MaskCards(value)
	return masked
}

// signatures are the ways to sign, where a form does not ask for one.
var signatures = cases.Field{ID: cases.SignAs, Kind: cases.ChoiceField, Choices: []cases.Choice{
	{ID: string(cases.Named), Label: "实名"}, {ID: string(cases.Sealed), Label: "保密"}, {ID: string(cases.Anonymous), Label: "匿名"},
}}

// sign finds out how the petitioner wants to be known. Who says nothing of it is
// kept apart, and who is afraid is heard as such.
func (r *Reader) sign(in *desk.Intake, f cases.Form, labelled, chosen, folded string) {
	in.Guarded = Afraid(folded)
	typed := strings.TrimSpace(or(chosen, labelled))
	field, ok := f.Field(cases.SignAs)
	if !ok {
		field = signatures
	}
	c, known := Choose(field, phrase.Read(typed))
	switch {
	case typed == "" && Nameless(folded):
		in.Signature = cases.Anonymous
	case typed == "":
		in.Signature = cases.Sealed
	case known:
		in.Signature = cases.Signature(c.ID)
	case Nameless(phrase.Fold(typed)):
		in.Signature = cases.Anonymous
	case Afraid(phrase.Fold(typed)):
		in.Signature = cases.Sealed
	case phrase.IsName(typed):
		in.Signature, in.Name = cases.Named, or(in.Name, typed)
	default:
		in.Signature = cases.Signature(typed) // an id, or something to be refused
	}
}

func or(a, b string) string { return cmp.Or(strings.TrimSpace(a), strings.TrimSpace(b)) }
