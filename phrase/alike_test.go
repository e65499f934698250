package phrase

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	canteen      = "食堂二楼臊子面涨到14咧🙄🙄肉越来越少 昨天还吃出来个钢丝球丝丝"
	canteenAgain = "二楼那个面 真的贵 给少"
)

// The same story in other words is asked about or sure; another one of the same
// place or kind is neither.
func TestAlike(t *testing.T) {
	const locker, bus = "澡堂更衣柜锁坏了，换一把", "班车早上6点那趟老是晚点，赶不上早班"
	for _, tc := range []struct {
		a, b      string
		least, to float64
	}{
		{wages, wages, 1, 1},
		{wages, "我综采二队的，上个月工资扣了436块5，说我考勤不够，其实上了23个班只记了21个班，麻烦给查查", SureAlike, 1},
		{wages, "额上个月的工钱被扣了四百三十六块五，出勤23个班，考勤上只有21个，想叫核实一下", SureAlike, 1},
		{wages, "上月少发436.5元，考勤少记两个班，应该是二十三个不是二十一个", AskAlike, 1},
		{wages, "你们给看看，工资少了四百三十六块五，明明二十三个班咋成21个了", AskAlike, 1},
		{canteen, canteenAgain, AskAlike, SureAlike},
		{canteen, "食堂二楼的面涨价了，肉还少", AskAlike, 1},
		{locker, "副井澡堂的更衣柜锁坏了好几天", SureAlike, 1},
		{locker, "副井澡堂嘅更衣櫃鎖壞了", AskAlike, 1},
		{bus, "早上六点的班车天天迟到，误了班前会", AskAlike, 1},

		{locker, "副井澡堂没有热水，天天洗冷水", 0, AskAlike},
		{wages, "上个月工资少发了200元，绩效没给", 0, AskAlike},
		{wages, "综采二队上个月的夜班费还没发，说是下个月发", 0, AskAlike},
		{wages, "这个月工资扣了120块，说我请假，我没请假", 0, AskAlike},
		{wages, canteen, 0, 0.15},
		{canteen, "食堂卫生太差，苍蝇多", 0, AskAlike},
		{canteen, "一楼的菜凉的，米饭夹生", 0, AskAlike},
		{"宿舍3号楼WIFI用不成", "宿舍三号楼暖气不热", 0, AskAlike},
		{"食堂的饭又涨价了", "宿舍没热水了", 0, 0.1},
		{"", wages, 0, 0}, {"", "", 0, 0}, {"！？🙄", "！？🙄", 0, 0},
	} {
		if got := Alike(tc.a, tc.b, dialect); got < tc.least || got > tc.to {
			t.Errorf("%.2f, want %.2f to %.2f:\n%s\n%s", got, tc.least, tc.to, tc.a, tc.b)
		}
	}
}

// A gist that was stored is compared by a later release.
func TestGistIsStable(t *testing.T) {
	stored := Gist("\x85\x03")
	got := GistOf("换锁", nil)
	if string(got) != string(stored) {
		t.Errorf("% x, stored as % x", []byte(got), []byte(stored))
	}
}

// Of a story too long to keep, what is kept still tells how much of it is alike.
func TestGistOfLongStories(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune(rune(0x4e00 + r.IntN(3000)))
		}
		return b.String()
	}
	same := text(2000)
	for _, tc := range []struct {
		other int // characters of their own
		want  float64
	}{{0, 1}, {500, 0.666}, {2000, 0.333}} {
		a, b := GistOf(same+text(tc.other), nil), GistOf(same+text(tc.other), nil)
		if got := a.Alike(b); len(a) > GistSize || got < tc.want-0.15 || got > tc.want+0.15 {
			t.Errorf("%.2f, want about %.2f, from %d bytes", got, tc.want, len(a))
		}
	}
}

func FuzzGist(f *testing.F) {
	for _, s := range []string{"", wages, canteen, "四百三十六块五", "\xff\x00"} {
		f.Add(s, canteenAgain)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := GistOf(a, dialect), GistOf(b, dialect)
		there, back := x.Alike(y), y.Alike(x)
		if there != back || there < 0 || there > 1 || len(x) > GistSize || len(x) > 0 && x.Alike(x) != 1 {
			t.Errorf("%q, %q: %v, %v", a, b, there, back)
		}
		Gist(a).Alike(Gist(b)) // stored bytes that are no gist
	})
}

func BenchmarkGistAlike(b *testing.B) {
	x, y := GistOf(wages, dialect), GistOf(canteen, dialect)
	for b.Loop() {
		x.Alike(y)
	}
}
