package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// asked opens a matter of one person; the nth has the number n.
func asked(from, matter, want, name string, as cases.Signature) func(d *Desk, tx storage.Tx) error {
	return func(d *Desk, tx storage.Tx) error {
		_, err := d.Submit(tx, Submission{From: chat.Address("test:" + from), Form: "report", Name: name, Signature: as,
			Fields: map[string]string{cases.Matter: matter, cases.Want: want}, Said: []Said{{At: monday, Text: matter + "，" + want}}}, monday)
		return err
	}
}

// same ties matters together as the same.
func same(no, other int) func(d *Desk, tx storage.Tx) error {
	return func(d *Desk, tx storage.Tx) error {
		_, err := d.Relate(tx, staff, n(no), n(other), cases.SameMatter, monday)
		return err
	}
}

func n(seq int) cases.Number { return cases.Number{Year: 2026, Seq: seq} }

// table is an office with matters of several people.
func table(t *testing.T, steps ...func(d *Desk, tx storage.Tx) error) (*Desk, storage.Store) {
	t.Helper()
	d, store := open(t)
	for i, step := range steps {
		if err := store.Update(t.Context(), func(tx storage.Tx) error { return step(d, tx) }); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	return d, store
}

// answeredAll answers the first and, as far as it may, those tied to it.
func answeredAll(t *testing.T, d *Desk, store storage.Store, no int, r cases.Reply, now time.Time) (all AllDone, err error) {
	t.Helper()
	err = store.Update(t.Context(), func(tx storage.Tx) error {
		c, err := d.Stands(tx, staff, n(no), now)
		if err != nil {
			return err
		}
		open, err := d.Unanswered(tx, staff, c)
		var with []Beside
		for _, o := range open {
			with = append(with, Beside{No: o.No, Seen: o.Events})
		}
		if err == nil {
			all, err = d.AnswerAll(tx, staff, n(no), r, 0, with, now)
		}
		return err
	})
	return all, err
}

func stands(t *testing.T, store storage.Store, no int) cases.Case {
	t.Helper()
	_, all := dump[cases.Case](t, store, caseTable)
	return all[no-1]
}

// owedTo is all that a person is owed.
func owedTo(t *testing.T, store storage.Store, who string) string {
	t.Helper()
	var texts []string
	_, all := dump[owedMessage](t, store, "outbox-pending")
	for _, m := range all {
		if m.To == chat.Address("test:"+who) {
			texts = append(texts, m.Text)
		}
	}
	return strings.Join(texts, "\n")
}

var cheaper = cases.Reply{Opinion: "面价降回十二元，肉量加到二两", Basis: "食堂定价表", Code: cases.Supported}

// Each gets the answer to their own request, as their own matter.
func TestAnswerAll(t *testing.T) {
	d, store := table(t,
		asked("bai", "食堂二楼臊子面涨到十四了", "降价", "白建军", cases.Sealed),
		asked("hou", "二楼那个面又贵又少", "多给点肉", "侯亮", cases.Named),
		asked("duan", "面馆坐地起价", "别再涨", "", cases.Anonymous),
		same(1, 2), same(2, 3))
	now := monday.Add(time.Hour)
	all, err := answeredAll(t, d, store, 1, cheaper, now)
	if err != nil || len(all.Done) != 3 || len(all.Left) != 0 {
		t.Fatalf("answered %d, left out %v: %v", len(all.Done), all.Left, err)
	}
	for no, want := range map[int]string{1: "降价", 2: "多给点肉", 3: "别再涨"} {
		c := stands(t, store, no)
		if c.Stage != cases.Answered || c.Reply == nil || c.Reply.Request != want || c.Reply.Opinion != cheaper.Opinion || c.Reply.Facts != c.Fields[cases.Matter] {
			t.Errorf("%s: %s, %+v", c.No, c.Stage, c.Reply)
		}
		if k, ok := c.Clock(cases.WindowClock); !ok || !k.Due.Equal(c.Reply.RemedyUntil) {
			t.Errorf("%s runs no window of its own until %s", c.No, c.Reply.RemedyUntil)
		}
	}
	for who, not := range map[string][]string{"bai": {"侯亮", "多给点肉", "0002"}, "hou": {"白建军", "降价", "涨到十四", "0001"}} {
		text := owedTo(t, store, who)
		if !strings.Contains(text, "十二元") {
			t.Errorf("%s was not told: %q", who, text)
		}
		for _, other := range not {
			if strings.Contains(text, other) {
				t.Errorf("%s reads %q of another: %q", who, other, text)
			}
		}
	}
	agree(t, store)
	_, tallies := dump[tally](t, store, countTable)
	if !slices.ContainsFunc(tallies, func(m tally) bool { return m.Answered == 3 }) {
		t.Errorf("three answers are not counted as three: %+v", tallies)
	}
}

// A text that would tell the others who one of them is goes to nobody.
func TestAnswerAllTellsNobodyWho(t *testing.T) {
	for text, what := range map[string]string{
		"白建军师傅，面价已降回十二元":       "白建军",
		"侯亮反映的面价已经降了":          "侯亮",
		"139-0000-1234的面价已经降了": "139-0000-1234",
		"您说食堂二楼臊子面涨到十四了，已降回":   "食堂二楼臊子面涨",
	} {
		d, store := table(t,
			asked("bai", "食堂二楼臊子面涨到十四了，电话13900001234", "降价", "白建军", cases.Sealed),
			asked("hou", "二楼那个面又贵又少", "多给点肉", "侯亮", cases.Named), same(1, 2))
		r := cheaper
		r.Opinion = text
		_, err := answeredAll(t, d, store, 1, r, monday)
		if refusal, ok := IsRefusal(err); !ok || refusal.Code != cases.TellsWho || refusal.Typed != what {
			t.Errorf("%s: %v", text, err)
		}
		if c := stands(t, store, 1); c.Stage == cases.Answered {
			t.Errorf("%s: went out", text)
		}
	}
	// who signs with their name and fears nothing may be quoted
	d, store := table(t, asked("bai", "食堂二楼臊子面涨到十四了", "降价", "白建军", cases.Sealed),
		asked("hou", "二楼那个面又贵又少", "多给点肉", "侯亮", cases.Named), same(1, 2))
	r := cheaper
	r.Opinion = "二楼那个面又贵又少，已经改了"
	if all, err := answeredAll(t, d, store, 1, r, monday); err != nil || len(all.Done) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

// What the first's unit found is said to the others too, unless it tells of the first.
func TestAnswerAllSaysWhatWasFound(t *testing.T) {
	for found, want := range map[string]string{
		"进价涨了三成，窗口多收了一块":      "进价涨了三成，窗口多收了一块",
		"白建军说的属实，多收了一块":       "二楼那个面又贵又少",
		"所说食堂二楼臊子面涨到十四了属实":    "二楼那个面又贵又少",
		"反映“食堂二楼臊子面，涨到十四了”属实": "二楼那个面又贵又少",
	} {
		d, store := table(t,
			asked("bai", "食堂二楼臊子面涨到十四了", "降价", "白建军", cases.Named),
			asked("hou", "二楼那个面又贵又少", "多给点肉", "侯亮", cases.Named), same(1, 2),
			func(d *Desk, tx storage.Tx) error {
				if _, err := d.Assign(tx, staff, n(1), "机电", calendar.Term{N: 3}, "", monday); err != nil {
					return err
				}
				_, err := d.Feedback(tx, unit, n(1), found, monday)
				return err
			})
		if all, err := answeredAll(t, d, store, 1, cheaper, monday); err != nil || len(all.Done) != 2 {
			t.Fatalf("%s: %+v, %v", found, all, err)
		}
		if got := stands(t, store, 2).Reply.Facts; got != want {
			t.Errorf("%s: the other reads %q", found, got)
		}
	}
}

// A no says what was found, of each: what staff wrote, what its own unit or that of
// the first reported, and nobody's own words. Who has none of it is left out.
func TestAnswerAllSaysNoWithWhatWasFound(t *testing.T) {
	no := cases.Reply{Opinion: "面价按成本核过，现在降不下来", Basis: "食堂定价表", Code: cases.NotSupported}
	matters := []func(d *Desk, tx storage.Tx) error{
		asked("bai", "食堂二楼臊子面涨到十四了", "降价", "", cases.Sealed),
		asked("hou", "二楼那个面又贵又少", "多给点肉", "", cases.Sealed), same(1, 2)}
	d, store := table(t, matters...)
	_, err := answeredAll(t, d, store, 1, no, monday)
	if r, ok := IsRefusal(err); !ok || r.Code != cases.NoFacts {
		t.Errorf("a no without what was found: %v", err)
	}
	no.Facts = "核对了三个月的进价"
	all, err := answeredAll(t, d, store, 1, no, monday)
	if err != nil || len(all.Done) != 2 || stands(t, store, 2).Reply.Facts != no.Facts {
		t.Errorf("what was found is not said of both: %+v, %v", all, err)
	}

	reports := func(no int, found string) func(d *Desk, tx storage.Tx) error {
		return func(d *Desk, tx storage.Tx) error {
			if _, err := d.Assign(tx, staff, n(no), "机电", calendar.Term{N: 3}, "", monday); err != nil {
				return err
			}
			_, err := d.Feedback(tx, unit, n(no), found, monday)
			return err
		}
	}
	no.Facts = ""
	d, store = table(t, append(matters, reports(1, "白师傅说的臊子面，食堂二楼臊子面涨到十四了"))...) // whose words they are the others may not read
	all, err = answeredAll(t, d, store, 1, no, monday)
	if err != nil || len(all.Done) != 1 || len(all.Left) != 1 || all.Left[0].No != n(2) || all.Left[0].Why.Code != cases.NoFacts {
		t.Errorf("who reads what was found of another: %+v, %v", all, err)
	}
	if text := d.LeftText(all.Left, monday); !strings.Contains(text, "查到的情况") {
		t.Errorf("why is not said: %s", text)
	}
	d, store = table(t, append(matters, reports(1, "进价核过，没有多收"))...)
	if all, err := answeredAll(t, d, store, 1, no, monday); err != nil || len(all.Done) != 2 || stands(t, store, 2).Reply.Facts != "进价核过，没有多收" {
		t.Errorf("what the unit found is not said: %+v, %v", all, err)
	}
}

// What somebody else touched meanwhile, what the outcome does not fit, and what was
// answered already is left out; the others go through.
func TestAnswerAllLeavesOut(t *testing.T) {
	d, store := table(t,
		asked("bai", "食堂二楼臊子面涨到十四了", "降价", "", cases.Sealed),
		asked("hou", "二楼那个面又贵又少", "多给点肉", "", cases.Sealed),
		asked("duan", "面太贵了", "降价", "", cases.Sealed),
		func(d *Desk, tx storage.Tx) error {
			_, err := d.Submit(tx, Submission{From: "test:luo", Form: cases.SuggestionForm, Signature: cases.Sealed,
				Fields: map[string]string{cases.Matter: "面价能不能公开"}, Said: []Said{{At: monday, Text: "面价能不能公开"}}}, monday)
			return err
		},
		same(1, 2), same(1, 3), same(1, 4))
	var with []Beside
	for no := 2; no <= 4; no++ {
		with = append(with, Beside{No: n(no), Seen: stands(t, store, no).Events})
	}
	r, now := cheaper, monday.Add(time.Minute)
	r.Code = cases.Mediated // of no suggestion
	var all AllDone
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		if _, err := d.Supplement(tx, n(2), Claim{From: "test:hou"}, chat.Message{At: now}, "肉也少", now); err != nil {
			return err
		}
		var err error
		all, err = d.AnswerAll(tx, staff, n(1), r, 0, with, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	why := map[int]cases.Code{}
	for _, l := range all.Left {
		why[l.No.Seq] = l.Why.Code
	}
	if len(all.Done) != 2 || why[2] != cases.Meanwhile || why[4] != cases.NoCode || len(why) != 2 {
		t.Errorf("%d were answered, left out: %v", len(all.Done), why)
	}
	if c := stands(t, store, 3); c.Stage != cases.Answered {
		t.Errorf("who was in nobody's way waits: %s", c.Stage)
	}
	// the answer that the first has goes to those left, and a suggestion is adopted
	// where a request is granted
	if _, err := answeredAll(t, d, store, 2, cheaper, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if c := stands(t, store, 4); c.Stage != cases.Answered || c.Reply.Code != cases.Adopted {
		t.Errorf("the suggestion: %s, %+v", c.Stage, c.Reply)
	}
}

// Without words it is the answer that the first has. What is an accusation, or
// complains about the one who answers, is left apart without a word.
func TestAnswerAllGiven(t *testing.T) {
	d, store := table(t,
		asked("bai", "食堂二楼臊子面涨到十四了", "降价", "", cases.Sealed),
		asked("hou", "二楼那个面又贵又少", "多给点肉", "", cases.Sealed),
		asked("duan", "面太贵了", "降价", "", cases.Sealed),
		asked("luo", "面价谁定的", "降价", "", cases.Sealed),
		asked("shu", "面价贵了两块", "降价", "", cases.Sealed),
		same(1, 2), same(1, 3), same(1, 4), same(4, 5), // the last only by way of what the one who answers does not see
		func(d *Desk, tx storage.Tx) error {
			_, err := d.Register(tx, staff, n(3), "检举控告", "", "", monday)
			return err
		},
		func(d *Desk, tx storage.Tx) error {
			_, err := d.Recuse(tx, cases.Actor{ID: "zhou", Role: cases.Staff}, n(4), "王慧", monday)
			return err
		},
		func(d *Desk, tx storage.Tx) error {
			r := cheaper
			r.Facts = "核对了三个月的进价"
			_, err := d.Answer(tx, staff, n(1), r, monday)
			return err
		})
	all, err := answeredAll(t, d, store, 1, cases.Reply{}, monday.Add(time.Hour))
	if err != nil || len(all.Done) != 1 || all.Done[0].Case.No != n(2) || len(all.Left) != 0 {
		t.Fatalf("%+v: %v", all, err)
	}
	if r := stands(t, store, 2).Reply; r.Facts != "核对了三个月的进价" || r.Request != "多给点肉" {
		t.Errorf("what was found of the first is not said of the second: %+v", r)
	}
	if c := stands(t, store, 1); !c.AnsweredAt.Equal(monday) {
		t.Errorf("the first was answered again at %s", c.AnsweredAt)
	}
	for _, no := range []int{3, 4, 5} {
		if c := stands(t, store, no); c.Stage == cases.Answered {
			t.Errorf("%s was answered too", c.No)
		}
	}
	if text := owedTo(t, store, "duan"); strings.Contains(text, "十二元") {
		t.Errorf("who accuses reads it: %q", text)
	}
}

// Whose matter goes on under another number confirms and rates it under their own;
// the other petitioner's word stands for itself, and each grade is counted once, among
// as many as were asked.
func TestMergedPetitionerHasTheirSay(t *testing.T) {
	merges := func(no, into int) func(d *Desk, tx storage.Tx) error {
		return func(d *Desk, tx storage.Tx) error {
			_, err := d.Merge(tx, staff, n(no), n(into), monday)
			return err
		}
	}
	rates := func(from string, no int, grade cases.Grade) func(d *Desk, tx storage.Tx) error {
		return func(d *Desk, tx storage.Tx) error {
			_, err := d.Rate(tx, n(no), Claim{From: chat.Address("test:" + from)}, grade, "", monday.AddDate(0, 1, 0))
			return err
		}
	}
	explained := cases.Reply{Opinion: "班车按井下交接班时间排", Basis: "时刻表", Code: cases.Explained}
	d, store := table(t,
		asked("bai", "班车太早", "晚十分钟", "", cases.Sealed),
		asked("hou", "早上的车赶不上", "推后", "", cases.Sealed),
		asked("duan", "班车不等人", "推后", "", cases.Sealed),
		merges(3, 2), merges(2, 1),
		func(d *Desk, tx storage.Tx) error {
			if _, err := d.Confirm(tx, n(2), Claim{From: "test:hou"}, monday); err == nil {
				t.Error("an answer that is not there is confirmed")
			}
			_, err := d.Answer(tx, staff, n(1), explained, monday)
			return err
		},
		rates("hou", 2, cases.Unsatisfied), rates("hou", 2, cases.Satisfied), rates("duan", 3, cases.Fair), rates("bai", 1, cases.Fair),
		func(d *Desk, tx storage.Tx) error {
			c, err := d.Confirm(tx, n(2), Claim{From: "test:hou"}, monday.Add(time.Hour))
			if err == nil && (c.No != n(2) || c.Stage != cases.Answered || c.ConfirmedAt.IsZero()) {
				t.Errorf("who confirms reads %s, %s, %s", c.No, c.Stage, c.ConfirmedAt)
			}
			return err
		})
	for who, no := range map[string]string{"hou": "0002", "duan": "0003"} {
		if text := owedTo(t, store, who); !strings.Contains(text, no+"有答复了") || !strings.Contains(text, "您的请求：推后") || !strings.Contains(text, explained.Opinion) {
			t.Errorf("%s was told %q", who, text)
		}
	}
	if c := stands(t, store, 1); !c.ConfirmedAt.IsZero() || c.Resolved() || c.Rating != cases.Fair {
		t.Errorf("one petitioner speaks for another: %s %s", c.ConfirmedAt, c.Rating)
	}
	if c := stands(t, store, 2); c.Rating != cases.Satisfied || c.ConfirmedAt.IsZero() || c.Stage != cases.Merged {
		t.Errorf("what they said is not on their number: %+v", c)
	}
	o, err := d.Overview(t.Context(), staff, monday)
	if err != nil {
		t.Fatal(err)
	}
	if o.Month.Ratings[cases.Satisfied] != 1 || o.Month.Ratings[cases.Fair] != 2 || o.Month.Ratings[cases.Unsatisfied] != 0 || o.Month.Answered != 1 || o.Month.Joined != 2 {
		t.Errorf("counted: %+v", o.Month)
	}
	// their own 不服 they take back by 认可; another's stands
	says := func(from string, no int, step func(storage.Tx, cases.Number, Claim) error) {
		t.Helper()
		err := store.Update(t.Context(), func(tx storage.Tx) error { return step(tx, n(no), Claim{From: chat.Address("test:" + from)}) })
		if err != nil {
			t.Fatal(err)
		}
	}
	no := func(tx storage.Tx, no cases.Number, by Claim) error {
		_, err := d.Dispute(tx, no, by, "还是早", monday.Add(2*time.Hour))
		return err
	}
	yes := func(tx storage.Tx, no cases.Number, by Claim) error {
		_, err := d.Confirm(tx, no, by, monday.Add(3*time.Hour))
		return err
	}
	says("hou", 2, no)
	says("bai", 1, yes)
	c := stands(t, store, 1)
	if _, decides := c.Clock(cases.DecideClock); c.DisputedAt.IsZero() || !decides || c.Resolved() || c.ConfirmedAt.IsZero() {
		t.Errorf("one petitioner takes back what another said, or did not say yes: %+v", c)
	}
	says("bai", 1, no)
	says("hou", 2, yes)
	if c := stands(t, store, 1); c.DisputedAt.IsZero() {
		t.Error("one of two that do not accept it takes back both")
	}
	says("hou", 2, no)
	says("bai", 1, yes)
	says("hou", 2, yes)
	if c := stands(t, store, 1); !c.DisputedAt.IsZero() || !c.Resolved() {
		t.Errorf("nobody disputes it any more: %+v", c)
	}
	d, store = table(t, asked("bai", "班车太早", "晚十分钟", "", cases.Sealed), asked("hou", "早上的车赶不上", "推后", "", cases.Sealed), merges(2, 1),
		func(d *Desk, tx storage.Tx) error {
			_, err := d.Answer(tx, staff, n(1), explained, monday)
			return err
		})
	says("hou", 2, no)
	says("hou", 2, yes)
	if c := stands(t, store, 1); !c.DisputedAt.IsZero() || !c.ConfirmedAt.IsZero() {
		t.Errorf("taken back by the only one: disputed %s, confirmed %s", c.DisputedAt, c.ConfirmedAt)
	}
	agree(t, store)
}
