package calendar

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var firstMonday = Rule{Nth: 1, Weekday: time.Monday}

func TestFirstMondays(t *testing.T) {
	text, err := os.ReadFile("testdata/first_mondays.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := mustNew(t)
	sameWeekday := firstMonday
	sameWeekday.Shift = NextSameWeekday
	rows := 0
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		rows++
		want := ReceptionDay{RuleDate: date(t, f[0]), Date: date(t, f[1]), Provisional: f[4] == "computed"}
		if f[3] != "-" {
			want.Moved, want.Holiday = MovedByHoliday, f[3]
		}
		y, m := want.RuleDate.Year, want.RuleDate.Month
		if d := cmp.Diff([]ReceptionDay{want}, firstMonday.Days(c, y, m, nil)); d != "" {
			t.Error(d)
		}
		want.Date = date(t, f[2])
		if d := cmp.Diff([]ReceptionDay{want}, sameWeekday.Days(c, y, m, nil)); d != "" {
			t.Error(d)
		}
	}
	if rows != 36 {
		t.Errorf("%d rows, want 36", rows)
	}
}

// brief writes days as "10-02>10-08 holiday 国庆", or "10-09" for one unmoved.
func brief(days []ReceptionDay) string {
	var s []string
	for _, d := range days {
		x := d.Date.String()[5:]
		if d.Moved != "" {
			x = strings.TrimSpace(fmt.Sprintf("%s>%s %s %s", d.RuleDate.String()[5:], x, d.Moved, d.Holiday))
		}
		s = append(s, x)
	}
	return strings.Join(s, ", ")
}

