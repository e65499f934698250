package cases

import (
	"slices"
	"strings"
	"testing"
)

func TestAgainst(t *testing.T) {
	o := NewOffice([]Unit{{ID: "hq", Name: "后勤服务中心", Aliases: []string{"后勤", "食堂", "澡堂"}}, {ID: "jd", Name: "机电队"}, {ID: "xf", Name: "信访办"}, {ID: "aj", Name: "安监部", Aliases: []string{"安监"}}}, nil,
		[]Person{{ID: "wang", Name: "王慧", Title: "信访办主任", Role: Staff, Unit: "xf", Chief: true}, {ID: "zhou", Name: "周敏", Title: "信访办干事", Role: Staff, Unit: "xf"},
			{ID: "mei", Name: "梅芳", Title: "后勤服务中心副主任", Role: Liaison, Unit: "hq"}, {ID: "qin", Name: "秦卫东", Title: "矿长", Role: Leader},
			{ID: "shi", Name: "石磊", Title: "机电队办事员", Role: Liaison, Unit: "jd"}, {ID: "lei", Name: "雷刚", Title: "安监部副部长", Role: Liaison, Unit: "aj"},
			{ID: "fan", Name: "范玉林", Title: "党委副书记", Role: Leader}, {ID: "luo", Name: "罗小虎", Role: Worker}}, strings.ToLower)
	for text, want := range map[string][]string{
		"澡堂更衣柜锁坏了":        nil,
		"后勤的车总晚点，机电队的灯不亮": nil,
		"后勤服务中心主任把活动费花了":  {"hq"},
		"后勤的负责人骂人":        {"hq"},
		"食堂经理态度差":         {"hq"},
		"机电队队长不让休息":       {"jd"},
		"机电队党支部书记不管":      {"jd"},
		"梅芳推来推去":          {"mei", "hq"},
		"找梅主任三次都不理":       {"mei", "hq"},
		"秦矿长说话不算数":        {"qin"},
		"范副书记没回话":         {"fan"},
		"信访办主任压着不办":       {"xf", "wang"},
		"王主任和周敏都推":        {"wang", "zhou"},
		"我是罗小虎，工资少了":      nil,
		"机电队的办事员把我的假条弄丢了": {"jd", "shi"},
		"机电队那个办事员态度差":     {"jd", "shi"},
		"机电队老石说话难听":       {"jd", "shi"},
		"队上办事员说他也不知道":     nil,
		"后勤 主任扣着不给":       {"hq"},
		"后勤里管事的骂人":        {"hq"},
		"安监的雷部收了烟":        {"lei", "aj"},
		"安监部老雷骂人":         {"lei", "aj"},
		"信访办的干事不理人":       {"zhou"},
		"秦矿答应的没兑现":        {"qin"},
		"老石头房子漏水":         nil,
		"小雷雨天班车就停":        nil,
	} {
		got := o.Against(text)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for typed, want := range map[string]string{"后勤": "hq", "秦矿长": "qin", "矿长": "qin", "周敏": "zhou", "没有的人": ""} {
		if got := strings.Join(o.Accused(typed), ","); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if o.Above([]string{"hq", "zhou"}) || !o.Above([]string{"fan"}) || !o.Above([]string{"wang"}) {
		t.Error("who is above the office")
	}
}
