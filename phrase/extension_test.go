package phrase

import (
	"testing"

	"pgregory.net/rapid"

	"fangzhuo/calendar"
)

func TestExtension(t *testing.T) {
	today := calendar.On(2027, 1, 11)
	feb20 := calendar.On(2027, 2, 20)
	for said, want := range map[string]Extension{
		"30天": {Days: 30},
		"2027-02-20 批准人李矿长 理由设备招标":      {Until: feb20, Approver: "李矿长", Reason: "设备招标"},
		"理由：设备招标，批准人：李矿长，2月20日":         {Until: feb20, Approver: "李矿长", Reason: "设备招标"},
		"批准人李矿长理由设备招标 30日":              {Days: 30, Approver: "李矿长", Reason: "设备招标"},
		"因等厂家来人，经李矿长批准，推到2月20日前":        {Until: feb20, Approver: "李矿长", Reason: "等厂家来人"},
		"延到2月20号 李矿长已同意 原因是等厂家来人":       {Until: feb20, Approver: "李矿长", Reason: "等厂家来人"},
		"二十个工作日，审批人 李矿长\n由于设备招标，3天没人应标": {Days: 20, Working: true, Approver: "李矿长", Reason: "设备招标，3天没人应标"},
		"到2月20日 李矿长同意了":                 {Until: feb20, Approver: "李矿长"},
		"李矿长批准过的 30天 等化冻":               {Days: 30, Approver: "李矿长", Reason: "等化冻"},
		"半个月 李矿长批准 等厂家来人":               {Days: 15, Approver: "李矿长", Reason: "等厂家来人"},
		"理由厂家2月才来人，一个月，批准人李矿长":          {Days: 30, Approver: "李矿长", Reason: "厂家2月才来人"},
		"李矿长批准 30天":                     {Days: 30, Approver: "李矿长"},
		"３０天　批準人：李礦長　理由：設備招標":           {Days: 30, Approver: "李礦長", Reason: "設備招標"},
		"至2027年2月20日；批准领导是李矿长；理由为设备招标":  {Until: feb20, Approver: "李矿长", Reason: "设备招标"},
		"": {},
	} {
		if got := Read(said).Extension(today); got != want {
			t.Errorf("%q: got %+v, want %+v", said, got, want)
		}
	}
}

// Whatever is said, reading it ends.
func TestExtensionEnds(t *testing.T) {
	words := []string{"30天", "2月20日", "批准人", "李矿长", "批准", "理由", "因", "经", "延到", "设备招标", " ", "，", "：", "。", "3", "前", "到"}
	rapid.Check(t, func(t *rapid.T) {
		said := ""
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			said += rapid.SampledFrom(words).Draw(t, "word")
		}
		Read(said).Extension(calendar.On(2027, 1, 11))
	})
}
