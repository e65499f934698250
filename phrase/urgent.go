package phrase

import (
	"slices"
	"strings"
)

// Urgency is what cannot wait for the next working day. "" is no urgency.
type Urgency string

// The urgencies. Where several are told of, the first of these counts.
const (
	Distress Urgency = "distress" // somebody may harm themselves: a human calls now (scenario S7)
	Hazard   Urgency = "hazard"   // danger at work now: whoever can leaves, dispatch is called (S6)
	Threat   Urgency = "threat"   // against a person: a human and the guards, by phone
)

// Urgent reports what in a text cannot wait. Where a life may be at stake a doubt
// is a yes; manners of speaking (累死了, 气死我了, 忙得要死), dangers of the past or of
// paper (去年, 演练, 培训) and proposals (建议装探头) are none.
func Urgent(raw string) Urgency {
	f, _ := spokenOf(Read(raw))
	switch {
	case despairs(notDespair.without(f)):
		return Distress
	case slices.ContainsFunc(sentences(raw), dangerous):
		return Hazard
	case threatens(notThreats.without(f)):
		return Threat
	}
	return ""
}

func despairs(f []rune) bool {
	return despair.in(f) || slices.ContainsFunc(farewells, func(w [2]wordSet) bool { return together(f, w[0], w[1], 12) })
}

// despair are words of somebody who must not be left alone with a form.
var despair = newWordSet("不想活 不想再活 我不活 额不活 俺不活 不活了 不活咧 一死了之 死了清静 活着的意义 撞死算 一头撞死 给我收尸 跳下去 楼上跳 楼顶跳 活着也没 生不如死 想死 寻死 自杀 自尽 自残 轻生 寻短见 寻短 想不开 跳楼 跳井 跳河 跳崖 跳塔 上吊 割腕 " +
	"喝药 喝农药 喝敌敌畏 吃安眠药 一了百了 活够 活腻 活不下去 活不成 没法活 活不了 没活头 没啥活头 没什么活头 没有活头 没盼头 活着没 活着还有什么 活着有什么 活着有啥 活着还有啥 活着干啥 活着干什么 活着太累 活着真累 活得没 活的没 活得太累 " +
	"不如死 死了算 死了倒 死了干净 死给 死在你们 死在矿 遗书 遗言 下辈子 来世 来生 结束生命 结束自己 了结自己 走绝路 走上绝路 绝路 撑不下去 熬不下去 " +
	"自我了断 做个了断 来个了断 个了断 自己了断 了断自己 了断此生 了断生命 了断算 想了断 不如了断 早点了断 " +
	"不想在这世上 离开这个世界 离开人世 没脸活 活下去的勇气 死的心 去死 " +
	"活着就是 活着是个 活着真 活着太 活着受罪 活着遭罪 活着也是 活着还不如 活着不如 活到这份上 活到这个份上 不想过了 不想过咧 日子过不下去 过不下去了 过不下去咧 " +
	"再也别醒 再也不醒 再也不要醒 不要醒来 别醒来 不想醒来 不用醒来 不再醒来 长睡不醒 别让我醒 " +
	"我要是没了 要是我没了 我没了你们 我没了他们 我没了就 等我死 我死了 我死后 我死以后 额死了 死了也没 死了都没 死了没人 死了就好 死了就清静 死了就解脱 死了轻松 " +
	"另一个世界 那个世界去 没我他们 没有我他们 没了我他们 没我更好 我是累赘 我是个累赘 我就是累赘 我就是个累赘 家里的累赘 家里的拖累 我是拖累 我是个拖累 拖累家里 拖累一家 " +
	"眼睛一闭啥 眼睛一闭什么 眼睛一闭就 两眼一闭 两腿一蹬 一闭眼啥 一闭眼什么 吊死 割手腕 割了手腕 割脉 手腕割 怎么死不 怎么死才 怎么死最 咋死不 咋死才 咋死最 " +
	"攒安眠药 安眠药攒 吞安眠药 安眠药吃 一瓶安眠药 一把安眠药 喝了农药 买了农药 农药买 喝了敌敌畏 " +
	"死在井 死到井 把我埋了 砸死算 砸死我算 压死算 压死我算 我撑不住 额撑不住 我真撑不住 我真的撑不住 我实在撑不住 我快撑不住 心里撑不住 " +
	"不想火了 不想或了 火着没意思") // the last as a telephone hears them

// farewells are words of parting and, within some characters behind them, of what is
// to become of others.
var farewells = [][2]wordSet{
	{newWordSet("我走了 额走了 我不在了 额不在了 我走以后 我走后"), newWordSet("托付 照看 照顾 给我妈 给我媳妇 给我娃 给我爸")},
	{newWordSet("以后 往后"), newWordSet("托付给 照看下我 照看好我 照顾下我 照顾好我 替我照看 替我照顾")},
	{newWordSet("对不起 对不住"), newWordSet("我先走 先走一步")},
}

