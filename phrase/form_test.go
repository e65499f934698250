package phrase

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var labels = map[string]string{
	"事由": "what", "什么事": "what", "地点": "where", "发生地点": "where", "时间": "when", "诉求": "want", "署名": "name", "电话": "phone", "Place": "where",
}

func TestForm(t *testing.T) {
	full := map[string]string{"what": "澡堂更衣柜锁坏了", "where": "副井澡堂", "want": "换锁", "name": "保密"}
	for _, tc := range []struct {
		name, raw string
		want      map[string]string
		rest      string
	}{
		{"one line", "事由：澡堂更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密", full, ""},
		{"command left in", "反映 事由：澡堂更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密", full, "反映"},
		{"other order", "署名：保密，诉求：换锁；地点：副井澡堂。事由：澡堂更衣柜锁坏了", merged(full, "where", "副井澡堂。"), ""},
		{"one a line", "事由:澡堂更衣柜锁坏了\n地点:副井澡堂\r\n诉求:换锁\n署名:保密\n", full, ""},
		{"colons", "事由﹕澡堂更衣柜锁坏了 地点=副井澡堂 诉求 ： 换锁 署名-保密", full, ""},
		{"brackets", "【事由】澡堂更衣柜锁坏了【地点】：副井澡堂「诉求」换锁〔署名〕 保密", full, ""},
		{"square brackets", "[事由]澡堂更衣柜锁坏了 ［地点］副井澡堂 『诉求』:换锁〖署名〗保密", full, ""},
		{"no colon", "事由 澡堂更衣柜锁坏了\n地点 副井澡堂\n诉求　换锁\n署名 保密", full, ""},
		{"value below", "事由\n澡堂更衣柜锁坏了\n地点：\n副井澡堂\n诉求：\n\n换锁\n署名：保密", full, ""},
		{"list marks", "1、事由：澡堂更衣柜锁坏了\n2. 地点 副井澡堂\n③诉求：换锁\n- 署名：保密", full, ""},
		{"traditional", "訴求：换锁 地點：副井澡堂 署名：保密 事由：澡堂更衣柜锁坏了", full, ""},
		{"spaced and hidden", "事 由：澡堂更衣柜锁坏了 地\u200b点：副井澡堂 诉求：换锁 署名：保密", full, ""},
		{"no space between", "事由：澡堂更衣柜锁坏了地点：副井澡堂诉求：换锁署名：保密", full, ""},
		{"longest alias", "发生地点：副井澡堂", map[string]string{"where": "副井澡堂"}, ""},
		{"latin", "place: 食堂\nplaceholder: x", map[string]string{"where": "食堂\nplaceholder: x"}, ""},
		{"wording kept", "事由：ＷＩＦＩ　訊號差！！ ⚠️", map[string]string{"what": "ＷＩＦＩ　訊號差！！ ⚠️"}, ""},
		{"prose", "这个时间不行，地点也不对", map[string]string{}, "这个时间不行，地点也不对"},
		{"prose in a value", "诉求：换个 时间 再说", map[string]string{"want": "换个 时间 再说"}, ""},
		{"clock", "时间：8:30 地点：食堂", map[string]string{"when": "8:30", "where": "食堂"}, ""},
		{"twice", "事由：锁坏了 地点：澡堂 事由：灯也坏了", map[string]string{"what": "锁坏了\n灯也坏了", "where": "澡堂"}, ""},
		{"extra before", "领导好！事由：锁坏了", map[string]string{"what": "锁坏了"}, "领导好！"},
		{"extra behind an empty line", "领导好\n署名：保密\n\n澡堂太冷了\n诉求：修", map[string]string{"name": "保密", "want": "修"}, "领导好\n澡堂太冷了"},
		{"no value", "事由： 地点：澡堂", map[string]string{"where": "澡堂"}, ""},
		{"nothing", "", map[string]string{}, ""},
	} {
		got := Form(tc.raw, labels)
		if d := cmp.Diff(tc.want, got.Values); d != "" || got.Rest != tc.rest {
			t.Errorf("%s: values (-want +got):\n%srest %q, want %q", tc.name, d, got.Rest, tc.rest)
		}
	}
	if got := Form("事由： 地点：澡堂", labels).Found; got != 2 {
		t.Errorf("Found = %d, want 2: an empty label is a label too", got)
	}
}

func merged(m map[string]string, field, value string) map[string]string {
	m = maps.Clone(m)
	m[field] = value
	return m
}

// FuzzForm holds that a form neither loses nor invents wording.
func FuzzForm(f *testing.F) {
	f.Add("反映 事由：澡堂 地点：副井\n\n谢谢")
	f.Add("【事由】【地点")
	f.Add("1、事由\n\n\n- 地点=\xff")
	f.Fuzz(func(t *testing.T, raw string) {
		form := Form(raw, labels)
		for _, v := range append([]string{form.Rest}, mapValues(form.Values)...) {
			for _, part := range strings.Split(v, "\n") {
				if !strings.Contains(raw, part) {
					t.Fatalf("%q is not in %q", part, raw)
				}
			}
		}
		if form.Found == 0 && !Read(raw).Empty() && form.Rest != trimValue(raw) {
			t.Fatalf("without labels the rest of %q is %q", raw, form.Rest)
		}
	})
}

func mapValues(m map[string]string) (values []string) {
	for _, v := range m {
		values = append(values, v)
	}
	return values
}
