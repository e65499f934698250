package desk

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Submission is a matter somebody hands in.
type Submission struct {
	From      chat.Address
	Form      string
	Category  string // suggested by the form itself, or ""
	Fields    map[string]string
	Signature cases.Signature
	Name      string // given by the petitioner, for a named matter
	Contact   string
	Guarded   bool // fears retaliation
	Said      []Said
	Persons   int          // who speak together (联名); 0 is one
	Against   []string     // ids of units and people complained about, besides those that it names
	ReturnOf  cases.Number // the matter of the same person that this is once more (重复)
}

// Receipt is what a petitioner gets: the number and the code to ask with.
type Receipt struct {
	Case cases.Case
	Code string
}

// Submit opens a case. Of an anonymous petitioner neither account nor name nor
// contact is kept; the code is then the only way back.
func (d *Desk) Submit(tx storage.Tx, s Submission, now time.Time) (Receipt, error) {
	how := cases.Event{Channel: cases.ByChat, Persons: s.Persons}
	if !s.ReturnOf.IsZero() {
		how.Other = &cases.Link{No: s.ReturnOf, Kind: cases.ReturnOf}
	}
	return d.open(tx, cases.Petitioner, s, how, d.Random, now)
}

// open begins a case. The event says how it came; the code is drawn from random.
func (d *Desk) open(tx storage.Tx, actor cases.Actor, s Submission, how cases.Event, random io.Reader, now time.Time) (Receipt, error) {
	no, err := d.nextNumber(tx, dateOf(now).Year)
	if err != nil {
		return Receipt{}, err
	}
	code, err := newCode(random)
	if err != nil {
		return Receipt{}, err
	}
	category, ok := d.Office.Category(s.Category)
	if suggested, fits := d.Office.Suggest(s.Fields[cases.Matter] + " " + s.Fields[cases.Want]); fits && (!ok || suggested.Sealed) {
		category = suggested
	}
	named := d.against(s)
	if d.Office.Above(named) || d.Office.Above(how.Against) {
		category = d.sealedCategory(category) // not for their own lists
	}
	for _, ids := range [][]string{named, s.Against} {
		how.Against = append(how.Against, without(ids, how.Against)...)
	}
	danger := !category.Sealed && phrase.Urgent(s.Fields[cases.Matter]) == phrase.Hazard
	if danger {
		category = d.dangerous(category)
	}
	s.Fields = calmed(s.Fields)
	st := &step{d: d, tx: tx, now: now, actor: actor, before: cases.Case{No: no}, c: cases.Case{No: no}}
	id, words := identity{From: s.From, Name: s.Name, Contact: s.Contact}, s.Said
	if s.Signature == cases.Anonymous { // they may have said who they are before they thought better of it
		names := append(d.knownAs(s.From), s.Name)
		s.Fields = scrubbed(s.Fields, names...)
		id, words = identity{}, unsigned(s.Said, append(names, s.Contact))
	}
	if s.Signature == cases.Sealed || s.Guarded || category.Sealed { // the name stays in the sealed part, though they write it into their story
		if s.Signature != cases.Anonymous {
			id.Contact = alsoAt(id.Contact, s.Fields[cases.Matter]+"\n"+s.Fields[cases.Want])
		}
		s.Fields = scrubbed(s.Fields, append(d.knownAs(s.From), s.Name, s.Contact)...)
	}
	s.Fields = unnamedFields(s.Fields, append(d.knownAs(s.From), strings.Split(s.Name, "、")...)) // leaders read it too
	if how.Media, how.Gone, err = keepMedia(tx, no, words, s.Signature == cases.Anonymous); err != nil {
		return Receipt{}, err
	}
	how.Verb, how.Form, how.Signature, how.Fields = cases.Submit, s.Form, s.Signature, s.Fields
	how.Category, how.Sealed, how.Guarded, how.CodeHash = category.Name, category.Sealed, s.Guarded, codeHash(no, code)
	st.add(how)
	if err := st.keepGist(); err != nil {
		return Receipt{}, err
	}
	if id.From != "" {
		if err := tx.Put(fromTable, withNumber(fromKey(id.From), no), nil); err != nil {
			return Receipt{}, fmt.Errorf("list a petitioner's case: %w", err)
		}
	}
	if err := st.seal(id, words...); err != nil {
		return Receipt{}, err
	}
	if danger && category.Urgent {
		err = st.sound()
	} else {
		err = st.tellOfNew()
	}
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Case: st.c, Code: code}, st.commit()
}

// shortStory is up to how many characters a story stands in a notice as it was told.
const shortStory = 60

