package schedule

import (
	"errors"
	"testing"
	"time"

	"fangzhuo/calendar"
)

func TestParseCron(t *testing.T) {
	cases := []struct {
		line string
		code CronCode
		next string // after 2026-11-24 12:00
	}{
		{"0 9 * * 1", "", "2026-11-30 09:00"},
		{"  30  8 * * 1-5 ", "", "2026-11-25 08:30"},
		{"0 9 1 * *", "", "2026-12-01 09:00"},
		{"0 9 29 2 *", "", "2028-02-29 09:00"},
		{"*/15 * * * *", "", "2026-11-24 12:15"},
		{"0 9 ? * mon", "", "2026-11-30 09:00"},
		{"@daily", "", "2026-11-25 00:00"},
		{"@hourly", "", "2026-11-24 13:00"},
		{"@weekly", "", "2026-11-29 00:00"},
		{"@monthly", "", "2026-12-01 00:00"},
		{"", CronEmpty, ""},
		{" \t", CronEmpty, ""},
		{"0 9 1-7 * 1", CronBothDays, ""},
		{"0 9 */2 * 1", CronBothDays, ""},
		{"TZ=UTC", CronZone, ""},
		{"TZ=UTC 0 9 * * 1", CronZone, ""},
		{"CRON_TZ=UTC 0 9 * * 1", CronZone, ""},
		{"@every 1h", CronWord, ""},
		{"@reboot", CronWord, ""},
		{"@", CronWord, ""},
		{"0 9 * *", CronFields, ""},
		{"0 0 9 * * 1", CronFields, ""},
		{"0 9 30 2 *", CronNever, ""},
		{"0 25 * * *", CronSyntax, ""},
		{"0 9 * * 7", CronSyntax, ""},
		{"九 点 * * *", CronSyntax, ""},
	}
	for _, c := range cases {
		got, err := ParseCron(c.line)
		var wrong *CronError
		errors.As(err, &wrong)
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%q: %v", c.line, err)
		case c.code == "":
			if next := got.Next(at(t, "2026-11-24 12:00")); !next.Equal(at(t, c.next)) {
				t.Errorf("%q fires next at %v, want %s", c.line, next, c.next)
			}
		case wrong == nil || wrong.Code != c.code || wrong.Text == "":
			t.Errorf("%q: %v, want %s", c.line, err, c.code)
		}
	}
	if next := (Cron{}).Next(at(t, "2026-11-24 12:00")); !next.IsZero() {
		t.Errorf("no line fires at %v", next)
	}
}

func FuzzParseCron(f *testing.F) {
	for _, line := range []string{"0 9 * * 1", "TZ=Asia/Shanghai", "@every 0s", "*/0 * * * *", "1-0 * * * *", "0 0 31 4 *", "@daily"} {
		f.Add(line)
	}
	from := calendar.On(2026, time.November, 24).Start()
	f.Fuzz(func(t *testing.T, line string) {
		c, err := ParseCron(line)
		if err != nil {
			if wrong := (*CronError)(nil); !errors.As(err, &wrong) {
				t.Errorf("%q: error without a code: %v", line, err)
			}
			return
		}
		if next := c.Next(from); !next.After(from) {
			t.Errorf("%q was accepted and fires at %v", line, next)
		}
	})
}
