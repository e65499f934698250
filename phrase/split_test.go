package phrase

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	for raw, want := range map[string][]string{
		"1、食堂饭贵 2、宿舍没热水 3、班车老晚点":                 {"食堂饭贵", "宿舍没热水", "班车老晚点"},
		"1.食堂饭贵。2.宿舍没热水。3.班车老晚点。":                {"食堂饭贵。", "宿舍没热水。", "班车老晚点。"},
		"1食堂饭贵 2宿舍没热水":                           nil, // no marks
		"1）食堂饭贵；2）宿舍没热水":                         {"食堂饭贵", "宿舍没热水"},
		"（1）食堂饭贵（2）宿舍没热水":                        {"食堂饭贵", "宿舍没热水"},
		"①食堂饭贵②宿舍没热水③路灯不亮":                       {"食堂饭贵", "宿舍没热水", "路灯不亮"},
		"❶食堂饭贵❷宿舍没热水":                            {"食堂饭贵", "宿舍没热水"},
		"１、食堂饭贵２、宿舍没热水":                          {"食堂饭贵", "宿舍没热水"},
		"一、食堂饭贵。二、宿舍没热水。三、井盖丢了":                  {"食堂饭贵。", "宿舍没热水。", "井盖丢了"},
		"一是食堂饭贵，二是宿舍没热水，三是班车少":                   {"食堂饭贵", "宿舍没热水", "班车少"},
		"第一，食堂饭贵；第二，宿舍没热水":                       {"食堂饭贵", "宿舍没热水"},
		"第一个问题是食堂饭贵，第二个问题是宿舍没热水":                 {"食堂饭贵", "宿舍没热水"},
		"第一件事：工资少发。第二件事：班车晚点":                    {"工资少发。", "班车晚点"},
		"其一，食堂饭贵；其二，宿舍没热水":                       {"食堂饭贵", "宿舍没热水"},
		"领导好，反映四件事：1、工资少了 2、食堂饭贵 3、澡堂没热水 4、班车晚点": {"领导好，反映四件事：\n工资少了", "食堂饭贵", "澡堂没热水", "班车晚点"},
		"我是综采二队的：1、工资少了 2、食堂饭贵":                  {"我是综采二队的：\n工资少了", "我是综采二队的：\n食堂饭贵"},
		"家属区3号楼 ①房顶漏水 ②路灯不亮 ③井盖没了":               nil, // all about the head's place
		"公寓：一是暖气不热，二是网络太慢":                       {"公寓：\n暖气不热", "网络太慢"},
		"1、食堂饭贵\n2、宿舍没热水\n3、路灯不亮":                {"食堂饭贵", "宿舍没热水", "路灯不亮"},
		"1. 食堂饭贵\n2. 宿舍没热水":                      {"食堂饭贵", "宿舍没热水"},
		"1 食堂饭贵\n2 宿舍没热水":                        {"食堂饭贵", "宿舍没热水"},
		"1、路灯不亮 2、井盖丢了 3、围墙要倒":                   {"路灯不亮", "井盖丢了", "围墙要倒"},
		"食堂饭太贵。还有，宿舍没热水":                         {"食堂饭太贵。", "还有，宿舍没热水"},
		"上个月工资少了436.5，另外班车老晚点":                   {"上个月工资少了436.5", "另外班车老晚点"},
		"工资少发了，顺便问一下医保咋报":                        {"工资少发了", "顺便问一下医保咋报"},
		"食堂饭贵，再一个班车少一趟，还有就是wifi断了":               {"食堂饭贵", "再一个班车少一趟", "还有就是wifi断了"},
		"食堂饭贵 对了 宿舍暖气不热":                         {"食堂饭贵", "对了 宿舍暖气不热"},
		"食堂饭太贵\n宿舍没热水\n班车老晚点":                    {"食堂饭太贵", "宿舍没热水", "班车老晚点"},
		"我是掘进二队的\n工资少了两百\n班车老晚点":                 {"我是掘进二队的\n工资少了两百", "我是掘进二队的\n班车老晚点"},
		"食堂饭太贵\n肉还少\n宿舍没热水\n天天洗冷水":               {"食堂饭太贵\n肉还少", "宿舍没热水\n天天洗冷水"},
		"領導好：一、工資少發二百；二、宿舍沒熱水":                   {"領導好：\n工資少發二百", "宿舍沒熱水"},
		"1、工资少发436.5元，考勤记21个班 2、更衣柜锁坏了":          {"工资少发436.5元，考勤记21个班", "更衣柜锁坏了"},
		"1，食堂饭贵。2，宿舍没热水":                         {"食堂饭贵。", "宿舍没热水"},
		"瓦斯探头不准；另外工资也少了":                         {"瓦斯探头不准", "另外工资也少了"},

		// one matter
		wages: nil, canteen: nil, tired: nil, hazardSample: nil, distressSample: nil, tipSample: nil, canteenAgain: nil,
		"先找队长，后来找劳资，最后说没人管":            nil,
		"1、先找队长 2、然后找劳资 3、最后没人管":       nil,
		"经过如下：1、10号提出 2、12号答复 3、15号反悔": nil,
		"工资少发，诉求：1、补发工资 2、给个说法":        nil,
		"我的要求：一是补发，二是道歉":               nil,
		"食堂有三个问题：1、饭贵 2、菜少 3、不干净":      nil,
		"1、工资少发二百 2、工资条看不懂":            nil,
		"食堂饭贵，还有菜也不新鲜":                 nil,
		"食堂饭贵，还有人吃出钢丝":                 nil,
		"工资扣了两百，还有一百没发":                nil,
		"第一次找队长，第二次找劳资":                nil,
		"第一天没水，第二天没电":                  nil,
		"第一车间和第二车间的路灯":                 nil,
		"5号、12号、19号都连着倒班":              nil,
		"1号楼没水，2号楼也没水":                 nil,
		"436.5元，1.5天":                  nil,
		"还有别的人也这样":                     nil,
		"宿舍没热水\n天天这样\n没人管":             nil,
		"食堂饭贵\n因为班车晚点才去食堂吃":            nil,
		"三班倒，一班八点，二班四点":                nil,
		"办事员说没有另外的办法":                  nil,
		"工资的事说了两遍，另外一个领导也知道":           nil,
		"建议：1、装个充电柜 2、装个饮水机":           {"建议：\n装个充电柜", "装个饮水机"},
		"工资1、2月都少发":                    nil,
		"1502工作面 2号皮带 3部溜子":            nil,
		"事由：澡堂锁坏了 地点：副井澡堂 诉求：换锁":       nil,
		"1、":             nil,
		"1、2、3、":         nil,
		"2、食堂饭贵 3、宿舍没热水": nil,
		"排班连着倒，下班开车回家都瞌睡，还有请假也不批": nil,
		"食堂那个面，班车来晚了就没有了":         nil,
	} {
		if want == nil {
			want = []string{raw}
		}
		if d := cmp.Diff(want, Split(raw)); d != "" {
			t.Errorf("%s (-want +got):\n%s", raw, d)
		}
	}
	if got := Split("🙄 "); got != nil {
		t.Errorf("%q", got)
	}
}

