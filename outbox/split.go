package outbox

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxText is how many characters one message may have; how much more WeChat
// takes nobody knows.
const maxText = 1000

func fits(text string) bool {
	return len(text) <= maxText || utf8.RuneCountInString(text) <= maxText
}

// split cuts a text into the messages that it needs: none is longer than
// maxText and none is empty. Only white space where it is cut gets lost.
func split(text string) []string {
	if fits(text) {
		return []string{text}
	}
	var parts []string
	for rest := strings.TrimRightFunc(text, unicode.IsSpace); rest != ""; {
		n := cut(rest)
		if part := strings.TrimRightFunc(rest[:n], unicode.IsSpace); part != "" {
			parts = append(parts, part)
		}
		rest = strings.TrimLeftFunc(rest[n:], unicode.IsSpace)
	}
	if parts == nil { // nothing but white space
		return []string{" "}
	}
	return parts
}

// cut returns where the first message of a text ends: at the last end of a
// line, else of a sentence, else of a word that leaves it a quarter full, else
// between any two characters.
func cut(text string) int {
	var line, sentence, word, char int
	length, at, state, last := 0, 0, -1, ""
	for rest := text; rest != ""; {
		var c string // a character as people see it: an emoji may be seven
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if full := length >= maxText/4; full && isSpace(c) {
			word = at
			switch {
			case strings.HasSuffix(c, "\n"):
				line = at
			case strings.ContainsAny(last, ".!?;"):
				sentence = at
			}
		}
		if length += utf8.RuneCountInString(c); length > maxText {
			return cmp.Or(line, sentence, word, char, hard(text))
		}
		closes := sentence == at && strings.ContainsAny(c, "”’」』）")
		at += len(c)
		if char = at; length >= maxText/4 && (closes || strings.ContainsAny(c, "。！？；")) {
			sentence = at
		}
		last = c
	}
	return at
}

// hard returns where a text is cut that begins with one endless character.
func hard(text string) int {
	n := 0
	for at := range text {
		if n++; n > maxText {
			return at
		}
	}
	return len(text)
}

func isSpace(c string) bool {
	r, _ := utf8.DecodeRuneInString(c)
	return unicode.IsSpace(r)
}
