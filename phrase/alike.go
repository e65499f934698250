package phrase

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// Gist is what a story is compared by: hashes of its pairs of characters, its
// numbers and its subjects, sorted, at most GistSize bytes whatever its length. It
// can be stored beside a matter and compared years later, without the words. It is
// no seal: somebody with a dictionary could guess which words were said, though
// not in what order, so it belongs where the words belong and goes when they go.
// When the words of a subject change, what was stored before is a little less like
// what is told after.
type Gist []byte

// GistSize is how many bytes a Gist has at most.
const GistSize = 2 * gistMarks

// gistMarks is how many hashes are kept: enough for all of a story of a few
// messages; of a longer one the smallest stand for the rest.
const gistMarks = 160

// From which likeness on two stories may be the same (ask), and surely tell of the
// same (sure).
const (
	AskAlike  = 0.35
	SureAlike = 0.6
)

// How much more than a pair of characters something counts that stays the same in
// whatever words a story is told.
const (
	weighNumber  = 5
	weighSubject = 4
)

// Alike returns how like two stories are, from 0 to 1: the share of the pairs of
// characters, numbers and subjects of either that both have. dialect maps local
// words to standard ones. Who compares with stories of the past keeps their Gist.
func Alike(a, b string, dialect map[string]string) float64 {
	return GistOf(a, dialect).Alike(GistOf(b, dialect))
}

// GistOf returns the gist of a story, in time proportional to its length. It is
// empty for a text without words.
func GistOf(raw string, dialect map[string]string) Gist {
	g := gistReader{f: standard(Read(raw), dialect).f, marks: map[uint16]bool{}}
	for i := 0; i < len(g.f); {
		i = g.step(i)
	}
	all := make([]uint16, 0, len(g.marks))
	for m := range g.marks {
		all = append(all, m)
	}
	slices.Sort(all)
	gist := make(Gist, 0, GistSize)
	for _, m := range all[:min(len(all), gistMarks)] {
		gist = binary.BigEndian.AppendUint16(gist, m)
	}
	return gist
}

// Alike returns how like two stories are, from 0 to 1; 0 if one of them is empty.
func (g Gist) Alike(o Gist) float64 {
	both, either, most := 0, 0, gistMarks
	for len(g) > 1 && len(o) > 1 && either < most {
		a, b := binary.BigEndian.Uint16(g), binary.BigEndian.Uint16(o)
		if a <= b {
			g = g[2:]
		}
		if b <= a {
			o = o[2:]
		}
		if a == b {
			both++
		}
		either++
	}
	either = min(either+len(g)/2+len(o)/2, most)
	if both == 0 {
		return 0
	}
	return float64(both) / float64(either)
}

// gistReader takes the marks of a story.
type gistReader struct {
	f     []rune
	last  rune // the character before, if a pair goes on from it
	marks map[uint16]bool
}

// step takes the mark at i and returns where the next one may begin.
func (g *gistReader) step(i int) int {
	if n := readNumeral(g.f, i); n.end > i && !n.inexact && (n.value >= 10 || n.value != float64(int(n.value))) {
		v, end := readMoney(g.f, n)
		g.mark("#"+decimal(v), weighNumber)
		g.last = 0
		return end
	}
	if s, end := subjectAt(g.f, i); s != nil && s.id != "" {
		if g.last = 0; s.id != " " {
			g.mark("@"+s.id, weighSubject)
		}
		return end
	} else if s != nil { // a longer word, taken as it is
		for ; i < end; i++ {
			g.pair(g.f[i])
		}
		return end
	}
	g.pair(g.f[i])
	return i + 1
}

func (g *gistReader) pair(r rune) {
	if d, ok := hanDigit(r); ok { // 二楼 and 2楼
		r = '0' + rune(d)
	}
	if !spoken(r) {
		g.last = 0
		return
	}
	if g.last != 0 {
		g.mark(string([]rune{g.last, r}), 1)
	}
	g.last = r
}

// mark adds a mark of a weight: as many hashes.
func (g *gistReader) mark(what string, weight int) {
	for i := range weight {
		h := fnv.New32a() // stored: never to be changed
		_, _ = h.Write([]byte(what))
		_, _ = h.Write([]byte{byte(i)})
		sum := h.Sum32()
		g.marks[uint16(sum>>16)^uint16(sum)] = true
	}
}
