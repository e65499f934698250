package phrase

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/calendar"
)

func TestSumUp(t *testing.T) {
	told := calendar.Date{Year: 2026, Month: 11, Day: 23}
	check := []string{"核查"}
	for raw, want := range map[string]*Summary{
		wages: {"上个月", "上个月", "少", "436.5元", "21个班", "23个班", check},
		"我综采二队的，上个月工资扣了436块5，说我考勤不够，其实上了23个班只记了21个班，麻烦给查查": {"上个月", "上个月", "扣", "436.5元", "21个班", "23个班", check},
		"额上个月的工钱被扣了四百三十六块五，出勤廿三个班，考勤上只有21个，想叫核实一下":         {"上个月", "上个月", "扣", "436.5元", "21个班", "23个班", check},
		"夜来罚咧额两百块工资":         {"夜来", "11月22日", "罚", "200元", "", "", nil},
		"夜班费拖欠三百块没给，要求补发":    {"", "", "欠", "300元", "", "", []string{"补发"}},
		"昨天罚了我两百块工资，给个说法":    {"昨天", "11月22日", "罚", "200元", "", "", []string{"给个答复"}},
		"工资短了4百36块5":         {"", "", "少", "436.5元", "", "", nil},
		"上個月工資少發兩千三百元":       {"上個月", "上個月", "少", "2300元", "", "", nil},
		"工资算的21个班，我明明上了23个班": {"", "", "", "", "21个班", "23个班", nil},

		// not clear: in their own words
		"上月少发436.5元工资，应该是二十三个班不是二十一个": nil,
		"工资少了200元，奖金扣了100元":           nil,
		"工资应发5000元实发4500元":            nil,
		"食堂贵，工资少200元":                 nil,
		"工资上了23个班，出了24个班":             nil,
		"工资记了23个班，我上了23个班":            nil,
		"工资没少二百块":                     nil,
		"上个月和这个月工资都少了200元":            nil,
		"工资多发了200元":                   nil,
		"工资卡丢了":                       nil,
		"少了436.5元":                    nil,
		canteen:                       nil,
		tired:                         nil,
		"":                            nil,
	} {
		got, ok := SumUp(raw, dialect, told)
		if want == nil {
			want = &Summary{}
		}
		if d := cmp.Diff(*want, got); d != "" || ok != (got.Amount != "" || got.Claimed != "") {
			t.Errorf("%s: %t (-want +got):\n%s", raw, ok, d)
		}
	}
}

// A summary names no number that the story does not.
func FuzzSumUp(f *testing.F) {
	f.Add(wages)
	f.Add("昨天罚了我两百块工资，给个说法")
	f.Add("工资少4百36块5 \xff")
	f.Fuzz(func(t *testing.T, raw string) {
		sum, ok := SumUp(raw, dialect, calendar.Date{Year: 2026, Month: 11, Day: 23})
		if !ok {
			return
		}
		facts := FactsOf(raw, dialect)
		said := strings.Join(append(facts.Amounts, facts.Counts...), " ")
		for _, v := range []string{sum.Amount, sum.Recorded, sum.Claimed} {
			if !strings.Contains(said, v) {
				t.Errorf("%q: %s is not in %s", raw, v, said)
			}
		}
	})
}
