package chat

import "testing"

func TestCutCall(t *testing.T) {
	for _, test := range []struct {
		said, rest string
		called     bool
	}{
		{"@小信 接待日", "接待日", true},
		{"@小信\u2005接待日", "接待日", true},
		{"@小信\u3000接待日", "接待日", true},
		{"＠小信 接待日", "接待日", true},
		{"@小信，接待日", "接待日", true},
		{"@小信：反映\n澡堂", "反映\n澡堂", true},
		{"@小信\n反映\n澡堂", "\n反映\n澡堂", true},
		{"请问 @小信 哪天接待", "请问 哪天接待", true},
		{"接待日 @小信", "接待日", true},
		{"接待日@小信\u2005", "接待日", true},
		{"@小信", "", true},
		{"@小信 @小信 你好", "你好", true},
		{"＠小信 和 @小信", "和", true},
		{"@信访 小信 接待日", "接待日", true},
		{"@小信箱 你好", "@小信箱 你好", false},
		{"发到a@小信.com", "发到a@小信.com", false},
		{"写@小信.cn也行", "写@小信.cn也行", false},
		{"@小信.接待日", ".接待日", true},
		{"OK@小信 接待日", "OK接待日", true},
		{"@小信箱 @小信 你好", "@小信箱 你好", true},
		{"@小信接待日", "@小信接待日", false},
		{"@所有人 开会", "@所有人 开会", false},
		{"小信你好", "小信你好", false},
		{"@小 信", "@小 信", false},
		{"@", "@", false},
		{"", "", false},
	} {
		rest, called := CutCall(test.said, "", "小信", "信访", "信访 小信")
		if rest != test.rest || called != test.called {
			t.Errorf("%q leaves %q, called %t; want %q, %t", test.said, rest, called, test.rest, test.called)
		}
	}
	if rest, called := CutCall("@ 你好", ""); called {
		t.Errorf("nobody was called by no name, yet %q is left", rest)
	}
}
