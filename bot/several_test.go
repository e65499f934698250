package bot

import (
	"strings"
	"testing"

	"fangzhuo/chat"
	"fangzhuo/desk"
)

// What was said is sorted so that an accusation stays in its own matter.
func TestSaidOfEach(t *testing.T) {
	photo := []chat.Media{{Kind: chat.Image, Name: "a.jpg"}}
	parts := []string{"我是综采二队的\n食堂饭贵", "我是综采二队的\n班长自己拿了奖金", "我是综采二队的\n宿舍没热水"}
	said := []desk.Said{
		{Text: "我是综采二队的：1、食堂饭贵 2、班长自己拿了奖金"},
		{Media: photo},
		{Text: "宿舍没热水"},
		{Media: photo},
		{Text: "这是我的电话"},
	}
	all, into := saidOfEach(said, parts, []bool{false, true, false})
	text := func(i int) (s string, media int) {
		for _, m := range all[i] {
			s, media = s+"|"+m.Text, media+len(m.Media)
		}
		return s, media
	}
	for i, want := range []struct {
		holds, not string
		media      int
	}{
		{"食堂饭贵", "自己拿了 宿舍没热水 电话", 0},
		{"自己拿了 电话", "食堂饭贵 宿舍没热水", 1}, // what is clear of none
		{"宿舍没热水", "食堂饭贵 自己拿了 电话", 1},
	} {
		got, media := text(i)
		for _, w := range strings.Fields(want.holds) {
			if !strings.Contains(got, w) {
				t.Errorf("part %d lacks %q: %s", i, w, got)
			}
		}
		for _, w := range strings.Fields(want.not) {
			if strings.Contains(got, w) {
				t.Errorf("part %d has %q of another: %s", i, w, got)
			}
		}
		if media != want.media {
			t.Errorf("part %d has %d pictures, want %d", i, media, want.media)
		}
	}
	if len(into[0]) != 2 || len(into[2]) != 1 || into[2][0] != 2 || len(into[4]) != 1 || into[4][0] != 1 {
		t.Errorf("messages went into %v", into)
	}
	all, _ = saidOfEach(said[4:], parts, make([]bool, 3)) // nothing accuses: it belongs to all
	for i := range parts {
		if got, _ := text(i); !strings.Contains(got, "电话") {
			t.Errorf("part %d lacks what was said for all: %s", i, got)
		}
	}
}
