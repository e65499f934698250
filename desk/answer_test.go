package desk

import (
	"testing"

	"fangzhuo/cases"
)

// What an answer comes to is read from its words only where they leave no doubt.
func TestOutcome(t *testing.T) {
	for said, want := range map[string]cases.AnswerCode{
		"已补发436.5元":          cases.Supported,
		"锁全部換好了":             cases.Supported,
		"热水今晚恢复，泵修好了":        cases.Supported,
		"同意，明天就办":            cases.Supported,
		"按规定部分支持，补发10月的":     cases.Partly,
		"不支持：考勤显示当天没有出勤":     cases.NotSupported,
		"没有规定可以报销":           "",
		"这个办不了":              "",
		"锁已换好，但门还修不了，无法一次办完": "",
		"年休假按工龄算":            "",
	} {
		if got := outcome(said, cases.RequestCodes); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
	for said, want := range map[string]cases.AnswerCode{
		"采纳，下月起装充电柜": cases.Adopted, "部分采纳：改装在更衣室": cases.PartlyAdopted, "不予采纳，井口空间不够": cases.NotAdopted, "已装好了": "",
	} {
		if got := outcome(said, cases.SuggestionCodes); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
	for said, want := range map[string]cases.AnswerCode{
		"经查属实，已经立案": cases.Substantiated, "反映的问题已查實": cases.Substantiated, "查证属实，款已追回": cases.Substantiated,
		"部分属实，收过一次": cases.PartlySubstantiated, "基本属实": cases.PartlySubstantiated, "部分内容不实": cases.PartlySubstantiated,
		"经查不属实": cases.Unsubstantiated, "核了两个月的出库单，查无实据": cases.Unsubstantiated, "反映的情况未查实": cases.Unsubstantiated, "没有查实": cases.Unsubstantiated,
		"是否属实还在核": "", "没有证据证明属实": "", "尚未查实": "", "第一项属实，第二项不属实": "", "难以查实": "",
		"已经补发": "", "不予支持": "", "收过两次，已经立案": "",
	} {
		if got := outcome(said, cases.AccusationCodes); got != want {
			t.Errorf("of an accusation: %s: %q, want %q", said, got, want)
		}
	}
}

// An answer that was given before accusations had outcomes of their own is read and
// shown as it was.
func TestOldOutcomeOfAnAccusation(t *testing.T) {
	d, _ := open(t)
	old := cases.Case{No: n(1), Sealed: true, Stage: cases.Answered, Reply: &cases.Reply{Opinion: "查到收过两次", Basis: "调查报告", Code: cases.Partly}}
	if got := d.Args(old, monday, nil)["Result"]; got != "部分支持" {
		t.Errorf("it came to %q", got)
	}
}

// Words that put somebody down go into no answer; what only looks like them does.
func TestHarshWords(t *testing.T) {
	for said, want := range map[string]string{
		"属于无理要求": "无理", "多次纏訪": "缠访", "请您理解配合": "请您理解配合", "敬请理解与支持": "敬请理解与支持",
		"单位无理由扣发，已退": "", "已换好，您看看": "", "道理是这样": "",
	} {
		if got := harsh("", said); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
