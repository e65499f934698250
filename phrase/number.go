package phrase

import (
	"math"
	"strconv"
	"strings"
)

// Number reads a whole text as a number or an amount of money in yuan, in
// Arabic, Chinese or mixed digits: 436.5, 四百三十六块五, 4百36块5, 两千三 (2300),
// 廿三, 一万二 (12000), 零点五, 二〇二六. It is at most 1e15 and, with money, rounded
// to the fen.
func Number(s string) (float64, bool) {
	f := []rune(strings.ReplaceAll(Fold(s), " ", ""))
	i := 0
	if r := peek(f, 0); r == '¥' || r == '￥' {
		i = 1
	}
	n := readNumeral(f, i)
	if n.end == i {
		return 0, false
	}
	v, end := readMoney(f, n)
	if end == n.end && end < len(f) {
		return 0, false
	}
	return v, end == len(f)
}

// numeral is a number read from a text; end is where it began if there is none.
type numeral struct {
	value   float64
	end     int
	inexact bool // two digits side by side, as in 三四 (three or four)
	han     bool // has a Chinese digit
}

const maxDigits = 15 // what a float64 holds exactly

// readNumeral reads the number at i.
func readNumeral(f []rune, i int) numeral {
	r := numeralReader{f: f, start: i, pos: i}
	for r.pos < len(f) && r.pos-i < 40 && r.step(f[r.pos]) {
	}
	return r.finish()
}

// numeralReader holds a number half read: total of the finished 万 and 亿,
// section of the finished 千, 百 and 十, and the digits since.
type numeralReader struct {
	f              []rune
	start, pos     int
	total, section float64
	digit          float64
	digits         int     // how many digits make digit; 0 none
	unit           float64 // the last unit read
	big            float64 // the last 万 or 亿
	zero           bool    // a 零 since the last unit
	arabic         bool
	han            bool
	failed         bool
}

// step reads one character, or a run of Arabic digits, and reports whether it
// belonged to the number.
func (r *numeralReader) step(c rune) bool {
	if isDigit(c) {
		return r.arabicRun()
	}
	if d, ok := hanDigit(c); ok {
		return r.hanDigit(d)
	}
	switch c {
	case '十', '拾':
		return r.smallUnit(10)
	case '百', '佰':
		return r.smallUnit(100)
	case '千', '仟':
		return r.smallUnit(1000)
	case '廿':
		return r.tens(20)
	case '卅':
		return r.tens(30)
	case '万':
		return r.bigUnit(1e4)
	case '亿':
		return r.bigUnit(1e8)
	case '点':
		return r.point()
	}
	return false
}

func (r *numeralReader) tens(v float64) bool {
	if r.digits > 0 || r.unit != 0 {
		return false
	}
	r.digit = v / 10
	return r.smallUnitOf(10)
}

func (r *numeralReader) arabicRun() bool {
	if r.digits > 0 {
		return false
	}
	v, end, ok := readArabic(r.f, r.pos)
	if !ok {
		r.failed = true
		return false
	}
	r.digit, r.digits, r.arabic = v, end-r.pos, true
	r.pos = end
	return true
}

func (r *numeralReader) hanDigit(d float64) bool {
	switch {
	case r.arabic && r.digits > 0, r.digits > 0 && r.unit != 0, r.digits >= maxDigits:
		return false
	case d == 0 && r.digits == 0 && r.unit != 0:
		r.zero = true
	default:
		r.digit = r.digit*10 + d
		r.digits++
	}
	r.han = true
	r.pos++
	return true
}

func (r *numeralReader) smallUnit(u float64) bool {
	if r.unit != 0 && r.unit < 1e4 && u >= r.unit {
		return false
	}
	if r.digits > 1 && !r.arabic { // 三四百: about, not 3400
		r.failed = true
		return false
	}
	if r.digits == 0 {
		if u != 10 || r.section != 0 && !r.zero {
			return false
		}
		r.digit = 1
	}
	return r.smallUnitOf(u)
}

func (r *numeralReader) smallUnitOf(u float64) bool {
	r.section += r.digit * u
	r.clearDigit(u)
	return true
}

func (r *numeralReader) bigUnit(u float64) bool {
	if r.digits > 1 && !r.arabic && r.unit == 0 {
		r.failed = true
		return false
	}
	sum := r.section + r.digit
	if u == 1e8 {
		sum += r.total
	}
	if sum == 0 || r.big != 0 && u >= r.big && u != 1e8 || r.big == 1e8 && u == 1e8 {
		return false
	}
	if u == 1e8 {
		r.total = sum * u
	} else {
		r.total += sum * u
	}
	r.section, r.big = 0, u
	r.clearDigit(u)
	return true
}

func (r *numeralReader) clearDigit(u float64) {
	r.unit, r.digit, r.digits, r.zero, r.arabic = u, 0, 0, false, false
	r.han = true
	r.pos++
}

