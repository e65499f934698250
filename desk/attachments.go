package desk

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Attachment is something that the petitioner sent along (附件). It is part of
// the sealed part: every look at it is written down.
type Attachment struct {
	N    int       // counts all of a matter, from 1
	At   time.Time // when it was said; of an anonymous matter the day
	Name string    // of a file, as its sender called it, or of a place
	// Seconds is how long a recording lasts, 0 where nobody said.
	Seconds int
	attach.Item
}

// Here reports whether its bytes are here.
func (a Attachment) Here() bool { return a.State == attach.Kept }

// sentAtOnce is how many attachments are sent at once.
const sentAtOnce = 9

// Attachments lists what the petitioner sent along.
func (d *Desk) Attachments(tx storage.Tx, actor cases.Actor, no cases.Number, motive string, now time.Time) (cases.Case, []Attachment, error) {
	s, err := d.stepTo(tx, no, cases.Open, actor, now)
	if err != nil {
		return cases.Case{}, nil, err
	}
	all, err := s.attachments(toAttachments, motive)
	if err != nil {
		return cases.Case{}, nil, err
	}
	return s.c, all, s.commit()
}

// attachments reads what the petitioner sent along, in the order in which they
// did, and writes down for what.
func (s *step) attachments(purpose, motive string) ([]Attachment, error) {
	id, err := s.opened(purpose, motive)
	if err != nil {
		return nil, err
	}
	said, err := s.said(id)
	if err != nil {
		return nil, err
	}
	var all []Attachment
	for _, m := range said {
		for _, media := range m.Media {
			a := Attachment{N: len(all) + 1, At: m.At, Name: media.Name, Seconds: media.Seconds}
			if media.Kind.Fetched() {
				if a.Item, err = attach.Get(s.tx, media.Ref); err != nil {
					return nil, err
				}
			}
			a.Kind = media.Kind
			all = append(all, a)
		}
	}
	return all, nil
}

// Handed are attachments that go to somebody.
type Handed struct {
	Case cases.Case
	Sent []Attachment
	Left []Attachment // asked for, but not here
	// Asks is set when nothing was sent yet, because the one who asks is to think
	// again and say that they are sure.
	Asks bool
	Told bool // the unit could be reached
}

// SendAttachments sends attachments of a matter to whoever asks for them: those
// with these numbers, or all.
func (d *Desk) SendAttachments(tx storage.Tx, actor cases.Actor, no cases.Number, which []int, motive string, to chat.Address, now time.Time) (Handed, error) {
	s, err := d.stepTo(tx, no, cases.Open, actor, now)
	if err != nil {
		return Handed{}, err
	}
	h, err := s.chosen(cases.Open, which, motive)
	if err != nil {
		return Handed{}, err
	}
	for _, a := range h.Sent {
		m := outbox.Promise{Key: fmt.Sprintf("%s/file/%d", s.key(), a.N), To: to, File: &outbox.File{Name: s.fileName(a, true), Ref: a.Ref()},
			Due: now, Repeat: true, Awake: true, Kind: notice}
		if _, err := outbox.Put(tx, m, now); err != nil {
			return Handed{}, fmt.Errorf("promise an attachment: %w", err)
		}
	}
	h.Case = s.c
	return h, s.commit()
}

// OpenAttachment hands one attachment to somebody who sits at the office's own
// page: what it is, and what to call it.
func (d *Desk) OpenAttachment(tx storage.Tx, actor cases.Actor, no cases.Number, n int, motive string, now time.Time) (a Attachment, name string, err error) {
	s, err := d.stepTo(tx, no, cases.Open, actor, now)
	if err != nil {
		return Attachment{}, "", err
	}
	h, err := s.chosen(cases.Open, []int{n}, motive)
	if err != nil {
		return Attachment{}, "", err
	}
	if len(h.Sent) == 0 {
		return Attachment{}, "", s.refuse(cases.NoAttachment, cases.Open, strconv.Itoa(n))
	}
	return h.Sent[0], s.fileName(h.Sent[0], true), s.commit()
}

