package calendar

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustNew(t interface{ Fatal(...any) }, overrides ...Override) *Calendar {
	c, err := New(overrides)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Hard facts from the notices of the State Council.
func TestOfficialDays(t *testing.T) {
	c := mustNew(t)
	runs := []struct {
		from, to string
		kind     Kind
		name     string
	}{
		{"2018-12-29", "2018-12-29", MakeUp, "元旦"}, // by the notice for 2019
		{"2018-12-30", "2019-01-01", Holiday, "元旦"},
		{"2019-05-01", "2019-05-04", Holiday, "劳动节"}, // lengthened by a second notice
		{"2019-05-05", "2019-05-05", MakeUp, "劳动节"},
		{"2020-01-24", "2020-02-02", Holiday, "春节"}, // lengthened in the epidemic
		{"2021-09-18", "2021-09-18", MakeUp, "中秋"},
		{"2022-10-01", "2022-10-07", Holiday, "国庆"},
		{"2022-10-08", "2022-10-09", MakeUp, "国庆"},
		{"2022-12-31", "2023-01-02", Holiday, "元旦"},
		{"2023-10-07", "2023-10-08", MakeUp, "国庆"},
		{"2024-02-09", "2024-02-09", Workday, ""}, // New Year's Eve was left to the employers
		{"2024-02-10", "2024-02-17", Holiday, "春节"},
		{"2024-02-18", "2024-02-18", MakeUp, "春节"},

		{"2025-01-01", "2025-01-01", Holiday, "元旦"},
		{"2025-01-02", "2025-01-03", Workday, ""},
		{"2025-01-26", "2025-01-26", MakeUp, "春节"},
		{"2025-01-28", "2025-02-04", Holiday, "春节"},
		{"2025-02-08", "2025-02-08", MakeUp, "春节"},
		{"2025-04-04", "2025-04-06", Holiday, "清明"},
		{"2025-04-27", "2025-04-27", MakeUp, "劳动节"},
		{"2025-05-01", "2025-05-05", Holiday, "劳动节"},
		{"2025-05-31", "2025-06-02", Holiday, "端午"},
		{"2025-09-28", "2025-09-28", MakeUp, "国庆中秋"},
		{"2025-10-01", "2025-10-08", Holiday, "国庆中秋"},
		{"2025-10-11", "2025-10-11", MakeUp, "国庆中秋"},

		{"2026-01-01", "2026-01-03", Holiday, "元旦"},
		{"2026-01-04", "2026-01-04", MakeUp, "元旦"},
		{"2026-02-14", "2026-02-14", MakeUp, "春节"},
		{"2026-02-15", "2026-02-23", Holiday, "春节"},
		{"2026-02-28", "2026-02-28", MakeUp, "春节"},
		{"2026-04-04", "2026-04-06", Holiday, "清明"},
		{"2026-05-01", "2026-05-05", Holiday, "劳动节"},
		{"2026-05-09", "2026-05-09", MakeUp, "劳动节"},
		{"2026-06-19", "2026-06-21", Holiday, "端午"},
		{"2026-09-20", "2026-09-20", MakeUp, "国庆"},
		{"2026-09-25", "2026-09-27", Holiday, "中秋"},
		{"2026-10-01", "2026-10-07", Holiday, "国庆"},
		{"2026-10-10", "2026-10-10", MakeUp, "国庆"},
		{"2026-11-23", "2026-11-27", Workday, ""},
		{"2026-11-28", "2026-11-29", Weekend, ""},
	}
	for _, r := range runs {
		for d := date(t, r.from); !d.After(date(t, r.to)); d = d.Add(1) {
			want := Day{Date: d, Kind: r.kind, Name: r.name}
			if got := c.Day(d); got != want {
				t.Errorf("%v: got %+v, want %+v", d, got, want)
			}
		}
	}
}

// Between the notices nothing else is off or worked: the number of working days
// of a year is known.
func TestWorkingDaysOfAYear(t *testing.T) {
	c := mustNew(t)
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		got := 0
		for d := On(year, 1, 1); d.Year == year; d = d.Add(1) {
			if c.Working(d) {
				got++
			}
		}
		if got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
}

// The rule for years without a notice must give what was decided in the years
// that it was made for.
func TestExpectedGivesTheDecidedDaysOff(t *testing.T) {
	c := mustNew(t)
	for _, year := range []int{2025, 2026} {
		guess := map[Date]string{}
		for _, s := range expected(year) {
			for i := range s.days {
				guess[s.first.Add(i)] = s.name
			}
		}
		for d := On(year, 1, 1); d.Year == year; d = d.Add(1) {
			off := guess[d] != "" || byWeekday(d) == Weekend
			if day := c.Day(d); day.Kind != MakeUp && off == day.Working() {
				t.Errorf("%v: expected off %v, decided %+v", d, off, day)
			}
		}
	}
}

func TestYearWithoutNotice(t *testing.T) {
	c := mustNew(t)
	want := map[string]string{ // first and last day off by name, from the rule and an almanac
		"2027-01-01 2027-01-03": "元旦", "2027-02-05 2027-02-12": "春节", "2027-04-03 2027-04-05": "清明",
		"2027-05-01 2027-05-05": "劳动节", "2027-06-09 2027-06-09": "端午", "2027-09-15 2027-09-15": "中秋",
		"2027-10-01 2027-10-07": "国庆",
		"2028-10-01 2028-10-08": "国庆中秋", // 中秋 on 3 October
		"2028-12-30 2029-01-01": "元旦",   // a Monday: the December before
	}
	for run, name := range want {
		from, to, _ := strings.Cut(run, " ")
		for d := date(t, from); !d.After(date(t, to)); d = d.Add(1) {
			if got, want := c.Day(d), (Day{d, Holiday, name, true}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		for _, d := range []Date{date(t, from).Add(-1), date(t, to).Add(1)} {
			if got := c.Day(d); got.Kind == Holiday || got.Provisional != (d.Year > 2026) {
				t.Errorf("beside %s: %+v", run, got)
			}
		}
	}
	for d := On(2027, 1, 1); d.Year < lastYear; d = d.Add(1) {
		if c.Day(d).Kind == MakeUp {
			t.Fatalf("%v: a make-up day was guessed", d)
		}
	}
}

// A New Year's Day on a Tuesday takes the Monday before it, in a December whose
// own notice cannot know it; a real notice for the next year decides instead.
func TestNewYearReachesIntoDecember(t *testing.T) {
	eve := date(t, "2029-12-31") // a Monday
	if got := mustNew(t).Day(eve); got != (Day{eve, Holiday, newYear, true}) {
		t.Errorf("before the notice: %+v", got)
	}
	plan := festivals(2030).all()
	c := mustNew(t, offDays(plan)...)
	if got := c.Day(eve); got != (Day{eve, Workday, "", true}) {
		t.Errorf("after a notice that leaves it a working day: %+v", got)
	}
}

func offDays(dates []Date) []Override {
	var o []Override
	for _, d := range dates {
		o = append(o, Override{Date: d, Name: "放假"})
	}
	return o
}

func TestOldRuleHasOnlyStatutoryDays(t *testing.T) {
	c := mustNew(t)
	got := map[string]string{}
	for d := On(1995, 1, 1); d.Year == 1995; d = d.Add(1) {
		if day := c.Day(d); day.Kind == Holiday {
			got[d.String()] = day.Name
		}
	}
	want := map[string]string{"1995-01-01": "元旦", "1995-01-31": "春节", "1995-02-01": "春节", "1995-02-02": "春节",
		"1995-04-05": "清明", "1995-05-01": "劳动节", "1995-06-02": "端午", "1995-09-09": "中秋",
		"1995-10-01": "国庆", "1995-10-02": "国庆", "1995-10-03": "国庆"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFestivalsOfEveryYear(t *testing.T) {
	for y := firstYear; y <= lastYear; y++ {
		f := festivals(y)
		in := func(name string, d Date, from, to string) {
			if s := d.String()[5:]; d.Year != y || s < from || s > to {
				t.Errorf("%s of %d on %v", name, y, d)
			}
		}
		in(spring, f.spring, "01-20", "02-21")
		in(qingming, f.qingming, "04-04", "04-06")
		in(dragonBoat, f.dragonBoat, "05-27", "06-26")
		in(midAutumn, f.midAutumn, "09-07", "10-08")
	}
	// The year on which tables of the lunar calendar have disagreed.
	if f := festivals(2033); f.spring != On(2033, 1, 31) || f.midAutumn != On(2033, 9, 8) {
		t.Errorf("2033: %+v", f)
	}
}

func TestOverrides(t *testing.T) {
	c := mustNew(t,
		Override{Date: On(2026, 10, 5), Working: true, Name: "夺煤生产"},
		Override{Date: On(2026, 10, 10), Name: "检修"},
		Override{Date: On(2026, 11, 28), Working: true},
		Override{Date: On(2027, 5, 3), Name: "国庆节"},
	)
	for _, want := range []Day{
		{On(2026, 10, 5), Workday, "夺煤生产", false},
		{On(2026, 10, 6), Holiday, "国庆", false},
		{On(2026, 10, 10), Holiday, "检修", false},
		{On(2026, 11, 28), MakeUp, "", false},
		{On(2027, 5, 3), Holiday, "国庆", false}, // short name; said, so not provisional
		{On(2027, 5, 4), Holiday, "劳动节", true},
	} {
		if got := c.Day(want.Date); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestNewRefusesBadOverrides(t *testing.T) {
	d := On(2026, 10, 5)
	for name, o := range map[string][]Override{
		"no date":       {{}},
		"30 February":   {{Date: Date{2026, 2, 30}}},
		"year 3000":     {{Date: On(3000, 1, 1)}},
		"repeated":      {{Date: d}, {Date: d}},
		"contradictory": {{Date: d}, {Date: d, Working: true}},
	} {
		if c, err := New(o); err == nil || c != nil {
			t.Errorf("%s: no error", name)
		}
	}
	_, err := New([]Override{{Date: d}, {Date: d}, {Date: Date{2026, 2, 30}}})
	if err == nil || !strings.Contains(err.Error(), "2026-10-05") || !strings.Contains(err.Error(), "2026-02-30") {
		t.Errorf("the error does not name every date: %v", err)
	}
}

func TestKnown(t *testing.T) {
	c := mustNew(t)
	for y := 2002; y <= 2026; y++ {
		if !c.Known(y) {
			t.Errorf("%d is not known", y)
		}
	}
	// 2001 has entries, of the notice for 2002.
	for _, y := range []int{2001, 2027, firstYear - 1, lastYear + 1, -5, 99999} {
		if c.Known(y) {
			t.Errorf("%d is known", y)
		}
	}
	plan := festivals(2027).all()
	if mustNew(t, offDays(plan[:6])...).Known(2027) {
		t.Error("a plan without National Day makes the year known")
	}
	full := mustNew(t, offDays(plan)...)
	if !full.Known(2027) {
		t.Error("a plan with the seven festivals does not make the year known")
	}
	if got := full.Day(On(2027, 5, 3)); got != (Day{Date: On(2027, 5, 3), Kind: Workday}) {
		t.Errorf("the plan is followed by guesses: %+v", got)
	}
}

func TestMissing(t *testing.T) {
	c := mustNew(t)
	brought := mustNew(t, offDays(festivals(2027).all())...)
	for _, tt := range []struct {
		c     *Calendar
		today string
		year  int
	}{
		{c, "2025-11-15", 0},
		{c, "2026-11-14", 0},
		{c, "2026-11-15", 2027},
		{c, "2026-12-31", 2027},
		{c, "2027-01-01", 2027},
		{brought, "2026-11-15", 0},
		{brought, "2027-03-01", 0},
		{brought, "2027-11-15", 2028},
	} {
		year, missing := tt.c.Missing(date(t, tt.today))
		if year != tt.year || missing != (tt.year != 0) {
			t.Errorf("%s: got %d, %v, want %d", tt.today, year, missing, tt.year)
		}
	}
}

func TestDayOfAnyDate(t *testing.T) {
	c := mustNew(t)
	if got := c.Day(Date{2026, 2, 30}); got.Date != On(2026, 3, 2) || got.Kind != Workday {
		t.Errorf("30 February: %+v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := Date{rapid.IntRange(-9000, 20000).Draw(t, "year"), time.Month(rapid.IntRange(-99, 99).Draw(t, "month")), rapid.IntRange(-999, 999).Draw(t, "day")}
		got := c.Day(d)
		if !got.Date.valid() || got.Date.Sub(d) != 0 {
			t.Fatalf("Day(%+v) = %+v", d, got)
		}
		if weekend := byWeekday(got.Date) == Weekend; weekend && got.Kind == Workday || !weekend && (got.Kind == Weekend || got.Kind == MakeUp) {
			t.Fatalf("%v is a %v but %+v", got.Date, got.Date.Weekday(), got)
		}
	})
}

func TestEveryDayFrom1900To2100(t *testing.T) {
	c := mustNew(t)
	for d := On(1899, 12, 1); d.Year < 2102; d = d.Add(1) {
		if day := c.Day(d); day.Date != d || !c.Known(d.Year) && !day.Provisional && day.Name == "" {
			t.Fatalf("%v: %+v", d, day)
		}
	}
}

func TestCalendarIsSafeForConcurrentUse(t *testing.T) {
	c, want := mustNew(t), mustNew(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for d := On(2020, 1, 1); d.Year < 2032; d = d.Add(13) {
				if got := c.Day(d); got.Date != d {
					t.Errorf("got %+v", got)
				}
			}
		})
	}
	wg.Wait()
	for d := On(2020, 1, 1); d.Year < 2032; d = d.Add(13) {
		if got, want := c.Day(d), want.Day(d); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func BenchmarkDay(b *testing.B) {
	c := mustNew(b)
	d := On(2026, 10, 5)
	c.Day(d)
	b.ReportAllocs()
	for b.Loop() {
		c.Day(d)
	}
}
