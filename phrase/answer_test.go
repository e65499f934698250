package phrase

import "testing"

func TestChoice(t *testing.T) {
	for raw, want := range map[string]int{
		"1": 1, "①": 1, "❶": 1, "㊀": 1, "1️⃣": 1, "一": 1, "１。": 1, "第二个": 2, "选3": 3, "我選3吧": 3, "2、": 2, "（2）": 2, "⒉": 2, "选项2": 2, "三号": 3, " 3 🙂": 3,
		"": 0, "0": 0, "4": 0, "12": 0, "1.5": 0, "1天": 0, "一下": 0, "第": 0, "1和2": 0, "第二个不行": 0, "0002": 0, "02": 0,
	} {
		if got, ok := Read(raw).Choice(3); got != want || ok != (want > 0) {
			t.Errorf("Choice(%q) = %d, %v, want %d", raw, got, ok, want)
		}
	}
}

func TestYesAndNo(t *testing.T) {
	for raw, want := range map[string]string{
		"对": "yes", "對": "yes", "是": "yes", "好": "yes", "嗯": "yes", "嗯嗯嗯": "yes", "对对对": "yes", "对的": "yes", "没错": "yes", "OK": "yes", "ＯＫ！": "yes", "[OK]": "yes", "可以": "yes", "行": "yes", "確認": "yes", "对啊。": "yes", "是的呢": "yes", "👌": "yes", "👍🏻": "", "好嘞": "yes", "“对”": "yes",
		"不对": "no", "不對！": "no", "不是": "no", "不": "no", "否": "no", "错了": "no", "不行啊": "no", "NO": "no",
		"对吗": "", "对？": "", "对不对": "", "不错": "", "好人": "", "是张三": "", "": "", "🙄": "", "对了": "", "是不是": "", "1": "",
	} {
		text := Read(raw)
		got := ""
		if text.Yes() {
			got = "yes"
		}
		if text.No() {
			got += "no"
		}
		if got != want {
			t.Errorf("%q says %q, want %q", raw, got, want)
		}
	}
}

func TestYesWith(t *testing.T) {
	for _, tc := range []struct {
		raw, rest string
		ok        bool
	}{
		{"对 保密", "保密", true}, {"對，保密！", "保密！", true}, {"是的保密", "保密", true}, {"好。匿名", "匿名", true}, {"对", "", true}, {"👌", "", true}, {"嗯嗯\n实名", "实名", true}, {"OK 保密", "保密", true},
		{"对保密", "", false}, {"好人一个", "", false}, {"对不对 保密", "", false}, {"不对 保密", "", false}, {"保密", "", false}, {"对？保密", "", false}, {"是的吗", "", false}, {"", "", false},
	} {
		rest, ok := Read(tc.raw).YesWith()
		if ok != tc.ok || ok && rest.Raw() != tc.rest {
			t.Errorf("YesWith(%q) = %q, %v; want %q, %v", tc.raw, rest.Raw(), ok, tc.rest, tc.ok)
		}
	}
}
