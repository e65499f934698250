package bot

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// sameMatter is how long the same words again from the same person are taken
// for a bad network rather than for a second matter.
const sameMatter = time.Minute

// submit hands the form in: the case is durable before the receipt exists.
func (t *turn) submit() (reply, error) {
	if r, asks, err := t.asksAgain(); asks || err != nil {
		return r, err
	}
	return t.handIn(cases.Number{})
}

// handIn hands the form in, as the return of an earlier matter if that is one.
func (t *turn) handIn(returnOf cases.Number) (reply, error) {
	k := t.talk.clone()
	sum := sha256.Sum256([]byte(k.Form + phrase.Fold(k.Fields[cases.Matter]+k.Fields[cases.Want])))
	f, _ := t.b.form(k.Form)
	fields := cloneFields(k.Fields)
	signature, contact := cases.Signature(fields[cases.SignAs]), fields[cases.ContactInfo]
	if signature == "" {
		signature = cases.Sealed
	}
	delete(fields, cases.SignAs)
	delete(fields, cases.ContactInfo)
	persons := spokenBy(fields[cases.Matter])
	stand, matter := cutFaces(fields[cases.Matter])
	switch {
	case len(stand) > cases.MaxRepresentatives:
		if len(k.Said) == 1 { // it is said again in one message
			t.talk = t.talk.over(time.Time{})
		}
		return says(t.refusal(&cases.Refusal{Code: cases.TooManyFaces}))
	case len(stand) > 0 && matter != "":
		fields[cases.Matter], k.Name = matter, strings.Join(stand, "、")
		persons = max(persons, len(stand))
	default:
		if stand, matter = cutSigners(matter, persons); len(stand) > 0 && matter != "" {
			fields[cases.Matter], k.Name = matter, strings.Join(stand, "、")
		}
	}
	s := desk.Submission{Persons: persons, From: t.m.From, Form: f.ID, Category: f.Category, Fields: fields, Signature: signature,
		Name: k.Name, Contact: contact, Guarded: k.Guarded, Said: k.Said, ReturnOf: returnOf, Against: t.blamed}
	return does(func(tx storage.Tx) (string, error) {
		r, err := t.b.desk.Submit(tx, s, t.now)
		if err != nil {
			return "", err
		}
		t.talk = t.talk.over(t.talk.Answered)
		if t.draft != nil {
			t.talk = t.draft.clone()
		}
		if err := t.handedIn(tx, k, r.Case); err != nil {
			return "", err
		}
		if signature == cases.Anonymous {
			t.b.recent.note(t.m.From, handedIn{sum: string(sum[:8]), no: r.Case.No, code: r.Code, at: t.now, last: t.now, danger: r.Case.Danger()})
		} else {
			t.talk.Last, t.talk.LastSum, t.talk.LastAt = r.Case.No, sum[:8], t.now
			if t.draft == nil {
				t.talk.Until = t.now.Add(goesWithLast)
			}
		}
		if r.Case.Danger() {
			return t.dangerReceipt(r), nil
		}
		args := words.Args{"Code": r.Code, "Late": t.afterHours(), "Afraid": r.Case.Guarded && len(k.Said) == 1} // no summary said so
		category, _ := t.b.Office.Category(r.Case.CategoryOrSuggested())
		maps.Copy(args, t.b.desk.Signpost(r.Case, category.Route))
		receipt := t.say("receipt", t.b.desk.Args(r.Case, t.now, args))
		receipt = joined(receipt, t.say("privacy.how", nil)) // all may have been said at once
		if persons > 1 {
			receipt = joined(receipt, t.say("joint", words.Args{"Persons": persons, "Known": len(stand) > 0}))
		}
		return joined(t.caution(fields[cases.Matter]), receipt), nil
	})
}

// handedIn notes which matter the draft became, for when one of its messages is
// taken back. Nothing leads to an anonymous one.
func (t *turn) handedIn(tx storage.Tx, k talk, c cases.Case) error {
	alone := t.became.Draft == k.Draft && len(k.Said) == 1 // all of it was said in this message
	if t.became = (became{}); c.Signature == cases.Anonymous {
		return nil
	}
	if t.became.Case = c.No; alone {
		return nil
	}
	return record.Save(tx, t.seenTable(), draftKey(k.Draft), c.No)
}

// afterHours reports whether nobody is in the office now.
func (t *turn) afterHours() bool {
	day := t.today()
	opens, shuts := day.At(0, t.b.Opens), day.At(0, t.b.Shuts)
	return t.now.Before(opens) || !t.now.Before(shuts)
}

// again recognises the same matter handed in twice by a bad network: the same
// one-message form, or the same 对.
func (t *turn) again() (string, bool) {
	sum, ok := t.talk.LastSum, len(t.talk.LastSum) > 0 && !t.talk.LastAt.IsZero() && t.now.Sub(t.talk.LastAt) <= sameMatter && !t.now.Before(t.talk.LastAt)
	if !ok {
		var h handedIn
		h, ok = t.b.recent.get(t.m.From, t.now)
		sum, ok = []byte(h.sum), ok && t.now.Sub(h.at) <= sameMatter
	}
	if !ok || !t.sameAs(sum) {
		return "", false
	}
	return t.say("again", words.Args{"HasNo": !t.talk.Last.IsZero(), "No": t.talk.Last.String()}), true
}

// sameAs compares what is said now with what was handed in last.
func (t *turn) sameAs(last []byte) bool {
	if t.text.Yes() {
		return true
	}
	id, rest, ok := t.text.Command(t.b.starts)
	if !ok {
		return false
	}
	f, _ := t.b.form(id)
	filled := phrase.Form(rest.Raw(), t.b.labels[f.ID])
	matter := joined(strings.TrimSpace(filled.Values[cases.Matter]), strings.TrimSpace(filled.Rest))
	sum := sha256.Sum256([]byte(f.ID + phrase.Fold(matter+filled.Values[cases.Want])))
	return slices.Equal(sum[:8], last)
}
