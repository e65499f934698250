// Package words holds every sentence people read, in Chinese and in English,
// apart from the logic: one file per language that somebody who does not
// program can edit. It imports nothing of ours.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed *.tmpl
var files embed.FS

// The languages there are books for.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Args are the facts a sentence is filled with.
type Args map[string]any

// Book is the wording in one language. It is safe for concurrent use.
type Book struct {
	lang  string
	t     *template.Template
	facts Args
}

// Open returns the book of a language.
func Open(lang string) (*Book, error) {
	text, err := fs.ReadFile(files, lang+".tmpl")
	if err != nil {
		return nil, fmt.Errorf("no wording for language %q: use %s or %s", lang, Chinese, English)
	}
	t, err := template.New(lang).Option("missingkey=error").Funcs(funcs(lang)).Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("read wording %s: %w", lang, err)
	}
	return &Book{lang: lang, t: t}, nil
}

// With returns the book with facts that any of its sentences may mention; what
// is given to Say comes first. The facts must not change any more.
func (b *Book) With(facts Args) *Book { return &Book{lang: b.lang, t: b.t, facts: facts} }

// Lang returns the language of the book.
func (b *Book) Lang() string { return b.lang }

// Say returns the sentence called key, filled with args. A key or a fact that
// is missing is a mistake in the program; the person still gets an answer, the
// key itself, and the tests find it. The args are the sentence's own: the book's
// facts are added to them.
func (b *Book) Say(key string, args Args) string {
	if args == nil {
		args = make(Args, len(b.facts))
	}
	for name, fact := range b.facts {
		if _, given := args[name]; !given {
			args[name] = fact
		}
	}
	var out strings.Builder
	if err := b.t.ExecuteTemplate(&out, key, args); err != nil {
		return "[" + key + "]"
	}
	return strings.TrimSpace(out.String())
}

// Has reports whether the book has a sentence of that name.
func (b *Book) Has(key string) bool { return b.t.Lookup(key) != nil }

// Keys returns the names of all sentences, sorted.
func (b *Book) Keys() []string {
	var keys []string
	for _, t := range b.t.Templates() {
		if t.Name() != b.lang {
			keys = append(keys, t.Name())
		}
	}
	slices.Sort(keys)
	return keys
}

// zone is the office's zone; China keeps one offset all year.
var zone = time.FixedZone("CST", 8*60*60)

var weekdays = map[string][]string{
	Chinese: {"日", "一", "二", "三", "四", "五", "六"},
	English: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// funcs are the ways to write dates and times. They take an instant, or
// anything whose String is a date like 2026-12-07.
func funcs(lang string) template.FuncMap {
	f := template.FuncMap{
		"day": func(d any) string {
			t := when(d)
			return fmt.Sprintf("%d月%d日（星期%s）", t.Month(), t.Day(), weekdays[lang][t.Weekday()])
		},
		"date":    func(d any) string { t := when(d); return fmt.Sprintf("%d月%d日", t.Month(), t.Day()) },
		"full":    func(d any) string { t := when(d); return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day()) },
		"month":   func(d any) string { t := when(d); return fmt.Sprintf("%d年%d月", t.Year(), t.Month()) },
		"weekday": func(d any) string { return "周" + weekdays[lang][when(d).Weekday()] },
		"clock":   func(d any) string { return when(d).Format("15:04") },
		"list":    func(items []string) string { return strings.Join(items, "、") },
		"long":    func(d time.Duration) string { return long(d, "天", "小时", "分钟") },
		"clip":    clip,
		"size":    size,
		"inc":     func(i int) int { return i + 1 },
	}
	if lang == English {
		f["day"] = func(d any) string { return when(d).Format("Monday 2 January") }
		f["date"] = func(d any) string { return when(d).Format("2 January") }
		f["full"] = func(d any) string { return when(d).Format("2 January 2006") }
		f["month"] = func(d any) string { return when(d).Format("January 2006") }
		f["weekday"] = func(d any) string { return when(d).Format("Mon") }
		f["list"] = func(items []string) string { return strings.Join(items, ", ") }
		f["long"] = func(d time.Duration) string { return long(d, " d ", " h ", " min") }
	}
	return f
}

// long writes how long something took, to the minute: 1小时30分钟.
func long(d time.Duration, days, hours, minutes string) string {
	n := int(d.Minutes())
	var b strings.Builder
	for _, part := range []struct {
		n    int
		unit string
	}{{n / (24 * 60), days}, {n / 60 % 24, hours}, {n % 60, minutes}} {
		if part.n > 0 {
			fmt.Fprintf(&b, "%d%s", part.n, part.unit)
		}
	}
	if b.Len() == 0 {
		return "0" + minutes
	}
	return strings.TrimSpace(b.String())
}

func when(d any) time.Time {
	if t, ok := d.(time.Time); ok {
		return t.In(zone)
	}
	t, err := time.ParseInLocation(time.DateOnly, fmt.Sprint(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// size writes a number of bytes as people do.
func size(bytes int64) string {
	if kb := float64(bytes) / 1024; kb < 1000 {
		return fmt.Sprintf("%.0fKB", max(kb, 1))
	}
	return fmt.Sprintf("%.1fMB", float64(bytes)/(1<<20))
}

// clip shortens a text to n characters, on one line.
func clip(n int, s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// Decimal writes tenths as a decimal number: 923 is "92.3".
func Decimal(tenths int) string { return fmt.Sprintf("%d.%d", tenths/10, tenths%10) }
