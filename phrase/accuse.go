package phrase

// Words that accuse somebody wherever they stand, and words that do so only
// together with words of their own gain or of doubt.
var (
	accusations = newWordSet("收人钱 拿好处 得好处 以次充好 入股煤 加到自己车 自家车里 偷着卖 套工资 套奖金 顶名 挂名 吃工分 瓜分 代刷卡 受贿 行贿 索贿 贿赂 贪污 贪了 贪的 贪钱 贪公家 倒卖 偷卖 私卖 私自卖 偷偷卖 报废卖 当废铁卖 当废品卖 卖废铁装 卖了废铁装 盗卖 变卖公 偷公家 偷材料 偷电缆 偷铜 " +
		"回扣 好处费 吃空饷 空饷 吃空额 虚报 冒领 多报工 多报人 假考勤 假名单 假发票 虚开 做假账 假账 做账 套取 套现 骗补 骗取 挪用 截留 侵占 私分 私吞 独吞 中饱私囊 小金库 账外账 " +
		"收礼 收红包 收了红包 收钱办事 收黑钱 黑钱 收烟收酒 收了烟 索要 吃拿卡要 卡要 送礼才 不送礼 要送礼 送了礼 送钱才 不送钱 得送钱 要送钱 花钱买 买官 卖官 买岗 卖岗 买指标 卖指标 " +
		"装自己腰包 装腰包 自己腰包 自己兜 揣自己 揣兜里 揣腰包 进了自己 进自己 装自己 落自己 装进口袋 以权谋私 公款 公车私用 公物私用 拿公家 利益输送 内定 围标 串标 陪标 暗箱 黑箱 猫腻 关系户 走后门 开后门 裙带 " +
		"拉回自己家 拉自己家 拉回家了 拉他家 往自家拉 当自己家的 自己的饭馆 自己亲戚 小舅子 包庇 充当保护伞 保护伞 权色 性骚扰 动手动脚 潜规则 聚众赌博 放高利贷 作风有问题 作风问题 违纪 渎职 伪造 造假 弄虚作假 瞒报 谎报 隐瞒事故 " +
		"检举 控告 实名举报 举报人 贪 受了贿 举报")
	// 举报 accuses but where somebody asks the way
	asksTheWay = newWordSet("举报电话 举报箱 举报信箱 举报邮箱 举报渠道 举报奖 怎么举报 咋举报 如何举报 去哪举报 到哪举报 在哪举报")
	// 克扣 is an ordinary wage matter until somebody is said to have it
	takes = newWordSet("克扣 扣了 扣的 扣下 扣我 扣大家 罚款 罚的钱 罚了 奖金 工资 绩效 补助 慰问 慰问品 福利 劳保 材料 废铁 废旧 电缆 锚杆 工程款 班费 伙食费 会费 油 柴油 钱")
	gains = newWordSet("去哪里 领了没发 领走了没发 自己拿 他拿了 他拿走 拿回家 拿走了 私下拿 私下分 几个人分 他们分了 分了 吃了 吞了 揣了 花了他自己 给自己 自己用了 自己花 请客 喝酒了 没入账 不入账 不上账 没上账 没交公 不见账 进了谁 去了哪 去哪了 去向 卖了钱 卖掉 卖了 多给自己 亲戚 家里盖 转给他 微信转给")
	// hands that took something, and pay for nobody's work
	hands  = newWordSet("收了 收过 收下 拿了承包商 拿了老板 拿了包工头 吃了我们 吃了大家 吃了工人")
	bribes = newWordSet("烟 酒 的钱 礼 红包 购物卡 好处 工分 工资")
	absent = newWordSet("没上班 不上班 没下井 不下井 没来过 从来没见")
	paid   = newWordSet("领工资 照领 照拿 还领 开工资 刷卡 有工分 记工分 领奖金")
	// doubt of somebody, not of a figure
	doubts  = newWordSet("怀疑 估计 肯定 八成 听说 都说 有人说 是不是")
	doubted = newWordSet("有鬼 搞鬼 捣鬼 有问题的人 手脚不干净 不干净 手脚 黑了 黑我们 黑钱 他吃 吃了 他拿 拿了 自己拿 卖了 偷 贪 私 分了 收了 收钱 好处 勾结 串通 一伙 利用职权 假的 作假 做假")
	// the words above in another sense
	blameless = newWordSet("贪黑 贪图 贪玩 贪睡 贪吃 贪便宜 不贪 贪心不 弄丢 私人 私聊 私下说 私信 不要收礼 拒收礼 没有猫腻 防范诈骗 造假的消息 亲自己 自己家的孩子 做账号 不回扣 油烟 油漆 加油 食用油 机油味")
)

// Accuses reports whether a text accuses somebody of taking, selling or covering
// up, so that it belongs on the sealed path (检举控告, domain.md §0 finding 6): a matter
// can be unsealed later but not un-leaked, so a doubt about a person is a yes. An
// ordinary matter of pay is none, though 克扣 or 扣 stand in it, until somebody is
// said to have got the money.
func Accuses(raw string) bool {
	f, _ := spokenOf(Read(raw))
	f = asksTheWay.without(blameless.without(f))
	return accusations.in(f) || together(f, takes, gains, 16) || together(f, doubts, doubted, 16) ||
		together(f, hands, bribes, 6) || together(f, absent, paid, 8)
}
