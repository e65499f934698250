package cases

import (
	"time"
	"unicode/utf8"
)

// AnswerCode is what an answer says of the request (处理意见).
type AnswerCode string

// The codes (信访工作条例 art. 27, 29, 32). Nothing is ever written about the
// person, and what is not supported is explained.
const (
	Supported     AnswerCode = "supported"      // 支持并落实
	Partly        AnswerCode = "partly"         // 部分支持
	NotSupported  AnswerCode = "not-supported"  // 不支持并说明
	Assisted      AnswerCode = "assisted"       // 转帮扶救助
	Mediated      AnswerCode = "mediated"       // 调解达成
	Explained     AnswerCode = "explained"      // 解答: a question was answered
	Adopted       AnswerCode = "adopted"        // 采纳: of a suggestion
	PartlyAdopted AnswerCode = "partly-adopted" // 部分采纳
	NotAdopted    AnswerCode = "not-adopted"    // 不采纳并说明

	Substantiated       AnswerCode = "substantiated"        // 查实: of an accusation
	PartlySubstantiated AnswerCode = "partly-substantiated" // 部分查实
	Unsubstantiated     AnswerCode = "unsubstantiated"      // 未查实并说明
)

// Suggestion codes answer a suggestion, accusation codes an accusation (检举控告),
// the others everything else.
var (
	SuggestionCodes = []AnswerCode{Adopted, PartlyAdopted, NotAdopted}
	AccusationCodes = []AnswerCode{Substantiated, PartlySubstantiated, Unsubstantiated}
	RequestCodes    = []AnswerCode{Supported, Partly, NotSupported, Assisted, Mediated, Explained}
)

// Reply is the answer to a petitioner (答复): what art. 32 wants in a written
// opinion (处理意见书).
type Reply struct {
	Request string     `cbor:"1,keyasint,omitempty"` // what was asked for
	Facts   string     `cbor:"2,keyasint,omitempty"` // what was found
	Opinion string     `cbor:"3,keyasint"`           // what comes of it, and why
	Basis   string     `cbor:"4,keyasint"`           // 依据
	Code    AnswerCode `cbor:"5,keyasint,omitempty"`
	// Whom to ask for a review, and up to the end of which day; none after the
	// second review.
	RemedyTo    string    `cbor:"6,keyasint,omitempty"`
	RemedyUntil time.Time `cbor:"7,keyasint,omitempty"`
	By          string    `cbor:"8,keyasint,omitempty"` // person id of who signed it
}

// enoughReason is how many characters a reason that somebody can follow has at
// least.
const enoughReason = 8

// fallsShort reports whether the outcome is a no, or not quite a yes.
func (a AnswerCode) fallsShort() bool {
	switch a {
	case NotSupported, NotAdopted, Unsubstantiated, Partly, PartlyAdopted, PartlySubstantiated:
		return true
	}
	return false
}

// Investigated reports whether somebody must have looked into the matter to come to
// that: a no, half a yes, and whatever is said of an accusation. What was found is
// then said by who found it, and never taken from the petitioner (条例 art. 32).
func (a AnswerCode) Investigated() bool { return a.fallsShort() || a == Substantiated }

// unexplained reports whether the answer says no, or not quite, without a reason
// that can be read (条例 art. 29, 32).
func (r *Reply) unexplained() bool {
	return r.Code.fallsShort() && utf8.RuneCountInString(r.Opinion) < enoughReason
}

// Grade is how the petitioner found the handling (评价).
type Grade string

// The grades. Silence is none of them.
const (
	Satisfied   Grade = "satisfied"   // 满意
	Fair        Grade = "fair"        // 基本满意
	Unsatisfied Grade = "unsatisfied" // 不满意
)

// LinkKind says how two matters belong together (关联).
type LinkKind string

// The kinds of links.
const (
	SameMatter LinkKind = "same"   // somebody else with the same matter: answered to all
	Similar    LinkKind = "alike"  // of the same kind
	SplitFrom  LinkKind = "split"  // was part of the other
	SplitInto  LinkKind = "part"   // a part goes on there
	MergedFrom LinkKind = "merged" // the other goes on here
	ReturnOf   LinkKind = "return" // the same person with the same matter again (重复)
)

// Link ties a case to another.
type Link struct {
	No   Number   `cbor:"1,keyasint"`
	Kind LinkKind `cbor:"2,keyasint"`
}

// Resolved reports whether the person's problem is settled (化解), which is
// another thing than a finished procedure (办结): what was granted was done, or
// the petitioner says so (domain.md §3.4, formula 6). An accusation is about what
// somebody else did: it is settled when its petitioner says so and not before, and
// stands in no figure.
func (c Case) Resolved() bool {
	if c.Reply == nil || !c.DisputedAt.IsZero() {
		return false
	}
	switch c.Reply.Code {
	case Supported, Assisted:
		return !c.FulfilledAt.IsZero() || !c.ConfirmedAt.IsZero()
	case Partly, Explained, PartlyAdopted, Substantiated, PartlySubstantiated, Unsubstantiated:
		return !c.ConfirmedAt.IsZero()
	case Adopted, Mediated:
		return true
	}
	return false
}
