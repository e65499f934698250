package cases_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fangzhuo/cases"
)

// everybody who may act on a case, by role.
var everybody = []cases.Actor{
	{ID: "wang", Role: cases.Staff}, {ID: "zhou", Role: cases.Staff}, {ID: "shi", Role: cases.Liaison, Unit: "jd"},
	{ID: "mei", Role: cases.Liaison, Unit: "hq"}, {ID: "qin", Role: cases.Leader}, {ID: "ji", Role: cases.Discipline},
	cases.Petitioner, cases.System,
}

// anyStep draws a step somebody tries to take, lawful or not.
func anyStep(t *rapid.T, c cases.Case, at time.Time) cases.Event {
	rows := cases.Table
	if rapid.IntRange(0, 9).Draw(t, "sensible") > 1 { // else a walk hardly gets on
		rows = slices.DeleteFunc(slices.Clone(rows), func(r cases.Rule) bool { return !slices.Contains(r.From, c.Stage) })
	}
	if rapid.IntRange(0, 9).Draw(t, "early end") > 0 {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r cases.Rule) bool {
			return r.Verb == cases.Withdraw || r.Verb == cases.Merge || r.Verb == cases.Refer
		})
	}
	row := rapid.SampledFrom(rows).Draw(t, "row")
	verb := row.Verb
	e := cases.Event{At: at, Verb: verb, Actor: rapid.SampledFrom(everybody).Draw(t, "actor")}
	if rapid.IntRange(0, 9).Draw(t, "entitled") > 1 {
		e.Actor = rapid.SampledFrom(slices.DeleteFunc(slices.Clone(everybody), func(a cases.Actor) bool { return !slices.Contains(row.By, a.Role) })).Draw(t, "who may")
	}
	maybe := func(name string) bool { return rapid.IntRange(0, 9).Draw(t, name) > 0 }
	if maybe("text") {
		e.Text = rapid.SampledFrom([]string{"话", "属于劳动仲裁受理的范围"}).Draw(t, "words")
	}
	if maybe("unit") {
		e.Unit = rapid.SampledFrom([]string{"jd", "hq"}).Draw(t, "which unit")
	}
	if maybe("category") {
		e.Category = "食堂"
		e.Sealed = verb == cases.Register && rapid.IntRange(0, 9).Draw(t, "sealed") == 0
	}
	if maybe("person") {
		e.Person = rapid.SampledFrom([]string{"wang", "zhou", "qin"}).Draw(t, "which person")
	}
	if maybe("reply") {
		e.Reply = &cases.Reply{Opinion: "好", Basis: rapid.SampledFrom([]string{"", "规定"}).Draw(t, "basis"),
			Facts: rapid.SampledFrom([]string{"", "查过"}).Draw(t, "facts"),
			Code:  rapid.SampledFrom([]cases.AnswerCode{cases.Supported, cases.NotSupported, cases.Adopted, cases.Substantiated}).Draw(t, "code")}
	}
	if maybe("other") {
		e.Other = &cases.Link{No: cases.Number{Year: 2026, Seq: rapid.IntRange(0, 2).Draw(t, "no")}, Kind: cases.SameMatter}
	}
	e.Grade = rapid.SampledFrom([]cases.Grade{"", cases.Satisfied, cases.Unsatisfied}).Draw(t, "grade")
	if verb == cases.Recuse || verb == cases.Waive {
		e.Against = rapid.SampledFrom([][]string{nil, {"hq"}, {"wang"}}).Draw(t, "against")
	}
	if verb == cases.Register || verb == cases.Accept {
		e.Procedure = rapid.SampledFrom([]cases.Procedure{"", cases.Ordinary, cases.Simple}).Draw(t, "procedure")
	}
	if verb == cases.Correct {
		e.Fields = map[string]string{cases.Place: "副井"}
	}
	day := at.Truncate(24 * time.Hour)
	for _, kind := range cases.RuleOf(verb).Starts {
		days := rapid.IntRange(1, 95).Draw(t, "days")
		if l, ok := kind.Limit(cases.Ordinary); ok && verb != cases.Extend {
			days = l.Days
		}
		if maybe("clock") || verb != cases.Assign && verb != cases.Sponsor && verb != cases.Extend {
			e.Clocks = append(e.Clocks, cases.Clock{Kind: kind, From: day, Due: day.AddDate(0, 0, days), Days: days})
		}
	}
	return e
}

// headStart is the straight way to the end. A walk begins somewhere on it, for few
// would get that far by themselves.
var headStart = func() []cases.Event {
	reply := &cases.Reply{Opinion: "好", Basis: "规定", Code: cases.Supported}
	runs := func(kind cases.ClockKind) []cases.Clock {
		return []cases.Clock{{Kind: kind, From: day, Due: day.AddDate(0, 0, 30), Days: 30}}
	}
	return []cases.Event{
		{Verb: cases.Register, Category: "食堂", Unit: "hq", Person: "wang"},
		{Verb: cases.Accept, Clocks: runs(cases.HandleClock)},
		{Verb: cases.Assign, Unit: "jd", Text: "换锁", Clocks: runs(cases.TaskClock)},
		{Verb: cases.Answer, Reply: reply, Clocks: runs(cases.WindowClock)},
		{Verb: cases.Review, Clocks: runs(cases.ReviewClock)},
		{Verb: cases.Conclude, Reply: reply, Clocks: runs(cases.WindowClock)},
		{Verb: cases.Review, Clocks: runs(cases.ReviewClock)},
		{Verb: cases.Conclude, Reply: reply, Clocks: runs(cases.DecideClock)},
	}
}()

