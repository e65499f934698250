package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

func open(t testing.TB, lang string) *words.Book {
	t.Helper()
	b, err := words.Open(lang)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func sample() Opinion {
	return Opinion{
		Office: "××煤矿信访办公室", Year: 2026, Seq: 47, Signature: "named", Name: "张建国",
		Received: day(2026, 11, 23),
		Request:  "补发10月份夜班补贴436.5元，并说明为什么少发。",
		Facts: "经查考勤记录，您10月份上夜班15个，工资表上只记了8个，少记7个，按规定应补436.5元。\n" +
			"少记的原因是班组10月20日起改用新考勤机，有7个夜班没有传到人力资源部。此事与您本人无关，同班组另有3人情况相同，已一并核对。",
		Result:   "支持并落实",
		Decision: "少发的夜班补贴436.5元随11月工资补发，12月15日前到账。\n人力资源部已要求各区队每月5日前核对考勤，避免再次发生。",
		Basis:    "《工资支付暂行规定》第七条；本矿《夜班津贴发放办法》第四条；2026年10月考勤记录。",
		Reviewer: "铜川矿业公司信访部门", LastDay: day(2027, 1, 6), Date: day(2026, 12, 7),
	}
}

// unpack returns the parts of a document by their places, in order.
func unpack(t testing.TB, b []byte) (places []string, parts map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		places, parts[f.Name] = append(places, f.Name), string(content)
	}
	return places, parts
}

// paragraphs are the texts of a document, and fails on XML that is not well formed.
func paragraphs(t testing.TB, part string) (list []string) {
	t.Helper()
	var p strings.Builder
	for d := xml.NewDecoder(strings.NewReader(part)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("not XML: %v in\n%s", err, part)
		}
		switch token := token.(type) {
		case xml.CharData:
			if s := string(token); s != "\n" {
				p.WriteString(s)
			}
		case xml.EndElement:
			if token.Name.Local == "p" {
				list = append(list, p.String())
				p.Reset()
			}
		}
	}
}

