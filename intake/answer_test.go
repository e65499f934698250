package intake

import (
	"testing"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

func TestReadAnswer(t *testing.T) {
	for typed, want := range map[string]Answer{
		"已补发436.5元":         {Reply: cases.Reply{Opinion: "已补发436.5元"}},
		"已补发 依据：考勤记录 一并确认":  {Reply: cases.Reply{Opinion: "已补发", Basis: "考勤记录"}, Sure: true, All: true},
		"这几天的工时都确认 依据：考勤记录": {Reply: cases.Reply{Opinion: "这几天的工时都确认", Basis: "考勤记录"}},
		"已补发 依据：考勤记录 确认":    {Reply: cases.Reply{Opinion: "已补发", Basis: "考勤记录"}, Sure: true},
		"依据：考勤记录；工资支付规定\n意见：已补发\n查明：少记3个夜班\n请求：补发\n处理：支持": {
			Reply: cases.Reply{Request: "补发", Facts: "少记3个夜班", Opinion: "已补发", Basis: "考勤记录；工资支付规定", Code: cases.Supported}},
		"【依據】時刻表【處理】不支持 車已排滿【事實】四台车": {
			Reply: cases.Reply{Facts: "四台车", Opinion: "車已排滿", Basis: "時刻表", Code: cases.NotSupported}},
		"處理：部份采纳 改装在更衣室，確認": {Reply: cases.Reply{Opinion: "部份采纳 改装在更衣室"}, Sure: true},
		"请到窗口确认":          {Reply: cases.Reply{Opinion: "请到窗口确认"}},
		"":                {},
		"已补发436.5元 依据1、2": {Reply: cases.Reply{Opinion: "已补发436.5元", Basis: "1、2"}},
		"根据考勤记录，已补发两个班":              {Reply: cases.Reply{Opinion: "根据考勤记录，已补发两个班", Basis: "考勤记录"}},
		"锁已全部换新，按照宿舍澡堂管理办法。":         {Reply: cases.Reply{Opinion: "锁已全部换新", Basis: "宿舍澡堂管理办法"}},
		"根据您反映的情况，已换新":               {Reply: cases.Reply{Opinion: "根据您反映的情况，已换新"}},
		"根据有关规定，办不了":                 {Reply: cases.Reply{Opinion: "根据有关规定，办不了"}},
		"加了一趟 根据：发车记录 支持":            {Reply: cases.Reply{Opinion: "加了一趟", Basis: "发车记录", Code: cases.Supported}},
		"多谢大家的支持":                    {Reply: cases.Reply{Opinion: "多谢大家的支持"}},
		"车排满了，新车月底到，不支持 依据：时刻表 确认无误": {Reply: cases.Reply{Opinion: "车排满了，新车月底到，不支持", Basis: "时刻表"}, Sure: true},
	} {
		if got := ReadAnswer(typed); got != want {
			t.Errorf("%q is read as\n%+v, want\n%+v", typed, got, want)
		}
	}
	for _, end := range []string{"换好了 确认", "换好了，确认发送。", "换好了。確認發出", "换好了\n确定"} {
		if got := ReadAnswer(end); !got.Sure {
			t.Errorf("%q is not sure", end)
		}
	}
}

// What an accusation comes to, as people type it.
func TestOutcomeOfAnAccusation(t *testing.T) {
	for typed, want := range map[string]cases.AnswerCode{
		"查实": cases.Substantiated, "算属实": cases.Substantiated, "經查屬實": cases.Substantiated, "部分属实，收过一次": cases.PartlySubstantiated, "基本属实": cases.PartlySubstantiated,
		"不属实": cases.Unsubstantiated, "查无实据": cases.Unsubstantiated, "按查不实": cases.Unsubstantiated, "没有查实，监控只存一个月": cases.Unsubstantiated, "查到两次": "",
	} {
		if got, _, _ := Outcome(phrase.Read(typed)); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

func TestSends(t *testing.T) {
	for _, yes := range []string{"发", "发吧", "没问题，发吧", "好 发送", "就这样吧", "確認無誤", "可以，直接发出去", "行了 发给他吧", "OK 发👌", "发送"} {
		if !Sends(phrase.Read(yes)) {
			t.Errorf("%q does not send", yes)
		}
	}
	for _, no := range []string{"", "先别发", "不发", "发给谁", "好像不对", "发票", "等一下再发", "可以发两个班的", "对了，依据是时刻表"} {
		if Sends(phrase.Read(no)) {
			t.Errorf("%q sends", no)
		}
	}
}

func TestChangesTo(t *testing.T) {
	for typed, want := range map[string][2]string{
		"依据改成 时刻表": {BasisPart, "时刻表"}, "把依据改成时刻表": {BasisPart, "时刻表"}, "第三条改為：加一趟": {OpinionPart, "加一趟"},
		"请把意见换成：加一趟": {OpinionPart, "加一趟"}, "2 改成 查过了": {FactsPart, "查过了"}, "请求应该是加一趟": {RequestPart, "加一趟"},
		"依据是时刻表": {}, "把车改成大的": {}, "改成这样": {},
	} {
		part, to, ok := ChangesTo(phrase.Read(typed))
		if ok != (want[0] != "") || ok && (part != want[0] || to.Raw() != want[1]) {
			t.Errorf("%q: %q %q %v", typed, part, to.Raw(), ok)
		}
	}
}
