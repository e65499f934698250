package bot

import (
	"fmt"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Several matters told at once: whoever tells them is asked, and decides whether
// each gets a number of its own. Nothing of one part goes into another's case, so
// that an accusation among them stays with discipline.

const (
	apart = "apart" // 分开: each for itself
	asOne = "one"   // 一件: all of it is one matter
)

var apartOrOne = phrase.NewWords(map[string]string{
	"分开": apart, "分开登记": apart, "分开吧": apart, "分开记": apart, "分开办": apart, "各记各的": apart, "拆开": apart,
	"一件": asOne, "一件事": asOne, "就一件": asOne, "算一件": asOne, "合一件": asOne, "是一件事": asOne, "一起": asOne,
	"一起登记": asOne, "不分开": asOne, "不用分开": asOne, "不分": asOne, "不用分": asOne, "别分开": asOne,
})

// offersEach asks whether what was told is registered part by part, if it has
// several. It reports false where there is one, or it was asked before.
func (t *turn) offersEach(f cases.Form, labelled bool) (reply, bool) {
	story := t.talk.Fields[cases.Matter]
	if faces, _ := cutFaces(story); t.talk.Whole || t.draft != nil || f.Fields[0].ID != cases.Matter || len(faces) > 0 {
		return reply{}, false
	}
	for id, v := range t.talk.Fields { // was it asked about already, as one?
		if !labelled && v != "" && id != cases.Matter && id != cases.SignAs {
			return reply{}, false
		}
	}
	parts := phrase.Split(story)
	if len(parts) < 2 {
		return reply{}, false
	}
	t.talk.Parts, t.talk.Labelled = parts, labelled
	t.talk.Ask, t.talk.Hearing = "", false
	t.talk.Until = t.now.Add(t.b.DraftFor)
	t.signs(f, phrase.Fold(story))
	return reply{text: t.offer()}, true
}

// partLine is a part in the offer, or in the receipt.
type partLine struct {
	N                int
	Name, Code, Text string
}

// offer lists the parts and asks.
func (t *turn) offer() string {
	var lines []partLine
	for i, part := range withoutHead(t.talk.Parts) {
		lines = append(lines, partLine{N: i + 1, Text: part})
	}
	return t.say("several", words.Args{"Lines": lines, "Long": len(lines) > 4})
}

// withoutHead are parts to be shown: without what stands before each, on one line.
func withoutHead(parts []string) []string {
	head, _, ok := strings.Cut(parts[0], "\n")
	shown := slices.Clone(parts)
	if ok && !slices.ContainsFunc(parts, func(p string) bool { return !strings.HasPrefix(p, head+"\n") }) {
		for i := range shown {
			shown[i] = shown[i][len(head)+1:]
		}
	}
	for i := range shown {
		shown[i] = strings.Join(strings.Fields(shown[i]), " ")
	}
	return shown
}

// each takes what is said to the offer.
func (t *turn) each(f cases.Form) (reply, error) {
	t.talk.Fields = cloneFields(t.talk.Fields)
	sign, signs := f.Field(cases.SignAs)
	if t.talk.Ask != "" {
		return t.eachSigned(f, sign)
	}
	word, ok := t.text.Exact(apartOrOne)
	if !ok {
		if w, rest, is := t.text.Command(apartOrOne); is { // 分开 匿名
			if c, chosen := intake.Choose(sign, rest); signs && chosen {
				word, ok, t.talk.Fields[cases.SignAs] = w, true, c.ID
			}
		}
	}
	switch {
	case ok && word == apart:
		if signs && t.talk.Fields[cases.SignAs] == "" {
			t.talk.Ask = sign.ID
			return says(t.question())
		}
		return t.handInEach(f)
	case ok:
		return t.whole(f)
	}
	if c, ok := intake.Choose(sign, t.text); signs && ok {
		t.talk.Fields[cases.SignAs] = c.ID
		return says(t.offer())
	}
	if _, rest, ok := t.text.Command(fixing); ok {
		return t.fixPart(rest)
	}
	if t.text.Empty() && len(t.m.Media) > 0 {
		if t.remember(t.m.Text); t.mediaAgain() {
			return reply{}, nil
		}
		return says(joined(t.say("form.kept-media", nil), t.offer()))
	}
	if !t.soundsLikeMatter() || t.text.Yes() || t.text.No() {
		return says(t.offer())
	}
	t.remember(t.m.Text)
	t.addPart(t.text.Raw())
	t.signs(f, t.text.Folded())
	return says(joined(t.say("form.added", nil), t.offer()))
}

// eachSigned takes how all of them are signed.
func (t *turn) eachSigned(f cases.Form, sign cases.Field) (reply, error) {
	if word, ok := t.text.Exact(steering); ok && word == back {
		t.talk.Ask = ""
		return says(t.offer())
	}
	if t.text.Empty() && len(t.m.Media) > 0 {
		t.remember(t.m.Text)
		return says(joined(t.say("form.kept-media", nil), t.question()))
	}
	if problem := t.take(sign, t.text); problem != "" {
		return says(problem + "\n" + t.question())
	}
	t.remember(t.m.Text)
	return t.handInEach(f)
}

// addPart puts more to the story: another matter, or more of the last.
func (t *turn) addPart(text string) {
	last := len(t.talk.Parts) - 1
	more := phrase.Split(t.talk.Parts[last] + "\n" + text)
	t.setParts(append(slices.Clone(t.talk.Parts[:last]), more...))
}

// fixPart gives a part other words.
func (t *turn) fixPart(rest phrase.Text) (reply, error) {
	_, n, value, ok := rest.CaseNo()
	if !ok || n < 1 || n > len(t.talk.Parts) || value.Empty() {
		return says(t.say("form.wrong", nil))
	}
	t.remember(value.Raw())
	parts := slices.Clone(t.talk.Parts)
	parts[n-1] = value.Raw()
	t.setParts(parts)
	return says(t.offer())
}

func (t *turn) setParts(parts []string) {
	t.talk.Parts, t.talk.Into = parts, nil
	t.talk.Fields[cases.Matter] = strings.Join(parts, "\n")
}

// whole goes on with all of it as one matter, as if nothing had been asked.
func (t *turn) whole(f cases.Form) (reply, error) {
	labelled := t.talk.Labelled
	t.talk.Parts, t.talk.Labelled, t.talk.Whole = nil, false, true
	if labelled {
		return t.complete(f)
	}
	if n := t.read(f, t.talk.Fields[cases.Matter]); n >= 2 {
		t.talk.Straight = true
	}
	return t.next(f, cases.Matter)
}

// handInEach hands in every part as a matter of its own, all or none. What was
// handed in before is asked about first, and goes on with that if its author says so.
func (t *turn) handInEach(f cases.Form) (reply, error) {
	if r, asks, err := t.asksPart(f); asks || err != nil {
		return r, err
	}
	k := t.talk.clone()
	signature := cases.Signature(k.Fields[cases.SignAs])
	if signature == "" {
		signature = cases.Sealed
	}
	sealed, adds := make([]bool, len(k.Parts)), make([]bool, len(k.Parts))
	for i, part := range k.Parts {
		sealed[i] = t.accusing(part)
		if k.Into[i].IsZero() {
			continue
		}
		c, own, err := t.b.desk.Track(t.ctx, k.Into[i], t.claim(""), t.now)
		if _, refused := desk.IsRefusal(err); refused || err == nil && !own {
			k.Into[i] = cases.Number{} // it is theirs no longer
		} else if err != nil {
			return reply{}, err
		}
		adds[i] = !k.Into[i].IsZero() && c.Stage.Open()
	}
	said, into := saidOfEach(k.Said, k.Parts, sealed)
	var all []desk.Submission
	for i, part := range k.Parts {
		persons, name := spokenBy(part), k.Name
		if names, rest := cutSigners(part, persons); len(names) > 0 && rest != "" {
			part, name = rest, strings.Join(names, "、")
		}
		all = append(all, desk.Submission{Persons: persons, From: t.m.From, Form: f.ID, Category: f.Category,
			Fields: t.fieldsOf(f, part, sealed[i]), Signature: signature, Name: name, Contact: k.Fields[cases.ContactInfo],
			Guarded: k.Guarded, Said: said[i], ReturnOf: k.Into[i]})
	}
	return does(func(tx storage.Tx) (string, error) {
		var receipts []desk.Receipt
		var parts []string
		numbers, added := make([]cases.Number, len(all)), ""
		for i, s := range all {
			if adds[i] {
				c, err := t.b.desk.SupplementAll(tx, k.Into[i], t.claim(""), s.Said, k.Parts[i], t.now)
				if err != nil {
					return "", fmt.Errorf("add part %d of %d: %w", i+1, len(all), err)
				}
				numbers[i], added = c.No, joined(added, t.say("same-added", t.b.desk.Args(c, t.now, nil)))
				continue
			}
			r, err := t.b.desk.Submit(tx, s, t.now)
			if err != nil {
				return "", fmt.Errorf("hand in part %d of %d: %w", i+1, len(all), err)
			}
			receipts, parts, numbers[i] = append(receipts, r), append(parts, withoutHead(k.Parts)[i]), r.Case.No
		}
		t.talk = t.talk.over(t.talk.Answered)
		if err := t.handedInEach(tx, k.Draft, numbers, signature, into); err != nil {
			return "", err
		}
		if len(receipts) == 0 {
			return added, nil
		}
		return joined(added, t.receiptOfEach(receipts, parts)), nil
	})
}

// accusing reports whether a text is for discipline alone.
func (t *turn) accusing(text string) bool {
	c, ok := t.b.Office.Suggest(text)
	return ok && c.Sealed || t.b.Office.Above(t.b.Office.Against(text))
}

// fieldsOf are the fields of one part: what it says itself, and what was given for
// all. What accuses goes with nothing but accusations.
func (t *turn) fieldsOf(f cases.Form, part string, sealed bool) map[string]string {
	one := *t
	one.talk = talk{Fields: map[string]string{}}
	for id, v := range t.talk.Fields {
		if id != cases.Matter && (sealed || !t.accusing(v)) {
			one.talk.Fields[id] = v
		}
	}
	one.talk.Fields[cases.Matter] = part
	one.read(f, part)
	delete(one.talk.Fields, cases.SignAs)
	delete(one.talk.Fields, cases.ContactInfo)
	return one.talk.Fields
}

// saidOfEach sorts what was said by the parts it tells of, in its own words or, of a
// message that tells of several, in the words of the part; into is which parts each
// message went into. What is clear of none belongs to all, or to the accusations if
// there are any; so do pictures, which belong to one.
func saidOfEach(said []desk.Said, parts []string, sealed []bool) (all [][]desk.Said, into [][]int) {
	all, into = make([][]desk.Said, len(parts)), make([][]int, len(said))
	unclear := max(slices.Index(sealed, true), 0)
	owner := unclear
	for n, m := range said {
		told := tellsOf(m.Text, parts)
		if m.Text != "" {
			if owner = unclear; len(told) == 1 {
				for i := range told {
					owner = i
				}
			}
		}
		for i := range parts {
			text, tells := told[i]
			if len(told) == 0 && m.Text != "" && (sealed[i] || !sealed[unclear]) {
				text, tells = m.Text, true
			}
			one := desk.Said{At: m.At, Text: text, Recalled: m.Recalled}
			if i == owner {
				one.Media = m.Media
			}
			if tells || len(one.Media) > 0 {
				all[i], into[n] = append(all[i], one), append(into[n], i)
			}
		}
	}
	for i, part := range parts { // no message has it in these words
		if !slices.ContainsFunc(all[i], func(m desk.Said) bool { return m.Text != "" }) && len(said) > 0 {
			all[i] = append(all[i], desk.Said{At: said[0].At, Text: part})
		}
	}
	return all, into
}

// tellsOf returns the parts a message tells of, with the words for each.
func tellsOf(text string, parts []string) map[int]string {
	told := map[int]string{}
	message := squashed(text)
	if message == "" {
		return told
	}
	for i, p := range parts {
		if strings.Contains(squashed(p), message) {
			told[i] = text
		}
	}
	if len(told) > 0 {
		return told
	}
	for i, p := range parts {
		for rest, more := p, true; more; _, rest, more = strings.Cut(rest, "\n") { // a head stands elsewhere
			if s := squashed(rest); s != "" && strings.Contains(message, s) {
				told[i] = p
				break
			}
		}
	}
	return told
}

func squashed(s string) string { return strings.Join(strings.Fields(phrase.Fold(s)), "") }

// handedInEach notes which matters each message became, for when it is taken back.
// Nothing leads to anonymous ones.
func (t *turn) handedInEach(tx storage.Tx, draft string, of []cases.Number, signature cases.Signature, into [][]int) error {
	t.became.Case, t.became.Event = cases.Number{}, 0
	if signature == cases.Anonymous {
		t.became = became{}
		return nil
	}
	numbers := make([][]cases.Number, len(into))
	for n, parts := range into {
		for _, i := range parts {
			numbers[n] = append(numbers[n], of[i])
		}
	}
	return record.Save(tx, t.seenTable(), eachKey(draft), numbers)
}

// eachKey is where a draft says which matters each of its messages became.
func eachKey(draft string) []byte { return storage.Key(nil).Text("each").Text(draft) }

// receiptOfEach is one receipt for all; a danger among them has its own.
func (t *turn) receiptOfEach(receipts []desk.Receipt, parts []string) string {
	var lines []partLine
	danger, ways := "", ""
	for i, r := range receipts {
		if r.Case.Danger() {
			danger = joined(danger, t.dangerReceipt(r))
		} else if danger == "" {
			danger = t.caution(parts[i])
		}
		category, _ := t.b.Office.Category(r.Case.CategoryOrSuggested())
		way := t.b.desk.Signpost(r.Case, category.Route)
		if !r.Case.Danger() && (r.Case.Sealed || way["HasRoute"] == true) {
			ways = joined(ways, t.say("receipt.way", t.b.desk.Args(r.Case, t.now, way)))
		}
		lines = append(lines, partLine{i + 1, r.Case.No.String(), r.Code, parts[i]})
	}
	receipt := t.say("receipt.several", t.b.desk.Args(receipts[0].Case, t.now, words.Args{"Lines": lines, "Late": t.afterHours()}))
	return joined(danger, joined(receipt, ways))
}

// dangerApart takes the dangers out of a message that tells of other matters too:
// they cannot wait for an answer. Nothing is taken out within a form.
func (t *turn) dangerApart() (danger, others string) {
	text := t.m.Text
	if id, rest, ok := t.text.Command(t.b.starts); ok {
		f, _ := t.b.form(id)
		if text = rest.Raw(); phrase.Form(text, t.b.labels[f.ID]).Found > 0 {
			return "", ""
		}
	}
	parts := phrase.Split(text)
	if t.talk.Form != "" || t.known || len(parts) < 2 {
		return "", ""
	}
	var dangers, rest []string
	for _, part := range parts {
		if phrase.Urgent(part) == phrase.Hazard && !t.accusing(part) {
			dangers = append(dangers, part)
		} else {
			rest = append(rest, part)
		}
	}
	if len(dangers) == 0 || len(rest) == 0 {
		return "", ""
	}
	if len(rest) > 1 {
		for i := range rest {
			rest[i] = fmt.Sprintf("%d、%s", i+1, rest[i])
		}
	}
	return strings.Join(dangers, "\n"), strings.Join(rest, "\n")
}
