package chat

import "testing"

func TestCutQuote(t *testing.T) {
	for _, c := range []struct{ text, quoted, rest string }{
		{"「小信：已收到，编号2026-0047」\n- - - - - - - - - - - - - - -\n补充 水还是凉的", "已收到，编号2026-0047", "补充 水还是凉的"},
		{"「三哥：一行\n- - - - - -\n两行」\n—————————\n好", "一行\n- - - - - -\n两行", "好"},
		{"「小信：[图片]」\n- - - - - - - - - - - - - - -\n", "[图片]", ""},
		{"「这是书名」真好", "", "「这是书名」真好"},
		{"说「三哥：好」\n- - - - - -\n好", "", "说「三哥：好」\n- - - - - -\n好"},
		{"「没有完\n- - - - - -\n好", "", "「没有完\n- - - - - -\n好"},
		{"", "", ""},
	} {
		quoted, rest := CutQuote(c.text)
		if quoted != c.quoted || rest != c.rest {
			t.Errorf("CutQuote(%q) = %q, %q, want %q, %q", c.text, quoted, rest, c.quoted, c.rest)
		}
	}
}
