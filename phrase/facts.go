package phrase

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Facts are what a story told freely clearly says, each once and in the order of
// the story.
type Facts struct {
	Amounts []string // in yuan, "436.5元"
	Counts  []string // "23个班", "7个小时"
	Whens   []string // original wording, "上个月", "昨天零点班", "5号"
	Wants   []string // 核查, 维修, 更换, 赔偿, 补发, 退还, 给个答复; what follows 能不能 in its own wording
}

// FactsOf reads the facts of a story. dialect maps local words to standard ones
// (夜来 → 昨天) and is used for recognising only. It is for a summary that its
// author confirms, so what is not clearly there is left out: estimates (三四百),
// numbers without a unit, things done or refused.
func FactsOf(raw string, dialect map[string]string) Facts {
	return factsOf(raw, dialect, maxFacts)
}

func factsOf(raw string, dialect map[string]string, most int) Facts {
	s := story{Text: standard(Read(raw), dialect), most: most}
	for i := 0; i < len(s.f); {
		i = max(s.fact(i), i+1)
	}
	return s.Facts
}

// standard replaces dialect words, keeping where they came from.
func standard(t Text, dialect map[string]string) Text {
	words := newFormReader(t, dialect)
	out := Text{raw: t.raw, f: make([]rune, 0, len(t.f)), at: make([]int32, 0, len(t.at))}
	for i := 0; i < len(t.f); {
		end := i
		for _, w := range words.labels[t.f[i]] {
			if end = words.match(w.word, i); end > i {
				from := t.at[i]
				for _, r := range w.field {
					out.f, out.at = append(out.f, r), append(out.at, from)
					from = t.at[end]
				}
				break
			}
		}
		if end == i {
			out.f, out.at = append(out.f, t.f[i]), append(out.at, t.at[i])
			end++
		}
		i = end
	}
	out.at = append(out.at, t.at[len(t.f)])
	return out
}

type story struct {
	Text
	Facts
	most    int    // facts of a kind
	counted string // unit of the last count, which 21个 alone refers to
}

// fact keeps the fact at i and returns where it ends, or i.
func (s *story) fact(i int) int {
	if !factStarts()[s.f[i]] {
		return i
	}
	if end := phoneAt(s.f, i); end > i {
		return end // so that no part of it is read as a count
	}
	if end := s.when(i); end > i {
		s.keep(&s.Whens, s.between(i, end))
		return end
	}
	if end := s.quantity(i); end > i {
		return end
	}
	return s.want(i)
}

// factStarts are the characters a fact can begin with; most of a story is passed
// over by them.
var factStarts = sync.OnceValue(func() map[rune]bool {
	starts := map[rune]bool{}
	words := slices.Concat(dayWords, weekWords, dayParts, shiftWords, askWords)
	for _, w := range wants {
		words = append(words, w.word)
	}
	for _, w := range words {
		starts[[]rune(w)[0]] = true
	}
	for _, r := range "给要讨0123456789零〇○一二三四五六七八九两幺壹贰叁肆伍陆柒捌玖十拾百佰千仟廿卅万亿几" {
		starts[r] = true
	}
	return starts
})

func (s *story) keep(list *[]string, fact string) {
	if !slices.Contains(*list, fact) && len(*list) < s.most {
		*list = append(*list, fact)
	}
}

// maxFacts keeps the summary of a very long story short.
const maxFacts = 20

// quantity keeps the amount or count at i. It consumes every number, so that no
// part of one is read as another.
func (s *story) quantity(i int) int {
	n := readNumeral(s.f, i)
	end := n.end
	for end < len(s.f) && partOfNumber(s.f[end]) {
		end++
	}
	if end > n.end || n.end == i || n.inexact || strings.ContainsRune("几数第好每这那上下头.", peek(s.f, i-1)) && i > 0 {
		return end
	}
	if money, ok := s.amount(i, n); ok {
		return money
	}
	return s.count(n)
}

func partOfNumber(r rune) bool {
	_, ok := oneDigit([]rune{r}, 0)
	return ok || strings.ContainsRune("十百千万亿几", r)
}