func made(t testing.TB, o Opinion, lang string) []byte {
	t.Helper()
	b, err := o.Docx(open(t, lang))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// printed is the document of an opinion.
func printed(t testing.TB, o Opinion) string {
	t.Helper()
	_, parts := unpack(t, made(t, o, words.Chinese))
	return parts["word/document.xml"]
}

// The document as it stands in the archive. A change of it is a change of what
// offices print: look at it in a word processor before -update.
func TestOpinionAsPrinted(t *testing.T) {
	for _, signature := range []string{"named", "sealed", "anonymous"} {
		o := sample()
		o.Signature = signature
		golden(t, "opinion-"+signature+".xml", printed(t, o))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// All that 信访工作条例 art. 32 and 35 ask for is on the paper, in this order, and
// the receipt of its delivery after it.
func TestOpinionHoldsWhatTheRegulationAsks(t *testing.T) {
	o := sample()
	all := strings.Join(paragraphs(t, printed(t, o)), "\n")
	for _, want := range []string{"××煤矿信访办公室", "〔2026〕第47号", "信访事项处理意见书", "张建国：", "2026年11月23日", "编号2026-0047",
		o.Request, o.Facts, o.Result, o.Decision, o.Basis, "铜川矿业公司信访部门请求复查", "第三十五条", "2027年1月6日",
		"（盖章）", "2026年12月7日", "送达回证", "〔2026〕第47号", "受送达人", "张建国", "收到人签名", "收到日期"} {
		_, rest, found := strings.Cut(all, want)
		if !found {
			t.Fatalf("%q is missing, or stands too early; left:\n%s", want, all)
		}
		all = rest
	}
	if o.Reviewer = ""; !strings.Contains(printed(t, o), "上一级单位请求复查") {
		t.Error("without a reviewer nobody is named for the review")
	}
}

func TestTextForChat(t *testing.T) {
	got, err := sample().Text(open(t, words.Chinese))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "opinion.txt", got+"\n")
	o := sample()
	o.Facts, o.Decision = "一句", "一句"
	for _, lang := range []string{words.Chinese, words.English} {
		if got, err := o.Text(open(t, lang)); err != nil || strings.Count(got, "\n") != 4 {
			t.Errorf("%s: not five lines, or %v:\n%s", lang, err, got)
		}
	}
}

// A name is printed for who signed with it, for nobody else, whatever the
// caller fills in.
func TestOnlyTheNamedAreNamed(t *testing.T) {
	for _, test := range []struct{ signature, name, want string }{
		{"named", "张建国", "张建国："},
		{"named", " 张\n建国\u202e ", "张 建国："},
		{"named", "", "信访人（编号0047）："},
		{"sealed", "张建国", "信访人（保密，编号0047）："},
		{"anonymous", "张建国", "信访人（编号0047）："},
		{"", "张建国", "信访人（保密，编号0047）："},
		{"Named", "张建国", "信访人（保密，编号0047）："},
	} {
		o := sample()
		o.Signature, o.Name = test.signature, test.name
		for _, lang := range []string{words.Chinese, words.English} {
			_, parts := unpack(t, made(t, o, lang))
			list := paragraphs(t, parts["word/document.xml"])
			if lang == words.Chinese && !slices.Contains(list, test.want) {
				t.Errorf("%q %q: not addressed as %s", test.signature, test.name, test.want)
			}
			text, _ := o.Text(open(t, lang))
			for place, part := range parts {
				text += place + part
			}
			if test.signature != "named" && strings.Contains(text, "建国") {
				t.Errorf("%s: %q is named", lang, test.signature)
			}
		}
	}
}

func TestIncompleteOpinionIsNoPaper(t *testing.T) {
	for name, empty := range map[string]func(*Opinion){
		"office":   func(o *Opinion) { o.Office = "" },
		"number":   func(o *Opinion) { o.Seq = 0 },
		"received": func(o *Opinion) { o.Received = time.Time{} },
		"request":  func(o *Opinion) { o.Request = " \n\u200b" },
		"facts":    func(o *Opinion) { o.Facts = "" },
		"result":   func(o *Opinion) { o.Result = "" },
		"decision": func(o *Opinion) { o.Decision = "" },
		"basis":    func(o *Opinion) { o.Basis = "\x00" },
		"last day": func(o *Opinion) { o.LastDay = time.Time{} },
		"date":     func(o *Opinion) { o.Date = time.Time{} },
	} {
		o := sample()
		empty(&o)
		_, err := o.Docx(open(t, words.Chinese))
		_, textErr := o.Text(open(t, words.Chinese))
		for _, err := range []error{err, textErr} {
			if !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), "lacks "+name+":") {
				t.Errorf("without %s: %v", name, err)
			}
		}
	}
}

// Two runs give the same bytes, and nothing in them tells a program, a person
// or a time.
func TestNothingOfTheMakerIsInTheFile(t *testing.T) {
	b := made(t, sample(), words.Chinese)
	if !bytes.Equal(b, made(t, sample(), words.Chinese)) {
		t.Error("the same opinion gives other bytes")
	}
	places, parts := unpack(t, b)
	if places[0] != "[Content_Types].xml" || len(places) != 9 {
		t.Errorf("parts: %q", places)
	}
	z, _ := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	for _, f := range z.File {
		if !f.Modified.Equal(noTime) || f.Comment != "" {
			t.Errorf("%s: %v %q", f.Name, f.Modified, f.Comment)
		}
	}
	for place, part := range parts {
		for _, tell := range []string{"docProps", "creator", "lastModifiedBy", "rsid", "author"} {
			if strings.Contains(place+part, tell) {
				t.Errorf("%s has %s", place, tell)
			}
		}
	}
}

