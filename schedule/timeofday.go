package schedule

import (
	"fmt"
	"time"

	"fangzhuo/calendar"
)

// TimeOfDay is a clock time in calendar.Zone.
type TimeOfDay struct{ Hour, Minute int }

// ParseTimeOfDay reads "19:30".
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return TimeOfDay{}, fmt.Errorf("time %q is not written as 19:30", s)
	}
	return TimeOfDay{t.Hour(), t.Minute()}, nil
}

// On returns the instant of that time on a date.
func (t TimeOfDay) On(d calendar.Date) time.Time { return d.At(t.Hour, t.Minute) }

// String returns "19:30".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

// endOf returns the last moment of a day.
func endOf(d calendar.Date) time.Time { return d.Add(1).Start().Add(-time.Millisecond) }