// amount keeps an amount of money. 块 also counts things, so it needs a sign that
// money is meant: a smaller coin, 钱, the end of the clause, or a word like 扣 before.
func (s *story) amount(i int, n numeral) (end int, ok bool) {
	v, end := readMoney(s.f, n)
	if end == n.end && peek(s.f, i-1) == '¥' {
		s.keep(&s.Amounts, decimal(v)+"元")
		return end, true
	}
	next := peek(s.f, end)
	if end == n.end || next == '多' || next == '来' {
		return 0, false
	}
	switch {
	case s.f[n.end] == '块' && end == n.end+1:
		if isHan(next) && !s.before(i, 6, "扣", "罚", "发", "欠", "少", "涨", "赔", "补", "交", "收", "工资", "奖金", "价", "花") {
			return 0, false
		}
	case next != 0 && strings.ContainsRune("旦月素件宵", next) && s.f[end-1] == '元':
		return 0, false
	}
	s.keep(&s.Amounts, decimal(v)+"元")
	return end, true
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// countUnits are what is counted, with the characters that make another word of it.
var countUnits = []struct{ unit, not string }{
	{"个小时", ""}, {"个钟头", ""}, {"小时", ""}, {"个班", "组长次"}, {"个工", "作人友种程"}, {"个月", ""}, {"个人", ""},
	{"人", "民力家员事工才生"}, {"次", "序日要品"}, {"趟", ""}, {"天", "然气花津生"}, {"年", "级度代底初终轻"},
}

// count keeps the count n and returns its end.
func (s *story) count(n numeral) int {
	if n.han && n.value == 1 { // 一次, 一天: hardly ever a count
		return n.end
	}
	for _, u := range countUnits {
		end := hasPrefix(s.f, n.end, u.unit)
		if end == n.end || u.not != "" && strings.ContainsRune(u.not, peek(s.f, end)) || u.unit == "年" && n.value > 60 {
			continue
		}
		s.counted = u.unit
		s.keep(&s.Counts, decimal(n.value)+u.unit)
		return end
	}
	next := peek(s.f, n.end+1)
	if peek(s.f, n.end) == '个' && strings.HasPrefix(s.counted, "个") &&
		(!isHan(next) || strings.ContainsRune("你您我他她咱俺给少了吧吗嘛呢啊说也就都还但可是", next)) {
		s.keep(&s.Counts, decimal(n.value)+s.counted)
		return n.end + 1
	}
	return n.end
}

// before reports whether one of the words stands within n characters before i, in
// the same clause.
func (s *story) before(i, n int, words ...string) bool {
	from := i
	for from > 0 && i-from < n && spoken(s.f[from-1]) {
		from--
	}
	for k := from; k < i; k++ {
		if end := hasPrefix(s.f[:i], k, words...); end > k {
			return true
		}
	}
	return false
}

var (
	dayWords = []string{"上个月", "上月", "这个月", "本月", "下个月", "大前天", "前天", "昨天", "昨儿个", "昨儿", "昨晚", "昨夜", "昨日",
		"今天", "今儿个", "今儿", "今早", "今晚", "今日", "明天", "后天", "去年", "今年", "前年", "月初", "月底", "月末", "年初", "年底"}
	weekWords  = []string{"上上周", "上周", "上个礼拜", "上礼拜", "上个星期", "上星期", "这周", "本周", "这个星期", "这星期", "这个礼拜", "这礼拜", "下周", "下礼拜", "下星期"}
	dayParts   = []string{"早上", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "半夜", "凌晨"}
	shiftWords = []string{"零点班", "四点班", "八点班", "十二点班", "早班", "中班", "夜班", "晚班", "白班"}
)

// when returns the end of a time at i, as in 上个月5号晚上10点 or 昨天的零点班, or i.
func (s *story) when(i int) int {
	day := hasPrefix(s.f, i, dayWords...)
	if day == i {
		if day = hasPrefix(s.f, i, weekWords...); day > i && peek(s.f, day) != 0 && strings.ContainsRune("一二三四五六日天末", peek(s.f, day)) {
			day++
		}
	}
	end := s.date(day)
	behind := end
	if end > i {
		behind = hasPrefix(s.f, end, "的") // 昨天的夜班
	}
	part := hasPrefix(s.f, behind, dayParts...)
	if part == behind {
		part = end
	}
	if clock := s.clock(part, part > end); clock > part {
		return clock
	}
	if shift := s.shift(behind); shift > behind {
		return shift
	}
	if end > i {
		return part
	}
	return i
}

// NamesDay reports whether a time, as Facts.Whens has it, says which day, week or
// month it was, so that it can answer since when: not 22点, 零点班 or 晚上10点.
func NamesDay(when string, dialect map[string]string) bool {
	s := story{Text: standard(Read(when), dialect)}
	return hasPrefix(s.f, 0, dayWords...) > 0 || hasPrefix(s.f, 0, weekWords...) > 0 || s.date(0) > 0
}

// date returns the end of a date at i, such as 2026年11月, 11月5号 or 5号, or i.
func (s *story) date(i int) int {
	r := dateReader{f: s.f}
	if i > 0 && (partOfNumber(s.f[i-1]) || s.f[i-1] == '第') {
		return i
	}
	end := i
	if n := r.number(i); n.end-i == 4 && n.value > 1949 && n.value < 2100 && peek(s.f, n.end) == '年' {
		end = n.end + 1
	}
	if m := r.number(end); m.end > end && m.value >= 1 && m.value <= 12 && peek(s.f, m.end) == '月' {
		end = hasPrefix(s.f, m.end+1, "份")
	}
	d := r.number(end)
	e := hasPrefix(s.f, d.end, "号", "日")
	if d.end == end || e == d.end || d.value < 1 || d.value > 31 {
		return end
	}
	if next := peek(s.f, e); isHan(next) && !strings.ContainsRune("的早中晚下夜凌零四八那到至就又也都前后左才发没我你他", next) && hasPrefix(s.f, e, dayParts...) == e {
		return end
	}
	return e
}

// clock returns the end of a time of day at i, such as 8:20 or 22点半, or i. One in
// Chinese digits needs a part of the day before it: 三点 may be three points.
func (s *story) clock(i int, part bool) int {
	n := dateReader{f: s.f}.number(i)
	if n.end == i || n.value > 24 || n.han && !part || i > 0 && strings.ContainsRune(".:0123456789", s.f[i-1]) {
		return i
	}
	if m, end := digits(s.f, n.end+1); peek(s.f, n.end) == ':' && end == n.end+3 && m < 60 {
		return end
	}
	if next := peek(s.f, n.end+1); peek(s.f, n.end) != '点' || next != 0 && strings.ContainsRune("班意建要问", next) || partOfNumber(next) {
		return i
	}
	return hasPrefix(s.f, n.end+1, "半", "钟")
}

// shift returns the end of the name of a shift at i, or i.
func (s *story) shift(i int) int {
	end := hasPrefix(s.f, i, shiftWords...)
	if n, k := digits(s.f, i); end == i && k > i && n <= 12 && !isDigit(peek(s.f, i-1)) {
		if end = hasPrefix(s.f, k, "点班"); end == k {
			return i
		}
	}
	if next := peek(s.f, end); end > i && next != 0 && strings.ContainsRune("车费补餐长前", next) {
		return i
	}
	return end
}

// wants are the requests recognised, longest first where one begins another, with
// what makes another word of them.
var wants = []struct {
	word, want       string
	notPrev, notNext string
}{
	{"核查", "核查", "", ""}, {"核实", "核查", "", ""}, {"调查", "核查", "", ""}, {"彻查", "核查", "", ""}, {"查", "核查", "检抽巡普调核彻盘排", "岗房看获"},
	{"维修", "维修", "", "工队费"}, {"修", "维修", "检装维整进年", "改养订建理厂"}, {"修理", "维修", "", "工厂"},
	{"更换", "更换", "", ""}, {"换", "更换", "轮交兑倒替调更", "班衣岗人届"},
	{"赔偿", "赔偿", "", ""}, {"赔", "赔偿", "", "偿"},
	{"补发", "补发", "", ""}, {"退还", "退还", "", ""}, {"退给", "退还", "", ""},
}

var (
	askWords  = []string{"能不能", "能否", "可不可以", "可否"}
	askBefore = []string{"能不能", "能否", "可不可以", "可否", "给我", "给咱", "给", "请", "希望", "要求", "想", "帮", "你们", "您", "麻烦", "应该", "应当", "赶紧", "赶快", "尽快", "建议", "要", "盼", "求"}
	answers   = []string{"说法", "交代", "交待", "答复", "解释", "回话"}
)

// want keeps the request at i and returns its end, or i.
func (s *story) want(i int) int {
	if end := s.answerWanted(i); end > i {
		s.keep(&s.Wants, "给个答复")
		return end
	}
	if j := hasPrefix(s.f, i, askWords...); j > i {
		if end := s.asked(j); end > j {
			s.keep(&s.Wants, s.between(j, end))
			return end
		}
		return j
	}
	want, end := s.verb(i)
	if end == i {
		return i
	}
	polite := hasPrefix(s.f, end, "一下", "一查", "查") > end
	if (polite || s.before(i, 8, askBefore...)) && !s.refused(i) {
		s.keep(&s.Wants, want)
	}
	return end
}

// answerWanted returns the end of 给个说法 and the like at i, or i.
func (s *story) answerWanted(i int) int {
	j := hasPrefix(s.f, i, "给", "要", "讨")
	if j == i || s.refused(i) {
		return i
	}
	j = hasPrefix(s.f, j, "我们", "我", "咱们", "咱", "大家")
	j = hasPrefix(s.f, j, "一个", "个")
	if end := hasPrefix(s.f, j, answers...); end > j {
		return end
	}
	return i
}

// asked returns the end of what is asked for behind 能不能, or i if it holds a verb
// that has its own name, or has no clear end.
func (s *story) asked(i int) int {
	const most = 14
	for j := i; j <= i+most; j++ {
		r := peek(s.f, j)
		if r == 0 || !spoken(r) || strings.ContainsRune("嘛吧呢啊呀吗", r) {
			if j-i < 2 {
				return i
			}
			return j
		}
		if _, end := s.verb(j); end > j {
			return i
		}
	}
	return i
}

// verb returns what the verb at i asks for and its end, or i.
func (s *story) verb(i int) (string, int) {
	for _, w := range wants {
		end := hasPrefix(s.f, i, w.word)
		if end == i {
			continue
		}
		prev, next := peek(s.f, i-1), peek(s.f, end)
		if prev != 0 && strings.ContainsRune(w.notPrev, prev) || next != 0 && strings.ContainsRune(w.notNext+"了过完的", next) {
			continue
		}
		return w.want, end
	}
	return "", i
}

// refused reports whether a no stands right before i (不给修, 没人查), other than in 能不能.
func (s *story) refused(i int) bool {
	for j := max(0, i-3); j < i; j++ {
		if strings.ContainsRune("不没未别甭无", s.f[j]) && hasPrefix(s.f, max(0, j-1), "能不能", "可不可") == max(0, j-1) {
			return true
		}
	}
	return false
}
