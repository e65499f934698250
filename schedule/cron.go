package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"fangzhuo/calendar"
)

// CronCode says what is wrong with a cron line; words are chosen by who shows it.
type CronCode string

// The mistakes.
const (
	CronEmpty    CronCode = "cron-empty"
	CronZone     CronCode = "cron-zone"      // TZ= and CRON_TZ=: there is one zone
	CronWord     CronCode = "cron-word"      // an @word other than those allowed
	CronFields   CronCode = "cron-fields"    // not five fields
	CronSyntax   CronCode = "cron-syntax"    // a field is not understood
	CronBothDays CronCode = "cron-both-days" // day of month and day of week
	CronNever    CronCode = "cron-never"     // such as 30 February
)

// CronError is a mistake in a cron line.
type CronError struct {
	Code CronCode
	Text string // in English, with what to write instead
}

// Error implements error.
func (e *CronError) Error() string { return e.Text }

// cronWords are the words that may stand for five fields.
var cronWords = []string{"@hourly", "@daily", "@weekly", "@monthly"}

// Cron is a valid cron line, read in calendar.Zone. Its zero value never fires.
type Cron struct{ schedule cron.Schedule }

// Next returns the first instant after t at which the line fires.
func (c Cron) Next(t time.Time) time.Time {
	if c.schedule == nil {
		return time.Time{}
	}
	return c.schedule.Next(t.In(calendar.Zone))
}

// ParseCron reads five fields of standard cron, or @hourly, @daily, @weekly or
// @monthly. It refuses what the library would read otherwise than people do;
// the error is a *CronError.
func ParseCron(line string) (Cron, error) {
	line = strings.TrimSpace(line)
	if err := checkCron(line); err != nil {
		return Cron{}, err
	}
	s, err := cron.ParseStandard(line)
	if err != nil {
		return Cron{}, cronError(CronSyntax, "cron line %q is not understood: %v", line, err)
	}
	if spec, ok := s.(*cron.SpecSchedule); ok && restricted(spec.Dom) && restricted(spec.Dow) {
		return Cron{}, cronError(CronBothDays, "cron line %q names days of the month and days of the week, "+
			"and would fire on each of both: write * for one of them; for the first Monday of a month use a reception rule", line)
	}
	c := Cron{s}
	if c.Next(calendar.On(2026, time.January, 1).Start()).IsZero() {
		return Cron{}, cronError(CronNever, "cron line %q never fires: there is no such date", line)
	}
	return c, nil
}

// checkCron refuses what the library would take, or panic on.
func checkCron(line string) error {
	switch fields := strings.Fields(line); {
	case line == "":
		return cronError(CronEmpty, `cron line is empty: write five fields, such as "0 9 * * 1"`)
	case strings.Contains(line, "TZ="):
		return cronError(CronZone, "cron line %q names a zone: leave it out, the zone is %s", line, calendar.Zone)
	case line[0] == '@':
		if !slices.Contains(cronWords, line) {
			return cronError(CronWord, "cron line %q is not one of %s", line, strings.Join(cronWords, ", "))
		}
	case len(fields) != 5:
		return cronError(CronFields, "cron line %q has %d fields, not five: minute, hour, day of month, month, day of week", line, len(fields))
	}
	return nil
}

// restricted reports whether a field is anything but "every".
func restricted(field uint64) bool {
	const star = 1 << 63 // how the library notes a star
	return field&star == 0
}

func cronError(code CronCode, format string, args ...any) error {
	return &CronError{code, fmt.Sprintf(format, args...)}
}