// What a word processor follows leads somewhere: parts to parts, text to styles.
func TestPartsFitTogether(t *testing.T) {
	places, parts := unpack(t, made(t, sample(), words.Chinese))
	for _, place := range places {
		paragraphs(t, parts[place])
	}
	follow := func(part, before string, to func(string) bool) {
		t.Helper()
		found := strings.Split(parts[part], before)[1:]
		for _, rest := range found {
			if name, _, _ := strings.Cut(rest, `"`); !to(name) {
				t.Errorf("%s: %s%s leads nowhere", part, before, name)
			}
		}
		if len(found) == 0 {
			t.Errorf("%s has no %s", part, before)
		}
	}
	is := func(prefix string) func(string) bool {
		return func(name string) bool { return slices.Contains(places, prefix+name) }
	}
	has := func(part, before string) func(string) bool {
		return func(name string) bool { return strings.Contains(parts[part], before+name+`"`) }
	}
	follow("[Content_Types].xml", `PartName="/`, is(""))
	follow("_rels/.rels", `Target="`, is(""))
	follow("word/_rels/document.xml.rels", `Target="`, is("word/"))
	follow("word/document.xml", `r:id="`, has("word/_rels/document.xml.rels", `Id="`))
	for _, part := range []string{"word/document.xml", "word/footer_odd.xml", "word/footer_even.xml"} {
		follow(part, `w:pStyle w:val="`, has("word/styles.xml", `w:styleId="`))
	}
	follow("word/document.xml", `w:tblStyle w:val="`, has("word/styles.xml", `w:styleId="`))
	follow("word/styles.xml", `w:basedOn w:val="`, has("word/styles.xml", `w:styleId="`))
	follow("word/styles.xml", `w:eastAsia="`, func(name string) bool {
		return name == "zh-CN" || has("word/fontTable.xml", `w:name="`)(name)
	})
}

func TestTexts(t *testing.T) {
	for _, test := range []struct{ s, want string }{
		{"一\r\n\r\n　二　\n\n三\n", "一|二|三"},
		{"一\v二\f三\u2028四\u2029五\u0085六", "一|二|三|四|五|六"},
		{"甲\t乙\x00\x07\x1b[31m\x7f", "甲 乙[31m"},
		{"金额\u202e005\u202c元\u2066\ufeff\u200b", "金额005元"},
		{"\xff\xfe坏\xe4\xb8", "坏"},
		{"\ufffe\uffff好", "好"},
		{"👨\u200d👩 <&\"'>]]>", "👨\u200d👩 <&\"'>]]>"},
		{" \n\t", ""},
	} {
		if got := strings.Join(lines(test.s), "|"); got != test.want {
			t.Errorf("%q is %q, want %q", test.s, got, test.want)
		}
	}
}

// Whatever people write, the document is XML with just the paragraphs it should
// have, and all that can be printed of the text stands in it.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "一\n二", "</w:t></w:p>", "<!--", "]]>", "&#0;&amp;", "\x00\x0b\ufffe\xff", "\u202e倒", "{{.Name}}", strings.Repeat("长", 9000)} {
		f.Add(s, s)
	}
	book, none := open(f, words.Chinese), sample()
	none.Facts, none.Name = "无", "无"
	usual := len(paragraphs(f, printed(f, none)))
	f.Fuzz(func(t *testing.T, text, name string) {
		o := sample()
		o.Facts, o.Name = "无\n"+text, "无"+name
		b, err := o.Docx(book)
		if err != nil {
			t.Fatal(err)
		}
		_, parts := unpack(t, b)
		list := paragraphs(t, parts["word/document.xml"])
		if want := lines(o.Facts); len(list) != usual+len(want)-1 {
			t.Errorf("%d paragraphs, want %d more than %d", len(list), len(want)-1, usual)
		} else if i := slices.Index(list, want[0]); i < 0 || !slices.Equal(list[i:i+len(want)], want) {
			t.Errorf("the facts are not printed: %q", list)
		}
		if !slices.Contains(list, line(o.Name)+"：") {
			t.Errorf("%q is not addressed: %q", line(o.Name), list)
		}
		r := form()
		r.Matter, r.Name = o.Facts, o.Name
		list = paragraphs(t, filled(t, r, words.Chinese))
		if i, want := slices.Index(list, "反映内容"), lines(r.Matter); !slices.Equal(list[i+1:i+1+len(want)], want) {
			t.Errorf("the matter is not in its cell: %q", list)
		}
	})
}
