package phrase

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Reaction is what somebody says when they see what came of their matter.
type Reaction string

// The reactions.
const (
	Mended   Reaction = "mended"   // 水热了，谢谢
	Unmended Reaction = "unmended" // 还是不行; 咋还没人来
	Waiting  Reaction = "waiting"  // 我那个事咋样了; 有结果没
)

var (
	unmended = []string{"还是", "仍然", "依然", "依旧", "还没", "还不", "咋还", "怎么还", "没解决", "没修", "没换", "没弄", "没办", "没人来", "没人管", "没人理", "没动静", "没消息", "没落实",
		"没到账", "没给", "没补", "没见", "又坏", "又停", "又不", "又没", "又凉", "老样子", "没变", "没改", "敷衍", "糊弄", "骗人", "白说", "哄人", "不服", "不认可", "不满意", "不同意", "不解决问题", "催"}
	mended = []string{"修好了", "换好了", "弄好了", "办好了", "解决了", "好了", "到账了", "收到了", "补了", "发了", "热了", "通了", "有了", "改了", "换了", "行了", "可以了", "不漏了", "不停了", "满意"}
)

// waiting is how people ask after their matter.
var waiting = regexp.MustCompile(`(咋样|怎么样|怎样|咋个样|如何)[了啦啊呢]|有(没有)?(结果|消息|回音|眉目|进展|动静|说法|回复|答复|信儿)[了吗没不呢]|(到|进行到)(哪|哪儿|啥|什么)(一步|步|程度|地步)?了|` +
	`(办|处理|解决|落实|查|弄)(得|的)?(咋样|怎么样|怎样|如何)|(办|处理|解决|落实|答复|回复|批)(好|完|下来)?(了)?(没有|没|吗|不)|(啥时候|什么时候|多会儿|多会|几时|何时)(才)?(能|给)?(办|解决|答复|回复|有结果|有信|处理)|办到哪|结果出来|进展情况`)

// A reaction is short, and says early on what it is.
const (
	reactionLength = 30
	saidEarly      = 10
	askedShortly   = 20
)

// Reacts returns how a text sounds when it is said to an answer, or "". A whole
// story told anew, or a question, sounds like neither. Whether there is anything to
// react to is for the caller to know.
func (t Text) Reacts() Reaction {
	said := t.bare()
	if n := utf8.RuneCountInString(said); n == 0 || n > reactionLength {
		return ""
	}
	if waiting.MatchString(said) && utf8.RuneCountInString(said) <= askedShortly {
		return Waiting
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
