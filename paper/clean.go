package paper

import (
	"strings"
	"unicode"
)

// lines are the paragraphs of a text as they can be printed: without empty ones,
// and without what leaves no mark or turns the order of reading round.
func lines(s string) []string {
	var list []string
	for _, line := range strings.FieldsFunc(s, endsLine) {
		if line = strings.TrimSpace(strings.Map(printable, line)); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// line is a text on one line.
func line(s string) string { return strings.Join(lines(s), " ") }

// many is a text of several lines for a chat.
func many(s string) string { return strings.Join(lines(s), "\n") }

func endsLine(r rune) bool {
	return r >= '\n' && r <= '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// printable leaves out control and format characters, the joiner of emoji
// excepted, and what XML or Unicode has no character for.
func printable(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r == 0x200d:
		return r
	case r == unicode.ReplacementChar, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Noncharacter_Code_Point):
		return -1
	}
	return r
}
