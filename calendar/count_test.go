package calendar

import (
	"testing"

	"pgregory.net/rapid"
)

var anyDate = rapid.Custom(func(t *rapid.T) Date {
	return On(rapid.IntRange(1950, 2099).Draw(t, "year"), 1, 1+rapid.IntRange(0, 364).Draw(t, "day"))
})

func TestNextAndPrevWorking(t *testing.T) {
	c := mustNew(t)
	for _, tt := range []struct{ d, prev, next string }{
		{"2026-11-23", "2026-11-23", "2026-11-23"},
		{"2026-10-05", "2026-09-30", "2026-10-08"},
		{"2026-10-10", "2026-10-10", "2026-10-10"}, // a make-up Saturday
		{"2026-02-20", "2026-02-14", "2026-02-24"},
		{"2026-11-29", "2026-11-27", "2026-11-30"},
	} {
		if got := c.PrevWorking(date(t, tt.d)); got != date(t, tt.prev) {
			t.Errorf("PrevWorking(%s) = %v, want %s", tt.d, got, tt.prev)
		}
		if got := c.NextWorking(date(t, tt.d)); got != date(t, tt.next) {
			t.Errorf("NextWorking(%s) = %v, want %s", tt.d, got, tt.next)
		}
	}
}

func TestWorkingDayCounts(t *testing.T) {
	c := mustNew(t)
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-18", 1, "2026-09-20"}, // Sunday, made up
		{"2026-09-18", 10, "2026-10-09"},
		{"2026-10-05", 1, "2026-10-08"},
		{"2026-10-05", 0, "2026-10-05"},
		{"2026-10-08", -1, "2026-09-30"},
		{"2026-11-23", 10, "2026-12-07"},
	} {
		if got := c.AddWorking(date(t, tt.from), tt.n); got != date(t, tt.want) {
			t.Errorf("AddWorking(%s, %d) = %v, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

func TestCountingProperties(t *testing.T) {
	c := mustNew(t)
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate.Draw(t, "d")
		n := rapid.IntRange(1, 60).Draw(t, "n")
		next, prev := c.NextWorking(d), c.PrevWorking(d)
		if !c.Working(next) || next.Before(d) || !c.Working(prev) || prev.After(d) {
			t.Fatalf("%v: next %v, prev %v", d, next, prev)
		}
		if c.Working(d) && (next != d || prev != d) {
			t.Fatalf("%v is worked: next %v, prev %v", d, next, prev)
		}
		x, y := c.AddWorking(d, n), c.AddWorking(d, n+1)
		if !c.Working(x) || !x.After(d) || !y.After(x) {
			t.Fatalf("%v: %d days later %v, %d days later %v", d, n, x, n+1, y)
		}
		worked := 0
		for day := d.Add(1); !day.After(x); day = day.Add(1) {
			if c.Working(day) {
				worked++
			}
		}
		if worked != n {
			t.Fatalf("%v to %v: %d days are worked, want %d", d, x, worked, n)
		}
		if back := c.AddWorking(y, -1); back != x {
			t.Fatalf("a working day before %v is %v, want %v", y, back, x)
		}
	})
}
