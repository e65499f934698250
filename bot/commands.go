package bot

import (
	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// command is one entry of the command table. To add a command, add an entry.
type command struct {
	id    string
	words []string
	// verb decides who may, by the one table of rights; for a command that is
	// no step of a case, roles does. Nil means everybody.
	verb  cases.Verb
	roles []cases.Role
	// number: a case number follows, unless the command may also stand alone.
	// rest: words may follow without a number. Otherwise it stands alone.
	number, alone, rest bool
	// idle: its answer is worth nothing any more once something else was said.
	idle bool
	run  func(t *turn, in input) (reply, error)
}

// input is what was said with a command.
type input struct {
	no   cases.Number
	rest phrase.Text
	// which are numbers between which nobody can choose, code is that of a quoted
	// receipt.
	which []cases.Number
	code  string
	also  []cases.Number // named with the first before the command (47、48 一并答复)
}

// theCode is the receipt code (查询码) that comes with the command.
func (in input) theCode() string {
	if code, _, ok := in.rest.Code(); ok {
		return code
	}
	return in.code
}

var (
	staffOnly = []cases.Role{cases.Staff}
	duty      = []cases.Role{cases.Staff, cases.Discipline, cases.Liaison, cases.Leader}
	bosses    = []cases.Role{cases.Leader, cases.Staff}
)

// commands is the whole of what can be asked for by name. Forms (反映, 建议) come
// from the config and are not in it.
var commands []command

func init() { // the runs refer to the table through the bot, hence not a literal
	commands = []command{
		// everybody
		{id: "help", words: []string{"帮助", "菜单", "怎么用", "help", "你是谁", "你是机器人吗", "你是机器人", "机器人"}, idle: true, run: help},
		{id: "track", words: []string{"查询", "查", "查进度"}, number: true, alone: true, run: track},
		{id: "progress", words: []string{"进度"}, number: true, alone: true, run: progress},
		{id: "mine", words: []string{"我的", "我的事", "我反映的", "我反映的事", "我的进度", "我的件", "我提的"}, run: mine},
		{id: "supplement", words: []string{"补充"}, number: true, run: supplement},
		{id: "withdraw", words: []string{"撤回", "撤销", "我要撤回", "我想撤回", "我要撤销", "撤诉", "不想反映了", "我不想反映了", "不想告了", "不告了", "撤了吧"}, number: true, run: withdraw},
		{id: "rejoin", words: []string{"接回"}, number: true, run: rejoin},
		{id: "reception", words: []string{"接待日", "矿领导接待日", "领导接待日"}, rest: true, run: reception},
		{id: "guide", words: []string{"手册", "办事手册", "信访手册"}, rest: true, run: guide},
		{id: "rules", words: []string{"条例", "信访条例", "信访工作条例"}, rest: true, run: rules},
		{id: "terms", words: []string{"期限", "时限", "多久", "多长时间", "几天"}, run: terms},
		{id: "steps", words: []string{"流程", "办事流程", "程序"}, run: steps},
		{id: "channels", words: []string{"渠道", "联系方式", "怎么找你们", "外线"}, run: channels},
		{id: "confirm", words: []string{"认可", "满意", "很满意", "非常满意", "同意答复"}, number: true, alone: true, run: confirm},
		{id: "dispute", words: []string{"不服", "不认可", "不同意", "还是不服", "我不服", "申请复查", "申请复核", "我要申请复查", "我要申请复核", "我要复查", "我要复核"}, number: true, run: dispute},
		{id: "rate", words: []string{"评价", "评分", "打分", "评一下", "评论"}, number: true, run: rateCase},
		{id: "displeased", words: []string{"不满意", "差评"}, number: true, run: displeased},
		{id: "later", words: []string{"预约", "约谈"}, run: later},
		{id: "privacy", words: []string{"隐私", "隐私说明", "怎么保密", "保密吗"}, run: privacy},
		{id: "my-data", words: []string{"我的资料", "我的信息", "存了什么"}, number: true, alone: true, run: myData},
		{id: "erase", words: []string{"删除资料", "删除我的资料", "删资料", "注销资料", "我要删除资料", "我想删除资料", "把我的资料删了", "把我资料删了", "删我的资料", "删掉我的资料", "删除我的信息", "清除我的资料"}, number: true, alone: true, run: erase},
		{id: "erase-sure", words: []string{"确认删除", "确认删除资料"}, number: true, alone: true, run: eraseSure},
		{id: "after", words: []string{"回访"}, number: true, run: after},
		{id: "cancel", words: []string{"取消", "算了"}, idle: true, run: nothingToCancel},
		{id: "bind", words: []string{"绑定"}, rest: true, run: bind},
		{id: "bind-group", words: []string{"绑定群"}, rest: true, roles: staffOnly, run: bindGroupInPrivate},

		// the office
		{id: "todo", words: []string{"待办", "任务", "清单"}, roles: duty, run: todo},
		{id: "register", words: []string{"登记"}, verb: cases.Register, number: true, run: register},
		{id: "accept", words: []string{"受理"}, verb: cases.Accept, number: true, run: accept},
		{id: "assign", words: []string{"转办", "交办", "转", "转给", "派给", "派"}, verb: cases.Assign, number: true, run: assign},
		{id: "correct", words: []string{"更正", "改正"}, verb: cases.Correct, number: true, run: correct},
		{id: "merge", words: []string{"合并", "并案", "并入"}, verb: cases.Merge, number: true, run: merge},
		{id: "split", words: []string{"拆分", "拆出"}, verb: cases.Split, number: true, run: split},
		{id: "relate", words: []string{"关联"}, verb: cases.Relate, number: true, run: relate},
		{id: "help-unit", words: []string{"协办", "请协办"}, verb: cases.Help, number: true, run: helpUnit},
		{id: "sponsor", words: []string{"包案"}, verb: cases.Sponsor, number: true, run: sponsor},
		{id: "ask", words: []string{"问"}, verb: cases.Ask, number: true, run: ask},
		{id: "answer", words: []string{"答复", "回复"}, verb: cases.Answer, number: true, run: answerCase},
		{id: "answer-all", words: []string{"一并答复", "一起答复", "统一答复", "一并回复", "一起回复", "统一回复"}, verb: cases.Answer, number: true, run: answerAll},
		{id: "extend", words: []string{"延期", "延长", "顺延"}, verb: cases.Extend, number: true, run: extend},
		{id: "inform", words: []string{"已告知", "已电话告知"}, verb: cases.Inform, number: true, run: inform},
		{id: "close", words: []string{"办结", "结案"}, verb: cases.Close, number: true, run: closeCase},
		{id: "opinion", words: []string{"意见书", "处理意见书"}, verb: cases.Open, number: true, run: opinion},
		{id: "fulfil", words: []string{"落实", "已落实"}, verb: cases.Fulfil, number: true, run: fulfil},
		{id: "reopen", words: []string{"重办", "重新办"}, verb: cases.Reopen, number: true, run: reopen},
		{id: "review", words: []string{"转复查", "转复核"}, verb: cases.Review, number: true, run: review},
		{id: "conclude", words: []string{"复查意见", "复核意见"}, verb: cases.Conclude, number: true, run: conclude},
		{id: "finish", words: []string{"终结"}, verb: cases.Finish, number: true, run: finish},
		{id: "attachments", words: []string{"附件", "看附件", "查附件"}, verb: cases.Open, number: true, run: attachments},
		{id: "pass-on", words: []string{"转附件"}, verb: cases.PassOn, number: true, run: passOn},
		{id: "urge", words: []string{"催办", "督办"}, verb: cases.Urge, number: true, run: urge},
		{id: "unsettled", words: []string{"未决"}, roles: staffOnly, run: unsettled},
		{id: "aside", words: []string{"搁置"}, roles: staffOnly, run: putAside},
		{id: "status", words: []string{"状态"}, roles: []cases.Role{cases.Staff, cases.Admin}, run: status},
		{id: "move", words: []string{"改期"}, roles: staffOnly, rest: true, run: moveReception},
		{id: "contact", words: []string{"联系"}, verb: cases.Open, number: true, run: contact},
		{id: "call", words: []string{"来电"}, roles: staffOnly, rest: true, run: called},
		{id: "letter", words: []string{"来信"}, roles: staffOnly, rest: true, run: wrote},
		{id: "above", words: []string{"上级交办", "上级转来", "上级来文"}, roles: staffOnly, rest: true, run: handedDown},
		{id: "visit", words: []string{"来访"}, roles: staffOnly, rest: true, run: visit},
		{id: "bind-code", words: []string{"绑定码"}, roles: []cases.Role{cases.Staff, cases.Admin}, rest: true, run: bindCode},

		{id: "refer", words: []string{"导入"}, verb: cases.Refer, number: true, run: refer},
		{id: "turn-away", words: []string{"不予受理"}, verb: cases.Refer, number: true, run: turnAway},
		{id: "recuse", words: []string{"回避"}, verb: cases.Recuse, number: true, run: recuse},
		{id: "hand", words: []string{"交接"}, verb: cases.Hand, number: true, alone: true, run: hand},
		{id: "leave", words: []string{"请假"}, roles: staffOnly, rest: true, run: takeLeave},
		{id: "waive", words: []string{"回避例外"}, verb: cases.Waive, number: true, run: waive},

		// units
		{id: "sign-off", words: []string{"签收"}, verb: cases.SignOff, number: true, run: signOff},
		{id: "feedback", words: []string{"反馈"}, verb: cases.Feedback, number: true, run: feedback},
		{id: "object", words: []string{"异议"}, verb: cases.Object, number: true, run: object},

		// leaders
		{id: "overview", words: []string{"概况", "总体情况"}, roles: bosses, run: overview},
		{id: "sponsored", words: []string{"我包的", "我包的案"}, roles: []cases.Role{cases.Leader}, run: sponsored},
		{id: "instruct", words: []string{"批示"}, verb: cases.Instruct, number: true, run: instruct},
	}
}

// who returns the roles that may use the command, or nil for everybody.
func (c command) who() []cases.Role {
	if c.verb != "" {
		return cases.Who(c.verb)
	}
	return c.roles
}
