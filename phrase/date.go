package phrase

import (
	"slices"
	"strings"
	"time"

	"fangzhuo/calendar"
)

// Term reads a term (期限) at the start: 3天, 三天, 3日内, 3个工作日, 一周 (7 days),
// 半个月 (15), 一个月 (30), or a bare 15. working says that working days were meant.
// 3天前 and 3天后 are no terms.
func (t Text) Term() (n int, working bool, rest Text, ok bool) {
	i := skipSeparators(t.f, hasPrefix(t.f, skipSeparators(t.f, 0), "限", "在"))
	days, end, working := readTerm(t.f, i)
	if end == i || days < 1 || days > maxTerm {
		return 0, false, t, false
	}
	end = hasPrefix(t.f, end, "之内", "以内", "内")
	if r := peek(t.f, end); r != 0 && strings.ContainsRune("前后多左以之", r) {
		return 0, false, t, false
	}
	return days, working, t.from(skipSeparators(t.f, end)), true
}

// maxTerm is the longest term in days that is read as one.
const maxTerm = 3650

func readTerm(f []rune, i int) (days, end int, working bool) {
	if j := hasPrefix(f, i, "半个月", "半月"); j > i {
		return 15, j, false
	}
	n := readNumeral(f, i)
	v := int(n.value)
	if n.end == i || n.inexact || float64(v) != n.value || v > maxTerm {
		return 0, i, false
	}
	for _, u := range []struct {
		days    int
		working bool
		names   []string
	}{
		{1, true, []string{"个工作日", "工作日", "个工作天"}},
		{1, false, []string{"天", "日"}},
		{7, false, []string{"个星期", "个礼拜", "星期", "礼拜", "周"}},
		{30, false, []string{"个月"}},
	} {
		if j := hasPrefix(f, n.end, u.names...); j > n.end {
			return v * u.days, j, u.working
		}
	}
	if r := peek(f, n.end); !n.han && (r == 0 || strings.ContainsRune(" ,、。;", r)) {
		return v, n.end, false
	}
	return 0, i, false
}

// Date reads a date at the start: 12月9日, 12月9号, 十二月九日, 12.9, 12-9, 12/9,
// 2026-12-09, 20261209, 2026年12月9日, 明年1月5日, 今天, 明天, 后天, 下周一, 本周五, 周三
// (the next one, today included), 月底, 下个月3号, 9号 (the next 9th, today included).
// A month and day without a year is the first such date that is not more than six
// months before today. A date that does not exist (2月30日) is not read. A weekday
// in brackets behind it is taken with it when it agrees.
func (t Text) Date(today calendar.Date) (d calendar.Date, rest Text, ok bool) {
	i := skipSeparators(t.f, 0)
	r := dateReader{t.f, today}
	for _, read := range []func(int) (calendar.Date, int){r.relative, r.weekday, r.monthEnd, r.full, r.monthDay, r.day} {
		if d, end := read(i); end > i {
			if d.IsZero() {
				return d, t, false
			}
			return d, t.from(skipSeparators(t.f, r.agreeing(d, end))), true
		}
	}
	return calendar.Date{}, t, false
}

// dateReader reads dates around today. Its methods return where the date ends, or
// where it would begin if there is none; a zero date is one that does not exist.
type dateReader struct {
	f     []rune
	today calendar.Date
}

func (r dateReader) relative(i int) (calendar.Date, int) {
	for _, w := range []struct {
		name string
		days int
	}{{"大后天", 3}, {"后天", 2}, {"明天", 1}, {"明日", 1}, {"今天", 0}, {"今日", 0}, {"昨天", -1}, {"前天", -2}} {
		if j := hasPrefix(r.f, i, w.name); j > i {
			return r.today.Add(w.days), j
		}
	}
	return calendar.Date{}, i
}

// weekday reads 周三, 本周五, 下礼拜二, 下下周一. Weeks begin on Monday.
func (r dateReader) weekday(i int) (calendar.Date, int) {
	weeks, j := shift(r.f, i)
	k := hasPrefix(r.f, hasPrefix(r.f, j, "个"), "周", "星期", "礼拜")
	if k == hasPrefix(r.f, j, "个") {
		return calendar.Date{}, i
	}
	day := slices.Index([]rune("一二三四五六日1234567天"), peek(r.f, k)) % 7
	if day < 0 {
		return calendar.Date{}, i
	}
	if peek(r.f, k) == '天' {
		day = 6
	}
	monday := r.today.Add(-((int(r.today.Weekday()) + 6) % 7))
	d := monday.Add(7*weeks + day)
	if j == i && d.Before(r.today) {
		d = d.Add(7)
	}
	return d, k + 1
}

