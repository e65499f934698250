package cases_test

import (
	"errors"
	"testing"

	"fangzhuo/cases"
)

// A matter that is handled anew is not put off a second time, nor by another
// procedure (条例 art. 34).
func TestPutOffOnceForAll(t *testing.T) {
	wang := cases.Actor{ID: "wang", Role: cases.Staff}
	term := func(days int) []cases.Clock {
		return []cases.Clock{{Kind: cases.HandleClock, From: day, Due: day.AddDate(0, 0, days), Days: days}}
	}
	put := cases.Event{At: day, Actor: wang, Verb: cases.Extend, Text: "等鉴定", Person: "qin", Clocks: term(90)}
	c := cases.Fold(cases.Number{Year: 2026, Seq: 1}, []cases.Event{
		{Verb: cases.Submit, Actor: cases.Petitioner, At: day},
		{Verb: cases.Register, Actor: wang, At: day, Category: "工资", Unit: "hr", Person: "wang"},
		{Verb: cases.Accept, Actor: wang, At: day, Clocks: term(60)},
		put,
		{Verb: cases.Answer, Actor: wang, At: day, Reply: &cases.Reply{Opinion: "补发", Basis: "制度", Code: cases.Supported}},
		{Verb: cases.Reopen, Actor: wang, At: day, Text: "算错了", Clocks: term(60)},
	})
	var r *cases.Refusal
	if err := c.Permit(put); !errors.As(err, &r) || r.Code != cases.ExtendedBefore {
		t.Errorf("put off again after it was reopened: %v", err)
	}
}
