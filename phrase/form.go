package phrase

import (
	"slices"
	"strings"
)

// Filled is a form filled in with one message.
type Filled struct {
	Values map[string]string // field → original wording; only fields that were given one
	Rest   string            // original wording outside the labels
	Found  int               // labels recognised, with or without a value
}

// Form reads a message with labels such as 事由：…, in any order, several on a line
// or one a line. labels maps every label and alias to its field. A label is taken
// for one with a colon or = behind it, in brackets (【事由】), at the start of a line
// with a space or dash behind it, or behind a space with a dash behind it; a label
// word elsewhere is prose. A value reaches to the next label or an empty line.
// Values of one field given twice are joined by a line break, and so are the parts
// of Rest. It takes time in proportion to the message.
func Form(raw string, labels map[string]string) Filled {
	t := Read(raw)
	r := newFormReader(t, labels)
	parts := map[string][]string{} // by field; "" is the rest
	keep := func(field string, start, end int) {
		value, more := r.value(start, end, field != "")
		if value != "" {
			parts[field] = append(parts[field], value)
		}
		if more != "" {
			parts[""] = append(parts[""], more)
		}
	}
	found, field, from := 0, "", 0
	for i := 0; i < len(t.f); {
		l, ok := r.label(i)
		if !ok {
			i++
			continue
		}
		keep(field, from, l.start)
		field, from, i = l.field, l.end, l.end
		found++
	}
	keep(field, from, len(t.f))
	form := Filled{Values: make(map[string]string, len(parts)), Rest: strings.Join(parts[""], "\n"), Found: found}
	delete(parts, "")
	for field, p := range parts {
		form.Values[field] = strings.Join(p, "\n")
	}
	return form
}

// label is a label found: where it stands, with its brackets, marks and colon.
type label struct {
	field      string
	start, end int
}

type formLabel struct {
	word  []rune
	field string
}

type formReader struct {
	Text
	labels  map[rune][]formLabel // by first character, longest first
	longest int
}

func newFormReader(t Text, labels map[string]string) formReader {
	r := formReader{Text: t, labels: map[rune][]formLabel{}}
	for name, field := range labels {
		word := []rune(strings.ReplaceAll(Fold(name), " ", ""))
		if len(word) == 0 {
			continue
		}
		r.labels[word[0]] = append(r.labels[word[0]], formLabel{word, field})
		r.longest = max(r.longest, len(word))
	}
	for _, l := range r.labels {
		slices.SortFunc(l, func(a, b formLabel) int { return len(b.word) - len(a.word) })
	}
	return r
}

// label returns the label that begins at i, if one does.
func (r *formReader) label(i int) (label, bool) {
	if l, ok := r.bracketed(i); ok {
		return l, true
	}
	for _, c := range r.labels[r.f[i]] {
		end := r.match(c.word, i)
		if end == i {
			continue
		}
		j := hasPrefix(r.f, end, " ")
		next := peek(r.f, j)
		lineStart := r.startsLine(i)
		switch {
		case next == ':' || next == '=':
		case isDash(next) && (lineStart >= 0 || peek(r.f, i-1) == ' '):
		case lineStart >= 0 && (j > end || j == len(r.f)):
			return label{c.field, lineStart, j}, true
		default:
			continue
		}
		start := i
		if lineStart >= 0 {
			start = lineStart
		}
		return label{c.field, start, r.skipColons(j)}, true
	}
	return label{}, false
}

// bracketed returns the label in brackets at i.
func (r *formReader) bracketed(i int) (label, bool) {
	k := slices.Index([]rune("【[「『〔〖(《<"), r.f[i])
	if k < 0 {
		return label{}, false
	}
	j := hasPrefix(r.f, i+1, " ")
	for _, c := range r.labels[peek(r.f, j)] {
		end := r.match(c.word, j)
		if end == j {
			continue
		}
		if end = hasPrefix(r.f, end, " "); peek(r.f, end) != []rune("】]」』〕〗)》>")[k] {
			continue
		}
		start := i
		if s := r.startsLine(i); s >= 0 {
			start = s
		}
		return label{c.field, start, r.skipColons(end + 1)}, true
	}
	return label{}, false
}

// match returns the index behind word at i, spaces between its characters
// allowed, or i.
func (r *formReader) match(word []rune, i int) int {
	j := i
	for k, c := range word {
		if k > 0 {
			j = hasPrefix(r.f, j, " ")
		}
		if peek(r.f, j) != c {
			return i
		}
		j++
	}
	if isLatin(r.f[i]) && isLatin(peek(r.f, i-1)) {
		return i
	}
	return j
}

func (r *formReader) skipColons(i int) int {
	for i < len(r.f) && (strings.ContainsRune(" :=", r.f[i]) || isDash(r.f[i])) {
		i++
	}
	return i
}

// startsLine returns where the line of i begins if nothing but a list mark (1、 ①
// - *) stands before i, else -1.
func (r *formReader) startsLine(i int) int {
	j := i
	for j > 0 && i-j < 6 && !r.breaks(j) && (r.f[j-1] == ' ' || isDigit(r.f[j-1]) || strings.ContainsRune(".、)(-*•·", r.f[j-1])) {
		j--
	}
	if j == 0 || r.breaks(j) {
		return j
	}
	return -1
}

// breaks reports whether a new line begins at i.
func (r *formReader) breaks(i int) bool {
	return i > 0 && r.f[i-1] == ' ' && strings.ContainsAny(r.raw[r.at[i-1]:r.at[i]], "\n\r\u2028\u2029")
}

// value returns the original wording from start to end. Behind a label, what
// follows an empty line does not belong to it any more and is returned apart.
func (r *formReader) value(start, end int, labelled bool) (value, more string) {
	if start >= end {
		return "", ""
	}
	s := trimValue(r.raw[r.at[start]:r.at[end]])
	if labelled {
		if i, j := emptyLine(s); i >= 0 {
			return trimValue(s[:i]), trimValue(s[j:])
		}
	}
	return s, ""
}

// trimValue removes the space and list punctuation around a value, not the end of
// its sentence.
func trimValue(s string) string {
	return strings.TrimRight(strings.TrimLeft(strings.TrimSpace(s), ",，;；、|\u3000 \t\r\n"), ",，;；、|\u3000 \t\r\n")
}

// emptyLine returns where the first empty line of s begins and what follows it,
// or -1.
func emptyLine(s string) (start, end int) {
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		if rest := strings.TrimLeft(s[i:], " \t\r\u3000"); strings.HasPrefix(rest, "\n") {
			return i - 1, len(s) - len(rest)
		}
	}
	return -1, 0
}
