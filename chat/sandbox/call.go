package sandbox

import (
	"strings"
	"unicode"
)

// cutCall cuts the first call of the bot ("@小信 ", wherever it stands, the
// full-width sign too) and the spaces and pause marks behind it off a text. It
// reports whether there was one.
func cutCall(text, name string) (rest string, called bool) {
	if name == "" {
		return text, false
	}
	at, sign := indexCall(text, name)
	if at < 0 {
		return text, false
	}
	before, after := text[:at], text[at+len(sign)+len(name):]
	after = strings.TrimLeftFunc(after, endsCall)
	if after == "" {
		before = strings.TrimRightFunc(before, unicode.IsSpace)
	}
	return before + after, true
}

// indexCall returns where the first call begins and how its sign is written,
// or -1.
func indexCall(text, name string) (int, string) {
	at, sign := -1, ""
	for _, s := range []string{"@", "＠"} {
		if i := strings.Index(text, s+name); i >= 0 && (at < 0 || i < at) {
			at, sign = i, s
		}
	}
	return at, sign
}

// endsCall reports whether r belongs to the call rather than to what is said.
// WeChat itself puts U+2005, a space, behind a name.
func endsCall(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,：:、", r) }