// notDespair are the words above in another sense.
var notDespair = newWordSet("不想活动 不想活跃 想死你 想死我 想死她 想死他 跳楼价 跳楼甩 喝药酒 才想死 叫人去死 让你去死 叫你去死 你去死 他去死 滚去死 活着没人 " +
	"累死了 气死了 热死了 冻死了 饿死了 烦死了 困死了 急死了 吓死了 渴死了 笑死了 忙死了 愁死了 憋死了 疼死了 臭死了 贵死了 堵死了 挤死了 卡死了 锁死了 晒死了 呛死了 " +
	"想死食堂 想死这口 想死那口 想死那碗 想死家 想死娃 想死我娃 想死咱 跳下去捡 跳下去拿 跳下去看 跳下去扶 跳下去一步 停就跳下去 活着真好 活着太好 活着就是福 活着就是好 差点把我埋 差一点把我埋 险些把我埋 我死了心 我死了这条心 " +
	"没脸活动 喝药治 喝药就好 喝药好 中药 喝药了好 下辈子都 几辈子 活不了了这机 绝路面 活够干")

// Threats stand with whom they are against, the others by themselves.
var (
	threats = newWordSet("砍人 捅人 等着收尸 替他收尸 给他收尸 同归于尽 买凶 灭门 杀人 杀你全家 杀他全家 动刀子 炸矿 炸办公楼 炸了办公楼 炸了矿 炸了队部 拿刀捅 炸井口 炸队部 放火烧 " +
		"不得好死在我手")
	againstSomeone = strings.Fields("弄死% 整死% 打死% 砍死% 捅死% 杀死% 撞死% 毒死% 烧死% 炸死% 掐死% 往死里打% 杀了% 捅了% 捅% 砍了% 做了% " +
		"废了% 灭了% 炸了% 烧了% 放火烧% 剁了% 要%的命 要%命 弄残% 打断%腿 打断%的腿 打残% 跟%拼了 跟%拼命 和%拼了 " +
		"和%拼命 让%横着出去 让%见阎王 让%见血 让%偿命 把%弄死 把%杀了 把%捅了 把%砍了 把%废了 把%做了 把%打死 给%一刀 给%两刀 拿刀找% " +
		"拿刀捅% 提刀找%") // % is whom
	against = newWordSet("他 她 你 你们 他们 谁 人 那个人 这个人 他狗日的 他个狗日的 这狗日的 那狗日的 狗日的 这个狗日的 那个狗日的 王八蛋 这王八蛋 那王八蛋 这个王八蛋 那个王八蛋 这个畜生 那个畜生 龟孙 这龟孙 " +
		"队长 班长 书记 矿长 区长 主任 科长 领导 办事员 老板 姓 全家 他全家 你全家")
)

// notThreats are the words above in another sense.
var notThreats = newWordSet("打死我也 打死他也不 打死也不 气死人 累死人 热死人 冻死人 吓死人 烦死人 笑死人 急死人 愁死人 弄死人的活 杀人一样 要人命 要人的命 要了人命 要了老命 杀人诛心 捅人家屁股 会杀了他 " +
	"打死谁也 杀人的心都没 杀人放火的事不干 不杀人 没杀人 捅娄子 捅马蜂窝 杀人犯")

// beforeWhom are the beginnings of the threats against somebody, afterWhom what
// ends them.
var beforeWhom, afterWhom = func() (wordSet, map[string][]string) {
	var begins []string
	ends := map[string][]string{}
	for _, w := range againstSomeone {
		before, behind, _ := strings.Cut(w, "%")
		begins = append(begins, before)
		ends[before] = append(ends[before], behind)
	}
	return newWordSet(strings.Join(begins, " ")), ends
}()

func threatens(f []rune) bool {
	if threats.in(f) {
		return true
	}
	for i := range f {
		for _, before := range beforeWhom.from(f[i]) {
			from := i + len(before)
			if len(f) < from || !slices.Equal(f[i:from], before) {
				continue
			}
			whom := someone(f, from)
			for _, behind := range afterWhom[string(before)] {
				if whom > from && (behind == "" || hasPrefix(f, whom, behind) > whom) {
					return true
				}
			}
		}
	}
	return false
}

// someone returns the end of whom a threat is against at i, or i: a word for
// people, a family name with a title, or 老 before it.
func someone(f []rune, i int) int {
	if i >= len(f) {
		return i
	}
	if end := against.at(f, i); end > i {
		return end
	}
	from := hasPrefix(f, i, "老")
	if r := peek(f, from); r == 0 || !strings.ContainsRune(surnames, r) {
		return i
	}
	for n := from + 1; n <= from+3; n++ {
		if end := hasPrefix(f, n, "队长", "队", "班长", "书记", "矿长", "区长", "主任", "科长", "某"); end > n {
			return end
		}
	}
	return i
}