// point reads 点 and the digits behind it, which end the number but for a 万.
func (r *numeralReader) point() bool {
	if r.digits == 0 && r.unit == 0 || r.arabic && r.digits > 0 {
		return false
	}
	j, scale, frac := r.pos+1, 0.1, 0.0
	for ; j < len(r.f) && j < r.pos+8; j++ {
		d, ok := hanDigit(r.f[j])
		if !ok {
			break
		}
		frac += d * scale
		scale /= 10
	}
	if j == r.pos+1 {
		return false
	}
	r.total += r.section + r.digit + math.Round(frac*1e7)/1e7
	r.section, r.digit, r.digits, r.zero = 0, 0, 0, true
	if peek(r.f, j) == '万' {
		r.total *= 1e4
		j++
	}
	r.pos = j
	return false
}

func (r *numeralReader) finish() numeral {
	if r.failed || r.pos == r.start {
		return numeral{end: r.start}
	}
	if r.digits > 0 && r.unit >= 100 && !r.zero && r.digit < 10 && r.digits == 1 {
		r.digit *= r.unit / 10 // 两千三 is 2300
	}
	end := r.pos
	if r.zero && r.digits == 0 && peek(r.f, end-1) == '零' {
		end-- // 一百零 with nothing behind it
	}
	return numeral{
		value:   r.total + r.section + r.digit,
		end:     end,
		inexact: r.han && !r.arabic && r.digits == 2 && r.unit == 0 && r.digit >= 10,
		han:     r.han,
	}
}

// readArabic reads 436, 1,234.50 or 436.5 at i; ok is false for a number too long
// to be one.
func readArabic(f []rune, i int) (v float64, end int, ok bool) {
	var b strings.Builder
	j := i
	for j < len(f) {
		if isDigit(f[j]) {
			b.WriteRune(f[j])
			j++
		} else if f[j] == ',' && j > i && j-i <= 3 && thousands(f, j) || f[j] == ',' && j-i > 3 && f[j-4] == ',' && thousands(f, j) {
			j++
		} else {
			break
		}
		if b.Len() > maxDigits {
			return 0, i, false
		}
	}
	if peek(f, j) == '.' && isDigit(peek(f, j+1)) {
		b.WriteByte('.')
		for j++; j < len(f) && isDigit(f[j]) && b.Len() < 2*maxDigits; j++ {
			b.WriteRune(f[j])
		}
	}
	v, err := strconv.ParseFloat(b.String(), 64)
	return v, j, err == nil
}

// thousands reports whether exactly three digits follow the comma at i.
func thousands(f []rune, i int) bool {
	return isDigit(peek(f, i+1)) && isDigit(peek(f, i+2)) && isDigit(peek(f, i+3)) && !isDigit(peek(f, i+4))
}

func hanDigit(r rune) (float64, bool) {
	switch r {
	case '零', '〇', '○':
		return 0, true
	case '一', '壹', '幺':
		return 1, true
	case '二', '两', '贰':
		return 2, true
	case '三', '叁':
		return 3, true
	case '四', '肆':
		return 4, true
	case '五', '伍':
		return 5, true
	case '六', '陆':
		return 6, true
	case '七', '柒':
		return 7, true
	case '八', '捌':
		return 8, true
	case '九', '玖':
		return 9, true
	}
	return 0, false
}

// readMoney returns the amount in yuan when a unit of money follows n, with its
// end; otherwise n itself.
func readMoney(f []rune, n numeral) (float64, int) {
	v, i := n.value, n.end
	switch peek(f, i) {
	case '块', '元', '圆':
		if fen, ok := oneDigit(f, hasPrefix(f, i+1, "零")); ok && peek(f, i+1) == '零' { // 五块零五
			v, i = v+fen/100, hasPrefix(f, i+3, "分")
			break
		}
		small, j := readJiao(f, i+1)
		v, i = v+small, j
	case '毛', '角':
		small, j := readJiao(f, n.end-1)
		if n.value != math.Trunc(n.value) || n.value > 9 {
			return v, n.end
		}
		v, i = small, j
	default:
		return v, i
	}
	i = hasPrefix(f, i, "钱", "整", "人民币")
	return math.Round(v*100) / 100, i
}

// readJiao reads what follows 块: 五, 五毛, 五毛二, 半, 五毛二分.
func readJiao(f []rune, i int) (float64, int) {
	if peek(f, i) == '半' {
		return 0.5, i + 1
	}
	d, ok := oneDigit(f, i)
	if !ok {
		return 0, i
	}
	v := d / 10
	i++
	if r := peek(f, i); r == '毛' || r == '角' {
		i++
		if d, ok := oneDigit(f, i); ok {
			v += d / 100
			i = hasPrefix(f, i+1, "分")
		}
	} else if r == '分' {
		v, i = d/100, i+1
	} else if _, ok := oneDigit(f, i); ok || strings.ContainsRune("个碗份斤张瓶只件顿盒趟班吨米车袋条双套把次人天月年", r) && r != 0 {
		return 0, i - 1 // 14块一碗
	}
	return v, i
}

func oneDigit(f []rune, i int) (float64, bool) {
	r := peek(f, i)
	if isDigit(r) {
		return float64(r - '0'), true
	}
	return hanDigit(r)
}
