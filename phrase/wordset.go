package phrase

import (
	"slices"
	"strings"
)

// wordSet finds words in folded text, in one pass however many they are.
type wordSet struct {
	first  *[64]uint64       // by the low bits of a character: whether a word may begin with it
	starts map[rune][][]rune // by first character, longest first
}

// newWordSet takes words with spaces between.
func newWordSet(words ...string) wordSet {
	s := wordSet{new([64]uint64), map[rune][][]rune{}}
	for _, w := range strings.Fields(strings.Join(words, " ")) {
		r := []rune(w)
		s.starts[r[0]] = append(s.starts[r[0]], r)
		s.first[r[0]/64%64] |= 1 << (r[0] % 64)
	}
	for _, list := range s.starts {
		slices.SortFunc(list, func(a, b []rune) int { return len(b) - len(a) })
	}
	return s
}

// from returns the words that may begin with r.
func (s wordSet) from(r rune) [][]rune {
	if s.first[r/64%64]&(1<<(r%64)) == 0 {
		return nil
	}
	return s.starts[r]
}

// at returns the end of the longest of the words that f has at i, or i.
func (s wordSet) at(f []rune, i int) int {
	for _, w := range s.from(f[i]) {
		if len(f)-i >= len(w) && slices.Equal(f[i:i+len(w)], w) {
			return i + len(w)
		}
	}
	return i
}

// in reports whether f has one of the words.
func (s wordSet) in(f []rune) bool {
	for i := range f {
		if s.at(f, i) > i {
			return true
		}
	}
	return false
}

// without returns f with each of the words blotted out.
func (s wordSet) without(f []rune) []rune {
	var out []rune
	for i := 0; i < len(f); {
		end := s.at(f, i)
		if end == i {
			i++
			continue
		}
		if out == nil {
			out = slices.Clone(f)
		}
		for ; i < end; i++ {
			out[i] = '…'
		}
	}
	if out == nil {
		return f
	}
	return out
}

// together reports whether one of the words of b stands within far characters
// behind one of a.
func together(f []rune, a, b wordSet, far int) bool {
	for i := range f {
		end := a.at(f, i)
		if end == i {
			continue
		}
		if b.in(f[end:min(len(f), end+far)]) {
			return true
		}
	}
	return false
}