// The rules of mines that publish theirs.
func TestMineStyles(t *testing.T) {
	c := mustNew(t)
	weekly := func(s Shift, w ...time.Weekday) Rule { return Rule{Kind: Weekly, Weekdays: w, Shift: s} }
	for _, tt := range []struct {
		name     string
		rule     Rule
		from, to time.Month // of 2026
		want     string
	}{
		{"the 16th", Rule{Kind: DayOfMonth, Day: 16}, 1, 12,
			"01-16, 02-16>02-24 holiday 春节, 03-16, 04-16, 05-16>05-18 weekend, 06-16, 07-16, 08-16>08-17 weekend, 09-16, 10-16, 11-16, 12-16"},
		{"the 20th, once on a make-up Sunday", Rule{Kind: DayOfMonth, Day: 20}, 1, 12,
			"01-20, 02-20>02-24 holiday 春节, 03-20, 04-20, 05-20, 06-20>06-22 holiday 端午, 07-20, 08-20, 09-20, 10-20, 11-20, 12-20>12-21 weekend"},
		{"the 31st or the month's last day", Rule{Kind: DayOfMonth, Day: 31}, 2, 6,
			"02-28, 03-31, 04-30, 05-31>06-01 weekend, 06-30"},
		{"every Tuesday and Thursday", weekly(NextWorking, time.Tuesday, time.Thursday), 10, 10,
			"10-08, 10-13, 10-15, 10-20, 10-22, 10-27, 10-29"},
		{"every Tuesday and Thursday, the day before", weekly(PrevWorking, time.Tuesday, time.Thursday), 10, 10,
			"10-01>09-30 holiday 国庆, 10-08, 10-13, 10-15, 10-20, 10-22, 10-27, 10-29"},
		{"every Friday", weekly(NextWorking, time.Friday), 10, 10,
			"10-02>10-08 holiday 国庆, 10-09, 10-16, 10-23, 10-30"},
		{"every Friday or the next", weekly(NextSameWeekday, time.Friday), 10, 10, "10-09, 10-16, 10-23, 10-30"},
		{"every Saturday or the next cannot wait for one that is worked", weekly(NextSameWeekday, time.Saturday), 11, 11,
			"11-07>11-09 weekend, 11-14>11-16 weekend, 11-21>11-23 weekend, 11-28>11-30 weekend"},
		{"every Friday, holidays too", weekly(Keep, time.Friday), 10, 10, "10-02, 10-09, 10-16, 10-23, 10-30"},
		{"a shift out of the month meets the next month's day", weekly(NextWorking, time.Saturday, time.Monday), 10, 10,
			"10-03>10-08 holiday 国庆, 10-10, 10-12, 10-19, 10-26"}, // Saturday 31 October gives way to 2 November
		{"second Wednesday", Rule{Nth: 2, Weekday: time.Wednesday}, 9, 12, "09-09, 10-14, 11-11, 12-09"},
		{"last Friday", Rule{Nth: -1, Weekday: time.Friday}, 9, 12, "09-25>09-28 holiday 中秋, 10-30, 11-27, 12-25"},
		{"fifth Monday, where there is one", Rule{Nth: 5, Weekday: time.Monday}, 6, 12, "06-29, 08-31, 11-30"},
		{"listed dates", Rule{Kind: Dates, Dates: []Date{On(2026, 12, 9), On(2026, 10, 6), On(2026, 10, 8)}}, 10, 12, "10-08, 12-09"},
		{"listed dates, kept", Rule{Kind: Dates, Dates: []Date{On(2026, 10, 6)}, Shift: Keep}, 10, 10, "10-06"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.rule.Validate(); err != nil {
				t.Fatal(err)
			}
			var days []ReceptionDay
			for m := tt.from; m <= tt.to; m++ {
				days = append(days, tt.rule.Days(c, 2026, m, nil)...)
			}
			if got := brief(days); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestNextWorkingMayBeAMakeUpSaturday(t *testing.T) {
	c := mustNew(t)
	for _, want := range []ReceptionDay{
		{RuleDate: On(2022, 10, 3), Date: On(2022, 10, 8), Moved: MovedByHoliday, Holiday: "国庆"},
		{RuleDate: On(2023, 10, 2), Date: On(2023, 10, 7), Moved: MovedByHoliday, Holiday: "国庆"},
	} {
		got := firstMonday.Days(c, want.RuleDate.Year, time.October, nil)
		if d := cmp.Diff([]ReceptionDay{want}, got); d != "" {
			t.Error(d)
		}
	}
}

func TestMoveChangesOnlyItsOwnDay(t *testing.T) {
	c := mustNew(t)
	moved := []Move{{RuleDate: On(2026, 10, 1), To: On(2026, 10, 9), Note: "领导出差"}}
	for m := time.January; m <= time.December; m++ {
		want := firstMonday.Days(c, 2026, m, nil)
		if m == time.October { // any day of the month names a monthly day
			want = []ReceptionDay{{RuleDate: On(2026, 10, 5), Date: On(2026, 10, 9), Moved: MovedByOverride, Note: "领导出差"}}
		}
		if d := cmp.Diff(want, firstMonday.Days(c, 2026, m, moved)); d != "" {
			t.Error(d)
		}
	}
	friday := Rule{Kind: Weekly, Weekdays: []time.Weekday{time.Friday}}
	weekly := func(m ...Move) string { return brief(friday.Days(c, 2026, time.November, m)) }
	for _, tt := range []struct{ name, got, want string }{
		{"one week", weekly(Move{RuleDate: On(2026, 11, 13), To: On(2026, 11, 12)}), "11-06, 11-13>11-12 override, 11-20, 11-27"},
		{"one week called off", weekly(Move{RuleDate: On(2026, 11, 13)}), "11-06, 11-20, 11-27"},
		{"onto another", weekly(Move{RuleDate: On(2026, 11, 13), To: On(2026, 11, 20)}), "11-06, 11-20, 11-27"},
		{"no day of the rule", weekly(Move{RuleDate: On(2026, 11, 12), To: On(2026, 11, 18)}), "11-06, 11-13, 11-20, 11-27"},
		{"the last word counts", weekly(Move{RuleDate: On(2026, 11, 13)}, Move{RuleDate: On(2026, 11, 13), To: On(2026, 11, 16)}), "11-06, 11-13>11-16 override, 11-20, 11-27"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

// Staff may hold the day on the holiday itself, and their word is not provisional.
func TestMoveOntoTheRuleDate(t *testing.T) {
	got := firstMonday.Days(mustNew(t), 2027, time.October, []Move{{RuleDate: On(2027, 10, 4), To: On(2027, 10, 4), Note: "照常"}})
	want := []ReceptionDay{{RuleDate: On(2027, 10, 4), Date: On(2027, 10, 4), Note: "照常"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNext(t *testing.T) {
	c := mustNew(t)
	dates := Rule{Kind: Dates, Dates: []Date{On(2027, 3, 1), On(2026, 12, 9)}}
	for _, tt := range []struct {
		name  string
		rule  Rule
		from  string
		n     int
		moves []Move
		want  string
	}{
		{"over New Year", firstMonday, "2026-11-24", 3, nil, "12-07, 01-04, 02-01"},
		{"the day itself counts", firstMonday, "2026-12-07", 1, nil, "12-07"},
		{"after the rule date, before the shifted one", firstMonday, "2026-10-06", 2, nil, "10-05>10-08 holiday 国庆, 11-02"},
		{"shifted in from the month before", Rule{Kind: DayOfMonth, Day: 31}, "2026-06-01", 2, nil, "05-31>06-01 weekend, 06-30"},
		{"shifted back from the month after", Rule{Kind: DayOfMonth, Day: 1, Shift: PrevWorking}, "2026-09-29", 2, nil, "10-01>09-30 holiday 国庆, 11-01>10-30 weekend"},
		{"moved past the next day", firstMonday, "2026-12-01", 3, []Move{{RuleDate: On(2026, 12, 7), To: On(2027, 1, 20)}}, "01-04, 12-07>01-20 override, 02-01"},
		{"moved half a year late", firstMonday, "2026-12-01", 2, []Move{{RuleDate: On(2026, 6, 1), To: On(2026, 12, 2)}}, "06-01>12-02 override, 12-07"},
		{"moved half a year early", firstMonday, "2026-12-01", 2, []Move{{RuleDate: On(2027, 6, 1), To: On(2026, 12, 2)}}, "06-07>12-02 override, 12-07"},
		{"two months on one date", firstMonday, "2026-12-01", 2, []Move{{RuleDate: On(2026, 12, 7), To: On(2027, 1, 4)}}, "01-04, 02-01"},
		{"called off", firstMonday, "2026-12-01", 2, []Move{{RuleDate: On(2026, 12, 7)}}, "01-04, 02-01"},
		{"weekly over a holiday", Rule{Kind: Weekly, Weekdays: []time.Weekday{time.Tuesday, time.Thursday}}, "2026-09-29", 3, nil, "09-29, 10-08, 10-13"},
		{"fifth Monday", Rule{Nth: 5, Weekday: time.Monday}, "2026-07-01", 3, nil, "08-31, 11-30, 03-29"},
		{"listed dates run out", dates, "2026-12-01", 5, nil, "12-09, 03-01"},
		{"listed dates, one", dates, "2026-12-01", 1, nil, "12-09"},
		{"none asked", firstMonday, "2026-12-01", 0, nil, ""},
		{"no valid rule", Rule{}, "2026-12-01", 3, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(tt.rule.Next(c, date(t, tt.from), tt.n, tt.moves)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestValidateNamesEveryMistake(t *testing.T) {
	for name, r := range map[string]Rule{
		"zero":          {},
		"sixth Monday":  {Nth: 6, Weekday: time.Monday},
		"second last":   {Nth: -2, Weekday: time.Monday},
		"no weekday":    {Nth: 1, Weekday: 7},
		"day 0":         {Kind: DayOfMonth},
		"day 32":        {Kind: DayOfMonth, Day: 32},
		"empty week":    {Kind: Weekly},
		"weekday 9":     {Kind: Weekly, Weekdays: []time.Weekday{time.Monday, 9}},
		"empty list":    {Kind: Dates},
		"30 February":   {Kind: Dates, Dates: []Date{{2026, 2, 30}}},
		"unknown kind":  {Kind: 9},
		"unknown shift": {Nth: 1, Shift: 9},
	} {
		if r.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	err := Rule{Nth: 6, Weekday: 7, Shift: 9}.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not every mistake is named: %v", err)
	}
}

var anyRule = rapid.Custom(func(t *rapid.T) Rule {
	return Rule{
		Kind:     rapid.SampledFrom([]RuleKind{NthWeekday, DayOfMonth, Weekly, Dates}).Draw(t, "kind"),
		Nth:      rapid.SampledFrom([]int{-1, 1, 2, 3, 4, 5}).Draw(t, "nth"),
		Weekday:  time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")),
		Day:      rapid.IntRange(1, 31).Draw(t, "day"),
		Weekdays: []time.Weekday{time.Weekday(rapid.IntRange(0, 6).Draw(t, "one")), time.Weekday(rapid.IntRange(0, 6).Draw(t, "other"))},
		Dates:    rapid.SliceOfN(anyDate, 1, 5).Draw(t, "dates"),
		Shift:    rapid.SampledFrom([]Shift{NextWorking, PrevWorking, NextSameWeekday, Keep}).Draw(t, "shift"),
	}
})

var anyMoves = rapid.Custom(func(t *rapid.T) []Move {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Move {
		m := Move{RuleDate: anyDate.Draw(t, "rule date")}
		if rapid.Bool().Draw(t, "held") {
			m.To = m.RuleDate.Add(rapid.IntRange(-90, 90).Draw(t, "by"))
		}
		return m
	}), 0, 3).Draw(t, "moves")
})

// checkDay looks at one day of the rule under moves. A day off holds it only by a
// rule that keeps it, or by a move, be it to the rule's own date.
func checkDay(t *rapid.T, c *Calendar, r Rule, moves []Move, d ReceptionDay) {
	var put *Move // the last one counts
	for i := range moves {
		if r.moves(moves[i], d.RuleDate) {
			put = &moves[i]
		}
	}
	switch {
	case (d.Moved == "") != (d.Date == d.RuleDate):
		t.Fatalf("%+v: the reason and the date disagree", d)
	case d.Moved == MovedByHoliday != (d.Holiday != ""):
		t.Fatalf("%+v: the reason and the holiday disagree", d)
	case put == nil && d.Moved == MovedByOverride:
		t.Fatalf("%+v: nobody put it there", d)
	case put != nil && d.Date != put.To:
		t.Fatalf("%+v: not held on %v, where it was put", d, put.To)
	case put == nil && r.Shift != Keep && !c.Working(d.Date):
		t.Fatalf("%+v: held on a day off", d)
	}
}

func TestDaysProperties(t *testing.T) {
	c := mustNew(t)
	rapid.Check(t, func(t *rapid.T) {
		r := anyRule.Draw(t, "rule")
		year, month := rapid.IntRange(1950, 2099).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		days := r.Days(c, year, month, nil)
		if r.Kind == DayOfMonth && len(days) != 1 {
			t.Fatalf("%+v: %d days in %d-%d", r, len(days), year, month)
		}
		for i, d := range days {
			checkDay(t, c, r, nil, d)
			if d.RuleDate.Year != year || d.RuleDate.Month != month {
				t.Fatalf("%+v is not of %d-%d", d, year, month)
			}
			if i > 0 && !d.Date.After(days[i-1].Date) {
				t.Fatalf("%v is not after %v", d, days[i-1])
			}
		}
	})
}

func TestEveryMonthHasItsNthWeekday(t *testing.T) {
	c := mustNew(t)
	for y := 1950; y <= 2099; y++ {
		for m := time.January; m <= time.December; m++ {
			for _, nth := range []int{1, 2, 3, 4, -1} {
				r := Rule{Nth: nth, Weekday: time.Weekday((y + int(m)) % 7), Shift: Keep}
				days := r.Days(c, y, m, nil)
				if len(days) != 1 || days[0].Date.Weekday() != r.Weekday || days[0].Date.Month != m {
					t.Fatalf("%+v in %d-%d: %+v", r, y, m, days)
				}
				if d := days[0].Date.Day; nth > 0 && (d-1)/7 != nth-1 || nth < 0 && days[0].Date.Add(7).Month == m {
					t.Fatalf("%+v in %d-%d: day %d", r, y, m, d)
				}
			}
		}
	}
}

// Next gives what a reader of all months would find.
func TestNextProperties(t *testing.T) {
	c := mustNew(t)
	rapid.Check(t, func(t *rapid.T) {
		r, moves := anyRule.Draw(t, "rule"), anyMoves.Draw(t, "moves")
		from := anyDate.Draw(t, "from")
		n := rapid.IntRange(1, 6).Draw(t, "n")
		for i := range moves { // near enough to matter
			apart := rapid.IntRange(-200, 200).Draw(t, "apart")
			by := moves[i].To.Sub(moves[i].RuleDate)
			moves[i].RuleDate = from.Add(apart)
			if !moves[i].To.IsZero() {
				moves[i].To = moves[i].RuleDate.Add(by)
			}
		}
		got := r.Next(c, from, n, moves)

		var all []Date
		for m := range 48 {
			for _, d := range r.Days(c, from.Year-1, time.Month(1+m), moves) {
				if !d.Date.Before(from) && !slices.Contains(all, d.Date) {
					all = append(all, d.Date)
				}
			}
		}
		slices.SortFunc(all, Date.Sub)
		if r.Kind != Dates && len(all) < n {
			t.Fatalf("too few months read: %v", all)
		}
		all = all[:min(n, len(all))]
		for i, d := range got {
			checkDay(t, c, r, moves, d)
			if i < len(all) && d.Date != all[i] {
				t.Fatalf("%+v from %v: day %d is %v, want %v", r, from, i, d.Date, all[i])
			}
		}
		if r.Kind != Dates && len(got) != n {
			t.Fatalf("%+v from %v: %d days, want %d", r, from, len(got), n)
		}
	})
}
