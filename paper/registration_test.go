package paper

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/words"
)

func form() Registration {
	return Registration{
		Office: "××煤矿信访办公室", Year: 2026, Seq: 47, Received: day(2026, 11, 23), Signature: "named",
		Name: "张建国", Home: "综采一队", Phone: "13900001234", Persons: 1, Channel: "来访", Category: "工资薪酬",
		Matter: "10月份夜班补贴少发了，工资表上只有8个夜班，自己记的是15个。\n问过班长，说是考勤机换了。",
		Place:  "综采一队", Since: "10月20日起", Want: "补发436.5元，说明原因。", Lead: "人力资源部",
		Receiver: "王慧", Opinion: "转人力资源部核对考勤，5个工作日内反馈。",
	}
}

func filled(t *testing.T, r Registration, lang string) string {
	t.Helper()
	b, err := r.Docx(open(t, lang))
	if err != nil {
		t.Fatal(err)
	}
	_, parts := unpack(t, b)
	return parts["word/document.xml"]
}

func TestRegistrationAsPrinted(t *testing.T) {
	golden(t, "registration-named.xml", filled(t, form(), words.Chinese))
}

// Name, home and telephone are printed for who signed with a name only; the
// number stands for the others, also where they confirm what was taken down.
func TestRegistrationKeepsTheSeal(t *testing.T) {
	for signature, want := range map[string]string{"sealed": "（保密）", "anonymous": "（匿名）", "": "（保密）"} {
		r := form()
		r.Signature, r.Home = signature, "运输队家属区3号楼"
		for _, lang := range []string{words.Chinese, words.English} {
			got := filled(t, r, lang)
			for _, tell := range []string{"建国", "3号楼", "1390000"} {
				if strings.Contains(got, tell) {
					t.Errorf("%s: %q prints %s", lang, signature, tell)
				}
			}
			if lang == words.Chinese && (strings.Count(got, want) != 3 || !strings.Contains(got, "签编号即可")) {
				t.Errorf("%q: not %s three times:\n%s", signature, want, got)
			}
		}
	}
}

// What is not known is a blank to be filled in by hand, except what makes it a
// registration.
func TestRegistrationWithBlanks(t *testing.T) {
	r := Registration{Year: 2026, Seq: 1, Received: day(2026, 1, 5), Signature: "named", Matter: "锁坏了"}
	if list := paragraphs(t, filled(t, r, words.Chinese)); !slices.Contains(list, "2026-0001") || !slices.Contains(list, "诉求") || slices.Contains(list, "0") {
		t.Errorf("prints %q", list)
	}
	for name, empty := range map[string]func(*Registration){
		"number":   func(r *Registration) { r.Year = 0 },
		"received": func(r *Registration) { r.Received = time.Time{} },
		"matter":   func(r *Registration) { r.Matter = "\n" },
	} {
		r := form()
		empty(&r)
		if _, err := r.Docx(open(t, words.Chinese)); !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), "lacks "+name+":") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
