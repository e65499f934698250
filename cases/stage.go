package cases

// Stage is how far a case has come (状态).
type Stage string

// The stages, in their usual order.
const (
	Received   Stage = "received"   // 已收到: the bot has it, nobody has looked yet
	Registered Stage = "registered" // 已登记: staff gave it a category, a lead and an owner
	Accepted   Stage = "accepted"   // 受理: the office takes it on
	Handling   Stage = "handling"   // 办理中: a unit has it
	Answered   Stage = "answered"   // 已答复: the petitioner has the answer
	Reviewing  Stage = "reviewing"  // 复查中, 复核中: the next level up looks at the answer
	Closed     Stage = "closed"     // 办结
	Referred   Stage = "referred"   // 导入法定途径, 不予受理: the petitioner was told where it belongs
	Merged     Stage = "merged"     // 已合并: goes on under another number
	Withdrawn  Stage = "withdrawn"  // 已撤回
	Final      Stage = "final"      // 终结: reviewed twice, nothing more is owed (信访工作条例 art. 36)
)

// Stages are all stages, in their usual order.
var Stages = []Stage{Received, Registered, Accepted, Handling, Answered, Reviewing, Closed, Referred, Merged, Withdrawn, Final}

// Open reports whether somebody still has to act.
func (s Stage) Open() bool {
	switch s {
	case Closed, Referred, Merged, Withdrawn, Final:
		return false
	}
	return true
}

// Word is what the petitioner is told of a stage: one of five plain words.
type Word string

// The five words: 收到, 已登记, 正在办, 有答复了, 办完了.
const (
	WordReceived   Word = "received"
	WordRegistered Word = "registered"
	WordHandling   Word = "handling"
	WordAnswered   Word = "answered"
	WordDone       Word = "done"
)

// Word returns the plain word for s.
func (s Stage) Word() Word {
	switch s {
	case Received:
		return WordReceived
	case Registered:
		return WordRegistered
	case Accepted, Handling, Reviewing:
		return WordHandling
	case Answered:
		return WordAnswered
	default:
		return WordDone
	}
}