// What is dangerous by itself, and what only together with what is wrong with it.
var (
	disasters = newWordSet("冒顶 都是烟 全是烟 浓烟 满是烟 焦糊味 糊味 喘不上来气 喘不过气 上不来气 跑了车 跑了个车 刹不住 水位涨 水涨 炸药丢 丢了炸药 炸药少 瓦斯积聚 带电作业 片帮 透水 突水 漏电 触电 着火 起火 失火 冒烟 火苗 有明火 瓦斯超限 瓦斯涌出 瓦斯突出 瓦斯爆 瓦斯报警 爆炸 塌方 垮塌 塌了 要塌 快塌 垮了 要垮 " +
		"顶板来压 掉矸 掉顶 掉渣 掉石头 落石 人被埋 被埋 被困 困在 中毒 窒息 喘不上气 一氧化碳超 co超 煤气泄漏 漏气 煤尘大 " +
		"抽不赢 抽不及 抽不过来 橡胶味 胶皮味 叫水淹 让水淹 被水淹 有一氧化碳 人头晕 都头晕 头晕恶心 空着顶 空顶干 空顶距 煤炮 炮没响 炮没炸 卡住了有人 关在电梯 困在电梯 电梯困 电梯卡 " +
		"信号工睡 把钩工睡 绞车工睡 绞车司机睡 皮带上坐 坐皮带 坐着皮带 扒皮带 扒矿车 坐矿车 扒车 " +
		"断绳 钢丝绳断 跑车 溜车 掉道 坠罐 卡罐 墩罐 坠落 掉下去 绞进 卷进 咬住 倒架 支架倒 停风 无风 没风 没有风 瓦斯高 瓦斯大 瓦斯味 煤气味 电线裸露 电缆破 电缆裸 漏雷管 丢雷管 雷管丢 雷管少 瞎炮 哑炮 拒爆 " +
		"强令 冒险作业 违章指挥 空顶作业 无证作业 氨气泄漏 漏液 火灾 出水了 淹了 水涌 涌水")
	// hurts are of somebody; who asks for what is owed for it tells of the past
	hurts  = newWordSet("夹了手 夹了脚 夹着手 夹着脚 摔下去 摔下来 腿断 胳膊断 手断 手指断 有人受伤 人受伤 受伤了 砸到人 砸了人 砸住人 砸着人 伤了人 晕倒 昏倒 晕过去 昏迷 砸住腿 砸住脚 砸住手 砸断 夹住人")
	claims = newWordSet("工伤 医药费 医疗费 药费 报销 赔 补助 工资 奖金 调岗 护理费 伤残 认定 误工 养伤 给个说法 没人管我")
	atOnce = newWordSet("快来 快派 救人 救命 赶紧来 赶紧派 刚才 刚刚")
	things = newWordSet("瓦斯 甲烷 炮眼 支柱 立柱 护帮 抱索器 炸药 雷管 托辊 滚筒 制动 刹车 逃生 避灾 探头 传感器 皮带 顶板 支护 支架 锚杆 锚索 巷道 工作面 风机 局扇 风筒 通风 电缆 电线 开关 配电 变压器 钢丝绳 罐笼 绞车 猴车 轨道 刮板 采煤机 掘进机 溜子 煤仓 水仓 护栏 盖板 井盖 护罩 防护 " +
		"安全带 自救器 矿灯 灭火器 消防 煤尘 粉尘 梯子 爬梯 吊车 行车 锅炉 气瓶 氧气瓶 煤气 燃气 液化气 单体 柱子 链条 风门 闭锁 急停 保护")
	faults = newWordSet("没响 没炸 着了 关不严 关不上 闸不住 滑 起刺 毛刺 散股 包上 包起来 捂住 捂上 罩住 挡住 没爆 不准 不对 起毛 头晕 头疼 都开 敞开 敞着 漏检 空班 假数 丢 甩 进水 不灵 失灵 坏 断 跳 超 报警 响 掉 裂 漏 没有 没了 没装 不够 松 变形 停 有问题 冒 歪 塌 倒 漂 跑偏 打滑 卡 破 裸 短路 打火 冒火 火花 发热 烫 烧 不工作 不转 不动 " +
		"不亮 不好使 用不成 用不了 不能用 不显示 没数 偏低 偏高 太高 太大 高 下沉 鼓 危险 隐患 甩掉 拆了 摘了 堵 遮 包住 蒙 过期 失效 没电 空 缺 麻达 毛病 压力大 来压 老化 锈 少")
	// present brings a danger back that something below put away
	present = newWordSet("现在 这会 尔格 正在 刚才 刚刚 刚 今天 今早 今晚 今儿 眼下 马上 立刻 立即 快来 救 赶紧 还在 又开始 昨天 昨晚 昨儿 夜来 夜个 零点班 一直 至今 到现在")
	past    = newWordSet("去年 前年 大前年 上个月 上月 半年前 年前 以前 之前 曾经 当年 那年 那时候 多年 早年 已经修 修好了 已修 处理好了 处理完 解决了 已解决 换好了 整改完 恢复了 已恢复 过去了 小时候 听说过 事故后 事故以后")
	talk    = newWordSet("工伤认定 涌出量 演练 培训 预案 考试 宣传 学习 讲课 安全课 万一 假如 电影 新闻")
	paper   = newWordSet("要赔 让赔 叫赔 赔钱 工资 奖金 绩效 扣钱 罚款 罚了 补贴 津贴 工伤认定 认定 赔偿 瓦斯检查员 瓦检员 检查员 瓦检工 皮带工 皮带队 皮带司机 支护工 通风队 通风科 培训 学习 考试 考核 考证 宣传 演练 预案 制度 台账 记录本 标语 讲课 安全课 " +
		"万一 假如 假设 电影 新闻 谢谢 感谢 表扬 值得 建议装 建议加 建议 能不能装 能不能加 能否加装 希望装 希望加装 可以装 多装 加装 想装 招聘 排班 调岗 调到 岗位 是什么 是多少 怎么算 怎么用 规定 标准 每次 停车 食堂 宿舍 公寓 暖气 澡堂")
)

