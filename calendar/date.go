// Package calendar knows working days, public holidays and make-up days, the
// rules by which a reception day is found, and the deadlines counted in days.
// It is pure: it never asks the time and does no I/O.
package calendar

import (
	"fmt"
	"time"
	_ "time/tzdata" // Windows and bare containers have no zone data
)

// Zone is the one time zone of the office, Asia/Shanghai.
var Zone = mustZone()

func mustZone() *time.Location {
	z, err := time.LoadLocation("Asia/Shanghai")
	if err != nil { // unreachable: tzdata is embedded
		return time.FixedZone("CST", 8*60*60)
	}
	return z
}

// Date is a day of the civil calendar in Zone. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On returns the date with the given parts, normalised as time.Date does.
func On(year int, month time.Month, day int) Date {
	y, m, d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, d}
}

// DateOf returns the date of the instant t in Zone.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-12-07".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s) // in UTC: on 1940-06-01 the Zone has no midnight
	if err != nil {
		return Date{}, fmt.Errorf("date %q is not written as 2026-12-07", s)
	}
	return On(t.Date()), nil
}

// At returns the instant of the given clock time on d.
func (d Date) At(hour, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, Zone)
}

// Start returns the first instant of d.
func (d Date) Start() time.Time { return d.At(0, 0) }

// Add returns the date n days later.
func (d Date) Add(n int) Date { return On(d.Year, d.Month, d.Day+n) }

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int {
	return int((d.noon().Unix() - e.noon().Unix()) / (24 * 60 * 60))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Sub(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Sub(e) > 0 }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

// noon stands for d where only the civil day counts: UTC has no clock changes.
func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns "2026-12-07", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	e, err := ParseDate(string(b))
	*d = e
	return err
}
