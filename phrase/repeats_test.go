package phrase

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const tired = "领导好!我们机电队排班连着倒,四点班下来歇7个小时又上零点班,5号、十二号、19号都这样,开车回家都瞌睡。不敢写名字 怕穿小鞋"

// What could tell the unit who spoke is found, however it is written.
func TestRepeats(t *testing.T) {
	const (
		zhang = "我叫张建军，是机电队检修班的，电话13900001234。王队说我二十一个班，我上了23个班，扣了436.5，上礼拜三晚上10点还让我上，12.7又是"
		years = "我是通风队的，干了23年，十一月五号调的岗"
	)
	crew := []string{"机电队", "机电", "机电科"}
	for _, tc := range []struct {
		task, original string
		never          []string
	}{
		// name
		{"张建军反映排班的事", zhang, nil}, {"张 建 军 反映", zhang, nil}, {"請找張建軍核實", zhang, nil}, {"建军… 老张说的", zhang, nil}, {"张师傅的考勤", zhang, nil},
		{"白洁反映", tired, []string{"白洁"}}, {"白·洁反映", tired, []string{"白洁"}}, {"wxid_白-洁", tired, []string{"白洁"}},
		// crew
		{"机电队近期排班请核对", tired, nil}, {"机 电 队近期排班", tired, nil}, {"机电科的排班", tired, crew}, {"机电这边的排班", tired, crew},
		{"检修班的考勤请核对", zhang, nil}, {"问一下王队", zhang, nil}, {"综采2队的考勤", "我是综采二队的", nil}, {"综采二队的考勤", "我是综采2队的", nil},
		{"王队长怎么记的", "王队长记错了", nil}, {"李书记批的", "李书记说不行", nil},
		// dates
		{"5号的班怎么排的", tired, nil}, {"五号的班", tired, nil}, {"11月5日的班", tired, nil}, {"十二日的班", tired, nil}, {"12日的班", tired, nil},
		{"19号", tired, nil}, {"十九号的班", tired, nil}, {"每月5/12/19", tired, nil}, {"每月5、12、19日", tired, nil}, {"5和12那两天", tired, nil}, {"５号的班", tired, nil},
		{"12月7日的班", zhang, nil}, {"12.7那天", zhang, nil}, {"12/7", zhang, nil}, {"十二月七号", zhang, nil}, {"7号那天", zhang, nil},
		{"上周三的班", zhang, nil}, {"上星期三晚上", zhang, nil}, {"礼拜三的班", zhang, nil}, {"周三那天", zhang, nil}, {"上禮拜三", zhang, nil},
		{"昨天的班", "夜来让我连上", nil}, {"11.5的岗", years, nil}, {"5号前的班怎么排", tired, nil},
		// shifts and times of day
		{"4点班连0点班", tired, nil}, {"零点班前休息不足", tired, nil}, {"10点上的班", zhang, nil}, {"22点上的班", "晚上10点让我下去", nil},
		// counts and amounts
		{"考勤21个班和考勤机对一下", zhang, nil}, {"二十三个班", zhang, nil}, {"记了廿三个", zhang, nil}, {"补四百三十六块五", zhang, nil}, {"436.5元", zhang, nil},
		{"间隔7小时", tired, nil}, {"间隔七个小时", tired, nil}, {"工龄23年的同志", years, nil},
		// phone
		{"联系13900001234", zhang, nil}, {"联系139 0000 1234", zhang, nil}, {"打幺三九零零零零幺二三四", zhang, nil},
		// words
		{"有人说开车回家都瞌睡不敢写名字", tired, nil}, {"开车，回家；都瞌睡 不敢写", tired, nil}, {"開車回家都瞌睡不敢寫", tired, nil}, {"又说瞌睡；不敢写名字怕", tired, nil},
	} {
		what, bad := Repeats(tc.task, tc.original, tc.never...)
		if !bad || what == "" {
			t.Errorf("%q tells who said %q", tc.task, tc.original)
		}
		if !strings.Contains(tc.task, what) {
			t.Errorf("%q is not in %q", what, tc.task)
		}
	}
}