// shift reads 本, 这, 这个, 下, 下下 or 上 at i.
func shift(f []rune, i int) (n, end int) {
	if j := hasPrefix(f, i, "本", "这个", "这"); j > i {
		return 0, j
	}
	for end = i; end < i+3 && (peek(f, end) == '下' || peek(f, end) == '上') && peek(f, end) == f[i]; end++ {
		if f[i] == '下' {
			n++
		} else {
			n--
		}
	}
	return n, end
}

// monthEnd reads 月底, 本月底, 下个月底, 下个月3号, 本月3日.
func (r dateReader) monthEnd(i int) (calendar.Date, int) {
	n, j := shift(r.f, i)
	k := hasPrefix(r.f, hasPrefix(r.f, j, "个"), "月")
	if k == hasPrefix(r.f, j, "个") {
		return calendar.Date{}, i
	}
	first := calendar.On(r.today.Year, r.today.Month+time.Month(n), 1)
	if e := hasPrefix(r.f, k, "底", "末"); e > k {
		return calendar.On(first.Year, first.Month+1, 0), e
	}
	if j == i {
		return calendar.Date{}, i
	}
	day := r.number(k)
	e := hasPrefix(r.f, day.end, "号", "日")
	if day.end == k || e == day.end {
		return calendar.Date{}, i
	}
	return exact(first.Year, first.Month, int(day.value)), e
}

// full reads a date with its year: 2026-12-09, 2026年12月9日, 20261209, 明年1月5日.
func (r dateReader) full(i int) (calendar.Date, int) {
	n, j := digits(r.f, i)
	if j-i == 8 && n > 2000_00_00 && n < 2100_00_00 {
		return exact(n/10000, time.Month(n/100%100), n%100), j
	}
	year, j := r.year(i)
	if j == i {
		return calendar.Date{}, i
	}
	m, d, end := r.monthAndDay(j)
	if end == j {
		return calendar.Date{}, i
	}
	return exact(year, m, d), end
}

// year reads 2026年, 2026-, 26年, 今年, 明年, 去年 and returns where the month begins.
func (r dateReader) year(i int) (int, int) {
	for k, w := range []string{"去年", "今年", "明年"} {
		if j := hasPrefix(r.f, i, w); j > i {
			return r.today.Year + k - 1, hasPrefix(r.f, j, " ")
		}
	}
	n := r.number(i)
	y := int(n.value)
	switch length := n.end - i; {
	case length == 4 && y >= 2000 && y < 2100:
	case length == 2 && y >= 20 && y < 100 && peek(r.f, n.end) == '年':
		y += 2000
	default:
		return 0, i
	}
	if next := peek(r.f, n.end); next != '年' && next != '/' && next != '.' && !isDash(next) {
		return 0, i
	}
	return y, hasPrefix(r.f, n.end+1, " ")
}

// monthDay reads a month and day without a year.
func (r dateReader) monthDay(i int) (calendar.Date, int) {
	m, d, end := r.monthAndDay(i)
	if end == i {
		return calendar.Date{}, i
	}
	low := sixMonthsBefore(r.today)
	for y := low.Year; ; y++ {
		if on := calendar.On(y, m, d); !on.Before(low) {
			return exact(y, m, d), end
		}
	}
}

func sixMonthsBefore(d calendar.Date) calendar.Date { return calendar.On(d.Year, d.Month-6, d.Day) }

// monthAndDay reads 12月9日, 12月9, 12.9, 12-9 or 12/9.
func (r dateReader) monthAndDay(i int) (m time.Month, d, end int) {
	month := r.number(i)
	next := peek(r.f, month.end)
	if month.end == i || month.value < 1 || month.value > 12 || next != '月' && next != '.' && next != '/' && !isDash(next) {
		return 0, 0, i
	}
	at := month.end + 1
	if next == '月' {
		at = hasPrefix(r.f, at, " ")
	}
	day := r.number(at)
	if day.end == at || day.value > 99 {
		return 0, 0, i
	}
	end = hasPrefix(r.f, day.end, "日", "号")
	if after := peek(r.f, end); next != '月' && end == day.end &&
		(after == '.' && isDigit(peek(r.f, end+1)) || after == '/' || isDash(after) || isHan(after) && measures(after, peek(r.f, end+1))) {
		return 0, 0, i // an amount, a range, a longer number
	}
	if peek(r.f, end) == '月' {
		return 0, 0, i
	}
	return time.Month(month.value), int(day.value), end
}

