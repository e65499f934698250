package phrase

import (
	"strings"
	"testing"
)

func TestDangers(t *testing.T) {
	for raw, want := range map[string]string{
		"": "",
		"我是夜班的。顶板现在掉渣！队长平时就爱扣钱。": "顶板现在掉渣！",
		"工资少了200": "",
		"皮带机尾瓦斯探头不准\n我叫张三\n回风巷冒烟了快来": "皮带机尾瓦斯探头不准\n回风巷冒烟了快来",
	} {
		if got := Dangers(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestDangersBut(t *testing.T) {
	sealed := func(said string) bool { return strings.Contains(said, "举报") || strings.Contains(said, "倒卖") }
	for raw, want := range map[string]string{
		"某队材料员倒卖新锚杆":                     "",
		"举报队长强令我们冒险作业，瓦斯超限还让干":           "瓦斯超限还让干",
		"材料员倒卖电缆。2306工作面现在冒顶了！队长不管，也举报他": "2306工作面现在冒顶了！",
	} {
		if got := DangersBut(raw, sealed); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestCalm(t *testing.T) {
	for raw, want := range map[string]string{
		"他扣我钱。我非弄死他不可！请查考勤。": "他扣我钱。请查考勤。",
		"气死我了，他扣我钱。":         "气死我了，他扣我钱。",
		"弄死他":                "",
	} {
		if got := Calm(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestOfOffice(t *testing.T) {
	for raw, want := range map[string]bool{
		"上个月夜班费少了两百": true, "排班连着倒": true, "說調崗就調崗": true,
		"三部皮带机头那儿": false, "家属区三号楼": false, "老李在机尾受伤": false, "": false,
	} {
		if got := OfOffice(raw); got != want {
			t.Errorf("%q: %v", raw, got)
		}
	}
}
