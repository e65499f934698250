package phrase

import "strings"

// maxSeq is the highest running number of a year.
const maxSeq = 999999

// CaseNo reads a case number (编号) at the start: 2026-0047, 2026—47, 〔2026〕47号,
// 26-0047 (four digits behind the dash, else it would be a date), 0047, 47, No.47,
// №47, #47, 第47号, 编号47, 四十七号. The year is 0 when it was not said. A date, a
// term, an amount or a time is no case number.
func (t Text) CaseNo() (year, seq int, rest Text, ok bool) {
	i := skipSeparators(t.f, 0)
	i = hasPrefix(t.f, i, "编号", "单号", "案号", "件号", "号码")
	i = skipSeparators(t.f, hasPrefix(t.f, i, "是", "为"))
	i = skipSeparators(t.f, hasPrefix(t.f, i, "no", "nr", "#", "第"))
	year, i = caseYear(t.f, i)
	n := readCaseSeq(t.f, i)
	if n.end == i || n.value < 1 || n.value > maxSeq {
		return 0, 0, t, false
	}
	end, ok := caseNoEnds(t.f, i, n)
	if !ok {
		return 0, 0, t, false
	}
	return year, int(n.value), t.from(skipSeparators(t.f, end)), true
}

// caseYear reads 2026-, 〔2026〕, 2026年第 or 26- at i and returns where the running
// number begins.
func caseYear(f []rune, i int) (year, next int) {
	j := i
	open := strings.ContainsRune("[(〔【", peek(f, j)) && j < len(f)
	if open {
		j++
	}
	n, k := digits(f, j)
	switch {
	case k-j == 4 && n >= 2000 && n < 2100:
	case k-j == 2 && n >= 20 && !open && isDash(peek(f, k)):
		if _, e := digits(f, skipDashes(f, k)); e-skipDashes(f, k) != 4 {
			return 0, i
		}
		n += 2000
	default:
		return 0, i
	}
	switch r := peek(f, k); {
	case open:
		if !strings.ContainsRune("])〕】", r) || k >= len(f) {
			return 0, i
		}
		k++
	case r == '年':
		k++
	case r == ' ' && isDash(peek(f, k+1)):
	case r == ' ' && peek(f, k+1) == '0' && groups(f, k+1, isDigit, 4) > k+1: // 2026 0047
	case !isDash(r):
		return 0, i
	}
	k = hasPrefix(f, skipDashes(f, k), "第")
	if !isDigit(peek(f, k)) {
		if _, ok := hanDigit(peek(f, k)); !ok {
			return 0, i
		}
	}
	return n, k
}

// readCaseSeq reads up to six digits, or a Chinese number.
func readCaseSeq(f []rune, i int) numeral {
	if isDigit(peek(f, i)) {
		n, end := digits(f, i)
		if end-i > 6 {
			return numeral{end: i}
		}
		return numeral{value: float64(n), end: end}
	}
	n := readNumeral(f, i)
	if n.value != float64(int(n.value)) {
		return numeral{end: i}
	}
	return n
}

// caseNoEnds reports whether the number n that began at i is a case number by
// what stands behind it, and where that begins.
func caseNoEnds(f []rune, i int, n numeral) (int, bool) {
	end := n.end
	next, after := peek(f, end), peek(f, end+1)
	if next == '号' {
		if after != 0 && strings.ContainsRune("楼线门车房院灯炉床", after) {
			return 0, false
		}
		return end + 1, true
	}
	switch {
	case next == ' ' && after == '个': // 3 个月
		return 0, false
	case next == 0, next == ' ':
	case isDigit(next):
		return 0, false
	case isLatin(next): // 47K7M3: a receipt code may follow at once
		if _, ok := codeAt(f, end); !ok {
			return 0, false
		}
	case strings.ContainsRune("./~", next) || isDash(next):
		if isDigit(after) || isDash(next) && n.value >= 2000 { // a year half typed
			return 0, false
		}
	case next == ':':
		if m, k := digits(f, end+1); n.value < 24 && k == end+3 && m < 60 && !isHan(peek(f, k)) {
			return 0, false // 12:30
		}
	case isHan(next):
		if measures(next, after) || n.han && (end-i < 2 || strings.ContainsRune("队班组科楼", next)) {
			return 0, false
		}
	}
	return end, true
}

// measures reports whether next, behind a number, makes it a date, a term, an
// amount or a count. A surname or unit that begins with such a character does not.
func measures(next, after rune) bool {
	switch next {
	case '人':
		return after == 0 || !strings.ContainsRune("力事社", after)
	case '周', '万', '时', '米', '千', '车':
		return after == 0 || !strings.ContainsRune("矿书主队总经科部师工", after)
	}
	return strings.ContainsRune("年月日天元块圆个件次名点分秒岁百亿十毛角斤吨度位条项趟层届%℃", next)
}

// digits reads the ASCII digits at i, at most nine.
func digits(f []rune, i int) (n, end int) {
	for end = i; end < len(f) && isDigit(f[end]); end++ {
		if end-i < 9 {
			n = n*10 + int(f[end]-'0')
		}
	}
	return n, end
}

func isDash(r rune) bool { return r != 0 && strings.ContainsRune("-‐–—―−ー_", r) }

// skipDashes returns the index behind the dashes at i and the spaces around them.
func skipDashes(f []rune, i int) int {
	for i < len(f) && (isDash(f[i]) || f[i] == ' ') {
		i++
	}
	return i
}

// CodeAlphabet is what receipt codes (查询码) are made of: no digit or letter that
// looks like another.
const CodeAlphabet = "23456789ABCDEFGHJKMNPQRTUVWXY"

// CodeLength is the number of characters of a receipt code.
const CodeLength = 4

// Code reads a receipt code at the start, in any case and width, also behind
// 查询码 or 码; when nothing else is left its characters may stand apart. S is read
// as 5 and Z as 2, which the alphabet lacks; 0, O, 1, I and L could mean several
// characters, so a word with one of them is no code.
func (t Text) Code() (code string, rest Text, ok bool) {
	i := skipSeparators(t.f, 0)
	i = skipSeparators(t.f, hasPrefix(t.f, i, "查询码", "码", "code"))
	if c, ok := codeAt(t.f, i); ok {
		return c, t.from(skipSeparators(t.f, i+CodeLength)), true
	}
	var apart []rune
	for _, r := range t.f[i:] {
		if spoken(r) {
			apart = append(apart, r)
		}
		if len(apart) > CodeLength {
			break
		}
	}
	if c, ok := codeAt(apart, 0); ok {
		return c, t.from(len(t.f)), true
	}
	return "", t, false
}

// codeAt reads the four characters at i, which no letter or digit may follow.
func codeAt(f []rune, i int) (string, bool) {
	if len(f) < i+CodeLength || isDigit(peek(f, i+CodeLength)) || isLatin(peek(f, i+CodeLength)) {
		return "", false
	}
	var code [CodeLength]byte
	for k, r := range f[i : i+CodeLength] {
		switch {
		case isLatin(r):
			r += 'A' - 'a'
		case !isDigit(r):
			return "", false
		}
		switch r {
		case 'S':
			r = '5'
		case 'Z':
			r = '2'
		}
		if !strings.ContainsRune(CodeAlphabet, r) {
			return "", false
		}
		code[k] = byte(r)
	}
	return string(code[:]), true
}
