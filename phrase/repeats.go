package phrase

import (
	"slices"
	"strings"
)

// QuoteLength is from how many characters on a run of somebody's own words tells
// who spoke (domain.md §1.6, scenario S9).
const QuoteLength = 8

// Repeats reports whether a text for the unit that handles a matter could tell the
// unit who spoke, and which words of the text could. original is all that was said
// of the matter; never are names that must not stand in the text: of the speaker,
// of their unit and what people call it, their account. It finds, in any width,
// script and punctuation:
//
//   - one of the names, and a name or nickname by which the speaker introduced
//     themselves; the crew or its head where both texts name them (检修班, 王队)
//   - a phone number, whosever it is
//   - a day, shift or time of day that the original names (5号, 每月5/12/19, 上礼拜三,
//     四点班, 晚上10点), but for one by which an answer is wanted (12月5日前回)
//   - an amount, a count of shifts, hours, years and the like, or another number of
//     two digits or more, but for what is the number of a place (1502, 12号楼)
//   - a run of QuoteLength characters of the original, whatever spaces, punctuation
//     and invisible characters stand between them
//
// It finds rather too much than too little: the text is put in other words then.
func Repeats(task, original string, never ...string) (what string, bad bool) {
	t, o := Read(task), Read(original)
	for _, find := range []func(t, o Text) (int, int){
		func(t, o Text) (int, int) { return named(t, o, never) },
		anyPhone, sameCrew, sameTime, sameNumber, sameRun,
	} {
		if from, end := find(t, o); end > from {
			return t.between(from, end), true
		}
	}
	return "", false
}

// Names reports whether a text has one of the names in it, in any width, script and
// spacing, or one by which the speaker of original introduced themselves, and which
// words of the text are that.
func Names(text, original string, never ...string) (what string, bad bool) {
	t := Read(text)
	from, end := named(t, Read(original), never)
	return t.between(from, end), end > from
}

// Quotes reports whether a text has a run of QuoteLength characters of original,
// whatever stands between them, and which words of the text are that.
func Quotes(text, original string) (what string, bad bool) {
	t := Read(text)
	from, end := sameRun(t, Read(original))
	return t.between(from, end), end > from
}

// named returns where one of the names stands in t, or one by which the speaker
// of o introduced themselves.
func named(t, o Text, never []string) (from, end int) {
	for i := range o.f {
		if e := introductionAt(o.f, i); e > i {
			never = append(slices.Clip(never), introduced(o.f[i:e])...)
		}
	}
	names := newNames(t, never)
	for i := range t.f {
		for _, l := range names.labels[t.f[i]] {
			if e := names.match(l.word, i); e > i {
				return i, e
			}
		}
	}
	bare, at := spokenOf(t)
	for _, n := range never { // with something else than a space between
		name, _ := spokenOf(Read(n))
		if i := indexRunes(bare, name); len(name) > 1 && i >= 0 {
			return at[i], at[i+len(name)-1] + 1
		}
	}
	return 0, 0
}

// introduced returns the names that may end a self-introduction, and what somebody
// of that family name is called.
func introduced(f []rune) []string {
	var names []string
	for n := 2; n <= 4 && n < len(f); n++ {
		family := f[len(f)-n]
		double := hasPrefix(f, len(f)-n, doubleSurnames...) > len(f)-n
		if !double && !strings.ContainsRune(surnames, family) {
			continue
		}
		names = append(names, string(f[len(f)-n:]))
		if !double {
			for _, called := range []string{"老%", "小%", "%师傅", "%工", "%哥", "%姐", "%某"} {
				names = append(names, strings.ReplaceAll(called, "%", string(family)))
			}
		}
	}
	return names
}

func anyPhone(t, _ Text) (from, end int) {
	for i := range t.f {
		if e := phoneAt(t.f, i); e > i {
			return i, e
		}
	}
	return 0, 0
}

