package phrase

import (
	"slices"
	"strings"
)

// Courtesy is what people say to be polite, with nothing in it to write down.
type Courtesy string

// The courtesies.
const (
	Greets    Courtesy = "greets"     // 你好, 早上好, 有人吗
	Thanks    Courtesy = "thanks"     // 谢谢, 辛苦了, 麻烦您了
	Notes     Courtesy = "notes"      // 好的, 知道了, 收到, 👍
	WantsSay  Courtesy = "wants-say"  // 我想说个事, 想咨询一下: the matter itself is still to come
	WantsTalk Courtesy = "wants-talk" // 人工, 电话多少, 几点上班: where and when people are there
)

var (
	greetings = []string{"你好", "您好", "大家好", "领导好", "主任好", "师傅好", "早上好", "上午好", "中午好", "下午好", "晚上好", "早安", "早",
		"在吗", "在么", "在不在", "在不", "有人吗", "有人么", "有人没", "有人在吗", "有人不", "喂", "哈喽", "嗨", "hello", "hi"}
	thanked = []string{"谢谢", "谢了", "谢啦", "谢过", "多谢", "感谢", "感激", "辛苦", "麻烦", "费心", "劳驾", "🙏", "🌹", "[抱拳]", "[玫瑰]", "[合十]", "[爱心]", "thanks", "thankyou"}
	noted   = []string{"好的", "好滴", "好哒", "好嘞", "好咧", "好呢", "好", "行", "中", "嗯", "恩", "哦", "噢", "奥", "知道", "晓得", "明白", "清楚", "了解",
		"收到", "收悉", "可以", "没问题", "没事", "发错", "打错", "按错", "不好意思", "对不起", "抱歉", "不用", "没关系", "ok", "okay", "👌", "👍", "💪", "😊", "😄", "😁", "[ok]", "[强]", "[好的]", "[握手]", "[鼓掌]", "[愉快]", "[微笑]", "[呲牙]", "[嘿哈]", "[耶]"}
	// filling goes with them and means nothing alone.
	filling = []string{"了", "啦", "咧", "啊", "呀", "哈", "呢", "吧", "嘛", "哒", "的", "您", "你", "你们", "您们", "各位", "大家", "领导", "主任", "师傅", "同志", "信访办",
		"信访", "小信", "办公室", "老师", "非常", "十分", "太", "很", "真", "真是", "给", "先", "那", "就", "我", "我们", "额", "俺", "都", "一下", "这么", "快", "回复", "答复", "提醒", "帮忙", "帮助", "解答", "不客气"}
	// wishes and abouts are what an opening has both of, linking what else may stand in it.
	wishes   = []string{"想", "要", "有", "能", "能不能", "可以", "请", "麻烦"}
	abouts   = []string{"问", "咨询", "请教", "打听", "反映", "反应", "投诉", "事", "事情", "问题", "情况", "意见"}
	linking  = []string{"我", "额", "俺", "您", "你", "你们", "向", "跟", "和", "给", "领导", "信访办", "说", "提", "讲", "聊", "个", "件", "点", "些", "一下", "下", "吗", "吧"}
	openings = slices.Concat(wishes, abouts, linking)
	toPeople = []string{"人工", "人工客服", "人工服务", "客服", "真人", "活人", "转人工", "转接人工", "转客服", "找人工", "要人工", "找个人", "找人", "想找人说", "找人说话", "找个人说话",
		"电话", "电话号码", "电话多少", "电话是多少", "信访办电话", "你们电话", "你们电话多少", "联系电话", "座机", "打电话", "怎么联系", "怎么联系你们",
		"几点上班", "你们几点上班", "几点下班", "你们几点下班", "周末上班", "你们周末上班", "周末有人", "信访办在哪", "信访办在哪里", "信访办在哪儿", "你们在哪", "你们在哪里", "在哪办公", "地址", "几楼", "怎么去"}
)

// courtesies are tried in this order: a word of the core and any of the words.
var courtesies = []struct {
	kind        Courtesy
	core, words []string
}{
	{Greets, greetings, slices.Concat(greetings, thanked, noted, filling)},
	{Notes, noted, slices.Concat(noted, filling)},
	{Thanks, thanked, slices.Concat(thanked, noted, filling)},
}

// Courteous returns what kind of courtesy the whole text is, or "": every word of
// it must be one. A text with anything more in it (水热了，谢谢) is none.
func (t Text) Courteous() Courtesy {
	all := strings.Map(func(r rune) rune {
		if r == ' ' || strings.ContainsRune(",.;:!?~、…()", r) {
			return -1
		}
		return r
	}, string(t.f))
	switch {
	case all == "":
		return ""
	case slices.Contains(toPeople, strings.TrimPrefix(strings.TrimRight(all, "吗呢啊吧"), "我要")):
		return WantsTalk
	}
	for _, k := range courtesies {
		if reaches(all, k.words, k.core) {
			return k.kind
		}
	}
	if opens(all) {
		return WantsSay
	}
	return ""
}

// opens reports whether somebody only says that they want to say something.
func opens(all string) bool {
	all, polite := strings.CutPrefix(all, "你好")
	if !polite {
		all = strings.TrimPrefix(all, "您好")
	}
	return reaches(all, openings, wishes, abouts)
}

// courteous is up to how many bytes of a text are looked at as a courtesy.
const courteous = 60

// reaches reports whether s can be cut into the words, one of each of the must
// lists (at most eight) among them.
func reaches(s string, words []string, must ...[]string) bool {
	if len(s) > courteous {
		return false
	}
	var ways [courteous + 1]map[uint8]bool // what has been seen on the ways that lead there
	ways[0] = map[uint8]bool{0: true}
	for at := range len(s) {
		if ways[at] == nil {
			continue
		}
		for _, w := range words {
			if !strings.HasPrefix(s[at:], w) {
				continue
			}
			var seen uint8
			for i, list := range must {
				if slices.Contains(list, w) {
					seen |= 1 << i
				}
			}
			end := at + len(w)
			if ways[end] == nil {
				ways[end] = map[uint8]bool{}
			}
			for before := range ways[at] {
				ways[end][before|seen] = true
			}
		}
	}
	return ways[len(s)][1<<len(must)-1]
}

// briefly is up to how many characters thanks at the end are taken off.
const briefly = 16

// WithoutThanks returns a short text without the thanks at its end (不用了，谢谢), so
// that it reads as what it answers; another text as it is.
func (t Text) WithoutThanks() Text {
	all := t.Folded()
	if len(t.f) > briefly || !slices.ContainsFunc(thanked, func(w string) bool { return strings.Contains(all, w) }) {
		return t
	}
	for i := len(t.f) - 1; i > 0; i-- {
		if t.from(i).Courteous() != Thanks {
			continue
		}
		said := Read(t.between(0, i))
		if kind := said.Courteous(); !said.Empty() && (kind == "" || strings.HasPrefix(said.bare(), "不")) {
			return said
		}
	}
	return t
}
