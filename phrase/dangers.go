package phrase

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Dangers returns the sentences of a text that tell of a danger now, as they were
// said: all that somebody who has to go there needs.
func Dangers(raw string) string {
	return kept(raw, sentenceEnds, endangers)
}

// DangersBut returns the clauses of a text that tell of a danger now and do not say
// what not reports: in one breath with it somebody may say what is for other ears.
func DangersBut(raw string, not func(string) bool) string {
	return kept(raw, sentenceEnds+"，,、 　", func(said string) bool { return endangers(said) && !not(said) })
}

func endangers(said string) bool { return slices.ContainsFunc(sentences(said), dangerous) }

// OfOffice reports whether a text is about pay, posts or the like: what no danger
// is ever told with, and nobody who goes to one has to read.
func OfOffice(raw string) bool {
	f, _ := spokenOf(Read(raw))
	return slices.ContainsFunc(topics(f), func(id string) bool {
		return slices.Contains([]string{"pay", "shift", "post", "insurance", "training"}, id)
	})
}

// Calm returns a text without the sentences that threaten somebody: what is to be
// done about the matter stands in the others.
func Calm(raw string) string {
	if Urgent(raw) != Threat {
		return raw
	}
	return kept(raw, sentenceEnds, func(said string) bool {
		f, _ := spokenOf(Read(said))
		return !threatens(notThreats.without(f))
	})
}

const sentenceEnds = "。！？!?；;\n"

// kept returns the parts of a text that are to be kept, each with what ends it.
func kept(raw, ends string, keep func(string) bool) string {
	var b strings.Builder
	for raw != "" {
		sentence := raw
		if i := strings.IndexAny(raw, ends); i >= 0 {
			_, n := utf8.DecodeRuneInString(raw[i:])
			sentence = raw[:i+n]
		}
		if keep(sentence) {
			b.WriteString(sentence)
		}
		raw = raw[len(sentence):]
	}
	return strings.TrimSpace(b.String())
}