// day reads a day of the month alone, 9号: the next one.
func (r dateReader) day(i int) (calendar.Date, int) {
	n := r.number(i)
	end := hasPrefix(r.f, n.end, "号", "日")
	if n.end == i || end == n.end || n.value < 1 || n.value > 31 {
		return calendar.Date{}, i
	}
	if after := peek(r.f, end); isHan(after) && !strings.ContainsRune("前后上下早晚中之的到至起开是", after) {
		return calendar.Date{}, i
	}
	for m := r.today.Month; ; m++ {
		first := calendar.On(r.today.Year, m, 1)
		if d := exact(first.Year, first.Month, int(n.value)); !d.IsZero() && !d.Before(r.today) {
			return d, end
		}
	}
}

// number reads a whole number of at most four digits, Arabic or Chinese. Unlike
// readNumeral it takes the point for a separator.
func (r dateReader) number(i int) numeral {
	if isDigit(peek(r.f, i)) {
		n, end := digits(r.f, i)
		if end-i > 4 {
			return numeral{end: i}
		}
		return numeral{value: float64(n), end: end}
	}
	n := readNumeral(r.f, i)
	if n.end-i > 4 || n.value != float64(int(n.value)) {
		return numeral{end: i}
	}
	return n
}

// exact returns the date, or no date if the calendar has none such.
func exact(y int, m time.Month, d int) calendar.Date {
	on := calendar.On(y, m, d)
	if (on != calendar.Date{Year: y, Month: m, Day: d}) {
		return calendar.Date{}
	}
	return on
}

// agreeing returns the end of a weekday behind the date d, as in 12月9日(周三), if
// it is the right one.
func (r dateReader) agreeing(d calendar.Date, end int) int {
	i := hasPrefix(r.f, hasPrefix(r.f, end, " "), "(")
	j := hasPrefix(r.f, i, "周", "星期", "礼拜")
	days := []rune("日一二三四五六")
	if j == i || peek(r.f, j) != days[d.Weekday()] {
		return end
	}
	return hasPrefix(r.f, j+1, ")")
}

// Month reads a month at the start: 12月, 十二月份, 2026-10, 2026年10月, 202610,
// 明年1月, 本月, 下个月, 上个月, or a bare 10. Without a year it is the first such month
// that is not more than six months before today's. The month of a full date
// (12月9日) is not read.
func (t Text) Month(today calendar.Date) (year int, month time.Month, rest Text, ok bool) {
	i := skipSeparators(t.f, 0)
	r := dateReader{t.f, today}
	first, end := r.month(i)
	if end == i {
		return 0, 0, t, false
	}
	return first.Year, first.Month, t.from(skipSeparators(t.f, end)), true
}

func (r dateReader) month(i int) (calendar.Date, int) {
	if n, j := shift(r.f, i); j > i {
		if k := hasPrefix(r.f, hasPrefix(r.f, j, "个"), "月份", "月"); k > hasPrefix(r.f, j, "个") && !r.dayFollows(k) {
			return calendar.On(r.today.Year, r.today.Month+time.Month(n), 1), k
		}
		return calendar.Date{}, i
	}
	if n, j := digits(r.f, i); j-i == 6 && n/100 >= 2000 && n/100 < 2100 && n%100 >= 1 && n%100 <= 12 {
		return calendar.On(n/100, time.Month(n%100), 1), j
	}
	year, at := r.year(i)
	n := r.number(at)
	if n.end == at || n.value < 1 || n.value > 12 {
		return calendar.Date{}, i
	}
	end := hasPrefix(r.f, n.end, "月份", "月")
	if next := peek(r.f, end); r.dayFollows(end) || end == n.end && next != 0 && !strings.ContainsRune(" ,、。;?!)", next) {
		return calendar.Date{}, i
	}
	if at > i {
		return calendar.On(year, time.Month(n.value), 1), end
	}
	low := sixMonthsBefore(calendar.On(r.today.Year, r.today.Month, 1))
	for y := low.Year; ; y++ {
		if first := calendar.On(y, time.Month(n.value), 1); !first.Before(low) {
			return first, end
		}
	}
}

// dayFollows reports whether a day of the month stands at i, so that what came
// before it was a date's month.
func (r dateReader) dayFollows(i int) bool {
	n := r.number(i)
	return n.end > i && n.value <= 31 && peek(r.f, n.end) != '月'
}
