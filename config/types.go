package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"
)

// scalar is a type that reads itself from one YAML scalar. The error completes
// the sentence "<path> …" and says what to write.
type scalar interface{ parse(text string) error }

// Clock is a time of day in the office's zone, to the minute.
type Clock struct{ Hour, Minute int }

// String returns "09:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// Before reports whether c is earlier in the day than d.
func (c Clock) Before(d Clock) bool {
	return c.Hour*60+c.Minute < d.Hour*60+d.Minute
}

func (c *Clock) parse(text string) error {
	t, err := time.Parse("15:04", strings.ReplaceAll(text, "：", ":"))
	if err != nil {
		return fmt.Errorf(`%q is not a time of day: write "00:00" to "23:59"`, text)
	}
	*c = Clock{t.Hour(), t.Minute()}
	return nil
}

// Date is a civil date. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String returns "2026-12-07".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func (d *Date) parse(text string) error {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is not a date of the calendar: write it like 2026-12-07", text)
	}
	*d = Date{t.Year(), t.Month(), t.Day()}
	return nil
}

// Month is a month of one year. The zero Month is none.
type Month struct {
	Year  int
	Month time.Month
}

// String returns "2026-12".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

func (m *Month) parse(text string) error {
	t, err := time.Parse("2006-01", text)
	if err != nil {
		return fmt.Errorf("%q is not a month: write it like 2026-12", text)
	}
	*m = Month{t.Year(), t.Month()}
	return nil
}

func (m Month) index() int { return m.Year*12 + int(m.Month) - 1 }

// In returns the person id of the leader who receives in the month, or "".
func (l Leaders) In(m Month) string {
	if id, ok := l.Months[m]; ok {
		return id
	}
	n := len(l.Rota)
	if n == 0 {
		return ""
	}
	turn := (m.index() - l.From.index()) % n
	return l.Rota[(turn+n)%n]
}

// Hours are the opening hours of one day (时段).
type Hours struct {
	Text  string // as written, for notices: "9:00—11:30、14:30—17:00"
	Spans []Span // the same, in order, without overlap
}

// Span is a stretch of a day, From before To.
type Span struct{ From, To Clock }

var (
	spanSplit = regexp.MustCompile(`[、,，;；]`)
	spanDash  = regexp.MustCompile(`\s*(?:[-–—~～至到]+)\s*`)
)

func (h *Hours) parse(text string) error {
	bad := fmt.Errorf("%q is not opening hours: write them like 9:00—11:30、14:30—17:00", text)
	var spans []Span
	for _, part := range spanSplit.Split(text, -1) {
		ends := spanDash.Split(strings.TrimSpace(part), -1)
		var s Span
		if len(ends) != 2 || s.From.parse(ends[0]) != nil || s.To.parse(ends[1]) != nil {
			return bad
		}
		if !s.From.Before(s.To) || len(spans) > 0 && s.From.Before(spans[len(spans)-1].To) {
			return bad
		}
		spans = append(spans, s)
	}
	*h = Hours{text, spans}
	return nil
}

// QuietHours (免打扰) are a stretch of the day that may go past midnight. The
// zero QuietHours are none.
type QuietHours struct{ From, To Clock }

// Off reports whether there are none.
func (q QuietHours) Off() bool { return q.From == q.To }

// Cover reports whether a time of day lies in the quiet hours.
func (q QuietHours) Cover(c Clock) bool {
	if q.To.Before(q.From) {
		return !c.Before(q.From) || c.Before(q.To)
	}
	return !c.Before(q.From) && c.Before(q.To)
}

// String returns "23:00—06:00" or "off".
func (q QuietHours) String() string {
	if q.Off() {
		return "off"
	}
	return q.From.String() + "—" + q.To.String()
}

// minutes returns how long they are.
func (q QuietHours) minutes() int {
	n := q.To.Hour*60 + q.To.Minute - q.From.Hour*60 - q.From.Minute
	return (n + 24*60) % (24 * 60)
}

func (q *QuietHours) parse(text string) error {
	*q = QuietHours{}
	if text == "off" {
		return nil
	}
	ends := spanDash.Split(strings.TrimSpace(text), -1)
	if len(ends) != 2 || q.From.parse(ends[0]) != nil || q.To.parse(ends[1]) != nil || q.Off() {
		*q = QuietHours{}
		return fmt.Errorf("%q is no quiet hours: write them like 23:00—06:00, or off", text)
	}
	return nil
}

func (s *StageTime) parse(text string) error {
	if text == "off" {
		*s = StageTime{Off: true}
		return nil
	}
	if s.At.parse(text) != nil {
		return fmt.Errorf(`%q is not a time of day: write "00:00" to "23:59", or off`, text)
	}
	s.Off = false
	return nil
}

// parse lets a group write "stages: off" instead of four lines.
func (s *Stages) parse(text string) error {
	if text != "off" {
		return fmt.Errorf(`%q is neither off nor a list of times: write {week: "09:00", day: off}`, text)
	}
	off := StageTime{Off: true}
	*s = Stages{off, off, off, off}
	return nil
}

func (g *GroupIDs) parse(text string) error {
	if text != "all" {
		return fmt.Errorf("%q is neither all nor a list: write all, or ids like [zc, jd]", text)
	}
	*g = nil
	return nil
}

// Secret is a text that never shows in messages or logs.
type Secret string

// String returns a stand-in, so that printing a Config shows no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString does for %#v what String does for %v.
func (s Secret) GoString() string { return s.String() }

// Secret returns the token, reading TokenFile when that is what was given. It
// is "" when there is none.
func (s Sandbox) Secret() (string, error) {
	return secret("sandbox.token", s.Token, s.TokenFile)
}

// Address returns the URL, reading URLFile when that is what was given.
func (a Alarm) Address() (string, error) {
	return secret("url", a.URL, a.URLFile)
}

// secret returns what was written into the configuration, or into the file
// named instead of it.
func secret(key string, value Secret, file string) (string, error) {
	if file == "" {
		return string(value), nil
	}
	data, err := os.ReadFile(file)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // where a path belongs the secret itself may stand
	}
	if err != nil {
		return "", fmt.Errorf("reading %s_file: %w", key, err)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("%s_file is empty: write the %s into it", key, key[strings.LastIndexByte(key, '.')+1:])
	}
	return text, nil
}
