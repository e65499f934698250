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
