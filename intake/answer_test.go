package intake

import (
	"testing"

	"fangzhuo/cases"
)

func TestReadAnswer(t *testing.T) {
	for typed, want := range map[string]Answer{
		"已补发436.5元":      {Reply: cases.Reply{Opinion: "已补发436.5元"}},
		"已补发 依据：考勤记录 确认": {Reply: cases.Reply{Opinion: "已补发", Basis: "考勤记录"}, Sure: true},
		"依据：考勤记录；工资支付规定\n意见：已补发\n查明：少记3个夜班\n请求：补发\n处理：支持": {
			Reply: cases.Reply{Request: "补发", Facts: "少记3个夜班", Opinion: "已补发", Basis: "考勤记录；工资支付规定", Code: cases.Supported}},
		"【依據】時刻表【處理】不支持 車已排滿【事實】四台车": {
			Reply: cases.Reply{Facts: "四台车", Opinion: "車已排滿", Basis: "時刻表", Code: cases.NotSupported}},
		"處理：部份采纳 改装在更衣室，確認": {Reply: cases.Reply{Opinion: "部份采纳 改装在更衣室"}, Sure: true},
		"请到窗口确认": {Reply: cases.Reply{Opinion: "请到窗口确认"}},
		"":       {},
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
