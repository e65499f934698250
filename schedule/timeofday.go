package schedule

import (
	"time"

	"fangzhuo/calendar"
)

// TimeOfDay is a clock time in calendar.Zone.
type TimeOfDay struct{ Hour, Minute int }

// On returns the instant of that time on a date.
func (t TimeOfDay) On(d calendar.Date) time.Time { return d.At(t.Hour, t.Minute) }

// endOf returns the last moment of a day.
func endOf(d calendar.Date) time.Time { return d.Add(1).Start().Add(-time.Millisecond) }