// crewEnds end the name of a crew; to each what makes another word of it when it
// stands before.
var crewEnds = map[rune]string{
	'队': "本该你您贵我们咱各区排全车部领这那到在",
	'班': "上下排倒连加值换当每本各个点夜早中晚白接交轮跟顶替全领带专大小这那多天们",
	'组': "小班各本作全分",
}

// sameCrew returns where t names a crew, or somebody by their title, as o does.
func sameCrew(t, o Text) (from, end int) {
	bare, _ := spokenOf(o)
	said := string(bare)
	f, at := spokenOf(t)
	for i := 1; i < len(f); i++ {
		e := crewAt(f, i)
		prev := f[i-1]
		if e == i || !isHan(prev) && !isDigit(prev) ||
			!strings.Contains(said, string(f[i-1:e])) && !strings.Contains(said, otherDigit(prev)+string(f[i:e])) {
			continue
		}
		for from = i - 1; from > 0 && i-from < 4 && strings.Contains(said, string(f[from-1:e])); {
			from--
		}
		return at[from], at[e-1] + 1
	}
	return 0, 0
}

// crewAt returns the end of what makes the characters before i the name of a crew
// or of somebody with a title, or i.
func crewAt(f []rune, i int) int {
	prev := f[i-1]
	if other, ok := crewEnds[f[i]]; ok && !strings.ContainsRune(other, prev) && !strings.ContainsRune("倒制次", peek(f, i+1)) {
		return i + 1
	}
	if !strings.ContainsRune(surnames, prev) {
		return i
	}
	return hasPrefix(f, i, "书记", "主任", "队长", "班长", "区长", "组长", "科长", "师傅", "工长", "矿长", "经理")
}

// otherDigit is a digit as it is written the other way: 2 for 二.
func otherDigit(r rune) string {
	if isDigit(r) {
		return string([]rune("零一二三四五六七八九")[r-'0'])
	}
	if d, ok := hanDigit(r); ok {
		return string('0' + rune(d))
	}
	return string(r)
}

// moment is a day or time as somebody names it; what was not said is 0.
type moment struct {
	month, day int    // of a date
	word       string // of anything else, in one way of saying it
}

func (m moment) same(o moment) bool {
	if m.day == 0 || o.day == 0 {
		return m == o && m.day == 0
	}
	return m.day == o.day && (m.month == o.month || m.month == 0 || o.month == 0)
}

// sameTime returns where t names a day, shift or time of day that o names too.
func sameTime(t, o Text) (from, end int) {
	named := map[moment]bool{}
	moments(o.f, func(m moment, _, _ int) bool {
		named[m] = true
		return true
	})
	moments(t.f, func(m moment, i, e int) bool {
		if deadline(t.f, e) {
			return true
		}
		for said := range named {
			if m.same(said) {
				from, end = i, e
				return false
			}
		}
		return true
	})
	return from, end
}

// deadline reports whether what ends at i is when an answer is wanted.
func deadline(f []rune, i int) bool {
	j := hasPrefix(f, i, "之前", "以前", "前", "截止", "止")
	if j == i {
		return false
	}
	for j < len(f) && !spoken(f[j]) {
		j++
	}
	return strings.ContainsRune("回反报答办完解整落说处核查改修给弄上交把请", peek(f, j)) && j < len(f)
}

// sayings are words for a day, each in one way of saying it. 今天 and what is to
// come are not among them: tasks are full of them.
var sayings = func() map[string]string {
	m := map[string]string{}
	for same, words := range map[string]string{
		"昨天": "昨天 昨儿个 昨儿 昨日 夜来 夜个", "昨晚": "昨晚 昨夜 昨天晚上", "前天": "前天", "大前天": "大前天",
		"上个月": "上个月 上月", "今早": "今早 今儿早上 今天早上", "今晚": "今晚", "上上周": "上上周 上上个星期 上上个礼拜",
		"上周": "上周 上个星期 上星期 上个礼拜 上礼拜",
	} {
		for _, w := range strings.Fields(words) {
			m[w] = same
		}
	}
	return m
}()