// tellOfNew tells those who look after new matters: of a long story about pay what
// it comes to, for its beginning says little.
func (s *step) tellOfNew() error {
	matter, want := s.c.Fields[cases.Matter], s.c.Fields[cases.Want]
	sum, ok := phrase.SumUp(matter, s.d.Dialect, dateOf(s.now))
	ok = ok && utf8.RuneCountInString(matter) > shortStory
	if ok && want == strings.Join(sum.Wants, "、") { // the sum says so
		want = ""
	}
	return s.tellKeepers("staff.new", words.Args{"Summed": ok, "Want": want, "When": sum.Day, "Lacks": sum.Lacks,
		"Amount": sum.Amount, "Recorded": sum.Recorded, "Claimed": sum.Claimed, "Wants": sum.Wants})
}

// unnamedFields are the fields of a matter without its petitioner's own name, which
// stands in the sealed part whatever way they sign.
func unnamedFields(fields map[string]string, names []string) map[string]string {
	all := maps.Clone(fields)
	for id, v := range all {
		for _, name := range names {
			if utf8.RuneCountInString(name) > 1 {
				v = strings.ReplaceAll(v, name, "…")
			}
		}
		all[id] = v
	}
	return all
}

// alsoAt is how somebody is reached, with a number that they say in their story and
// that is taken out of it.
func alsoAt(contact, said string) string {
	phone := phrase.Phone(said)
	switch {
	case phone == "" || strings.Contains(contact, phone):
		return contact
	case contact == "":
		return phone
	}
	return contact + "、" + phone
}

// unsigned is what was said for an anonymous matter without what tells who said
// it: names, numbers, and the minute at which somebody was writing.
func unsigned(said []Said, names []string) []Said {
	var all []Said
	for _, m := range said {
		m.Text = phrase.Scrub(m.Text, names)
		m.At = dateOf(m.At).Start()
		m.Media = unnamed(m.Media)
		if !m.Recalled.IsZero() {
			m.Recalled = m.At
		}
		all = append(all, m)
	}
	return all
}

// against is whom a submission complains about: nobody, where it proposes or
// thanks.
func (d *Desk) against(s Submission) []string {
	text := s.Fields[cases.Matter] + "\n" + s.Fields[cases.Want]
	if s.Form == cases.SuggestionForm || strings.Contains(text, "谢") || strings.Contains(text, "表扬") {
		return nil
	}
	return d.Office.Against(text)
}

// sealedCategory is the category of accusations, or the suggested one where there
// is none.
func (d *Desk) sealedCategory(suggested cases.Category) cases.Category {
	for _, c := range d.Office.Categories {
		if c.Sealed {
			return c
		}
	}
	return suggested
}

// calmed are the fields of a matter without what threatens somebody in them: that
// stays with the words as they were said, and is passed on to nobody.
func calmed(fields map[string]string) map[string]string {
	all := maps.Clone(fields)
	for _, id := range []string{cases.Matter, cases.Want} {
		if v := fields[id]; v != "" {
			all[id] = cmp.Or(phrase.Calm(v), "…")
		}
	}
	return all
}

func scrubbed(fields map[string]string, names ...string) map[string]string {
	all := make(map[string]string, len(fields))
	for id, v := range fields {
		all[id] = phrase.Scrub(v, names)
	}
	return all
}

// nextNumber draws the next number of the year: no gaps, no duplicates.
func (d *Desk) nextNumber(tx storage.Tx, year int) (cases.Number, error) {
	key := storage.Key(nil).Uint16(uint16(year))
	var last int
	if _, err := record.Load(tx, seqTable, key, &last); err != nil {
		return cases.Number{}, err
	}
	if err := record.Save(tx, seqTable, key, last+1); err != nil {
		return cases.Number{}, err
	}
	return cases.Number{Year: year, Seq: last + 1}, nil
}

// maxSupplements is how often something can be added to one matter.
const maxSupplements = 200

// Supplement adds to the petitioner's own case, or answers a question of staff.
func (d *Desk) Supplement(tx storage.Tx, no cases.Number, by Claim, m chat.Message, text string, now time.Time) (cases.Case, error) {
	return d.SupplementAll(tx, no, by, []Said{{At: m.At, Text: text, Media: m.Media}}, text, now)
}

