package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// date reads a date a test is certain of.
func date(t interface{ Fatal(...any) }, s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-12-07", "2024-02-29", "2026-02-29", "0000-01-01", "1940-06-01", "2026-1-5", "２０２６-12-07", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if !d.IsZero() {
				t.Fatalf("ParseDate(%q) = %v with an error", s, d)
			}
			return
		}
		if d.String() != s {
			t.Fatalf("ParseDate(%q).String() = %q", s, d)
		}
		if c := mustNew(t); c.Day(d).Date != d {
			t.Fatalf("Day(%q) is another date: %v", s, c.Day(d).Date)
		}
	})
}

// The zone has changed its clocks, at midnight too; a civil date must not slip.
func TestDateDoesNotSlipWithClockChanges(t *testing.T) {
	for d := On(1900, 1, 1); d.Year < 2100; d = d.Add(1) {
		if got := date(t, d.String()); got != d {
			t.Fatalf("ParseDate(%q) = %v", d, got)
		}
		next := d.Add(1)
		if next.Sub(d) != 1 || next.Weekday() != (d.Weekday()+1)%7 || DateOf(d.At(12, 0)) != d {
			t.Fatalf("%v %v is followed by %v %v", d, d.Weekday(), next, next.Weekday())
		}
	}
}

func TestDateOfIsTheDayInShanghai(t *testing.T) {
	if got := DateOf(time.Date(2026, 12, 6, 16, 0, 0, 0, time.UTC)); got != On(2026, 12, 7) {
		t.Errorf("16:00 UTC is %v in Shanghai, want 2026-12-07", got)
	}
	if got := On(2026, 12, 7).At(8, 30).UTC(); got != time.Date(2026, 12, 7, 0, 30, 0, 0, time.UTC) {
		t.Errorf("8:30 in Shanghai is %v", got)
	}
}

func TestDateArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := On(rapid.IntRange(1, 9000).Draw(t, "year"), time.Month(rapid.IntRange(-20, 20).Draw(t, "month")), rapid.IntRange(-60, 60).Draw(t, "day"))
		n := rapid.IntRange(-400000, 400000).Draw(t, "n")
		e := d.Add(n)
		if e.Sub(d) != n || e.Add(-n) != d || e.After(d) != (n > 0) || e.Before(d) != (n < 0) {
			t.Fatalf("%v plus %d days is %v", d, n, e)
		}
	})
}

func TestDateText(t *testing.T) {
	for _, want := range []Date{{}, On(2026, 12, 7)} {
		b, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		got := On(1999, 1, 1)
		if err := got.UnmarshalText(b); err != nil || got != want {
			t.Errorf("UnmarshalText(%q) = %v, %v, want %v", b, got, err, want)
		}
	}
	var d Date
	if err := d.UnmarshalText([]byte("7 December")); err == nil {
		t.Error("UnmarshalText read a date written otherwise")
	}
}
