package phrase

import (
	"strings"
	"unicode/utf8"
)

// Reaction is what somebody says when they see what came of their matter.
type Reaction string

// The reactions.
const (
	Mended   Reaction = "mended"   // 水热了，谢谢
	Unmended Reaction = "unmended" // 还是不行; 咋还没人来
)

var (
	unmended = []string{"还是", "仍然", "依然", "依旧", "还没", "还不", "咋还", "怎么还", "没解决", "没修", "没换", "没弄", "没办", "没人来", "没人管", "没人理", "没动静", "没消息", "没落实",
		"没到账", "没给", "没补", "没见", "又坏", "又停", "又不", "又没", "又凉", "老样子", "没变", "没改", "敷衍", "糊弄", "骗人", "白说", "哄人", "不服", "不认可", "不满意", "不同意", "不解决问题", "催"}
	mended = []string{"修好了", "换好了", "弄好了", "办好了", "解决了", "好了", "到账了", "收到了", "补了", "发了", "热了", "通了", "有了", "改了", "换了", "行了", "可以了", "不漏了", "不停了", "满意"}
)

// A reaction is short, and says early on what it is.
const (
	reactionLength = 30
	saidEarly      = 10
)

// Reacts returns how a text sounds when it is said to an answer, or "". A whole
// story told anew, or a question, sounds like neither. Whether there is anything to
// react to is for the caller to know.
func (t Text) Reacts() Reaction {
	said := t.bare()
	if n := utf8.RuneCountInString(said); n == 0 || n > reactionLength {
		return ""
	}
	early := said
	if r := []rune(said); len(r) > saidEarly {
		early = string(r[:saidEarly])
	}
	for _, w := range unmended {
		if i := strings.Index(said, w); i >= 0 && utf8.RuneCountInString(said[:i]) < saidEarly {
			return Unmended
		}
	}
	if t.asks() || strings.ContainsAny(early, "不没未无") && !strings.Contains(early, "不漏了") && !strings.Contains(early, "不停了") {
		return ""
	}
	for _, w := range mended {
		if strings.Contains(said, w) {
			return Mended
		}
	}
	return ""
}
