package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CutCall cuts every call of the bot by one of its names ("@小信 ", wherever it
// stands, the full-width sign too) off what was said in a group, and reports
// whether there was one. The name must end there: "@小信箱" does not call 小信.
func CutCall(text string, names ...string) (rest string, called bool) {
	rest = text
	for at := 0; ; {
		i := strings.IndexAny(rest[at:], "@＠")
		if i < 0 {
			return rest, called
		}
		at += i
		_, sign := utf8.DecodeRuneInString(rest[at:])
		name := nameAt(rest[at+sign:], names)
		if name == "" {
			at += sign
			continue
		}
		rest, called = closeGap(rest[:at], rest[at+sign+len(name):]), true
		at = min(at, len(rest))
	}
}

// nameAt returns the longest of the names that text begins with and that ends
// there, or "".
func nameAt(text string, names []string) (longest string) {
	for _, name := range names {
		after, ok := strings.CutPrefix(text, name)
		if ok && len(name) > len(longest) && endsName(after) {
			longest = name
		}
	}
	return longest
}

// endsName reports whether a name in front of after is complete. WeChat itself
// puts U+2005, a space, behind it. What goes on as an address (a@小信.com) is none.
func endsName(after string) bool {
	r, size := utf8.DecodeRuneInString(after)
	if next, _ := utf8.DecodeRuneInString(after[size:]); r == '.' && next < utf8.RuneSelf && (unicode.IsLetter(next) || unicode.IsDigit(next)) {
		return false
	}
	return size == 0 || unicode.IsSpace(r) || unicode.IsPunct(r)
}

// closeGap joins what a call stood between. Line breaks stay, because a form
// may begin with one.
func closeGap(before, after string) string {
	const spaces = " \u2005\u00a0\u3000"
	after = strings.TrimLeft(after, spaces)
	switch {
	case before == "":
		return strings.TrimLeft(after, spaces+",，:：、")
	case after == "":
		return strings.TrimRight(before, spaces)
	}
	return before + after
}
