package cases

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// lacks is the refusal of a step that comes without what it needs.
var lacks = map[Need]Code{
	NeedText: NoText, NeedUnit: NoUnit, NeedCategory: NoCategory, NeedOwner: NoOwner, NeedTerm: NoTerm, NeedPerson: NoLeader,
	NeedApprover: NoApprover, NeedBasis: NoBasis, NeedCode: NoCode, NeedOther: NoOther, NeedGrade: NoGrade,
	NeedAgainst: NoAgainst, NeedFields: NoFields, NeedFacts: NoFacts,
}

// Permit returns nil when e, as its actor would have it, is a lawful next step:
// allowed by Check, with all that the table says it needs, and within what the
// law leaves open. Otherwise it returns a *Refusal with the reason.
func (c Case) Permit(e Event) error {
	if err := c.Check(e.Actor, e.Verb); err != nil {
		return err
	}
	if !slices.Contains(rules[e.Verb].From, c.Stage) && e.Verb != Submit { // nothing is left to be done on the way
		return c.wrongStage(e.Actor, e.Verb)
	}
	refuse := func(code Code) error {
		r := &Refusal{Code: code, Verb: e.Verb, No: c.No, Stage: c.Stage}
		if code == NoSimple {
			r.Typed = cmp.Or(c.BarsSimple(), Accusation)
		} else if c.Sealed && (code == NoCode || code == NoReason) { // the outcomes are others
			r.Typed = Accusation
		}
		return r
	}
	for _, need := range rules[e.Verb].Needs {
		if !e.has(need, c) {
			return refuse(lacks[need])
		}
	}
	if code := c.forbids(e); code != "" {
		return refuse(code)
	}
	return nil
}

func (e Event) has(n Need, c Case) bool {
	switch n {
	case NeedText:
		return e.Text != "" || e.Reply != nil && e.Reply.Opinion != ""
	case NeedUnit:
		return e.Unit != ""
	case NeedCategory:
		return e.Category != ""
	case NeedOwner, NeedPerson, NeedApprover:
		return e.Person != ""
	case NeedTerm:
		return len(e.Clocks) > 0
	case NeedBasis:
		return e.Reply != nil && e.Reply.Basis != ""
	case NeedCode:
		return e.Reply != nil && slices.Contains(c.Codes(), e.Reply.Code)
	case NeedFacts:
		return e.Reply != nil && (e.Reply.Facts != "" || !e.Reply.Code.Investigated())
	case NeedOther:
		return e.Other != nil && !e.Other.No.IsZero() && e.Other.No != c.No
	case NeedGrade:
		return slices.Contains([]Grade{Satisfied, Fair, Unsatisfied}, e.Grade)
	case NeedAgainst:
		return len(e.Against) > 0
	case NeedFields:
		return len(e.Fields) > 0 || e.Category != "" || e.Signature != "" || e.Persons != 0 || e.Guarded
	}
	return true
}

// SuggestionForm is the id of the form for suggestions (建议).
const SuggestionForm = "suggestion"

// Codes are the outcomes that an answer to this matter can have: an accusation is
// substantiated, partly, or not (条例 art. 30), a suggestion is adopted, partly, or
// not (art. 29).
func (c Case) Codes() []AnswerCode {
	switch {
	case c.Sealed:
		return AccusationCodes
	case c.Form == SuggestionForm:
		return SuggestionCodes
	}
	return RequestCodes
}

// forbids are the conditions that stand in no row of the table.
func (c Case) forbids(e Event) Code {
	switch e.Verb {
	case Register, Accept:
		if e.Verb == Register && slices.Contains(c.Against, e.Unit) {
			return Recused
		}
		if simple := cmp.Or(e.Procedure, c.Procedure) == Simple; simple && (e.Sealed || c.BarsSimple() != "") {
			return NoSimple
		} else if simple && c.Extended {
			return NotSimple
		}
	case Switch:
		if c.Procedure != Simple {
			return WrongStage
		}
	case Assign, Help:
		if e.Verb == Help && c.Procedure == Simple {
			return NotSimple
		}
		if c.Sealed {
			return SealedUnit
		}
		if e.Verb == Help && e.Unit == c.Lead {
			return IsLead
		}
		if slices.Contains(c.Against, e.Unit) {
			return Recused
		}
	case SignOff:
		if _, ok := c.Clock(HazardClock); !ok && e.Actor.Role != Liaison {
			return NotAllowed // the task is the unit's
		}
	case Sponsor:
		if c.Sealed {
			return SealedUnit
		}
		if slices.Contains(c.Against, e.Person) {
			return Recused
		}
	case Hand:
		if c.Sealed && e.Text == HandLeader {
			return SealedUnit
		}
		if slices.Contains(c.Against, e.Person) {
			return Recused
		}
	case Correct:
		if e.Signature != "" && (c.Signature != Named || e.Signature != Sealed) {
			return StaysSealed
		}
	case Extend:
		return c.forbidsExtension(e)
	case Object:
		if k, ok := c.Clock(ObjectClock); ok && k.Over(e.At) {
			return TooLate
		}
	case Refer:
		if e.Route == "" && utf8.RuneCountInString(e.Text) < enoughReason { // 不予受理 says why, and where it belongs
			return NoReason
		}
	case Answer:
		if e.Reply.unexplained() {
			return NoReason
		}
	case Conclude:
		if e.Reply.Code != "" && !slices.Contains(c.Codes(), e.Reply.Code) {
			return NoCode
		}
	case Dispute:
		if c.Round >= 2 {
			return ReviewedTwice
		}
		if k, ok := c.Clock(WindowClock); !ok || k.Over(e.At) { // to accept is never too late
			return TooLate
		}
	case Close:
		if !c.DisputedAt.IsZero() && e.Text == "" {
			return Disputed // it is handled anew, reviewed, or closed with a reason
		}
	case Review:
		if c.Round >= 2 {
			return ReviewedTwice
		}
	case Erase:
		if (e.Actor.Role == Staff || e.Actor.Role == Discipline) && e.Text == "" {
			return NoMotive // at whose wish
		}
	case Finish:
		if c.Round < 2 {
			return NotReviewedTwice
		}
	}
	return ""
}

// forbidsExtension: once, and by at most thirty days (条例 art. 34).
func (c Case) forbidsExtension(e Event) Code {
	old, ok := c.Clock(HandleClock)
	extended := Case{Clocks: e.Clocks}
	due, given := extended.Clock(HandleClock)
	task, moved := extended.Clock(TaskClock)
	_, tasked := c.Clock(TaskClock)
	switch {
	case c.Extended:
		return ExtendedBefore
	case c.Procedure == Simple:
		return NotSimple
	case ok && old.Over(e.At):
		return TooLate
	case !ok || !given || !due.Due.After(old.Due) || moved && (!tasked || task.Due.After(due.Due)):
		return NoTerm
	case due.Due.After(old.Due.AddDate(0, 0, ExtensionDays)):
		return TooLong30
	case slices.Contains(c.Against, e.Person):
		return Recused
	}
	return ""
}
