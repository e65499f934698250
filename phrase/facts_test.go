package phrase

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var dialect = map[string]string{
	"额": "我", "咧": "了", "咋": "怎么", "一哈": "一下", "那搭": "那里", "知不道": "不知道", "夜来": "昨天", "夜个": "昨天",
	"后晌": "下午", "前晌": "上午", "尔格": "现在", "麻达": "毛病", "撩": "好", "娃": "孩子", "屋里": "家里",
}

const wages = "哎那个我是综采二队的我叫啥先不说额就想问一哈上个月工资咋又少咧扣了额四百三十六块五说是考勤不够额明明上了二十三个班咋才给记了21个你们给额查一哈嘛队上办事员说他也知不道"

func TestFacts(t *testing.T) {
	for _, tc := range []struct {
		raw  string
		want Facts
	}{
		{wages, Facts{Amounts: []string{"436.5元"}, Counts: []string{"23个班", "21个班"}, Whens: []string{"上个月"}, Wants: []string{"核查"}}},
		{"1502运顺皮带机尾那搭瓦斯探头昨儿个零点班就不准 数值老跳 0.2一哈蹦到0.9 班长说不影响先干着", Facts{Whens: []string{"昨儿个零点班"}}},
		{"食堂二楼臊子面涨到14咧🙄🙄肉越来越少 昨天还吃出来个钢丝球丝丝", Facts{Whens: []string{"昨天"}}},
		{"四点班下来歇7个小时又上零点班,5号、十二号、19号都这样", Facts{Counts: []string{"7个小时"}, Whens: []string{"四点班", "零点班", "5号", "十二号", "19号"}}},
		{"夜来后晌罚了我两百块", Facts{Amounts: []string{"200元"}, Whens: []string{"夜来后晌"}}},
		{"2026年11月5号晚上10点停水，22点后又停", Facts{Whens: []string{"2026年11月5号晚上10点", "22点"}}},
		{"上禮拜三的夜班", Facts{Whens: []string{"上禮拜三的夜班"}}},
		{"面涨到14块一碗，菜8块五", Facts{Amounts: []string{"14元", "8.5元"}}},
		{"能不能装个风扇？给额个说法", Facts{Wants: []string{"装个风扇", "给个答复"}}},
		{"能不能给修一下更衣柜，赔偿就不用了，请把锁换一下", Facts{Wants: []string{"维修", "更换"}}},
		{"要求补发工资，希望退还押金1，200元", Facts{Amounts: []string{"1200元"}, Wants: []string{"补发", "退还"}}},
		// What is not clearly there stays out.
		{"检修班不给修，没人查，已经换了，抽查过，换班", Facts{}},
		{"大概三四百块，好几百，十七八个班，几十个班，两三次", Facts{}},
		{"第三次了，一次也没有，三块钢板，元旦，5号工作面，12号线，三点意见，第3天", Facts{}},
		{"身份证610202199001011234，2026-0047", Facts{}},
		{"电话139 0000 1234，座机0919-1234567，打13900001234天天没人接", Facts{}},
		{"", Facts{}},
	} {
		if d := cmp.Diff(tc.want, FactsOf(tc.raw, dialect)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.raw, d)
		}
	}
}

func TestNamesDay(t *testing.T) {
	for when, want := range map[string]bool{
		"上个月": true, "昨天零点班": true, "昨儿个零点班": true, "夜来后晌": true, "5号": true, "十二号": true, "2026年11月5号晚上10点": true, "上禮拜三的夜班": true, "11月": true,
		"22点": false, "晚上10点": false, "零点班": false, "夜班": false, "8:20": false, "": false,
	} {
		if got := NamesDay(when, dialect); got != want {
			t.Errorf("%s: %t", when, got)
		}
	}
}

// A long text must cost in proportion to its length; each of these once invites a
// reader to look again and again at the same characters.
func TestLongTexts(t *testing.T) {
	const n = 20_000
	for _, unit := range []string{"的", "事由", "【", "[捂脸]", " \n", "事由：", "9", "一", "万", "e\u0301", "\u0301", "\u200b", "地点 ", "查", "我是", "能不能", "-", "¨", "１２月", "a", "信訪", "(", "0 "} {
		raw := strings.Repeat(unit, n/len([]rune(unit)))
		form := Form(raw, labels)
		text := Read(raw)
		text.Command(commands)
		text.CaseNo()
		text.Code()
		text.Date(today)
		text.Month(today)
		text.Term()
		text.YesWith()
		text.Exact(commands)
		text.Choice(5)
		FactsOf(raw, dialect)
		MaskCards(raw)
		GistOf(raw, dialect)
		Split(raw)
		Urgent(raw)
		Accuses(raw)
		if got := Scrub(raw, []string{"张三"}); form.Found == 0 && len(got) > len(raw)+3 {
			t.Errorf("%q grew", unit)
		}
	}
}

func BenchmarkForm100k(b *testing.B) {
	raw := strings.Repeat("澡堂更衣柜锁坏了，这个时间不行。\n地点：副井澡堂 诉求：换锁\n", 100_000/31)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		Form(raw, labels)
	}
}

func BenchmarkFacts100k(b *testing.B) {
	raw := strings.Repeat(wages, 100_000/90)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		FactsOf(raw, dialect)
	}
}
