// Package phrase reads what people type: commands, case numbers, receipt codes,
// dates, terms, amounts and labelled forms, in any width, script and
// punctuation. What was typed is always kept as it was: folding serves matching
// only, and what is left after a cut is the unchanged rest of the message.
// The package is pure: no clock, no I/O.
package phrase

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is a message, or what is left of it after something was read from its
// start. Reading never changes a Text; it returns the rest as another one.
// The zero Text is empty.
type Text struct {
	raw string  // the whole message
	f   []rune  // folded, what is left
	at  []int32 // at[i] is where f[i] stands in raw; one more for the end
}

// Read folds a message for matching and remembers where each folded character
// came from. It takes time and memory in proportion to the message.
func Read(raw string) Text {
	f, at := fold(raw)
	at[0] = 0
	return Text{raw, f, at}
}

// Fold returns s as it is compared: NFKC with full-width forms narrowed,
// zero-width and control characters and U+2005 (what WeChat puts after an @name)
// removed, traditional characters simplified, lower case, runs of white space as
// one space, trimmed. Fold is idempotent. It is for matching, not for showing.
func Fold(s string) string {
	f, _ := fold(s)
	return string(f)
}

// Raw returns the original wording of what is left, without surrounding space.
func (t Text) Raw() string {
	if len(t.at) == 0 {
		return ""
	}
	return strings.TrimSpace(t.raw[t.at[0]:])
}

// Folded returns what is left as it is compared.
func (t Text) Folded() string { return string(t.f) }

// Empty reports whether what is left says nothing: no letter and no digit, only
// space, punctuation or emoji.
func (t Text) Empty() bool { return !slices.ContainsFunc(t.f, spoken) }

// Token cuts the next word, up to a space, comma or 、, in its original wording.
// It is "" when nothing is left.
func (t Text) Token() (string, Text) {
	i := skipSeparators(t.f, 0)
	j := i
	for j < len(t.f) && !strings.ContainsRune(" ,、", t.f[j]) {
		j++
	}
	return t.between(i, j), t.from(skipSeparators(t.f, j))
}

// from returns the rest that begins at the folded index i.
func (t Text) from(i int) Text {
	for i < len(t.f) && t.f[i] == ' ' {
		i++
	}
	if len(t.at) == 0 {
		return t
	}
	return Text{t.raw, t.f[i:], t.at[i:]}
}

// between returns the original wording of the folded range, without the space
// and invisible characters around it.
func (t Text) between(i, j int) string {
	if i >= j {
		return ""
	}
	return strings.TrimFunc(t.raw[t.at[i]:t.at[j]], func(r rune) bool { return unicode.IsSpace(r) || invisible(r) })
}

// fold returns the folded characters of raw and where each came from, with one
// more place for the end.
func fold(raw string) ([]rune, []int32) {
	f := make([]rune, 0, len(raw)/2+2)
	at := make([]int32, 0, len(raw)/2+3)
	push := func(r rune, from int) {
		if unicode.IsSpace(r) {
			if len(f) == 0 || f[len(f)-1] == ' ' {
				return
			}
			r = ' '
		}
		f, at = append(f, simplify(r)), append(at, int32(from))
	}
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRuneInString(raw[i:])
		if invisible(r) {
			i += n
			continue
		}
		if p := plain(r); p >= 0 && startsPlain(raw[i+n:]) {
			push(p, i)
			i += n
			continue
		}
		cluster, end := gather(raw, i)
		from := i
		for _, r := range cluster {
			push(r, from)
			from = end // a cut inside one original character falls behind it
		}
		i = end
	}
	if n := len(f); n > 0 && f[n-1] == ' ' {
		f, at = f[:n-1], at[:n-1]
	}
	return f, append(at, int32(len(raw)))
}

// plain returns r folded without tables, or -1 if it needs normalisation.
func plain(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf, 0x4e00 <= r && r <= 0x9fff, 0x3001 <= r && r <= 0x3011:
		return r
	case 0xff01 <= r && r <= 0xff5e: // full-width ASCII
		return plain(r - 0xfee0)
	}
	return -1
}

// startsPlain reports whether s begins with a character that cannot combine with
// the one before it.
func startsPlain(s string) bool {
	if s == "" || s[0] < utf8.RuneSelf && !invisible(rune(s[0])) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return plain(r) >= 0 && !invisible(r)
}

// gather folds the character at i together with the marks that combine with it
// and returns where they end.
func gather(raw string, i int) (string, int) {
	r, n := utf8.DecodeRuneInString(raw[i:])
	b := utf8.AppendRune(nil, r)
	for i += n; i < len(raw); i += n {
		r, n = utf8.DecodeRuneInString(raw[i:])
		if invisible(r) {
			continue
		}
		if plain(r) >= 0 || norm.NFKC.PropertiesString(raw[i:]).BoundaryBefore() {
			break
		}
		b = utf8.AppendRune(b, r)
	}
	s := string(b)
	for range 4 { // lower-casing can make a pair that composes, and the other way round
		next := norm.NFKC.String(strings.Map(visibleLower, s))
		if next == s {
			break
		}
		s = next
	}
	return s, i
}

func visibleLower(r rune) rune {
	switch {
	case invisible(r):
		return -1
	case 0x2776 <= r && r <= 0x277f: // ❶ has no decomposition, unlike ①
		return 0x2460 + r - 0x2776
	case 0x2780 <= r && r <= 0x2789:
		return 0x2460 + r - 0x2780
	case 0x278a <= r && r <= 0x2793:
		return 0x2460 + r - 0x278a
	}
	return unicode.ToLower(r)
}

// invisible reports whether r leaves no mark on a screen: zero-width, format and
// control characters, variation selectors, the ring of a keycap emoji, and U+2005.
func invisible(r rune) bool {
	switch {
	case r < ' ':
		return r < '\t' || r > '\r'
	case r < 0x7f, 0x4e00 <= r && r <= 0x9fff:
		return false
	case 0xfe00 <= r && r <= 0xfe0f, r == 0x2005, r == 0x034f, r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x20e3:
		return true
	}
	return r != 0x85 && unicode.In(r, unicode.Cc, unicode.Cf)
}

// spoken reports whether r can carry meaning by itself: a letter or a digit.
func spoken(r rune) bool {
	return 0x4e00 <= r && r <= 0x9fff || unicode.IsLetter(r) || unicode.IsNumber(r)
}

// separators stand between a command and what follows it; closing brackets are
// among them because people write 【查询】47.
const separators = " :,、。.;!?~-—–=|】]」』〕)>"

// skipSeparators returns the first index from i that is no separator. A point or
// dash before a digit is one too: nobody types negative numbers here.
func skipSeparators(f []rune, i int) int {
	for i < len(f) && strings.ContainsRune(separators, f[i]) {
		i++
	}
	return i
}

// peek returns f[i], or 0 behind the end.
func peek(f []rune, i int) rune {
	if i < 0 || i >= len(f) {
		return 0
	}
	return f[i]
}

// hasPrefix returns the index behind the first of the words that f has at i, or
// i if it has none.
func hasPrefix(f []rune, i int, words ...string) int {
	for _, w := range words {
		j := i
		for _, r := range w {
			if peek(f, j) != r {
				j = -1
				break
			}
			j++
		}
		if j > i {
			return j
		}
	}
	return i
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLatin(r rune) bool { return 'a' <= r && r <= 'z' }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
