package calendar

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDueAndMarks(t *testing.T) {
	c := mustNew(t)
	days := func(n int) Term { return Term{N: n} }
	working := func(n int) Term { return Term{N: n, Working: true} }
	for _, tt := range []struct {
		why                              string
		from                             string
		term                             Term
		half, fourFifths, dayBefore, due string
	}{
		{"simple handling over a make-up Sunday, 中秋 and 国庆", "2026-09-18", working(10), "2026-09-24", "2026-09-30", "2026-10-08", "2026-10-09"},
		{"60 days end on 2 October", "2026-08-03", days(60), "2026-09-02", "2026-09-20", "2026-09-30", "2026-10-08"},
		{"60 days end in a year without a notice", "2026-11-23", days(60), "2026-12-23", "2027-01-08", "2027-01-21", "2027-01-22"},
		{"15 days to register", "2026-11-23", days(15), "2026-12-01", "2026-12-04", "2026-12-07", "2026-12-08"},
		{"3 working days to decide", "2026-11-23", working(3), "2026-11-25", "2026-11-25", "2026-11-25", "2026-11-26"},
		{"10 working days to answer", "2026-11-23", working(10), "2026-11-30", "2026-12-03", "2026-12-04", "2026-12-07"},
		{"5 working days to object", "2026-11-23", working(5), "2026-11-26", "2026-11-27", "2026-11-27", "2026-11-30"},
		{"one day", "2026-11-23", days(1), "2026-11-24", "2026-11-24", "2026-11-24", "2026-11-24"},
		{"one working day over a weekend", "2026-11-27", working(1), "2026-11-30", "2026-11-30", "2026-11-30", "2026-11-30"},
		{"a weekend alone", "2026-11-27", days(2), "2026-11-30", "2026-11-30", "2026-11-30", "2026-11-30"},
		{"ends on a make-up Saturday, which is worked", "2026-10-08", days(2), "2026-10-09", "2026-10-09", "2026-10-09", "2026-10-10"},
		{"accepted on a day off", "2026-10-03", working(2), "2026-10-08", "2026-10-08", "2026-10-08", "2026-10-09"},
		{"no days count as one", "2026-11-23", days(0), "2026-11-24", "2026-11-24", "2026-11-24", "2026-11-24"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			half, fourFifths, dayBefore, due := c.Marks(date(t, tt.from), tt.term)
			got := [4]string{half.String(), fourFifths.String(), dayBefore.String(), due.String()}
			if want := [4]string{tt.half, tt.fourFifths, tt.dayBefore, tt.due}; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			if d := c.Due(date(t, tt.from), tt.term); d != due {
				t.Errorf("Due is %v, Marks ends on %v", d, due)
			}
		})
	}
}

func TestTermProperties(t *testing.T) {
	c := mustNew(t)
	rapid.Check(t, func(t *rapid.T) {
		from := anyDate.Draw(t, "from")
		term := Term{N: rapid.IntRange(-1, 120).Draw(t, "n"), Working: rapid.Bool().Draw(t, "working")}
		half, fourFifths, dayBefore, due := c.Marks(from, term)
		order := []Date{half, fourFifths, dayBefore, due}
		last := from.Add(1)
		for i, d := range order {
			if d.Before(last) || !c.Working(d) {
				t.Fatalf("%v %+v: mark %d is out of order or on a day off: %v", from, term, i, order)
			}
			last = d
		}
		if !term.Working && due.Sub(from) < term.N {
			t.Fatalf("%v %+v: due early, %v", from, term, due)
		}
	})
}
