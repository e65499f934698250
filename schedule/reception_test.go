package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/calendar"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func official(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// reception returns the house's usual rule for the named groups.
func reception(t testing.TB, groups ...string) Reception {
	r := Reception{
		Job:      "reception",
		Rule:     calendar.Rule{Nth: 1, Weekday: time.Monday},
		Calendar: official(t),
	}
	for _, g := range groups {
		r.Targets = append(r.Targets, Target{ID: g})
	}
	return r
}

// lines writes occasions as "2026-11-30 09:00 week 2026-12-07".
func lines(all []Occasion) []string {
	var s []string
	for _, o := range all {
		s = append(s, fmt.Sprintf("%s %s %v", o.Due.In(calendar.Zone).Format("2006-01-02 15:04"), o.Stage, o.Day))
	}
	return s
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestStagesOfAMonth(t *testing.T) {
	ordinary := reception(t, "综采群")
	moved := func(month, to, note, said string) Reception {
		r := ordinary
		m := Move{Move: calendar.Move{RuleDate: date(t, month), Note: note}}
		if to != "" {
			m.To = date(t, to)
		}
		if said != "" {
			m.Said = at(t, said)
		}
		r.Moves = []Move{m}
		return r
	}
	fewStages := []Target{{ID: "机关群", Off: []Stage{Week, Three, Eve}}}
	weekend := ordinary
	weekend.Rule = calendar.Rule{Kind: calendar.DayOfMonth, Day: 15}
	weekend.Targets = fewStages

	earlier := ordinary
	earlier.Rule.Shift = calendar.PrevWorking
	fewer := earlier
	fewer.Targets = fewStages

	cases := []struct {
		name     string
		r        Reception
		from, to string
		want     []string
	}{
		{"S1 an ordinary month", ordinary, "2026-11-03 00:00", "2026-12-20 00:00", []string{
			"2026-11-30 09:00 week 2026-12-07",
			"2026-12-04 09:00 three 2026-12-07",
			"2026-12-06 19:30 eve 2026-12-07",
			"2026-12-07 07:00 day 2026-12-07",
		}},
		{"S2 moved by a holiday", ordinary, "2026-09-08 00:00", "2026-10-20 00:00", []string{
			"2026-09-28 09:00 moved 2026-10-08",
			"2026-09-30 09:00 week 2026-10-08", // from 10-01; the three's day would be this one too
			"2026-10-07 19:30 eve 2026-10-08",
			"2026-10-08 07:00 day 2026-10-08",
		}},
		{"before a holiday the three comes earlier", ordinary, "2026-03-03 00:00", "2026-04-20 00:00", []string{
			"2026-03-30 09:00 moved 2026-04-07",
			"2026-03-31 09:00 week 2026-04-07",
			"2026-04-03 09:00 three 2026-04-07", // 04-04 is a holiday
			"2026-04-06 19:30 eve 2026-04-07",   // never moved, though a holiday
			"2026-04-07 07:00 day 2026-04-07",
		}},
		{"a make-up Saturday is a working day", ordinary, "2026-02-03 00:00", "2026-02-20 00:00", []string{
			"2026-02-14 09:00 week 2026-03-02",
		}},
		{"S3 moved by staff", moved("2026-12-07", "2026-12-09", "领导出差", "2026-12-01 10:05"),
			"2026-11-24 00:00", "2027-01-05 00:00", []string{
				"2026-12-01 10:05 moved 2026-12-09",
				"2026-12-02 09:00 week 2026-12-09",
				"2026-12-04 09:00 three 2026-12-09", // 12-06 is a Sunday
				"2026-12-08 19:30 eve 2026-12-09",
				"2026-12-09 07:00 day 2026-12-09",
				"2026-12-28 09:00 week 2027-01-04",
				"2026-12-31 09:00 three 2027-01-04",
				"2027-01-03 19:30 eve 2027-01-04",
				"2027-01-04 07:00 day 2027-01-04",
			}},
		{"said long before", moved("2027-06-07", "2027-06-09", "", "2026-12-01 10:05"),
			"2026-11-30 10:00", "2026-12-02 00:00", []string{"2026-12-01 10:05 moved 2027-06-09"}},
		{"moved into another month", moved("2026-12-07", "2027-02-22", "", "2026-12-01 10:05"),
			"2027-02-21 00:00", "2027-02-22 08:00", []string{
				"2027-02-21 19:30 eve 2027-02-22", "2027-02-22 07:00 day 2027-02-22"}},
		{"moved in the config", moved("2026-12-07", "2026-12-09", "", ""),
			"2026-11-24 00:00", "2026-12-03 00:00", []string{
				"2026-11-30 09:00 moved 2026-12-09", "2026-12-02 09:00 week 2026-12-09"}},
		{"called off by staff", moved("2026-12-07", "", "大雪封路", "2026-12-05 16:00"),
			"2026-11-24 00:00", "2026-12-20 00:00", []string{"2026-12-05 16:00 cancelled 2026-12-07"}},
		{"called off in the config", moved("2026-12-07", "", "", ""),
			"2026-11-24 00:00", "2026-12-20 00:00", []string{"2026-11-30 09:00 cancelled 2026-12-07"}},
		{"moved forward: the week's notice tells it", earlier, "2026-09-08 00:00", "2026-10-20 00:00", []string{
			"2026-09-23 09:00 week 2026-09-30",
			"2026-09-24 09:00 three 2026-09-30", // 09-25 to 09-27 is a holiday
			"2026-09-29 19:30 eve 2026-09-30",
			"2026-09-30 07:00 day 2026-09-30",
		}},
		{"moved forward, no week's notice", fewer, "2026-09-08 00:00", "2026-10-20 00:00", []string{
			"2026-09-28 09:00 moved 2026-09-30",
			"2026-09-30 07:00 day 2026-09-30",
		}},
		{"off a weekend, two stages", weekend, "2026-08-01 00:00", "2026-08-30 00:00", []string{
			"2026-08-07 09:00 moved 2026-08-17", // the 15th and the 8th are Saturdays
			"2026-08-17 07:00 day 2026-08-17",
		}},
	}
	for _, c := range cases {
		from, to := at(t, c.from), at(t, c.to)
		expect(t, c.name, lines(c.r.Occasions(from, to)), c.want)
		var parts []Occasion
		for from.Before(to) {
			parts = append(parts, c.r.Occasions(from, from.Add(7*time.Hour))...)
			from = from.Add(7 * time.Hour)
		}
		expect(t, c.name+", asked in parts", lines(within(parts, at(t, c.from), to)), c.want)
	}
}

func TestEachStageIsUsefulUntilTheNext(t *testing.T) {
	all := reception(t, "a").Occasions(at(t, "2026-09-08 00:00"), at(t, "2026-10-20 00:00"))
	for i := range all[:len(all)-1] {
		want := all[i+1].Due
		if all[i].Stage == Eve { // "tomorrow" is wrong from midnight on
			want = at(t, "2026-10-08 00:00").Add(-time.Second)
		}
		expect(t, string(all[i].Stage), all[i].Until, want)
	}
	last := all[len(all)-1]
	expect(t, "the day's", last.Until, at(t, "2026-10-08 17:00"))
	expect(t, "reason", last.Reception.Holiday, "国庆")
}

func TestShiftsHearAtTheirOwnTimes(t *testing.T) {
	r := reception(t, "白班")
	r.Targets = append(r.Targets, Target{ID: "夜班", Times: map[Stage]TimeOfDay{Eve: {22, 15}}})
	var got []string
	for _, o := range r.Occasions(at(t, "2026-12-06 00:00"), at(t, "2026-12-07 00:00")) {
		got = append(got, o.Target+o.Due.Format(" 15:04"))
	}
	expect(t, "eve", got, []string{"白班 19:30", "夜班 22:15"})
}

func TestEachMoveIsAnOccasionOfItsOwn(t *testing.T) {
	r := reception(t, "a")
	keys := make(map[string]bool)
	for i, to := range []string{"2026-12-09", "2026-12-10", "2026-12-09"} {
		said := at(t, "2026-12-01 10:00").Add(time.Duration(i) * time.Hour)
		r.Moves = append(r.Moves, Move{calendar.Move{RuleDate: date(t, "2026-12-07"), To: date(t, to)}, said})
		found := r.Occasions(said.Add(-1), said)
		if len(found) != 1 || found[0].Stage != Moved || found[0].Day != date(t, to) {
			t.Fatalf("move %d: %v", i, lines(found))
		}
		keys[found[0].Key()] = true
	}
	expect(t, "different keys", len(keys), 3)
}

// What goes to all groups is one batch; each stage, day and change is another.
func TestABatchIsOneMessageToAllGroups(t *testing.T) {
	r := reception(t, "a", "b")
	for i, to := range []string{"2026-12-09", "2026-12-10"} {
		said := at(t, "2026-12-01 10:00").Add(time.Duration(i) * time.Hour)
		r.Moves = append(r.Moves, Move{calendar.Move{RuleDate: date(t, "2026-12-07"), To: date(t, to)}, said})
	}
	batches, keys, all := make(map[string]int), make(map[string]bool), r.Occasions(at(t, "2026-10-25 00:00"), at(t, "2026-12-31 00:00"))
	for _, o := range all {
		batches[o.Batch()]++
		keys[o.Key()] = true
	}
	for name, n := range batches {
		if n != 2 || keys[name] {
			t.Errorf("batch %q goes to %d groups", name, n)
		}
	}
	expect(t, "batches", len(batches), len(all)/2)
}

// The whole of 2026: four messages a month, one more where a holiday moves the
// day, one less where week and three fall on the same day.
func TestWholeYear(t *testing.T) {
	months := make(map[string]int)
	for _, o := range reception(t, "a").Occasions(at(t, "2025-12-02 00:00"), at(t, "2026-12-08 00:00")) {
		months[o.Day.String()]++
	}
	expect(t, "messages for each day", months, map[string]int{
		"2026-01-05": 4, "2026-02-02": 4, "2026-03-02": 4, "2026-04-07": 5, "2026-05-06": 5, "2026-06-01": 4,
		"2026-07-06": 4, "2026-08-03": 4, "2026-09-07": 4, "2026-10-08": 4, "2026-11-02": 4, "2026-12-07": 4,
	})
}

func TestDigests(t *testing.T) {
	c := official(t)
	staff := []Target{{ID: "staff"}}
	daily := Daily{Job: "digest", At: TimeOfDay{8, 30}, Working: true, Calendar: c, Targets: staff}
	weekly := FirstWorkday{Job: "leaders", At: TimeOfDay{7, 40}, Calendar: c, Targets: staff}
	line, err := ParseCron("0 8 * * *")
	if err != nil {
		t.Fatal(err)
	}
	post := Post{ID: "safety", Cron: line, WorkdaysOnly: true, Calendar: c, Targets: staff}
	from, to := at(t, "2026-09-30 08:00"), at(t, "2026-10-12 23:00")
	cases := []struct {
		name string
		s    Source
		want string
	}{
		{"working days", daily, "09-30 08:30, 10-08 08:30, 10-09 08:30, 10-10 08:30, 10-12 08:30"},
		{"first working day of the week", weekly, "10-08 07:40, 10-12 07:40"},
		{"cron on working days", post, "10-08 08:00, 10-09 08:00, 10-10 08:00, 10-12 08:00"},
	}
	for _, c := range cases {
		var got []string
		for _, o := range c.s.Occasions(from, to) {
			got = append(got, o.Due.Format("01-02 15:04"))
			if calendar.DateOf(o.Until) != o.Day || !o.Until.After(o.Due) {
				t.Errorf("%s: useful until %v", c.name, o.Until)
			}
		}
		expect(t, c.name, strings.Join(got, ", "), c.want)
	}
}

// A group that wants no notice at all hears of no change either, whether the
// calendar, the config or staff make it.
func TestEveryStageCanBeOffForOneGroup(t *testing.T) {
	to := date(t, "2026-12-09")
	for name, m := range map[string]Move{
		"on its day":               {},
		"moved by staff":           {calendar.Move{RuleDate: date(t, "2026-12-07"), To: to}, at(t, "2026-12-01 10:00")},
		"moved in the config":      {Move: calendar.Move{RuleDate: date(t, "2026-12-07"), To: to}},
		"called off by staff":      {calendar.Move{RuleDate: date(t, "2026-12-07")}, at(t, "2026-12-01 10:00")},
		"called off in the config": {Move: calendar.Move{RuleDate: date(t, "2026-12-07")}},
	} {
		r := reception(t)
		r.Targets = []Target{{ID: "silent", Off: []Stage{Week, Three, Eve, OnDay, Moved, Cancelled}}, {ID: "a"}}
		r.Moves = []Move{m}
		heard := map[string]int{}
		for _, o := range r.Occasions(at(t, "2026-09-01 00:00"), at(t, "2026-12-20 00:00")) { // 国庆 moves October's
			heard[o.Target]++
		}
		if heard["silent"] != 0 || heard["a"] < 10 {
			t.Errorf("%s: heard %v, want nothing in the silent group", name, heard)
		}
	}
}

// A group whose shift never sees it can go without a notice.
func TestAStageCanBeOffForOneGroup(t *testing.T) {
	r := reception(t)
	r.Targets = []Target{{ID: "a"}, {ID: "b", Off: []Stage{Eve}}}
	count := map[string]int{}
	for _, o := range r.Occasions(at(t, "2026-11-30 00:00"), at(t, "2026-12-08 00:00")) {
		count[o.Target+string(o.Stage)]++
	}
	if count["aeve"] != 1 || count["beve"] != 0 || count["bday"] != 1 {
		t.Errorf("got %v", count)
	}

	r.Targets = []Target{{ID: "c", Off: []Stage{Week, Eve}}}
	expect(t, "what week would have told, the others tell", lines(r.Occasions(at(t, "2026-09-08 00:00"), at(t, "2026-10-20 00:00"))),
		[]string{"2026-09-28 09:00 moved 2026-10-08", "2026-09-30 09:00 three 2026-10-08", "2026-10-08 07:00 day 2026-10-08"})
}
