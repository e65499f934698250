package phrase

import (
	"fmt"
	"slices"
	"strings"

	"fangzhuo/calendar"
)

// Summary is a story about pay in a few facts, for its author to confirm: 上个月 少
// 436.5元, 考勤记 21个班, 本人说 23个班, 要求 核查. What was not said is "".
type Summary struct {
	When     string   // as said
	Day      string   // When; if that is a day named by its distance (昨天), its date
	Lacks    string   // 少, 扣, 罚 or 欠, as said
	Amount   string   // in yuan, "436.5元"
	Recorded string   // what the record says, "21个班"
	Claimed  string   // what the author says, "23个班"
	Wants    []string // as Facts.Wants
}

// SumUp sums up a story about pay that was told on a day. ok is false where a guess
// would be needed: when the story is about something else too, names two amounts,
// or leaves open who says which number. Then its own words say it best.
func SumUp(raw string, dialect map[string]string, told calendar.Date) (sum Summary, ok bool) {
	s := story{Text: standard(Read(raw), dialect), most: maxFacts}
	if !slices.Equal(topics(s.f), []string{"pay"}) {
		return Summary{}, false
	}
	for i := 0; i < len(s.f); {
		amounts, counts, whens := len(s.Amounts), len(s.Counts), len(s.Whens)
		end, clear := max(s.fact(i), i+1), true
		switch {
		case len(s.Amounts) > amounts:
			sum.Amount, sum.Lacks = s.Amounts[amounts], s.lacking(i)
			clear = amounts == 0 && sum.Lacks != ""
		case len(s.Counts) > counts:
			clear = sum.count(s.Counts[counts], s.whoSays(i))
		case len(s.Whens) > whens:
			sum.When = s.Whens[whens]
			sum.Day = dated(sum.When, dialect, told)
			clear = whens == 0
		}
		if !clear {
			return Summary{}, false
		}
		i = end
	}
	sum.Wants = s.Wants
	bothSay := sum.Recorded != "" && sum.Claimed != "" && sum.Recorded != sum.Claimed
	if sum.Amount == "" && !bothSay || sum.Recorded == sum.Claimed && sum.Recorded != "" {
		return Summary{}, false
	}
	return sum, true
}

// count notes a count and reports whether it is clear whose it is.
func (sum *Summary) count(count string, says speaker) bool {
	switch {
	case says == byRecord && sum.Recorded == "":
		sum.Recorded = count
	case says == byTeller && sum.Claimed == "":
		sum.Claimed = count
	default:
		return false
	}
	return true
}

var (
	notLacking = newWordSet("多少 没扣 没少 不少 不扣 应发 应该发 实发 才发 只发 发了 到手 补了 退了 涨了 多发")
	lacks      = []struct {
		say   string
		words wordSet
	}{
		{"少", newWordSet("少 短 没发够")}, {"罚", newWordSet("罚")}, {"欠", newWordSet("拖欠 欠 没发 没给 未发")}, {"扣", newWordSet("克扣 扣")},
	}
)

// lacking returns how the amount at i is said to lack: 少, 罚, 欠 or 扣; "" if the
// sentence does not say or denies it.
func (s *story) lacking(i int) string {
	const back = 12
	from := i
	for from > 0 && i-from < back && !strings.ContainsRune("。;!?", s.f[from-1]) {
		from--
	}
	before := s.f[from:i]
	if notLacking.in(before) {
		return ""
	}
	for _, l := range lacks {
		if l.words.in(before) {
			return l.say
		}
	}
	return ""
}

// speaker is who says a number.
type speaker int

const (
	unknown speaker = iota
	byRecord
	byTeller
)

// whoSays returns whose the count at i is, by the nearest word before it.
func (s *story) whoSays(i int) speaker {
	const back = 12
	before := string(s.f[max(0, i-back):i])
	says, nearest := unknown, -1
	for who, words := range map[speaker]string{
		byRecord: "记 考勤 算 录 打卡机 系统 只有 才有 办事员说 队上说 班长说",
		byTeller: "上了 出了 干了 下了 明明 实际 其实 应该 我上 我出 我干 我的是 出勤",
	} {
		for _, w := range strings.Fields(words) {
			if k := strings.LastIndex(before, w); k >= 0 && k+len(w) > nearest {
				says, nearest = who, k+len(w)
			}
		}
	}
	if strings.Contains(before[max(0, nearest):], "不") { // 不是21个
		return unknown
	}
	return says
}

// dated writes a day that was named by its distance as a date.
func dated(when string, dialect map[string]string, today calendar.Date) string {
	r := dateReader{standard(Read(when), dialect).f, today}
	for _, read := range []func(int) (calendar.Date, int){r.relative, r.weekday} {
		if d, end := read(0); end == len(r.f) && !today.IsZero() && !d.After(today) && d != today {
			return fmt.Sprintf("%d月%d日", d.Month, d.Day)
		}
	}
	return when
}
