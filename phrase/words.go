package phrase

import (
	"strings"
	"unicode/utf8"
)

// Words maps what is typed to what it means, for commands, units and the like.
type Words struct {
	ids     map[string]string // folded, without spaces → id
	longest int               // in characters
}

// NewWords builds Words from what is typed → id. Spelling variants that Fold
// removes need not be listed.
func NewWords(m map[string]string) Words {
	w := Words{ids: make(map[string]string, len(m))}
	for typed, id := range m {
		key := strings.ReplaceAll(Fold(typed), " ", "")
		if key == "" {
			continue
		}
		w.ids[key] = id
		w.longest = max(w.longest, utf8.RuneCountInString(key))
	}
	return w
}

// Command reads the longest word at the start. It tolerates punctuation, emoji
// and [emoji] before it, spaces between its characters, an 一下 behind it, and any
// or no punctuation before what follows. It does not take a word for a command
// where what follows shows an ordinary sentence (反映的问题, 查询不到), and takes a
// word of one character (查) only when it stands apart or a case number follows.
func (t Text) Command(w Words) (id string, rest Text, ok bool) {
	for i := skipNoise(t.f, 0); i < len(t.f); {
		if id, end, ok := t.wordAt(w, i); ok {
			return id, t.from(skipSeparators(t.f, end)), true
		}
		next := skipSticker(t.f, i)
		if next == i {
			break
		}
		i = skipNoise(t.f, next)
	}
	return "", t, false
}

// Exact reads the whole text as one word; spaces, punctuation and emoji do not
// count. It is for words that mean something only when they stand alone (好, 1).
func (t Text) Exact(w Words) (id string, ok bool) {
	key := t.bare()
	if utf8.RuneCountInString(key) > w.longest {
		return "", false
	}
	id, ok = w.ids[key]
	return id, ok
}

// bare returns the folded text without spaces and what surrounds its words.
func (t Text) bare() string {
	i, j := skipNoise(t.f, 0), len(t.f)
	for j > i && !spoken(t.f[j-1]) {
		j--
	}
	return strings.ReplaceAll(string(t.f[i:j]), " ", "")
}

// wordAt returns the longest word at i that can stand there, and its end.
func (t Text) wordAt(w Words, i int) (id string, end int, ok bool) {
	var keyArray [96]byte
	var endArray, sizeArray [24]int
	key, ends, sizes := keyArray[:0], endArray[:0], sizeArray[:0]
	for j := i; j < len(t.f) && len(ends) < w.longest; j++ {
		if t.f[j] != ' ' {
			key = utf8.AppendRune(key, t.f[j])
			ends, sizes = append(ends, j+1), append(sizes, len(key))
		}
	}
	for n := len(ends) - 1; n >= 0; n-- {
		if id, ok := w.ids[string(key[:sizes[n]])]; ok {
			if end, ok := t.follows(ends[n], n == 0); ok {
				return id, end, true
			}
		}
	}
	return "", 0, false
}

// follows reports whether a word may end at end, and where what follows begins.
func (t Text) follows(end int, single bool) (int, bool) {
	last, next := t.f[end-1], peek(t.f, end)
	if isLatin(last) && isLatin(next) || isDigit(last) && isDigit(next) {
		return 0, false
	}
	if strings.ContainsRune("的了过着得吗呢么咧啥很太", next) && next != 0 ||
		hasPrefix(t.f, end, "不到", "不了", "不出", "不上") > end {
		return 0, false
	}
	behind := hasPrefix(t.f, end, "一下", "一哈")
	if single && isHan(last) && spoken(peek(t.f, behind)) {
		if _, _, _, ok := t.from(behind).CaseNo(); !ok {
			return 0, false
		}
	}
	return behind, true
}

// skipNoise returns the first index from i that is a letter or a digit.
func skipNoise(f []rune, i int) int {
	for i < len(f) && !spoken(f[i]) {
		i++
	}
	return i
}

// skipSticker returns the index behind an emoji that WeChat spells out, such as
// [捂脸], whose name begins at i; or i.
func skipSticker(f []rune, i int) int {
	if peek(f, i-1) != '[' {
		return i
	}
	for j := i; j < len(f) && j < i+8; j++ {
		if f[j] == ']' {
			return j + 1
		}
	}
	return i
}