// lost returns what of a text is in none of its parts.
func lost(t interface{ Fatalf(string, ...any) }, raw string, parts []string) string {
	if len(parts) > 1 {
		if head, _, ok := strings.Cut(parts[1], "\n"); ok && !slices.ContainsFunc(parts, func(p string) bool { return !strings.HasPrefix(p, head+"\n") }) &&
			strings.Count(raw, head) < len(parts) {
			parts = slices.Clone(parts)
			for i := range parts[1:] {
				parts[i+1] = strings.TrimPrefix(parts[i+1], head+"\n")
			}
		}
	}
	var gaps strings.Builder
	for i, p := range parts {
		for k, piece := range strings.SplitN(p, "\n", 2) {
			before, behind, ok := strings.Cut(raw, piece)
			if !ok {
				t.Fatalf("part %d.%d %q is not in %q", i, k, piece, raw)
			}
			gaps.WriteString(before)
			raw = behind
		}
	}
	return gaps.String() + raw
}

// No word is lost: what stands in no part is numbers and punctuation.
func TestSplitLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := rapid.SampledFrom([][]string{{"1、", "2、", "3、", "4、"}, {"①", "②", "③", "④"}, {"一是", "二是", "三是", "四是"}, {"第一，", "第二，", "第三，", "第四，"},
			{"", "还有，", "另外，", "再一个，"}, {"", "\n", "\n", "\n"}, {"", "，", "。", " "}}).Draw(t, "marks")
		n := rapid.IntRange(1, 4).Draw(t, "matters")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "领导好，", "我是综采二队的：", "🙄"}).Draw(t, "head"))
		for i := range n {
			b.WriteString(marks[i])
			b.WriteString(rapid.SampledFrom([]string{"食堂饭贵", "宿舍没热水 天天这样", "班车6:20那趟老晚点", "工资少了436.5", "找了2.3次", "先找队长", "wifi断了", "路灯不亮"}).Draw(t, "matter"))
			b.WriteString(rapid.SampledFrom([]string{"，", "。", " ", "；"}).Draw(t, "end"))
		}
		if left := lost(t, b.String(), Split(b.String())); strings.Trim(left, "1234、①②③④一二三四是第，。；： \n🙄") != "" {
			t.Fatalf("%q of %q is lost: %q", left, b.String(), Split(b.String()))
		}
	})
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"1、食堂饭贵 2、宿舍没热水", "①\xff②", "第一，工资\n第二，班车", "食堂贵\n还有班车", "我是二队的\n工资少\n班车晚"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		parts := Split(raw)
		if len(parts) > maxParts || len(parts) == 0 != Read(raw).Empty() {
			t.Errorf("%q: %q", raw, parts)
		}
		for _, p := range parts {
			if Read(p).Empty() {
				t.Errorf("%q has an empty part: %q", raw, parts)
			}
		}
	})
}