// longestSaying is how many characters a word for a day has at most.
const longestSaying = 5

// moments calls found with each day, shift and time of day named in f until it
// returns false.
func moments(f []rune, found func(m moment, from, end int) bool) {
	s := story{Text: Text{f: f}}
	r := dateReader{f: f}
	for i := 0; i < len(f); {
		m, end := s.moment(i)
		if end == i {
			if days, e := r.days(i); e > i {
				for _, d := range days {
					if !found(d, i, e) {
						return
					}
				}
				i = e
				continue
			}
			i++
			continue
		}
		if !found(m, i, end) {
			return
		}
		i = end
	}
}

// moment returns what names a time at i but for a date, and its end; or i.
func (s *story) moment(i int) (moment, int) {
	if e := hasPrefix(s.f, i, shiftWords...); e > i {
		if hour := (dateReader{f: s.f}).number(i); hour.end > i {
			return moment{word: decimal(hour.value) + "点班"}, e
		}
		return moment{word: strings.Replace(string(s.f[i:e]), "晚班", "夜班", 1)}, e
	}
	if n, k := digits(s.f, i); n <= 24 && hasPrefix(s.f, k, "点班") > k {
		return moment{word: decimal(float64(n)) + "点班"}, k + 2
	}
	weeks, j := shift(s.f, i)
	j = hasPrefix(s.f, j, "个")
	if k := hasPrefix(s.f, j, "周", "星期", "礼拜"); k > j && weeks <= 0 {
		if day := slices.Index([]rune("日一二三四五六0123456天"), peek(s.f, k)); day >= 0 {
			return moment{word: "周" + decimal(float64(day%7))}, k + 1
		}
	}
	for n := min(longestSaying, len(s.f)-i); n > 1; n-- {
		if same, ok := sayings[string(s.f[i:i+n])]; ok {
			return moment{word: same}, i + n
		}
	}
	part := hasPrefix(s.f, i, dayParts...)
	if e := s.clock(part, part > i); e > part {
		hour := dateReader{f: s.f}.number(part)
		return moment{word: decimal(float64(int(hour.value)%12)) + "点"}, e
	}
	return moment{}, i
}

// days returns the days of the month named at i and where they end: 12月7日, 12.7,
// 5号, 5/12/19, 5、12号, or i. Of numbers that may be a month and a day or two days
// it returns both.
func (r dateReader) days(i int) (found []moment, end int) {
	if i > 0 && (partOfNumber(r.f[i-1]) || strings.ContainsRune("第.#", r.f[i-1]) || isLatin(r.f[i-1])) {
		return nil, i
	}
	if m, d, e := r.monthAndDay(i); e > i && d <= 31 {
		found, end = append(found, moment{month: int(m), day: d}), e
		if peek(r.f, e) == '分' || peek(r.f, e) == '元' || peek(r.f, e) == '块' {
			return nil, i
		}
	}
	var list []moment
	j, marked := i, false
	for {
		n := r.number(j)
		if n.end == j || n.value < 1 || n.value > 31 || n.inexact {
			break
		}
		list = append(list, moment{day: int(n.value)})
		e := hasPrefix(r.f, n.end, "号", "日")
		marked = marked || e > n.end
		if next := peek(r.f, e); e > n.end && next != 0 && strings.ContainsRune("楼线井煤机柜窗门工采面皮院房车桌内", next) {
			return found, max(end, i)
		}
		j = e
		k := hasPrefix(r.f, j, "/", "、", ",", "和", "与", "及", " ")
		if again := r.number(hasPrefix(r.f, k, " ")); k == j || again.end == hasPrefix(r.f, k, " ") {
			break
		}
		j = hasPrefix(r.f, k, " ")
	}
	if len(list) > 1 && j > i || len(list) == 1 && marked {
		return append(found, list...), max(end, j)
	}
	return found, max(end, i)
}

