package cases

import "fmt"

// Code names a refusal; the words for it are chosen at the edge.
type Code string

// The refusals.
const (
	Unknown      Code = "unknown"        // no such number, or not for you: the same answer
	NotAllowed   Code = "not-allowed"    // another role may
	WrongStage   Code = "wrong-stage"    // not from here
	Locked       Code = "locked"         // too many wrong codes
	NoUnit       Code = "no-unit"        // no unit of that name
	NoCategory   Code = "no-category"    // no category of that name
	NoLeader     Code = "no-leader"      // no leader of that name
	NoTerm       Code = "no-term"        // no term given, or one that makes no sense
	NoText       Code = "no-text"        // the step needs words
	SealedUnit   Code = "sealed-unit"    // accusations go to discipline only, and nothing else does
	Ambiguous    Code = "ambiguous"      // two years have a matter of that number
	TooMany      Code = "too-many"       // more was added to the matter than anybody reads
	QuotesWords  Code = "quotes-words"   // the unit would read the words of somebody who is afraid
	NotHere      Code = "not-here"       // not from a chat: somebody has to come or call
	TooManyFaces Code = "too-many-faces" // more than five representatives (条例 art. 20)
	NoAttachment Code = "no-attachment"  // nothing of that number was sent along
	NotWithUnit  Code = "not-with-unit"  // another unit has the matter
	NoSignature  Code = "no-signature"   // neither named, sealed nor anonymous
	TooLong      Code = "too-long"       // more than anybody reads of one matter
	NoChannel    Code = "no-channel"     // not a way in which a matter reaches the office
	NoCount      Code = "no-count"       // no number of people that comes to a table

	NoOwner          Code = "no-owner"           // nobody in the office looks after it
	NoApprover       Code = "no-approver"        // an extension without who approved it (条例 art. 34)
	NoBasis          Code = "no-basis"           // an answer without what it rests on (条例 art. 32)
	NoCode           Code = "no-code"            // an answer without an outcome that fits
	NoFacts          Code = "no-facts"           // a no, half a yes, or a word on an accusation without what was found
	NoOther          Code = "no-other"           // the other matter is missing, or is this one
	NoGrade          Code = "no-grade"           // neither 满意, 基本满意 nor 不满意
	NoAgainst        Code = "no-against"         // nobody of that name to be kept out
	NoFields         Code = "no-fields"          // nothing to put right
	NoMotive         Code = "no-motive"          // the sealed part is not opened without saying for what
	NotKeeper        Code = "not-keeper"         // the sealed part is opened by named officers only
	Recused          Code = "recused"            // the matter complains about them (条例 art. 28)
	ChiefOnly        Code = "chief-only"         // the head of the office decides
	ExtendedBefore   Code = "extended-before"    // once only (条例 art. 34)
	TooLong30        Code = "too-long-30"        // thirty days at most (条例 art. 34)
	NotSimple        Code = "not-simple"         // a simple matter that takes longer is no simple one
	NoSimple         Code = "no-simple"          // not a matter for simple handling, for the reason Typed
	TooLate          Code = "too-late"           // the days for that are over (条例 art. 23, 35)
	Disputed         Code = "disputed"           // the petitioner does not accept the answer
	ReviewedTwice    Code = "reviewed-twice"     // there is no third review (条例 art. 36)
	NotReviewedTwice Code = "not-reviewed-twice" // only then is nothing more owed (条例 art. 36)
	IsLead           Code = "is-lead"            // who leads does not help as well
	SealedApart      Code = "sealed-apart"       // an accusation stays by itself (条例 art. 30)
	StaysSealed      Code = "stays-sealed"       // what the petitioner wanted sealed is not opened without them
	HarshWords       Code = "harsh-words"        // an answer with words that put somebody down
	TellsWho         Code = "tells-who"          // several would read who one of them is
	NoReason         Code = "no-reason"          // a no, or half a yes, that nobody can follow
	NoOpinion        Code = "no-opinion"         // no answer that a document is made of
	NoRoute          Code = "no-route"           // no statutory route of that name
	Meanwhile        Code = "meanwhile"          // a colleague took a step just now
)

// Refusal is why a step was not taken. It is an answer, not a fault.
type Refusal struct {
	Code  Code
	Verb  Verb
	No    Number
	Stage Stage
	Next  []Verb
	Typed string // what was not recognised
}

// Error implements error, for operators. It never holds what somebody said.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s refused: %s", r.Verb, r.No, r.Code)
}
