package cases_test

import (
	"errors"
	"slices"
	"testing"

	"fangzhuo/cases"
)

// A no, half a yes and whatever is said of an accusation say what was found; a no
// and half a yes give a reason too. An outcome of another kind of matter is none.
func TestAnswerNeeds(t *testing.T) {
	const why = "核对了三个月的出库单和监控"
	handled := func(form string, sealed bool) cases.Case {
		return cases.Case{No: cases.Number{Year: 2026, Seq: 1}, Form: form, Sealed: sealed, Stage: cases.Handling, Lead: "hq", Owner: "wang"}
	}
	all := slices.Concat(cases.RequestCodes, cases.SuggestionCodes, cases.AccusationCodes)
	short := []cases.AnswerCode{cases.NotSupported, cases.NotAdopted, cases.Unsubstantiated, cases.Partly, cases.PartlyAdopted, cases.PartlySubstantiated}
	for _, test := range []struct {
		c    cases.Case
		role cases.Role
		may  []cases.AnswerCode
	}{
		{handled("report", false), cases.Staff, cases.RequestCodes},
		{handled(cases.SuggestionForm, false), cases.Staff, cases.SuggestionCodes},
		{handled("report", true), cases.Discipline, cases.AccusationCodes},
		{handled(cases.SuggestionForm, true), cases.Discipline, cases.AccusationCodes}, // whatever it was handed in as
	} {
		refused := func(r cases.Reply) cases.Code {
			var refusal *cases.Refusal
			if err := test.c.Permit(cases.Event{At: day, Actor: cases.Actor{ID: "a", Role: test.role}, Verb: cases.Answer, Reply: &r}); !errors.As(err, &refusal) {
				return ""
			}
			return refusal.Code
		}
		for _, code := range all {
			var bare, brief cases.Code
			switch {
			case !slices.Contains(test.may, code):
				bare, brief = cases.NoCode, cases.NoCode
			case slices.Contains(short, code):
				bare, brief = cases.NoFacts, cases.NoReason
			case code == cases.Substantiated:
				bare = cases.NoFacts
			}
			if got := refused(cases.Reply{Opinion: why, Basis: "报告", Code: code}); got != bare {
				t.Errorf("%s without what was found (sealed %t): %q, want %q", code, test.c.Sealed, got, bare)
			}
			if got := refused(cases.Reply{Opinion: "不行", Facts: why, Basis: "报告", Code: code}); got != brief {
				t.Errorf("%s in two characters (sealed %t): %q, want %q", code, test.c.Sealed, got, brief)
			}
		}
	}
}

// What the next level up says needs no outcome; one that it has is held to the same.
func TestConcludeNeeds(t *testing.T) {
	c := cases.Case{No: cases.Number{Year: 2026, Seq: 1}, Sealed: true, Stage: cases.Reviewing, Round: 1}
	for _, test := range []struct {
		code  cases.AnswerCode
		facts string
		want  cases.Code
	}{
		{"", "", ""}, {cases.Partly, "核过账", cases.NoCode}, {cases.Unsubstantiated, "", cases.NoFacts}, {cases.Unsubstantiated, "核过账", ""},
	} {
		err := c.Permit(cases.Event{At: day, Actor: cases.Actor{ID: "ji", Role: cases.Discipline}, Verb: cases.Conclude,
			Reply: &cases.Reply{Opinion: "维持", Basis: "报告", Code: test.code, Facts: test.facts}})
		var refusal *cases.Refusal
		if errors.As(err, &refusal); (refusal == nil) != (test.want == "") || refusal != nil && refusal.Code != test.want {
			t.Errorf("%q with %q: %v, want %q", test.code, test.facts, err, test.want)
		}
	}
}

// An accusation is settled when its petitioner says so, whatever came out.
func TestAccusationIsSettledByItsPetitioner(t *testing.T) {
	for _, code := range cases.AccusationCodes {
		c := cases.Case{Sealed: true, Stage: cases.Answered, Reply: &cases.Reply{Code: code}, FulfilledAt: day}
		if c.Resolved() {
			t.Errorf("%s settles it for somebody who said nothing", code)
		}
		if c.ConfirmedAt = day; !c.Resolved() {
			t.Errorf("%s: its petitioner accepts it, and it is not settled", code)
		}
	}
}
