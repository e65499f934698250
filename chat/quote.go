package chat

import (
	"regexp"
	"strings"
)

// quoteRule is the line of dashes under a quoted text, as WeChat writes it.
var quoteRule = regexp.MustCompile(`^(?:[-—－] ?){5,}$`)

// CutQuote cuts a quoted text (引用) off the top of an answer to it. WeChat gives
// it no mark of its own, only this form:
//
//	「name：what was said」
//	- - - - - - - - - - - - - - -
//	the answer
//
// quoted is what was said, without the name; rest is the answer. What has
// another form is returned as rest.
func CutQuote(text string) (quoted, rest string) {
	if !strings.HasPrefix(text, "「") {
		return "", text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i == 0 || !quoteRule.MatchString(strings.TrimSpace(line)) {
			continue
		}
		said, ok := strings.CutSuffix(strings.TrimSpace(strings.Join(lines[:i], "\n")), "」")
		if !ok {
			continue // a line of dashes within what was quoted
		}
		said = strings.TrimPrefix(said, "「")
		if _, after, ok := strings.Cut(said, "："); ok {
			said = after
		}
		return strings.TrimSpace(said), strings.TrimSpace(strings.Join(lines[i+1:], "\n"))
	}
	return "", text
}
