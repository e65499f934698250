package cases_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/cases"
)

var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.FixedZone("CST", 8*60*60))

// in returns a case at a stage, with a lead unit.
func in(stage cases.Stage) cases.Case {
	return cases.Case{No: cases.Number{Year: 2026, Seq: 12}, Stage: stage, Lead: "jd"}
}

func TestRightsRefuseByRole(t *testing.T) {
	staff, liaison := cases.Actor{ID: "wang", Role: cases.Staff}, cases.Actor{ID: "shi", Role: cases.Liaison, Unit: "jd"}
	leader, disc := cases.Actor{ID: "qin", Role: cases.Leader}, cases.Actor{ID: "ji", Role: cases.Discipline}
	other := cases.Actor{ID: "mei", Role: cases.Liaison, Unit: "hq"}
	sealed := in(cases.Registered)
	sealed.Sealed = true
	for _, c := range []struct {
		name  string
		c     cases.Case
		actor cases.Actor
		verb  cases.Verb
		want  cases.Code
	}{
		{"staff accept", in(cases.Registered), staff, cases.Accept, ""},
		{"a worker may not accept", in(cases.Registered), cases.Petitioner, cases.Accept, cases.NotAllowed},
		{"a liaison may not hand out", in(cases.Handling), liaison, cases.Assign, cases.NotAllowed},
		{"the unit reports", in(cases.Handling), liaison, cases.Feedback, ""},
		{"another unit sees no such number", in(cases.Handling), other, cases.Feedback, cases.Unknown},
		{"the unit sees nothing before it is handed out", in(cases.Registered), liaison, cases.Feedback, cases.Unknown},
		{"a leader instructs", in(cases.Handling), leader, cases.Instruct, ""},
		{"a leader sees no accusation", sealed, leader, cases.Instruct, cases.Unknown},
		{"staff see no accusation after hand-over", sealed, staff, cases.Answer, cases.Unknown},
		{"discipline answers it", sealed, disc, cases.Answer, ""},
		{"discipline sees nothing else", in(cases.Registered), disc, cases.Answer, cases.Unknown},
		{"not closed before it is answered", in(cases.Handling), staff, cases.Close, cases.WrongStage},
		{"nothing after the end", in(cases.Closed), staff, cases.Answer, cases.WrongStage},
		{"not accepted twice", in(cases.Accepted), staff, cases.Accept, cases.WrongStage},
		{"the petitioner withdraws", in(cases.Handling), cases.Petitioner, cases.Withdraw, ""},
	} {
		err := c.c.Check(c.actor, c.verb)
		var r *cases.Refusal
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: refused: %v", c.name, err)
		case c.want != "" && (!errors.As(err, &r) || r.Code != c.want):
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// Whoever is refused for the stage is told steps that would be taken.
func TestRefusalNamesStepsThatWork(t *testing.T) {
	staff := cases.Actor{ID: "wang", Role: cases.Staff}
	for _, stage := range []cases.Stage{cases.Received, cases.Registered, cases.Accepted, cases.Handling, cases.Answered} {
		for _, v := range stage.Next(cases.Staff) {
			if err := in(stage).Check(staff, v); err != nil {
				t.Errorf("%s is offered in %s and refused: %v", v, stage, err)
			}
		}
	}
	if len(cases.Final.Next(cases.Staff)) != 0 {
		t.Errorf("a case that has ended offers %v", cases.Final.Next(cases.Staff))
	}
}

func TestFoldMovesTheCase(t *testing.T) {
	house := cases.Clock{Kind: cases.HouseClock, From: day, Due: day.AddDate(0, 0, 15), Days: 15}
	task := cases.Clock{Kind: cases.TaskClock, From: day, Due: day.AddDate(0, 0, 3), Days: 3}
	c := cases.Fold(cases.Number{Year: 2026, Seq: 1}, []cases.Event{
		{At: day, Verb: cases.Submit, Fields: map[string]string{cases.Matter: "锁坏了"}, Signature: cases.Sealed},
		{At: day, Verb: cases.Register, Category: "宿舍澡堂", Unit: "hq", Clocks: []cases.Clock{house}},
		{At: day, Verb: cases.Accept},
		{At: day, Verb: cases.Assign, Unit: "jd", Text: "换锁", Clocks: []cases.Clock{task}},
	})
	if c.Stage != cases.Handling || c.Lead != "jd" || !c.WithUnit() || len(c.Clocks) != 2 {
		t.Fatalf("got %+v", c)
	}
	objected := c.After(cases.Event{At: day, Verb: cases.Object, Text: "不归我们"})
	if _, runs := objected.Clock(cases.TaskClock); objected.Stage != cases.Accepted || runs {
		t.Errorf("after an objection: %s, task clock runs: %t", objected.Stage, runs)
	}
	reported := c.After(cases.Event{At: day, Verb: cases.Feedback, Text: "换好了"})
	if reported.WithUnit() || reported.Stage != cases.Handling {
		t.Errorf("after a report the next step is the office's")
	}
	answered := reported.After(cases.Event{At: day, Verb: cases.Answer, Text: "好了"})
	if answered.Stage != cases.Answered || len(answered.Clocks) != 0 {
		t.Errorf("an answer stops the clocks: %+v", answered)
	}
	if len(c.Clocks) != 2 {
		t.Errorf("After changed the case it was given")
	}
}

func TestFiveWords(t *testing.T) {
	want := map[cases.Stage]cases.Word{
		cases.Received: cases.WordReceived, cases.Registered: cases.WordRegistered, cases.Accepted: cases.WordHandling,
		cases.Handling: cases.WordHandling, cases.Answered: cases.WordAnswered, cases.Closed: cases.WordDone, cases.Withdrawn: cases.WordDone,
	}
	for stage, word := range want {
		if stage.Word() != word {
			t.Errorf("%s is told as %s", stage, stage.Word())
		}
	}
}

func directory() *cases.Office {
	return cases.NewOffice(
		[]cases.Unit{{ID: "hq", Name: "后勤服务中心", Aliases: []string{"后勤", "澡堂"}}, {ID: "jw", Name: "纪委", Sealed: true}},
		[]cases.Category{{Name: "食堂", Lead: "hq", Words: []string{"食堂", "饭", "wifi"}}, {Name: "工资", Words: []string{"工资", "扣钱"}},
			{Name: "检举控告", Lead: "jw", Words: []string{"克扣", "倒卖"}, Sealed: true}},
		[]cases.Person{{ID: "qin", Name: "秦卫东", Title: "矿长", Role: cases.Leader},
			{ID: "fan", Name: "范玉林", Title: "党委副书记", Role: cases.Leader}, {ID: "li", Name: "李强", Title: "副矿长", Role: cases.Leader}},
		strings.ToLower)
}

func TestNamesAsPeopleTypeThem(t *testing.T) {
	o := directory()
	for typed, want := range map[string]string{"后勤": "hq", "后勤服务中心": "hq", "hq": "hq", "机电": ""} {
		if u, _ := o.Unit(typed); u.ID != want {
			t.Errorf("unit %q is %q", typed, u.ID)
		}
	}
	for typed, want := range map[string]string{"秦矿长": "qin", "秦卫东": "qin", "范书记": "fan", "矿长": "qin", "李副矿长": "li",
		"李矿长": "li", "王矿长": "", "": "", "书记": ""} {
		if p, _ := o.FindLeader(typed); p.ID != want {
			t.Errorf("leader %q is %q, want %q", typed, p.ID, want)
		}
	}
}

func TestSuggestionPrefersTheSealedPath(t *testing.T) {
	o := directory()
	for text, want := range map[string]string{"食堂的饭涨价": "食堂", "工资扣钱": "工资", "工资被克扣": "检举控告", "天气不错": "", "宿舍WIFI断了": "食堂"} {
		if c, _ := o.Suggest(text); c.Name != want {
			t.Errorf("%q is suggested as %q, want %q", text, c.Name, want)
		}
	}
	o.Accuses = func(text string) bool { return strings.Contains(text, "自己拿了") }
	if c, _ := o.Suggest("食堂涨价的钱自己拿了"); c.Name != "检举控告" {
		t.Errorf("what accuses somebody is suggested as %q", c.Name)
	}
}

func TestRefusalSaysNothingPersonal(t *testing.T) {
	r := &cases.Refusal{Code: cases.NoUnit, Verb: cases.Assign, No: cases.Number{Year: 2026, Seq: 1}, Typed: "张三家里"}
	if strings.Contains(r.Error(), "张三") {
		t.Errorf("the error holds what was typed: %s", r)
	}
	if !slices.Contains(cases.Who(cases.Assign), cases.Staff) {
		t.Error("nobody may hand out a matter")
	}
}

func TestParseNumber(t *testing.T) {
	for _, no := range []cases.Number{{2026, 1}, {2026, 12345}} {
		if got, ok := cases.ParseNumber(no.String()); !ok || got != no {
			t.Errorf("ParseNumber(%q) = %v, %t", no, got, ok)
		}
	}
	for _, s := range []string{"", "2026", "2026-1", "2026-0000", "0000-0001", "2026--001", "2026-+001", "2026-0001 ", " 2026-0001", "2026-0001x", "2026-0001-2"} {
		if got, ok := cases.ParseNumber(s); ok || got != (cases.Number{}) {
			t.Errorf("ParseNumber(%q) = %v, %t, want none", s, got, ok)
		}
	}
}
