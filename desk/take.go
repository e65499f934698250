package desk

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"slices"
	"time"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Intake is a matter that staff write down for somebody (代登): by telephone, by
// letter, at the table, or copied off the phone while the bot is away.
type Intake struct {
	Submission
	Channel cases.Channel
	Persons int // who came, for a visit (人次); 0 means one
	// Key names the act of writing down; see Once. The receipt code follows from
	// it, so it must be random and known to nobody else. "" for none.
	Key string
}

// Take opens a case for somebody who does not write to the bot. It stands in the
// same series of numbers as all others, and its receipt is the petitioner's,
// whom staff tell it.
func (d *Desk) Take(tx storage.Tx, actor cases.Actor, in Intake, now time.Time) (Receipt, error) {
	if r := in.refused(actor); r != nil {
		return Receipt{}, r
	}
	in.Said = slices.Clone(in.Said)
	for i := range in.Said {
		in.Said[i].At = now
	}
	if no, done, err := before(tx, in.Key); err != nil || done {
		return d.again(tx, no, in.Key, err)
	}
	how := cases.Event{Channel: in.Channel}
	if in.Channel == cases.ByVisit {
		how.Visitors = max(in.Persons, 1)
	}
	r, err := d.open(tx, actor, in.Submission, how, d.codesOf(in.Key), now)
	if err != nil {
		return Receipt{}, err
	}
	if in.Channel == cases.ByVisit {
		visit := cases.Visit{At: now, Persons: how.Visitors, Outcome: cases.TakenOn, Case: r.Case.No, By: actor.ID}
		if err := keepVisit(tx, visit); err != nil {
			return Receipt{}, err
		}
	}
	return r, note(tx, in.Key, r.Case.No)
}

// maxIntake is more characters than anybody reads of one matter; a longer letter
// is kept in the file and summed up.
const maxIntake = 20_000

func (in Intake) length() (n int) {
	for _, m := range in.Said {
		n += utf8.RuneCountInString(m.Text)
	}
	for _, v := range in.Fields {
		n = max(n, utf8.RuneCountInString(v))
	}
	return n + utf8.RuneCountInString(in.Name+in.Contact)
}

// again is the receipt of a matter that was taken by the same act before.
func (d *Desk) again(g storage.Getter, no cases.Number, key string, err error) (Receipt, error) {
	if err != nil {
		return Receipt{}, err
	}
	var r Receipt
	if _, err := record.Load(g, caseTable, numberKey(no), &r.Case); err != nil {
		return Receipt{}, err
	}
	r.Code, err = newCode(d.codesOf(key))
	return r, err
}

// codesOf is where the receipt code of an act comes from: the same for the same
// key, so that no code need be kept to be told again.
func (d *Desk) codesOf(key string) io.Reader {
	if key == "" {
		return d.Random
	}
	return rand.NewChaCha8(sha256.Sum256([]byte("code of " + key)))
}

// refused says what is missing before a matter can be taken.
func (in Intake) refused(actor cases.Actor) *cases.Refusal {
	switch {
	case !slices.Contains(cases.Who(cases.Submit), actor.Role):
		return &cases.Refusal{Code: cases.NotAllowed, Verb: cases.Submit}
	case !in.Channel.WrittenDown():
		return &cases.Refusal{Code: cases.NoChannel, Verb: cases.Submit, Typed: string(in.Channel)}
	case in.Fields[cases.Matter] == "":
		return &cases.Refusal{Code: cases.NoText, Verb: cases.Submit}
	case in.length() > maxIntake:
		return &cases.Refusal{Code: cases.TooLong, Verb: cases.Submit}
	case in.Signature != cases.Named && in.Signature != cases.Sealed && in.Signature != cases.Anonymous:
		return &cases.Refusal{Code: cases.NoSignature, Verb: cases.Submit, Typed: string(in.Signature)}
	case in.Persons < 0 || in.Persons > cases.MaxVisitors:
		return &cases.Refusal{Code: cases.NoCount, Verb: cases.Submit}
	}
	return nil
}

// TakenText words the receipt of a matter that staff wrote down, for them: what
// to tell the petitioner, and what to do next.
func (d *Desk) TakenText(r Receipt, now time.Time) string {
	category, _ := d.Office.Category(r.Case.Suggested)
	return d.say("taken", d.Args(r.Case, now, words.Args{"Code": r.Code, "Urgent": category.Urgent}))
}