// Water is a danger where it comes out of rock.
var (
	rocks = newWordSet("底板 迎头 掌子面 探放水 探水 钻孔 采空区 老空 煤壁 巷道 工作面 采面 顶板 上山 下山 老塘")
	water = newWordSet("冒水 渗水 出水 淋水 水大 水越来越 水变大 水发红 水红 水发浑 水浑 鼓起来 底鼓 积水")
)

// harmless are the words above in another sense.
var harmless = newWordSet("没风扇 没有风扇 没风没雨 我皮带 裤子皮带 腰里皮带")

// dangerous reports whether a sentence, by clauses, tells of a danger now.
func dangerous(clauses [][]rune) bool {
	sentence := slices.Concat(clauses...) // some type a space behind every character
	sentence = harmless.without(sentence)
	disaster := disasters.in(sentence) || together(sentence, rocks, water, near) ||
		hurts.in(sentence) && (!claims.in(sentence) || atOnce.in(sentence))
	if !disaster && !faulty(clauses, sentence) {
		return false
	}
	if present.in(sentence) {
		return true
	}
	return !past.in(sentence) && !(disaster && talk.in(sentence))
}

// near is within how many characters behind a thing what is wrong with it stands.
const near = 14

// faulty reports whether something is said to be wrong with a thing that lives
// hang on. What is said of wages, posts and lessons in one breath with it puts it
// away.
func faulty(clauses [][]rune, sentence []rune) bool {
	start := 0
	for _, clause := range clauses {
		end := start + len(clause)
		away := false // known when it matters
		for at := start; at < end && !away; at++ {
			behind := things.at(sentence[:end], at)
			if behind == at || !gasHigh(sentence, at, behind) && !faults.in(sentence[behind:min(len(sentence), behind+near)]) && !faults.in(sentence[max(0, at-4):at]) {
				continue
			}
			if away = paper.in(clause); !away {
				return true
			}
		}
		start = end
	}
	return false
}

// gasHigh reports whether a share of gas in percent is told behind a word for it, of
// 0.8 and more: at 1.0 work stops (煤矿安全规程).
func gasHigh(f []rune, at, behind int) bool {
	if hasPrefix(f, at, "瓦斯", "甲烷") == at {
		return false
	}
	for i := behind; i < min(len(f), behind+6); i++ {
		if n := readNumeral(f, i); n.end > i {
			return n.value >= 0.8 && n.value < 100 && !n.han
		}
	}
	return false
}

// sentences cuts a text where a sentence or line ends, each into its clauses. A
// space may end a clause and no sentence: people type so.
func sentences(raw string) [][][]rune {
	var all [][][]rune
	for _, s := range strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune("。！？!?；;\n", r) }) {
		var clauses [][]rune
		for _, c := range strings.FieldsFunc(Fold(s), func(r rune) bool { return !spoken(r) && r != '.' }) {
			clauses = append(clauses, []rune(c))
		}
		if len(clauses) > 0 {
			all = append(all, clauses)
		}
	}
	return all
}
