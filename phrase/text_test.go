package phrase

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, tc := range []struct{ raw, want string }{
		{"", ""},
		{"  查询\t\r\n 47　", "查询 47"},
		{"查询４７：（ＫＷ）", "查询47:(kw)"},
		{"查\u200b询\ufeff4\u20607\u00ad", "查询47"},
		{"@小信\u2005反映", "@小信反映"},
		{"查\x00\x07询", "查询"},
		{"信訪訴求時間地點礦難", "信访诉求时间地点矿难"},
		{"乾燥之後", "干燥之后"},
		{"薴", "苎"},
		{"WiFi ＷＩＦＩ", "wifi wifi"},
		{"①②❸⑩", "12310"},
		{"1️⃣", "1"},
		{"№47 ㎡", "no47 m2"},
		{"e\u200b\u0301", "é"},
		{"⚠️升井", "⚠升井"},
		{"\xff查", "\ufffd查"},
	} {
		if got := Fold(tc.raw); got != tc.want {
			t.Errorf("Fold(%q) = %q, want %q", tc.raw, got, tc.want)
		}
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("查詢４７：e\u0301\u0331H¨ \u200b\u2005\u3000İſKか\u3099ﾊﾟ薴乾\u1100\u1161①")))).Draw(t, "s")
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
	})
}

func TestRawKeepsWording(t *testing.T) {
	w := NewWords(map[string]string{"反映": "report"})
	for _, tc := range []struct{ raw, rest string }{
		{"反映：澡堂　更衣櫃鎖壞了！！ ", "澡堂　更衣櫃鎖壞了！！"},
		{"反\u200b映\n\n４５０元\u200b\n第二行", "４５０元\u200b\n第二行"},
		{"反映⚠️升井", "⚠️升井"},
	} {
		_, rest, ok := Read(tc.raw).Command(w)
		if !ok || rest.Raw() != tc.rest {
			t.Errorf("rest of %q = %q, %v, want %q", tc.raw, rest.Raw(), ok, tc.rest)
		}
	}
}

func TestEmpty(t *testing.T) {
	for raw, want := range map[string]bool{"": true, " \n\u200b": true, "？！…": true, "🙄🙄": true, "⚠️": true, "1": false, "好": false, "[捂脸]": false} {
		if got := Read(raw).Empty(); got != want {
			t.Errorf("Read(%q).Empty() = %v, want %v", raw, got, want)
		}
	}
	if !(Text{}).Empty() || (Text{}).Raw() != "" {
		t.Error("the zero Text is not empty")
	}
}

func TestToken(t *testing.T) {
	rest := Read("机電隊， ３天、\u200bK7m3  ")
	for _, want := range []string{"机電隊", "３天", "K7m3", "", ""} {
		var got string
		if got, rest = rest.Token(); got != want {
			t.Errorf("Token() = %q, want %q", got, want)
		}
	}
	if !rest.Empty() {
		t.Errorf("%q is left", rest.Raw())
	}
}

// FuzzRead holds what every reader promises: no panic, the whole wording kept, and
// a rest that is the unchanged end of the message.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"查 询 ４７？", "转办12机电3天", "查\u200b詢 2026—0047 k7m3", "12月9日(周三) 领导出差", "对 保密", "e\u0301\u200b\u0301", "\xff\xfe", "[捂脸][", "一二万亿点零", "(2026"} {
		f.Add(s)
	}
	w := NewWords(map[string]string{"查询": "track", "查": "look", "转办": "assign", "对": "yes"})
	f.Fuzz(func(t *testing.T, raw string) {
		text := Read(raw)
		if text.Raw() != strings.TrimSpace(raw) {
			t.Fatalf("Raw() of %q = %q", raw, text.Raw())
		}
		if again := Fold(text.Folded()); again != text.Folded() {
			t.Fatalf("%q folds to %q and that to %q", raw, text.Folded(), again)
		}
		if text.Folded() != Fold(raw) {
			t.Fatalf("Folded() of %q differs from Fold", raw)
		}
		rests := []Text{}
		add := func(rest Text) { rests = append(rests, rest) }
		for _, u := range []Text{text, cut(text, w)} {
			_, r, _ := u.Command(w)
			add(r)
			_, _, r, _ = u.CaseNo()
			add(r)
			_, r, _ = u.Code()
			add(r)
			_, _, r, _ = u.Term()
			add(r)
			d, r, ok := u.Date(today)
			if add(r); ok && d.IsZero() {
				t.Fatalf("Date() of %q is ok and zero", raw)
			}
			_, _, r, _ = u.Month(today)
			add(r)
			_, r = u.Token()
			add(r)
			r, _ = u.YesWith()
			add(r)
			u.Exact(w)
			u.Choice(9)
			if u.Yes() && u.No() {
				t.Fatalf("%q is yes and no", raw)
			}
		}
		for _, r := range rests {
			if !strings.HasSuffix(strings.TrimSpace(raw), r.Raw()) || utf8.ValidString(raw) && !utf8.ValidString(r.Raw()) {
				t.Fatalf("rest %q is no end of %q", r.Raw(), raw)
			}
		}
		Number(raw)
		FactsOf(raw, dialect)
		Scrub(raw, []string{"张三"})
		MaskCards(raw)
		Accuses(raw)
		NamesDay(raw, dialect)
	})
}

func cut(t Text, w Words) Text {
	_, rest, _ := t.Command(w)
	return rest
}
