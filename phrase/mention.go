package phrase

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Mention is a case number that stands somewhere in a text. Year is 0 when it was
// not written.
type Mention struct{ Year, Seq int }

// mention is a number as the office writes one: 2026-0047, 0047.
var mention = regexp.MustCompile(`(?:(20[0-9]{2})-)?([0-9]{4,6})`)

// head is what may stand before the numbers that a line is about: nothing, the
// bracket that a notice begins with, or another number of a list.
var head = regexp.MustCompile(`^(?:[【\[][^】\]]*)?(?:(?:20[0-9]{2}-)?[0-9]{4,6}[、, 和]+)*$`)

// Mentions returns the case numbers in a text that the office wrote, each once. A
// number that is written in full, or that a line begins with, is surely meant;
// if there is one, other numbers (a working face, an extension) do not count.
func Mentions(text string) []Mention {
	var sure, maybe []Mention
	for _, line := range strings.Split(text, "\n") {
		line = Fold(line)
		for _, at := range mention.FindAllStringSubmatchIndex(line, -1) {
			if !apart(line, at[0], at[1]) {
				continue
			}
			var m Mention
			if at[2] >= 0 {
				m.Year, _ = strconv.Atoi(line[at[2]:at[3]])
			}
			if m.Seq, _ = strconv.Atoi(line[at[4]:at[5]]); m.Seq == 0 {
				continue
			}
			if m.Year != 0 || head.MatchString(line[:at[0]]) {
				sure = mentioned(sure, m)
			} else {
				maybe = mentioned(maybe, m)
			}
		}
	}
	if len(sure) > 0 {
		return sure
	}
	return maybe
}

// apart reports whether the number at from to to stands by itself: no part of a
// longer word or date, and no amount.
func apart(line string, from, to int) bool {
	before, behind := []rune(line[:from]), []rune(line[to:])
	last, next, after := peek(before, len(before)-1), peek(behind, 0), peek(behind, 1)
	return !joins(last) && !joins(next) && !strings.ContainsRune("./:~", last) &&
		!(strings.ContainsRune("./:~", next) && isDigit(after)) && !(isHan(next) && measures(next, after))
}

func joins(r rune) bool { return isDigit(r) || isLatin(r) || isDash(r) }

// mentioned adds a number to a list that does not have it. 0047 is 2026-0047 if
// that is there.
func mentioned(list []Mention, m Mention) []Mention {
	for i, n := range list {
		if n.Seq == m.Seq && (n.Year == m.Year || n.Year == 0 || m.Year == 0) {
			list[i].Year = max(n.Year, m.Year)
			return list
		}
	}
	return append(slices.Clip(list), m)
}

// receiptMarks stand before the code in a receipt.
var receiptMarks = []string{"查询码", "code is"}

// ReceiptCode returns the code (查询码) that a receipt names.
func ReceiptCode(receipt string) (code string, ok bool) {
	folded := Fold(receipt)
	for _, mark := range receiptMarks {
		_, behind, found := strings.Cut(folded, mark)
		if !found {
			continue
		}
		f := []rune(behind)
		if code, ok := codeAt(f, skipSeparators(f, 0)); ok {
			return code, true
		}
	}
	return "", false
}
