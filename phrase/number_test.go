package phrase

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for raw, want := range map[string]float64{
		"436.5": 436.5, "４３６．５": 436.5, "436.5元": 436.5, "¥436.5": 436.5, "￥436.5": 436.5, "四百三十六块五": 436.5, "4百36块5": 436.5, "436块5毛": 436.5, "四百三": 430, "四百三十六點五": 436.5,
		"两千三": 2300, "兩千三": 2300, "廿三": 23, "卅": 30, "二十三": 23, "23": 23, "十": 10, "十五": 15, "一百零五": 105, "一百五": 150, "一百一十": 110, "一百十": 0,
		"一万二": 12000, "一万零二": 10002, "1.2万": 12000, "12万5": 125000, "十二万三千四百五十六": 123456, "一亿零五百": 100000500, "三万亿": 3e12, "零点五": 0.5, "一点二万": 12000, "三点一四": 3.14,
		"二〇二六": 2026, "〇": 0, "零": 0, "三块二毛五": 3.25, "三块半": 3.5, "五毛": 0.5, "五块零五": 5.05, "三块五毛二分钱": 3.52, "1,234.5": 1234.5, "1，234": 1234, "叁佰伍拾圆整": 350, " 4 3 6 ": 436, "100块钱": 100, "八分": 0,
	} {
		got, ok := Number(raw)
		known := raw != "一百十" && raw != "八分"
		if got != want || ok != known {
			t.Errorf("Number(%q) = %v, %v, want %v", raw, got, ok, want)
		}
	}
	for _, raw := range []string{"", "个", "三四百", "436.5.2", "1,23", "23个班", "十点半", "八点五十", "百", "一二三十", strings.Repeat("9", 400), strings.Repeat("一", 100)} {
		if v, ok := Number(raw); ok {
			t.Errorf("Number(%q) = %v, want none", raw, v)
		}
	}
}

// hanNumeral writes n the way it is read aloud.
func hanNumeral(n int) string {
	digits, units := []rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}
	if n >= 10000 {
		high, low := hanNumeral(n/10000)+"万", n%10000
		switch {
		case low == 0:
			return high
		case low < 1000:
			return high + "零" + hanNumeral(low)
		}
		return high + hanNumeral(low)
	}
	if n < 10 {
		return string(digits[n])
	}
	s, zero := "", false
	text := strconv.Itoa(n)
	for i, c := range text {
		if c == '0' {
			zero = true
			continue
		}
		if zero {
			s += "零"
		}
		zero = false
		s += string(digits[c-'0']) + units[len(text)-1-i]
	}
	return s
}

func TestNumeralsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 99_999_999).Draw(t, "n")
		for _, s := range []string{strconv.Itoa(n), hanNumeral(n)} {
			if got, ok := Number(s); !ok || got != float64(n) {
				t.Fatalf("Number(%q) = %v, %v, want %d", s, got, ok, n)
			}
		}
		jiao := rapid.IntRange(1, 9).Draw(t, "jiao")
		if got, ok := Number(hanNumeral(n) + "块" + hanNumeral(jiao)); !ok || got != float64(n*10+jiao)/10 {
			t.Fatalf("%d yuan %d jiao read as %v, %v", n, jiao, got, ok)
		}
	})
}