// sameNumber returns where t has a number that o has: an amount or a count, or any
// other of two digits or more that is not the number of a place.
func sameNumber(t, o Text) (from, end int) {
	said, told := counted(o.raw), counted(t.raw)
	for i := 0; i < len(t.f) && len(said) > 0 && len(told) > 0; {
		n := readNumeral(t.f, i)
		if n.end == i {
			i++
			continue
		}
		v, e := readMoney(t.f, n)
		for c := range told {
			if unit, ok := strings.CutPrefix(c, decimal(v)); ok && said[c] && !termBehind(t.f, n.end) {
				if e == n.end {
					e = hasPrefix(t.f, hasPrefix(t.f, e, "个"), unit, "钟头", "工")
				}
				return i, e
			}
		}
		i = max(n.end, i+1)
	}
	numbers := map[float64]bool{}
	eachNumber(o.f, func(v float64, _, _ int) bool {
		numbers[v] = true
		return true
	})
	eachNumber(t.f, func(v float64, i, e int) bool {
		if numbers[v] && !termBehind(t.f, e) {
			from, end = i, e
			return false
		}
		return true
	})
	return from, end
}

// counted returns the amounts and counts of a text, each in one way of saying it.
func counted(raw string) map[string]bool {
	const most = 500
	facts, all := factsOf(raw, nil, most), map[string]bool{}
	for _, c := range slices.Concat(facts.Counts, facts.Amounts) {
		c = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(c, "个", ""), "钟头", "小时"), "工", "班")
		all[c] = true
	}
	return all
}

// termBehind reports whether what ends at i is how long an answer may take (3天内).
func termBehind(f []rune, i int) bool {
	for _, unit := range []string{"个工作日", "工作日", "天", "日", "周", "小时", "个月", "号"} {
		if j := hasPrefix(f, i, unit); j > i && hasPrefix(f, j, "之内", "以内", "内", "前", "之前", "以前") > j {
			return true
		}
	}
	return false
}

// eachNumber calls found with each amount and each number that tells something:
// not below 10, none that names a place, a year or a day of the calendar.
func eachNumber(f []rune, found func(v float64, from, end int) bool) {
	for i := 0; i < len(f); {
		n := readNumeral(f, i)
		if n.end == i {
			i++
			continue
		}
		v, end := readMoney(f, n)
		whole := v == float64(int64(v))
		place := hasPrefix(f, n.end, "号楼", "号线", "号井", "号煤", "号机", "号柜", "号院", "号工", "楼", "米", "线", "工作面", "采区", "队", "点", "月", ":") > n.end ||
			i > 0 && (isLatin(f[i-1]) || isDash(f[i-1]) || f[i-1] == '第')
		if !n.inexact && !place && (!whole || v >= 10 && (v < 1000 || end > n.end)) && !found(v, i, end) {
			return
		}
		for i = max(end, i+1); i < len(f) && partOfNumber(f[i]); i++ {
		}
	}
}

// sameRun returns where t has a run of QuoteLength characters of o.
func sameRun(t, o Text) (from, end int) {
	said, _ := spokenOf(o)
	told, at := spokenOf(t)
	runs := make(map[[QuoteLength]rune]bool, len(said))
	for i := 0; i+QuoteLength <= len(said); i++ {
		runs[[QuoteLength]rune(said[i:])] = true
	}
	for i := 0; i+QuoteLength <= len(told); i++ {
		if runs[[QuoteLength]rune(told[i:])] {
			return at[i], at[i+QuoteLength-1] + 1
		}
	}
	return 0, 0
}

// spokenOf returns the letters and digits of a text and where each stands.
func spokenOf(t Text) (f []rune, at []int) {
	for i, r := range t.f {
		if spoken(r) {
			f, at = append(f, r), append(at, i)
		}
	}
	return f, at
}

func indexRunes(f, of []rune) int {
	for i := 0; i+len(of) <= len(f); i++ {
		if slices.Equal(f[i:i+len(of)], of) {
			return i
		}
	}
	return -1
}
