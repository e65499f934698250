package phrase

import (
	"strings"
	"sync"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// tradInGB are the characters of GB 2312 that are traditional all the same.
const tradInGB = "乾吒夥後徵捱摺於榘甯菸薹醣麴麽"

// simplify returns the simplified form of a traditional character and every
// other character as it is. It works character by character, so that the result
// has the same length: enough for matching. The dictionary takes 14 ms and 1 MB
// to load, so it is loaded at the first character outside GB 2312, the standard
// set of simplified characters; most offices never load it.
func simplify(r rune) rune {
	if r < 0x3400 || r > 0x9fff || gb2312().has(r) {
		return r
	}
	if s, ok := simplified.Load(r); ok {
		return s.(rune)
	}
	s := r
	for range 3 { // 薴 becomes 苧 becomes 苎
		next := convert(s)
		if next == s {
			break
		}
		s = next
	}
	simplified.Store(r, s)
	return s
}

// simplified remembers what convert said; it can hold no more than the block of
// characters has.
var simplified sync.Map

var converter = sync.OnceValues(func() (*opencc.OpenCC, error) { return opencc.New("t2s") })

func convert(r rune) rune {
	cc, err := converter()
	if err != nil { // the dictionary is embedded
		return r
	}
	s, err := cc.Convert(string(r))
	if err != nil {
		return r
	}
	for _, c := range s {
		return c
	}
	return r
}

// runeSet is a set of characters of the block U+4E00 to U+9FFF.
type runeSet [(0x9fff-0x4e00)/64 + 1]uint64

func (s *runeSet) has(r rune) bool {
	return r >= 0x4e00 && s[(r-0x4e00)/64]&(1<<((r-0x4e00)%64)) != 0
}

// gb2312 is decoded from the code table once (0.2 ms): rows B0 to F7.
var gb2312 = sync.OnceValue(func() *runeSet {
	codes := make([]byte, 0, 2*72*94)
	for hi := 0xb0; hi <= 0xf7; hi++ {
		for lo := 0xa1; lo <= 0xfe; lo++ {
			codes = append(codes, byte(hi), byte(lo))
		}
	}
	all, _ := simplifiedchinese.GBK.NewDecoder().Bytes(codes) // unassigned codes become U+FFFD
	set := new(runeSet)
	for _, r := range string(all) {
		if r >= 0x4e00 && r <= 0x9fff && !strings.ContainsRune(tradInGB, r) {
			set[(r-0x4e00)/64] |= 1 << ((r - 0x4e00) % 64)
		}
	}
	return set
})
