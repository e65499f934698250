package intake

import (
	"maps"
	"strings"
	"testing"

	"fangzhuo/cases"
)

var report = cases.Form{ID: "report", Name: "反映", Words: []string{"反映", "举报", "匿名"}, Fields: []cases.Field{
	{ID: cases.Matter, Label: "事由", Aliases: []string{"问题"}, Kind: cases.StoryField, Required: true},
	{ID: cases.Place, Label: "地点"},
	{ID: cases.Want, Label: "诉求"},
	{ID: cases.SignAs, Label: "署名", Kind: cases.ChoiceField, Choices: []cases.Choice{
		{ID: "named", Label: "实名"}, {ID: "sealed", Label: "保密", Words: []string{"不公开"}}, {ID: "anonymous", Label: "匿名"}}},
	{ID: cases.ContactInfo, Label: "电话"},
}}

var suggestion = cases.Form{ID: "suggestion", Name: "建议", Words: []string{"建议"}, Category: "合理化建议", Fields: []cases.Field{
	{ID: cases.Matter, Label: "建议", Aliases: []string{"事由"}, Kind: cases.StoryField, Required: true},
}}

// What staff type or paste is read as a worker's own message would be; what they
// fill in beside it counts first.
func TestRead(t *testing.T) {
	r := NewReader([]cases.Form{report, suggestion})
	for _, test := range []struct {
		name     string
		note     Note
		form     string
		channel  cases.Channel
		fields   map[string]string
		sign     cases.Signature
		who      string
		contact  string
		afraid   bool
		category string
	}{
		{"labels", Note{Channel: "来电", Text: "事由：澡堂没热水 诉求：修好 姓名：张三 电话：139 0000 1234"}, "report", cases.ByCall,
			map[string]string{cases.Matter: "澡堂没热水", cases.Want: "修好"}, cases.Sealed, "张三", "139 0000 1234", false, ""},
		{"free text is the matter", Note{Channel: "来信", Text: "  澡堂没热水\n好几天了 "}, "report", cases.ByLetter,
			map[string]string{cases.Matter: "澡堂没热水\n好几天了"}, cases.Sealed, "", "", false, ""},
		{"a pasted message with its command", Note{Channel: "微信", Text: "反映 事由：澡堂没热水 署名：实名"}, "report", cases.ByPaste,
			map[string]string{cases.Matter: "澡堂没热水"}, cases.Named, "", "", false, ""},
		{"another form", Note{Channel: "来访", Text: "建议 食堂开夜宵"}, "suggestion", cases.ByVisit,
			map[string]string{cases.Matter: "食堂开夜宵"}, cases.Sealed, "", "", false, "合理化建议"},
		{"a word that says what it is stays", Note{Channel: "来信", Text: "举报 某队吃空饷"}, "report", cases.ByLetter,
			map[string]string{cases.Matter: "举报 某队吃空饷"}, cases.Sealed, "", "", false, ""},
		{"anonymous by what is said", Note{Channel: "来电", Text: "澡堂没热水，我不留名"}, "report", cases.ByCall,
			map[string]string{cases.Matter: "澡堂没热水，我不留名"}, cases.Anonymous, "", "", false, ""},
		{"anonymous by command", Note{Channel: "微信", Text: "匿名 事由：澡堂没热水"}, "report", cases.ByPaste,
			map[string]string{cases.Matter: "澡堂没热水"}, cases.Anonymous, "", "", false, ""},
		{"afraid", Note{Channel: "call", Text: "事由：排班连着倒，怕穿小鞋"}, "report", cases.ByCall,
			map[string]string{cases.Matter: "排班连着倒，怕穿小鞋"}, cases.Sealed, "", "", true, ""},
		{"a name as signature", Note{Channel: "来信", Text: "事由：路灯不亮 署名：张三"}, "report", cases.ByLetter,
			map[string]string{cases.Matter: "路灯不亮"}, cases.Named, "张三", "", false, ""},
		{"beside the text counts first", Note{Channel: "来信", Text: "事由：路灯不亮 署名：实名 姓名：张三", Signature: "匿名", Name: "李四", Contact: "8001"}, "report", cases.ByLetter,
			map[string]string{cases.Matter: "路灯不亮"}, cases.Anonymous, "李四", "8001", false, ""},
		{"by id", Note{Channel: "letter", Text: "路灯不亮", Signature: "named"}, "report", cases.ByLetter,
			map[string]string{cases.Matter: "路灯不亮"}, cases.Named, "", "", false, ""},
		{"prose that begins like a label", Note{Channel: "来电", Text: "电话 打不通没人接"}, "report", cases.ByCall,
			map[string]string{cases.Matter: "电话 打不通没人接"}, cases.Sealed, "", "", false, ""},
		{"card numbers are not kept", Note{Channel: "来电", Text: "事由：工资没到账6222020200112233445"}, "report", cases.ByCall,
			nil, cases.Sealed, "", "", false, ""},
		{"what makes no sense is left to be refused", Note{Channel: "飞鸽", Text: "", Signature: "随便吧"}, "report", "飞鸽",
			map[string]string{}, "随便吧", "", "", false, ""},
		{"bytes that are no text", Note{Channel: "来电", Text: "澡堂\xff没热水"}, "report", cases.ByCall,
			map[string]string{cases.Matter: "澡堂\ufffd没热水"}, cases.Sealed, "", "", false, ""},
	} {
		in := r.Read(test.note)
		if in.Form != test.form || in.Channel != test.channel || in.Signature != test.sign || in.Name != test.who ||
			in.Contact != test.contact || in.Guarded != test.afraid || in.Category != test.category ||
			test.fields != nil && !maps.Equal(in.Fields, test.fields) {
			t.Errorf("%s: %+v", test.name, in)
		}
		if test.fields == nil && strings.Contains(in.Fields[cases.Matter], "6222020200112233445") {
			t.Errorf("%s: %q", test.name, in.Fields)
		}
		if len(in.Said) != 1 || in.Said[0].Text != strings.TrimSpace(strings.ToValidUTF8(test.note.Text, "\ufffd")) {
			t.Errorf("%s: the words are not kept as they were: %+v", test.name, in.Said)
		}
	}
}

// Whatever is pasted, reading it never fails.
func FuzzRead(f *testing.F) {
	r := NewReader([]cases.Form{report, suggestion})
	for _, seed := range []string{"", "事由：", "反映 事由：x\n\n署名：\x00", "【事由】<script>alert(1)</script>", "建议建议建议"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, sign string) {
		in := r.Read(Note{Channel: "来电", Text: text, Signature: sign})
		if in.Fields == nil || in.Form == "" || in.Signature == "" {
			t.Errorf("%q, %q: %+v", text, sign, in)
		}
	})
}