// PassOn sends attachments of a matter on to the unit that has it (转附件). Where
// they may tell who sent them, nothing is sent until the one who asks is sure.
func (d *Desk) PassOn(tx storage.Tx, actor cases.Actor, no cases.Number, which []int, unit string, sure bool, now time.Time) (Handed, error) {
	s, err := d.stepTo(tx, no, cases.PassOn, actor, now)
	if err != nil {
		return Handed{}, err
	}
	if unit != "" && unit != s.c.Lead {
		return Handed{}, s.refuse(cases.NotWithUnit, cases.PassOn, d.UnitName(s.c.Lead))
	}
	all := d.Office.With(cases.Liaison, s.c.Lead)
	liaisons := s.unaccused(all)
	if len(liaisons) == 0 && len(all) > 0 { // nor is it given to them by hand
		return Handed{}, s.refuse(cases.Recused, cases.PassOn, d.UnitName(s.c.Lead))
	}
	h, err := s.chosen(cases.PassOn, which, d.say("motive.pass-on", words.Args{"Unit": d.UnitName(s.c.Lead)}))
	if err != nil {
		return Handed{}, err
	}
	h.Case = s.c
	if h.Told, err = d.reachable(tx, liaisons); err != nil {
		return Handed{}, err
	}
	if h.Asks = !sure && s.mayTell(h.Sent); h.Asks || !h.Told || len(h.Sent) == 0 {
		return h, s.commit()
	}
	s.add(cases.Event{Verb: cases.PassOn, Unit: s.c.Lead, Text: numbersOf(h.Sent)})
	if _, err := s.tell(liaisons, "unit.attachments", words.Args{"N": len(h.Sent)}); err != nil {
		return Handed{}, err
	}
	category, _ := d.Office.Category(s.c.CategoryOrSuggested())
	for _, a := range h.Sent {
		m := outbox.Promise{Key: fmt.Sprintf("%s/file/%d", s.key(), a.N), File: &outbox.File{Name: s.fileName(a, false), Ref: a.Ref()}, Kind: notice,
			Awake: category.Urgent} // with the words before it
		if _, err := d.promiseAll(tx, liaisons, m, now); err != nil {
			return Handed{}, err
		}
	}
	h.Case = s.c
	return h, s.commit()
}

// reachable reports whether one of the people can be reached in chat.
func (d *Desk) reachable(g storage.Getter, people []cases.Person) (bool, error) {
	for _, p := range people {
		if _, ok, err := d.address(g, p.ID); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// chosen are the attachments with these numbers, or all of them.
func (s *step) chosen(verb cases.Verb, which []int, motive string) (Handed, error) {
	purpose := toAttachments
	for _, n := range which {
		purpose += " " + strconv.Itoa(n)
	}
	all, err := s.attachments(purpose, motive)
	if err != nil {
		return Handed{}, err
	}
	for _, n := range which {
		if n < 1 || n > len(all) {
			return Handed{}, s.refuse(cases.NoAttachment, verb, strconv.Itoa(n))
		}
	}
	var h Handed
	for _, a := range all {
		switch asked := slices.Contains(which, a.N); {
		case len(which) > 0 && !asked:
		case a.Here():
			h.Sent = append(h.Sent, a)
		case asked:
			h.Left = append(h.Left, a)
		}
	}
	if len(all) == 0 || len(h.Sent) > sentAtOnce {
		return Handed{}, s.refuse(cases.NoAttachment, verb, "")
	}
	return h, nil
}

// mayTell reports whether attachments may tell a unit who sent them: of somebody
// who does not want to be known, or because of what they are.
func (s *step) mayTell(list []Attachment) bool {
	return s.c.Guarded || s.c.Signature != cases.Named ||
		slices.ContainsFunc(list, func(a Attachment) bool { return a.Kind != chat.Image || !a.Bare })
}

// fileName is what an attachment is called when it is sent: a number of the
// matter, unless it is a file whose reader may see what its sender called it.
func (s *step) fileName(a Attachment, own bool) string {
	if name := attach.CleanName(a.Name); own && a.Kind == chat.File && name != "" {
		return name
	}
	return fmt.Sprintf("%s-%d%s", ShortNumber(s.c.No, s.now), a.N, cmp.Or(filepath.Ext(attach.CleanName("x"+a.Ext)), ".bin"))
}

// numbersOf lists the numbers of attachments.
func numbersOf(list []Attachment) string {
	var all []string
	for _, a := range list {
		all = append(all, strconv.Itoa(a.N))
	}
	return strings.Join(all, "、")
}

// AttachmentLine is one line of a list of attachments.
type AttachmentLine struct {
	N       int
	Kind    string
	Ext     string // without the point
	Seconds int
	Size    int64 // bytes
	Name    string
	State   string
	At      time.Time
}

// AttachmentLines are the lines of a list of attachments, for the wording.
func AttachmentLines(list []Attachment) []AttachmentLine {
	var lines []AttachmentLine
	for _, a := range list {
		lines = append(lines, AttachmentLine{a.N, string(a.Kind), strings.TrimPrefix(a.Ext, "."), a.Seconds, a.Size, attach.CleanName(a.Name), string(a.State), a.At})
	}
	return lines
}

// Facts are the facts of what goes to somebody, and what to think of first, for the
// wording.
func (h Handed) Facts() words.Args {
	var numbers []string
	has := func(is func(Attachment) bool) bool { return slices.ContainsFunc(h.Sent, is) }
	for _, a := range h.Sent {
		numbers = append(numbers, strconv.Itoa(a.N))
	}
	return words.Args{"Numbers": numbers, "Sent": len(h.Sent), "Missing": AttachmentLines(h.Left), "Told": h.Told,
		"Voices":   has(func(a Attachment) bool { return a.Kind == chat.Voice || a.Kind == chat.Video }),
		"Papers":   has(func(a Attachment) bool { return a.Kind == chat.File }),
		"Pictures": has(func(a Attachment) bool { return a.Kind == chat.Image }),
		"Marked":   has(func(a Attachment) bool { return a.Kind == chat.Image && !a.Bare })}
}
