package handbook

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How well a card answers what was looked up.
const (
	said  = iota + 1 // its text has the words
	named            // one of its words is in them, or they in it
	exact            // they are its title or one of its words
)

// most is how many cards one look-up finds at most: more is no answer.
const most = 8

// Find returns the cards for what was looked up (手册 工伤), best first. Only the
// best kind of match counts: who typed a card's very word wants that card.
func (b *Book) Find(words string) []Card {
	if b == nil {
		return nil
	}
	key := b.key(words)
	if key == "" {
		return nil
	}
	type found struct{ i, how, weight int }
	var all []found
	for i := range b.cards {
		if how, weight := b.match(i, key); how > 0 {
			all = append(all, found{i, how, weight})
		}
	}
	slices.SortStableFunc(all, func(x, y found) int {
		if x.how != y.how {
			return y.how - x.how
		}
		return y.weight - x.weight
	})
	var list []Card
	for _, f := range all {
		// half as much of what was typed is another question
		if f.how < all[0].how || 2*f.weight <= all[0].weight || len(list) == most {
			break
		}
		list = append(list, b.cards[f.i])
	}
	return list
}

// match says how card i fits, and how much of what was typed it explains.
func (b *Book) match(i int, key string) (how, weight int) {
	k, typed := b.keys[i], []rune(key)
	for _, w := range k.words {
		switch {
		case string(w) == key:
			return exact, len(typed)
		case len(typed) > 1 && strings.Contains(string(w), key):
			how, weight = named, len(typed)
		}
	}
	if covered, _ := cover(typed, k.words, 2); covered > 0 {
		return named, max(covered, weight)
	}
	if how == 0 && len(typed) > 1 && holds(k.text, key) {
		return said, 1
	}
	return how, weight
}

// holds reports whether text has the key; a number is not found inside a longer
// one (5天 in 15天).
func holds(text, key string) bool {
	for {
		before, after, found := strings.Cut(text, key)
		if !found {
			return false
		}
		if last, _ := utf8.DecodeLastRuneInString(before); !unicode.IsDigit(last) {
			return true
		}
		text = after
	}
}

// cover returns how many characters of typed the words make up, and which ones.
// Words of fewer than least characters do not count.
func cover(typed []rune, words [][]rune, least int) (n int, marks []bool) {
	marks = make([]bool, len(typed))
	for _, w := range words {
		if len(w) < least {
			continue
		}
		for i := 0; i+len(w) <= len(typed); i++ {
			if slices.Equal(typed[i:i+len(w)], w) {
				for j := range w {
					marks[i+j] = true
				}
			}
		}
	}
	for _, m := range marks {
		if m {
			n++
		}
	}
	return n, marks
}

// asking are the words of which a question consists beside what it is about.
var asking = wordsOf("多久 多长时间 多长 多少天 几天 几号 几日 多少 啥时候 什么时候 啥时 何时 啥 甚 什么 咋 咋办 咋样 咋个 怎么 怎么办 怎样 如何 " +
	"哪 哪里 哪儿 哪搭 谁 吗 嘛 呢 么 吧 啊 呀 哩 咧 不 能 能不能 可以 可不可以 行不行 会 会不会 要 要不要 用不用 得 需要 该 应该 是 是不是 算不算 有 有没有 的 地 " +
	"我 额 俺 咱 想 问 问下 问一下 问一哈 请问 一下 一哈 知道 给 去 找 在 里 和 跟 到 才 就 几 办 说 这 个 请 您好 你好 规定 时间 需 最多 最长 最晚 一般 以后 之后 后")

// telling are the words by which a sentence tells what happened to somebody. Where
// one stands outside a card's own words, it is a story.
var telling = wordsOf("不给 没给 不让 没让 没人 不管 不报 不理 不办 不发 没发 没有给 少发 少给 少算 少了 没了 扣 拖 欠 骂 打我 打人 被打 队长 班长 主任 矿长 书记 队上 队里 班里 我们 额们 俺们 咱们 " +
	"他 她 昨 今天 今儿 前天 夜个 夜来 上个月 上月 这个月 本月 去年 今年 已经 还没 还不 一直 老是 总是 又 好几 半年 半个 年了 天了 月了 了好 太黑 太慢 太少 太贵 坏 漏 停了 停水 停电 推 凭啥 凭什么 为啥 为什么 咋还 咋又 怎么还 怎么又 到底")

func wordsOf(list string) (words [][]rune) {
	for _, w := range strings.Fields(list) {
		words = append(words, []rune(w))
	}
	return words
}

// spare is how many characters of a question may say something else.
const spare = 2

// Answers returns the card that answers a question asked in passing (工伤多久要报？),
// if one fits well: almost nothing is said but the card's words and those of a
// question. What tells of something that happened fits no card.
func (b *Book) Answers(question string) (Card, bool) {
	if b == nil {
		return Card{}, false
	}
	typed := []rune(b.key(question))
	_, asks := cover(typed, asking, 1)
	best, most, tie := -1, 0, false
	for i := range b.cards {
		n, mine := cover(typed, b.keys[i].words, 2)
		if n == 0 || n < most || tells(typed, mine) {
			continue
		}
		left := 0
		for j := range typed {
			if !mine[j] && !asks[j] {
				left++
			}
		}
		if left > spare {
			continue
		}
		best, most, tie = i, n, n == most
	}
	if best < 0 || tie {
		return Card{}, false
	}
	return b.cards[best], true
}

// tells reports whether a sentence tells rather than asks: one of the telling
// words or a number stands where the card's own words do not.
func tells(typed []rune, mine []bool) bool {
	for i, r := range typed {
		if unicode.IsDigit(r) && !mine[i] {
			return true
		}
		for _, w := range telling {
			if i+len(w) <= len(typed) && slices.Equal(typed[i:i+len(w)], w) && slices.Contains(mine[i:i+len(w)], false) {
				return true
			}
		}
	}
	return false
}

// Tells reports whether words tell of something that happened, which no card's
// own words speak of.
func (b *Book) Tells(what string) bool {
	if b == nil {
		return false
	}
	typed := []rune(b.key(what))
	known := make([]bool, len(typed))
	for _, k := range b.keys {
		_, mine := cover(typed, k.words, 2)
		for i, m := range mine {
			known[i] = known[i] || m
		}
	}
	return tells(typed, known)
}
