package phrase

import (
	"slices"
	"strings"
)

// Choice reads the whole text as a choice from 1 to n: 1, ①, ❶, 一, 2、, 第二个, 选3.
func (t Text) Choice(n int) (int, bool) {
	f := []rune(t.bare())
	i := hasPrefix(f, 0, "我选择", "我选", "选择", "选项", "选")
	i = hasPrefix(f, i, "第")
	if peek(f, i) == '0' { // 0002 is the number of a matter
		return 0, false
	}
	c := readNumeral(f, i)
	end := hasPrefix(f, hasPrefix(f, c.end, "个", "项", "条", "号", "种"), "吧", "的")
	if c.end == i || end < len(f) || c.value < 1 || c.value > float64(n) || c.value != float64(int(c.value)) {
		return 0, false
	}
	return int(c.value), true
}

var (
	yesWords = []string{"对", "对的", "对着", "对头", "是", "是的", "好", "好的", "嗯", "恩", "没错", "没问题", "ok", "okay",
		"可以", "行", "中", "成", "要得", "确认", "确定", "同意", "正确", "提交", "交上去", "yes", "y"}
	noWords = []string{"不对", "不是", "不是的", "不", "否", "错", "错了", "不行", "不好", "不可以", "不同意", "不要", "不用", "不确认", "no", "n"}
)

// Yes reports whether the whole text says yes: 对, 是的, 好, 嗯嗯, 没错, OK, 可以, 行,
// 確認, 👌, 👍. A question (对？对吗) does not.
func (t Text) Yes() bool {
	if s := strings.ReplaceAll(string(t.f), " ", ""); s == "👌" || s == "👍" {
		return true
	}
	return !t.asks() && says(t.bare(), yesWords)
}

// No reports whether the whole text says no: 不对, 不是, 不, 否, 错了.
func (t Text) No() bool { return !t.asks() && says(t.bare(), noWords) }

func (t Text) asks() bool { return slices.Contains(t.f, '?') }

// says reports whether s is one of the words, perhaps said twice or more, with or
// without a final particle.
func says(s string, words []string) bool {
	for range 3 {
		if slices.Contains(words, s) || slices.Contains(words, once(s)) {
			return true
		}
		cut := strings.TrimRight(s, "啊呀嘛呢哩吧哦噢喔哈哇嘞哒")
		if cut == s {
			break
		}
		s = cut
	}
	return false
}

// once returns 对 for 对对对.
func once(s string) string {
	f := []rune(s)
	if len(f) > 8 {
		return s
	}
	return string(slices.Compact(f))
}

// YesWith reads a yes at the start and returns what was said with it, as in
// 对 保密; rest is empty when nothing was. A space or punctuation must stand
// between, except behind 对的, 是的, 好的 and 没错. What the rest means is for the
// caller to read: it may be a correction.
func (t Text) YesWith() (rest Text, ok bool) {
	if t.Yes() {
		return t.from(len(t.f)), true
	}
	i := skipNoise(t.f, 0)
	if j := hasPrefix(t.f, i, "对的", "是的", "好的", "没错"); j > i && !strings.ContainsRune("吗?", peek(t.f, j)) {
		return t.from(skipSeparators(t.f, j)), true
	}
	for j := i; j < len(t.f) && j < i+8; j++ {
		if spoken(t.f[j]) {
			continue
		}
		if t.f[j] != '?' && says(string(t.f[i:j]), yesWords) {
			return t.from(skipSeparators(t.f, j)), true
		}
		break
	}
	return t, false
}
