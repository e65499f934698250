package outbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"fangzhuo/chat"
)

// squeezed is a text without its white space.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestPartsGiveTheTextBack(t *testing.T) {
	piece := rapid.OneOf(
		rapid.StringN(0, 400, -1),
		rapid.SampledFrom([]string{"\n", "\r\n", "。", "！”", " ", "　", "\n\n\n", "👨‍👩‍👧‍👦", "🇨🇳", "é́", "e\u0301"}),
		rapid.StringOfN(rapid.SampledFrom([]rune("一二三四五六七八九十")), 0, 700, -1),
		rapid.StringOfN(rapid.Just('\n'), 0, 1200, -1),
		rapid.StringOfN(rapid.Just('\u0301'), 0, 1200, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), "")
		parts := split(text)
		if got, want := squeezed(strings.Join(parts, "")), squeezed(text); got != want {
			t.Errorf("joined %q, want %q", got, want)
		}
		if utf8.RuneCountInString(text) <= maxText && (len(parts) != 1 || parts[0] != text) {
			t.Errorf("%q is short and came as %q", text, parts)
		}
		rest := text
		for i, p := range parts {
			if n := utf8.RuneCountInString(p); n > maxText || n == 0 && text != "" {
				t.Errorf("part %d has %d characters", i, n)
			}
			if squeezed(p) == "" {
				continue
			}
			at := strings.Index(rest, p)
			if at < 0 {
				t.Fatalf("part %d is not in order: %q", i, p)
			}
			rest = rest[at+len(p):]
		}
		if len(parts) > 1+2*utf8.RuneCountInString(text)/(maxText/4) {
			t.Errorf("%d parts for %d characters", len(parts), utf8.RuneCountInString(text))
		}
	})
}

func TestWhereATextIsCut(t *testing.T) {
	line := strings.Repeat("字", 300)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"fits", strings.Repeat("字", 1000) + "", []string{strings.Repeat("字", 1000)}},
		{"only the last line end is too much", strings.Repeat("字", 1000) + "\r\n", []string{strings.Repeat("字", 1000)}},
		{"between lines", line + "\n" + line + "\r\n" + line + "\n" + line, []string{line + "\n" + line + "\r\n" + line, line}},
		{"a line before a sentence that ends later", line + "\n" + line + "。" + line + line, []string{line, line + "。" + line + line}},
		{"blank lines are not sent", line + line + line + "\n\n\n" + line, []string{line + line + line, line}},
		{"just after a full message", strings.Repeat("字", 1000) + "\n" + line, []string{strings.Repeat("字", 1000), line}},
		{"a heading does not go alone", "标题\n" + line + "。" + line + "。" + line + "。" + line,
			[]string{"标题\n" + line + "。" + line + "。" + line + "。", line}},
		{"a sentence before a word", line + "！" + line + "？”" + line + " " + line, []string{line + "！" + line + "？”", line + " " + line}},
		{"an English sentence", strings.Repeat("word ", 100) + "end. " + strings.Repeat("word ", 150),
			[]string{strings.Repeat("word ", 100) + "end.", strings.TrimSpace(strings.Repeat("word ", 150))}},
		{"a word", line + line + line + "　" + line, []string{line + line + line, line}},
		{"anywhere", strings.Repeat("字", 1001), []string{strings.Repeat("字", 1000), "字"}},
		{"but not within a family", strings.Repeat("字", 999) + "👨‍👩‍👧", []string{strings.Repeat("字", 999), "👨‍👩‍👧"}},
		{"nor a flag", strings.Repeat("字", 999) + "🇨🇳", []string{strings.Repeat("字", 999), "🇨🇳"}},
		{"nor a letter and its accent", strings.Repeat("字", 999) + "e\u0301", []string{strings.Repeat("字", 999), "e\u0301"}},
		{"unless it has no end", "e" + strings.Repeat("\u0301", 1200), []string{"e" + strings.Repeat("\u0301", 999), strings.Repeat("\u0301", 201)}},
		{"nothing", strings.Repeat("\n", 1200), []string{" "}},
	} {
		expect(t, c.name, split(c.text), c.want)
	}
	if n := uniseg.GraphemeClusterCount("👨‍👩‍👧🇨🇳e\u0301"); n != 3 {
		t.Errorf("%d characters in the examples, want 3", n)
	}
}

// long is a text that takes three messages.
func long(word string) string { return strings.Repeat(strings.Repeat(word, 299)+"\n", 9) }

func TestLongTextsGoOutInOrder(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"r#2": {errBroken, errBroken}, "n#2": {errBroken}})
	r, n := reply("r", "zhang"), notice("n", "x")
	r.Text, n.Text = long("话"), long("知")
	f.put(r, reply("behind", "zhang"), n)
	again := r
	again.Text = "别的"
	f.put(again) // the key is known
	f.fire()
	expect(t, "the reply waits in the middle, the notice goes on", f.post.keys(), []string{"r#1", "n#1", "n#3"})
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	expect(t, "sent", f.post.keys(), []string{"r#1", "n#1", "n#3", "r#2", "r#3", "behind"})
	var text string
	for _, m := range f.post.got {
		if strings.HasPrefix(m.Key, "r#") {
			text += m.Text
		}
	}
	expect(t, "what was read", squeezed(text), squeezed(long("话")))
	out := f.unsettled()
	if len(out) != 1 || out[0].Key != "n" || out[0].Part != 2 || out[0].State != Unsure || out[0].Text != n.Text[:len(out[0].Text)] {
		t.Errorf("unsettled %+v, want the second part", out)
	}
}

func TestLongAnswersArePassedInOrder(t *testing.T) {
	f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: time.Second, Max: time.Second}}})
	f.Pass(chat.Outgoing{Key: "a", To: "test:p/zhang", Text: long("话")})
	f.Pass(chat.Outgoing{Key: "b", To: "test:p/zhang", Text: "短"})
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	expect(t, "sent", f.post.keys(), []string{"a#1", "a#2", "a#3", "b"})
	f.advance(time.Second)
	for i := range maxPassed / 2 {
		f.Pass(chat.Outgoing{Key: fmt.Sprint("old", i), To: "test:p/zhang", Text: long("旧")})
	}
	f.fire()
	if first := f.post.got[4].Key; !strings.HasSuffix(first, "#1") {
		t.Errorf("after what was dropped comes %s, the rest of a message", first)
	}
}
