package phrase

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split takes a message apart that tells of several matters: numbered (1、2、, ①②,
// 一是二是, 第一第二), with 还有 or 另外 between, or a line for each. It returns the
// parts in order, in their own words; a message of one matter is one part, and one
// without words none.
//
// It is for an offer that its author confirms, and rather leaves together: what
// stands behind 还有 or on another line must be about something else; steps (先…后…),
// reasons and wishes that are numbered are one story. A head that says only who,
// where or when (我是综采二队的：) stands before each part; any other head is part of
// the first. But for such heads, what is left out between the parts is numbers,
// space and punctuation.
func Split(raw string) []string {
	t := Read(raw)
	if t.Empty() {
		return nil
	}
	for _, cut := range []func(Text) (string, []string){numbered, addedLater, lineByLine} {
		if head, parts := cut(t); len(parts) > 1 {
			for i := range parts {
				if head != "" {
					parts[i] = head + "\n" + parts[i]
				}
			}
			return parts
		}
	}
	return []string{t.Raw()}
}

// Limits of what is taken for a matter of its own.
const (
	maxParts   = 9
	leastPart  = 3  // letters and digits
	longestWho = 30 // of a head that says only who, where or when
)

// A listMark numbers a part: 2、 (2) ② 二是 第二.
type listMark struct {
	n          int
	start, end int
	kind       rune // marks of one list are of one kind
}

// markAt returns the mark at i.
func markAt(t Text, i int) (listMark, bool) {
	f := t.f
	prev := peek(f, i-1)
	if i > 0 && (isDigit(prev) || isLatin(prev) || prev == '.') {
		return listMark{}, false
	}
	breaks := i == 0 || !spoken(prev)
	if k := circled(t, i); k > 0 {
		return listMark{k, i, i + 1, '①'}, true
	}
	if j := hasPrefix(f, i, "第", "其"); j > i {
		n := readNumeral(f, j)
		end := hasPrefix(f, n.end, "件事", "个问题", "个事", "个", "件", "条", "点")
		next := peek(f, end)
		if n.end == j || !n.han || !breaks || end == n.end && spoken(next) && prevOf("次天月批班队组名年季期周车季节步轮层栋排间号项部中", next) {
			return listMark{}, false
		}
		return listMark{int(n.value), i, hasPrefix(f, hasPrefix(f, end, "是"), ":", "、", ",", " "), f[i]}, true
	}
	open := hasPrefix(f, i, "(")
	n := dateReader{f: f}.number(open)
	if n.end == open || n.value > maxParts+1 {
		return listMark{}, false
	}
	next := peek(f, n.end)
	switch {
	case open > i && next == ')':
		return listMark{int(n.value), i, hasPrefix(f, n.end+1, "、", ".", ","), '('}, true
	case open > i:
	case n.han && next == '是' && breaks:
		return listMark{int(n.value), i, n.end + 1, '是'}, true
	case n.han && breaks && (next == '、' || next == '.'):
		return listMark{int(n.value), i, n.end + 1, '一'}, true
	case !n.han && (next == '、' || next == ')') && (breaks || isHan(prev)):
		return listMark{int(n.value), i, n.end + 1, '1'}, true
	case !n.han && breaks && (next == '.' || next == ',' || next == ':') && !isDigit(peek(f, n.end+1)),
		!n.han && breaks && i == 0 && next == ' ', !n.han && breaks && next == ' ' && newLine(t, i):
		return listMark{int(n.value), i, n.end + 1, '1'}, true
	}
	return listMark{}, false
}

func prevOf(set string, r rune) bool { return strings.ContainsRune(set, r) }

// circled returns the number of ① at i, which is folded to a digit, or 0.
func circled(t Text, i int) int {
	if !isDigit(t.f[i]) {
		return 0
	}
	switch r, _ := utf8.DecodeRuneInString(t.raw[t.at[i]:]); {
	case r >= '①' && r <= '⑨':
		return int(r-'①') + 1
	case r >= '❶' && r <= '❾':
		return int(r-'❶') + 1
	}
	return 0
}

// newLine reports whether a line of the original begins at i.
func newLine(t Text, i int) bool {
	return i > 0 && strings.ContainsAny(t.raw[t.at[i-1]:t.at[i]], "\n\r")
}

// oneList are words of a head whose numbers belong to one matter.
var oneList = newWordSet("经过 过程 步骤 流程 原因 理由 证据 诉求 要求 请求 希望 办法 措施 建议如下 时间线 事实 材料 依据 情况如下 先后 分三步 分两步")

// numbered takes a numbered list apart: 1, 2 and so on without a gap.
func numbered(t Text) (string, []string) {
	var marks []listMark
	for i := 0; i < len(t.f); {
		m, ok := markAt(t, i)
		if ok && (len(marks) == 0 && m.n == 1 || len(marks) > 0 && m.kind == marks[0].kind && m.n == len(marks)+1) {
			marks = append(marks, m)
			i = m.end
			continue
		}
		i++
	}
	if len(marks) < 2 || len(marks) > maxParts {
		return "", nil
	}
	head := t.between(0, marks[0].start)
	if said, _ := spokenOf(Read(head)); oneList.in(said) {
		return "", nil
	}
	var parts []string
	for k, m := range marks {
		end := len(t.f)
		if k+1 < len(marks) {
			end = marks[k+1].start
		}
		parts = append(parts, t.part(m.end, end))
	}
	if steps(parts) || slices.ContainsFunc(parts, tooShort) || oneSubject(head, parts) {
		return "", nil
	}
	return headed(head, parts)
}

// oneSubject reports whether the parts only go into what the head is about (食堂有三个
// 问题), or all are about the same.
func oneSubject(head string, parts []string) bool {
	about := func(s string) []string {
		said, _ := spokenOf(Read(s))
		return topics(said)
	}
	whole := about(head)
	if len(whole) == 0 {
		if whole = about(parts[0]); len(whole) == 0 {
			return false
		}
		return !slices.ContainsFunc(parts, func(p string) bool { return !slices.Equal(about(p), whole) })
	}
	return !slices.ContainsFunc(parts, func(p string) bool {
		return slices.ContainsFunc(about(p), func(id string) bool { return !slices.Contains(whole, id) })
	})
}

// whoWords are in a head that says who, where or when.
var whoWords = newWordSet("我是 我们是 本人 我在 俺是 额是 队 车间 厂 科 号楼 家属区 公寓 宿舍 昨天 今天 上个月 这个月")

// headed gives a head to each part if it says only who, where or when, in a line,
// else to the first.
func headed(head string, parts []string) (string, []string) {
	said, _ := spokenOf(Read(head))
	if len(said) == 0 {
		return "", parts
	}
	who := len(said) <= longestWho && len(topics(said)) == 0 && whoWords.in(said) && !strings.ContainsAny(head, "\n\r") && hasPrefix(said, 0, stepWords...) == 0
	if who {
		return head, parts
	}
	parts[0] = head + "\n" + parts[0]
	return "", parts
}

func tooShort(part string) bool {
	said, _ := spokenOf(Read(part))
	return len(said) < leastPart
}

// stepWords begin the steps of one story.
var stepWords = strings.Fields("先 然后 后来 接着 最后 结果 之后 于是 再 因为 所以 导致 那天 当天 第二天 他说 他又")

// steps reports whether most of the parts go on with the story of the one before.
func steps(parts []string) bool {
	n := 0
	for _, p := range parts {
		said, _ := spokenOf(Read(p))
		if hasPrefix(said, 0, stepWords...) > 0 {
			n++
		}
	}
	return n*2 >= len(parts)
}

// part is the wording of a folded range without the punctuation around it. A mark
// that closes a sentence stays.
func (t Text) part(from, to int) string {
	for from < to && !spoken(t.f[from]) && !strings.ContainsRune("([《“\"【", t.f[from]) && !isEmoji(t.f[from]) {
		from++
	}
	for to > from && strings.ContainsRune(" ,、;:(", t.f[to-1]) {
		to--
	}
	return t.between(from, to)
}

func isEmoji(r rune) bool { return unicode.Is(unicode.So, r) || r >= 0x1f000 }

// more begins another matter if what follows is about something else.
var more = []string{"还有一件事", "还有个事", "还有一个", "还有就是", "还有", "另外", "再一个", "再就是", "再有就是", "再有", "再说一个", "顺便问一下", "顺便说一下", "顺便", "对了", "此外", "除此之外", "同时", "并且"}

// addedLater takes apart what is joined by 还有 and the like, where what follows is
// about something else than all before.
func addedLater(t Text) (string, []string) {
	cuts := []int{0}
	for i := 1; i < len(t.f); i++ {
		if spoken(t.f[i-1]) && !strings.ContainsRune("了的呢吧啊嘛咧", t.f[i-1]) {
			continue
		}
		if j := hasPrefix(t.f, i, more...); j > i && hasPrefix(t.f, j, "人", "没", "谁", "几", "多少", "两天", "一天", "啥") == j {
			cuts = append(cuts, i)
		}
	}
	return t.apart(cuts)
}

// lineByLine takes apart what stands on lines of its own, where each is about
// something else.
func lineByLine(t Text) (string, []string) {
	cuts := []int{0}
	for i := range t.f {
		if newLine(t, i) && t.f[i] != ' ' {
			cuts = append(cuts, i)
		}
	}
	return t.apart(cuts)
}

// apart cuts a text where what follows is about something else than all before;
// what is about nothing stays with what is before it.
func (t Text) apart(cuts []int) (string, []string) {
	var parts []string
	var seen []string
	from, head := 0, ""
	for k, at := range cuts {
		end := len(t.f)
		if k+1 < len(cuts) {
			end = cuts[k+1]
		}
		said, _ := spokenOf(Text{f: t.f[at:end]})
		about := topics(said)
		fresh := len(about) > 0 && !slices.ContainsFunc(about, func(id string) bool { return slices.Contains(seen, id) }) && len(said) >= leastPart
		if joined := hasPrefix(said, 0, more...); fresh && len(seen) > 0 && hasPrefix(said, joined, stepWords...) == joined {
			parts = append(parts, t.part(from, at))
			from = at
		} else if fresh && len(seen) == 0 && at > 0 && k > 0 {
			if h, _ := headed(t.part(0, at), []string{""}); h != "" {
				head, from = h, at
			}
		}
		seen = append(seen, about...)
	}
	if len(parts) == 0 || len(parts) >= maxParts {
		return "", nil
	}
	return head, append(parts, t.part(from, len(t.f)))
}