// SupplementAll is Supplement for what was said in several messages; text is what
// it comes to.
func (d *Desk) SupplementAll(tx storage.Tx, no cases.Number, by Claim, said []Said, text string, now time.Time) (cases.Case, error) {
	pieces := 0
	for _, m := range said {
		pieces += len(m.Media)
	}
	s, err := d.own(tx, no, cases.Supplement, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	if text == "" && pieces == 0 {
		return cases.Case{}, s.refuse(cases.NoText, cases.Supplement, "")
	}
	if s.c.Supplement >= maxSupplements {
		return cases.Case{}, s.refuse(cases.TooMany, cases.Supplement, "")
	}
	asked := s.c.Question != ""
	id, err := s.identity("supplement")
	if err != nil {
		return cases.Case{}, err
	}
	if s.c.Signature == cases.Anonymous {
		said = unsigned(said, d.knownAs(by.From))
		text = phrase.Scrub(text, d.knownAs(by.From))
	}
	if s.c.Guards() { // as it was said it stands in the sealed part
		if s.c.Signature != cases.Anonymous {
			id.Contact = alsoAt(id.Contact, text)
		}
		text = phrase.Scrub(text, append(strings.Split(id.Name, "、"), append(d.knownAs(id.From), id.Contact)...))
	}
	media, gone, err := keepMedia(tx, s.c.No, said, s.c.Signature == cases.Anonymous)
	if err != nil {
		return cases.Case{}, err
	}
	if err := s.seal(id, said...); err != nil {
		return cases.Case{}, err
	}
	text = phrase.Calm(text)
	s.add(cases.Event{Verb: cases.Supplement, Text: text, Media: media, Gone: gone})
	// what looks like an accusation is for one pair of eyes, not for every phone
	category, _ := d.Office.Suggest(text)
	hidden := s.c.Sealed && s.c.Stage == cases.Received || !s.c.Sealed && category.Sealed
	if text == "" && !asked { // pictures come in a row
		err = s.tellOnce("staff.more-media", nil)
		return s.c, errors.Join(err, s.commit())
	}
	if err := s.tellKeepers("staff.supplement", words.Args{"Text": text, "Asked": asked, "Media": pieces, "Hidden": hidden}); err != nil {
		return cases.Case{}, err
	}
	if s.c.Danger() && s.c.Stage == cases.Handling && !hidden {
		if err := s.soundMore(text); err != nil {
			return cases.Case{}, err
		}
	}
	return s.c, s.commit()
}

// Withdraw takes the petitioner's own case back. Whoever was working on it is
// told to stop.
func (d *Desk) Withdraw(tx storage.Tx, no cases.Number, by Claim, now time.Time) (cases.Case, error) {
	s, err := d.own(tx, no, cases.Withdraw, by, now)
	if err != nil {
		return cases.Case{}, err
	}
	if err := s.ownAccount(by); err != nil {
		return cases.Case{}, err
	}
	s.add(cases.Event{Verb: cases.Withdraw})
	if s.before.Stage == cases.Handling {
		if _, err := s.tellUnit(s.before.Lead, "unit.withdrawn", nil); err != nil {
			return cases.Case{}, err
		}
	}
	if err := s.releaseLeader(); err != nil {
		return cases.Case{}, err
	}
	if err := s.tellKeepers("staff.withdrawn", nil); err != nil {
		return cases.Case{}, err
	}
	return s.c, s.commit()
}

// ownAccount refuses what ends a matter to somebody who shows nothing but the code,
// unless the code is the only way to it: of an anonymous matter, or one that staff
// wrote down. A colleague may have seen the code, and the petitioner would not
// hear of it.
func (s *step) ownAccount(by Claim) error {
	if s.c.Signature == cases.Anonymous || s.c.Channel.WrittenDown() {
		return nil
	}
	own, err := owns(s.tx, by.From, s.c.No)
	if err == nil && !own {
		own, err = joined(s.tx, by.From, s.c.No)
	}
	if err == nil && !own {
		err = s.refuse(cases.NotHere, s.verb, "")
	}
	return err
}

// own begins a step by the petitioner on a case of their own. Somebody else's
// number is refused like a number that is not there.
func (d *Desk) own(tx storage.Tx, no cases.Number, verb cases.Verb, by Claim, now time.Time) (*step, error) {
	return d.begin(tx, no, verb, cases.Petitioner, &by, now)
}

// term returns the house term of a category.
func term(c cases.Category) (calendar.Term, bool) {
	return calendar.Term{N: c.Days, Working: c.Working}, c.Days > 0
}

// IsRefusal returns the refusal that err is, if it is one.
func IsRefusal(err error) (*cases.Refusal, bool) {
	var r *cases.Refusal
	ok := errors.As(err, &r)
	return r, ok
}
