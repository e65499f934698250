package phrase

import (
	"slices"
	"strings"
	"sync"
)

// subject is what a matter can be about, said in whatever words.
type subject struct {
	id    string
	topic bool // names a kind of matter by itself; else only what is said of one
	words string
}

// subjects are the words of a mine that mean the same thing, for comparing and
// taking apart what is told. They decide no category: that is the office's own
// list (cases.Office.Suggest).
var subjects = []subject{
	{"pay", true, "工资 薪水 薪资 工钱 绩效 奖金 夜班费 加班费 补贴 津贴 带薪"},
	{"attendance", false, "考勤 出勤 打卡 记班 记工 个班"},
	{"shift", true, "排班 连班 倒班 连着倒 连轴转 调休 请假 年休假 轮休 歇班"},
	{"post", true, "调岗 换岗 转岗 待岗 内退 转正 劳动合同 合同"},
	{"insurance", true, "社保 医保 养老保险 公积金 失业金 工龄"},
	{"injury", true, "工伤 受伤 骨折 砸伤 尘肺 职业病 住院"},
	{"food", true, "食堂 餐厅 伙食 饭菜 臊子面 面条 米饭 馒头 饭 菜 面"},
	{"bath", true, "澡堂 浴室 洗澡 澡池 更衣柜 更衣室 淋浴"},
	{"hotwater", false, "热水"},
	{"dorm", true, "宿舍 公寓 暖气 供暖 被褥"},
	{"net", true, "wifi 无线网 网络 网速"},
	{"bus", true, "班车 通勤车 接送车 交通车"},
	{"house", true, "家属区 家属楼 物业 棚改 房顶 屋顶 漏水 漏雨 渗水 下水道 路灯 停车位 停车"},
	{"gas", true, "瓦斯"},
	{"probe", true, "探头 传感器"},
	{"belt", true, "皮带机 皮带 胶带"},
	{"roof", true, "顶板 冒顶 片帮 支护 锚杆 支架"},
	{"air", true, "通风 风机 局扇 风筒"},
	{"gear", true, "劳保 工作服 手套 胶靴 矿灯 自救器 口罩"},
	{"training", true, "培训 考证 考试"},
	{"dear", false, "涨价 涨到 涨了 涨 贵 价钱 价格 提价"},
	{"less", false, "克扣 扣钱 扣 少发 少给 少了 少 短发 短了 没发够 不足"},
	{"check", false, "核查 核实 核对 调查 查一下 查查 查"},
	{"broken", false, "坏了 坏 失灵 用不成 用不了 不能用 出毛病 毛病 不好使"},
	{"cold", false, "不热 冰凉 凉 冷"},
	{"late", false, "晚点 迟到 来晚 误点"},
	{"lastmonth", false, "上个月 上月"},
	{"yesterday", false, "昨天 昨日 昨晚 昨夜 昨儿个 昨儿"},
	{"sold", false, "倒卖 私卖 偷卖 卖了 卖掉 卖"},
	{"hours", false, "个小时 小时 个钟头 钟头"},
	// words that hold one of the above and mean something else
	{"", false, "工作面 采面 上面 下面 里面 外面 前面 后面 侧面 方面 地面 路面 当面 见面 对面 面子 面对 全面 面积 表面 面上 多少 至少 不少 减少 检查 查处 蔬菜水果 冷静 凉快 合同工"},
	// words that say nothing about the matter
	{" ", false, "这个 那个 哪个 我们 你们 他们 咱们 大家 自己 什么 怎么 为什么 一下 一个 真的 就是 说是 还是 明明 其实 可是 但是 因为 所以 然后 现在 麻烦 希望 要求 领导 帮忙 不知道 您好 你好 " +
		"我 你 您 他 她 它 俺 咱 的 了 着 过 是 就 说 吗 嘛 啊 呢 吧 呀 哎 唉 嗯 也 都 还 又 才 给 把 被 在 有 和 跟 先 想 问 真 很 太 请 让 到 去 个 这 那 得 地 叫 只 再"},
}

type lexiconWord struct {
	word []rune
	of   *subject
}

// lexicon holds the words of all subjects by their first character, longest first.
var lexicon = sync.OnceValue(func() map[rune][]lexiconWord {
	m := map[rune][]lexiconWord{}
	for i := range subjects {
		for _, w := range strings.Fields(subjects[i].words) {
			r := []rune(w)
			m[r[0]] = append(m[r[0]], lexiconWord{r, &subjects[i]})
		}
	}
	for _, list := range m {
		slices.SortStableFunc(list, func(a, b lexiconWord) int { return len(b.word) - len(a.word) })
	}
	return m
})

// subjectAt returns the subject whose longest word stands at i and where the word
// ends, or nil and i.
func subjectAt(f []rune, i int) (*subject, int) {
	for _, w := range lexicon()[f[i]] {
		if len(f)-i >= len(w.word) && slices.Equal(f[i:i+len(w.word)], w.word) {
			return w.of, i + len(w.word)
		}
	}
	return nil, i
}

// topics returns what a folded text is about, each once, in order.
func topics(f []rune) []string {
	var ids []string
	for i := 0; i < len(f); {
		s, end := subjectAt(f, i)
		if s != nil && s.topic && !slices.Contains(ids, s.id) {
			ids = append(ids, s.id)
		}
		i = max(end, i+1)
	}
	return ids
}