// Ordinary tasks go out.
func TestRepeatsLeavesTasksAlone(t *testing.T) {
	const wage = "我是综采二队的，上个月工资扣了436.5，说是考勤不够，我上了23个班只记21个，你们查一下"
	for _, tc := range []struct{ task, original string }{
		{"请核对近期排班，两班之间休息不少于规定，3日内反馈", tired},
		{"近期有排班间隔不够的情况，请自查，12月5日前反馈原因、办法", tired},
		{"请12月5日前回复", tired}, {"5号前报排班表", tired}, {"请7天内反馈", tired}, {"7个工作日内反馈", tired}, {"请周三前反馈", "上礼拜三的事"},
		{"请核对考勤和工资，有差错的补发，5个工作日内反馈", wage},
		{"核对本队考勤记录与工资表，说明办法", wage},
		{"请查1502运顺机尾的探头，马上处理", "1502运顺皮带机尾那搭瓦斯探头昨儿个零点班就不准"},
		{"12号楼热水不足，请检修", "12号楼没热水"}, {"请今天处理，明天回话", "今天没水，明天也没有"},
		{"各班排班要均匀，不得连班", tired}, {"请各队自查", tired}, {"三班倒的休息时间请核对", "三班的排班有问题"},
		{"1、核对排班；2、补休；3、5日内反馈", tired},
		{"更衣柜锁坏，请更换", "副井澡堂更衣柜锁坏了好几天，能不能换一下"},
		{"", tired}, {"请核对", ""}, {"", ""},
	} {
		if what, bad := Repeats(tc.task, tc.original); bad {
			t.Errorf("%q is said to tell by %q who said %q", tc.task, what, tc.original)
		}
	}
}

// A run of the original is found wherever it is put and whatever stands between
// its characters.
func TestRepeatsFindsEveryRun(t *testing.T) {
	noise := []string{"", "", " ", "，", ",", "。", "\u200b", "\u200d", "\n", "…", "🙄", "　", "-", "·"}
	rapid.Check(t, func(t *rapid.T) {
		original := rapid.SampledFrom([]string{tired, wages, canteen, "ＷＩＦＩ信號太差，宿捨３號樓天天掉線，打遊戲都不行"}).Draw(t, "original")
		bare, _ := spokenOf(Read(original))
		n := rapid.IntRange(QuoteLength, min(20, len(bare))).Draw(t, "length")
		from := rapid.IntRange(0, len(bare)-n).Draw(t, "from")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "请查一下 ", "有人说：", "hi", "1"}).Draw(t, "before"))
		for _, r := range bare[from : from+n] {
			if rapid.Bool().Draw(t, "wide") && r > ' ' && r < 0x7f {
				r += 0xfee0
			}
			b.WriteRune(r)
			b.WriteString(rapid.SampledFrom(noise).Draw(t, "noise"))
		}
		b.WriteString(rapid.SampledFrom([]string{"", "，请处理", "。", "x"}).Draw(t, "behind"))
		if _, bad := Repeats(b.String(), original); !bad {
			t.Fatalf("%q repeats %q", b.String(), original)
		}
	})
}

func FuzzRepeats(f *testing.F) {
	f.Add("每月5/12/19", tired, "白洁")
	f.Add("\xff5号\x00", "5\u0301号", "")
	f.Add(wages, wages, "二")
	f.Fuzz(func(t *testing.T, task, original, never string) {
		what, bad := Repeats(task, original, never)
		if !strings.Contains(task, what) || what != "" && !bad {
			t.Errorf("%q, %t", what, bad)
		}
		if bare, _ := spokenOf(Read(original)); len(bare) >= QuoteLength {
			if _, bad := Repeats(original, original); !bad {
				t.Errorf("%q does not repeat itself", original)
			}
		}
	})
}