// However steps are tried, the record is the fold of the lawful ones, an open
// case that staff have seen has one owner and a day, nobody is answered without a
// basis, and nobody whom the matter complains about has it.
func TestWalk(t *testing.T) {
	stages, verbs := map[cases.Stage]int{}, map[cases.Verb]int{}
	for range 50 { // until the walks have been everywhere
		rapid.Check(t, func(t *rapid.T) { walk(t, stages, verbs) })
		if len(stages) == len(cases.Stages) && len(verbs) == len(cases.Table)-1 { // nobody submits a case that is there
			return
		}
	}
	t.Errorf("the walks came only to %v and by %v", stages, verbs)
}

func walk(t *rapid.T, stages map[cases.Stage]int, verbs map[cases.Verb]int) {
	no := cases.Number{Year: 2026, Seq: 1}
	at := day
	begin := cases.Event{At: at, Verb: cases.Submit, Actor: cases.Petitioner, Fields: map[string]string{cases.Matter: "锁坏了"},
		Clocks: []cases.Clock{{Kind: cases.NoticeClock, From: at, Due: at.AddDate(0, 0, 15), Days: 15}}}
	if rapid.Bool().Draw(t, "suggestion") {
		begin.Form = cases.SuggestionForm
	}
	history := []cases.Event{begin}
	c := cases.Fold(no, history)
	for _, e := range headStart[:rapid.IntRange(0, len(headStart)).Draw(t, "head start")] {
		e.At, e.Actor = at, everybody[0]
		if e.Reply != nil && c.Form == cases.SuggestionForm {
			e.Reply = &cases.Reply{Opinion: "好", Basis: "规定", Code: cases.Adopted}
		}
		if err := c.Permit(e); err != nil {
			t.Fatalf("%s in %s: %v", e.Verb, c.Stage, err)
		}
		history, c = append(history, e), c.After(e)
	}
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		at = at.Add(time.Duration(rapid.IntRange(0, 5*24).Draw(t, "hours")) * time.Hour)
		e := anyStep(t, c, at)
		if e.Verb == cases.Submit {
			continue
		}
		before := c
		if err := c.Permit(e); err != nil {
			checkRefusal(t, c, e, err)
			continue
		}
		history = append(history, e)
		c = c.After(e)
		checkCase(t, before, c, e)
		stages[c.Stage]++
		verbs[e.Verb]++
	}
	if again := cases.Fold(no, history); !reflect.DeepEqual(again, c) {
		t.Fatalf("the fold is\n%+v\nthe record\n%+v", again, c)
	}
}

func checkRefusal(t *rapid.T, c cases.Case, e cases.Event, err error) {
	var r *cases.Refusal
	if !errors.As(err, &r) || r.Code == "" {
		t.Fatalf("%s: %v is no refusal with a reason", e.Verb, err)
	}
	for _, v := range r.Next {
		if err := c.Check(e.Actor, v); err != nil && !c.Sealed {
			t.Fatalf("%s in %s is refused with the next step %s, which is refused: %v", e.Verb, c.Stage, v, err)
		}
	}
}

func checkCase(t *rapid.T, before, c cases.Case, e cases.Event) {
	r := cases.RuleOf(e.Verb)
	if e.Actor != cases.System && !slices.Contains(r.By, e.Actor.Role) {
		t.Fatalf("%s by %s, who may not", e.Verb, e.Actor.Role)
	}
	if c.Stage.Open() && c.Stage != cases.Received {
		if c.Owner == "" {
			t.Fatalf("after %s: %s without an owner: %+v", e.Verb, c.Stage, c)
		}
		if c.Due().IsZero() {
			t.Fatalf("after %s (was %s): %s without a day: %+v", e.Verb, before.Stage, c.Stage, c.Clocks)
		}
	}
	if (c.Stage == cases.Answered || c.Stage == cases.Closed || c.Stage == cases.Final) && (c.Reply == nil || c.Reply.Basis == "") {
		t.Fatalf("after %s: %s without a basis", e.Verb, c.Stage)
	}
	if c.Stage == cases.Handling && (c.AcceptedAt.IsZero() || c.Lead == "") {
		t.Fatalf("after %s: handling without being accepted by a unit: %+v", e.Verb, c)
	}
	if c.Stage == cases.Handling && (slices.Contains(c.Against, c.Lead) || slices.ContainsFunc(c.Helpers, func(u string) bool { return slices.Contains(c.Against, u) })) {
		t.Fatalf("after %s: who is complained about handles it", e.Verb)
	}
	if c.Leader != "" && slices.Contains(c.Against, c.Leader) {
		t.Fatalf("after %s: the leader is complained about", e.Verb)
	}
	if c.Procedure == cases.Simple && (len(c.Helpers) > 0 || c.Extended) && c.Stage.Open() {
		t.Fatalf("after %s: a matter of several units, or extended, is handled simply: %+v", e.Verb, c)
	}
	if c.Sealed && (c.Leader != "" || c.Stage == cases.Handling) {
		t.Fatalf("after %s: an accusation is with a unit or a leader: %+v", e.Verb, c)
	}
	if !c.Stage.Open() && c.Stage != cases.Closed && c.ClosedAt.IsZero() {
		t.Fatalf("after %s: %s without an end", e.Verb, c.Stage)
	}
}
