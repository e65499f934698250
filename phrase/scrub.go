package phrase

import (
	"slices"
	"strings"
)

// Scrub returns text fit for the unit that handles a matter: without phone,
// identity-card and bank-card numbers, chat accounts, the given names, and
// self-introductions (我是综采二队的张三, 我叫李四, 本人王五), each replaced by ….
// Names are found in any width and script and with spaces in them; a name of one
// character would tear words apart and is left. It removes rather too much than
// too little, and takes time in proportion to the text.
func Scrub(raw string, names []string) string {
	t := Read(raw)
	who := newNames(t, names)
	var b strings.Builder
	kept := 0 // offset in raw
	for i := 0; i < len(t.f); {
		end := t.personal(i, &who)
		if end == i {
			i++
			continue
		}
		if from := int(t.at[i]); from > kept || kept == 0 {
			b.WriteString(raw[kept:from])
			b.WriteRune('…')
		}
		i, kept = end, int(t.at[end])
	}
	b.WriteString(raw[kept:])
	return b.String()
}

// Phone returns the first telephone number in a text, or "".
func Phone(raw string) string {
	t := Read(raw)
	for i := range t.f {
		if end := phoneAt(t.f, i); end > i {
			return string(t.f[i:end])
		}
	}
	return ""
}

// personal returns the end of what tells who is speaking at i, or i.
func (t Text) personal(i int, who *formReader) int {
	for _, l := range who.labels[t.f[i]] {
		if end := who.match(l.word, i); end > i && !(isLatin(t.f[end-1]) && isLatin(peek(t.f, end))) {
			return end
		}
	}
	if end := phoneAt(t.f, i); end > i {
		return end
	}
	if end := identityCardAt(t.f, i); end > i {
		return end
	}
	if end := cardAt(t.f, i); end > i {
		return end
	}
	if end := accountAt(t.f, i); end > i {
		return end
	}
	return introductionAt(t.f, i)
}

func newNames(t Text, names []string) formReader {
	labels := make(map[string]string, len(names))
	for _, n := range names {
		if f := Fold(n); len([]rune(f)) > 1 && !Read(f).Empty() {
			labels[n] = n
		}
	}
	return newFormReader(t, labels)
}

// MaskCards hides all but the last four digits of what looks like a bank-card
// number, 13 to 19 digits at a stretch or in groups of four, and reports whether
// it found one. The check digit is not looked at: people mistype.
func MaskCards(raw string) (string, bool) {
	t := Read(raw)
	var b strings.Builder
	kept := 0
	for i := 0; i < len(t.f); {
		end := cardAt(t.f, i)
		if end == i {
			i++
			continue
		}
		b.WriteString(raw[kept:t.at[i]])
		left := countDigits(t.f[i:end])
		for k := i; k < end; k++ {
			if piece := raw[t.at[k]:t.at[k+1]]; !isDigit(t.f[k]) {
				b.WriteString(piece)
			} else if left--; left >= 4 {
				b.WriteByte('*')
			} else {
				b.WriteString(piece)
			}
		}
		i, kept = end, int(t.at[end])
	}
	if kept == 0 {
		return raw, false
	}
	b.WriteString(raw[kept:])
	return b.String(), true
}

func countDigits(f []rune) (n int) {
	for _, r := range f {
		if isDigit(r) {
			n++
		}
	}
	return n
}

// groups returns the end of digits at i in groups of the given sizes, a space or
// dash allowed between groups, or i. No digit may stand around them.
func groups(f []rune, i int, digit func(rune) bool, sizes ...int) int {
	if digit(peek(f, i-1)) {
		return i
	}
	j := i
	for k, n := range sizes {
		if r := peek(f, j); k > 0 && (r == ' ' || isDash(r)) {
			j++
		}
		for range n {
			if !digit(peek(f, j)) {
				return i
			}
			j++
		}
	}
	if digit(peek(f, j)) {
		return i
	}
	return j
}

func anyDigit(r rune) bool {
	_, ok := oneDigit([]rune{r}, 0)
	return ok && r != '两'
}

// phoneAt returns the end of a phone number at i, also one written in Chinese
// digits, or i.
func phoneAt(f []rune, i int) int {
	first, ok := oneDigit(f, i)
	if !ok {
		return i
	}
	end := i
	switch second, _ := oneDigit(f, i+1); {
	case first == 1 && second >= 3:
		end = groups(f, i, anyDigit, 3, 4, 4)
	case first == 8 && second == 6:
		if e := groups(f, i, anyDigit, 2, 3, 4, 4); e > i && peek(f, i+1) == '6' {
			end = e
		}
	case first == 0:
		for _, sizes := range [][]int{{3, 4, 4}, {4, 4, 4}, {4, 3, 4}} {
			end = max(end, groups(f, i, anyDigit, sizes...))
		}
	}
	if end == i && phoneBefore(f, i) {
		end = max(groups(f, i, anyDigit, 4, 4), groups(f, i, anyDigit, 3, 4))
	}
	return end
}

// phoneBefore reports whether the text before i announces a phone number.
func phoneBefore(f []rune, i int) bool {
	for i > 0 && strings.ContainsRune(" :是", f[i-1]) {
		i--
	}
	for _, w := range []string{"电话", "座机", "手机", "手机号", "联系方式"} {
		if n := len([]rune(w)); i >= n && string(f[i-n:i]) == w {
			return true
		}
	}
	return false
}

// identityCardAt returns the end of an identity-card number at i, or i.
func identityCardAt(f []rune, i int) int {
	if !isDigit(peek(f, i)) {
		return i
	}
	for _, sizes := range [][]int{{6, 8, 4}, {6, 4, 4, 4}, {15}} {
		if end := groups(f, i, isDigit, sizes...); end > i {
			return end
		}
	}
	for _, sizes := range [][]int{{6, 8, 3}, {6, 4, 4, 3}} {
		if end := groups(f, i, isDigit, sizes...); end > i && peek(f, end) == 'x' {
			return end + 1
		}
	}
	return i
}

// cardAt returns the end of a bank-card number at i, or i. Numbers in groups must
// begin as cards do: four case numbers in a row are no card.
func cardAt(f []rune, i int) int {
	if !isDigit(f[i]) || isDigit(peek(f, i-1)) {
		return i
	}
	end := i
	for end < len(f) && isDigit(f[end]) {
		end++
	}
	if n := end - i; n >= 13 && n <= 19 {
		return end
	}
	if f[i] < '3' || f[i] > '6' {
		return i
	}
	for _, sizes := range [][]int{{4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 1}, {4, 4, 4, 4}, {4, 6, 5}, {6, 13}} {
		if end := groups(f, i, isDigit, sizes...); end > i {
			return end
		}
	}
	return i
}

// accountAt returns the end of a chat account at i, such as 微信号 abc_123, or i.
func accountAt(f []rune, i int) int {
	j := hasPrefix(f, i, "微信号", "微信", "vx", "wx", "qq号", "qq")
	if j == i || isLatin(f[i]) && isLatin(peek(f, i-1)) {
		return i
	}
	j = hasPrefix(f, hasPrefix(f, j, " ", ":"), "是", " ")
	end := j
	for r := peek(f, end); isLatin(r) || isDigit(r) || r == '_' || r == '-'; r = peek(f, end) {
		end++
	}
	if end-j < 5 {
		return i
	}
	return end
}

// surnames are the most frequent family names, by which a name is told from what
// follows where nothing stands between.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱严覃武戴莫孔汤" +
	"温康施牛樊葛邢安齐乔伍庞颜倪聂章鲁岳翟殷詹申欧耿焦俞左柳甘祝包宁符舒阮柯纪梅童凌毕单季裴霍涂苗谷盛翁冉骆蓝辛靳柴蒙鲍喻祁蒲滕屈饶牟艾尤穆卓褚娄窦戚岑党宫费卜晏瞿佟臧闵邬卞姬仇栾隋刁巫寇桑郎甄虞巩佘"

// doubleSurnames are family names of two characters.
var doubleSurnames = []string{"欧阳", "上官", "司马", "诸葛", "皇甫", "东方", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "长孙", "端木", "南宫"}

// introductionAt returns the end of a self-introduction at i, or i.
func introductionAt(f []rune, i int) int {
	if named := hasPrefix(f, i, "我名字叫", "我的名字叫", "我的名字是", "我名叫", "我叫", "俺叫", "额叫", "本人叫", "我姓", "俺姓", "额姓", "姓名"); named > i {
		from := skipSeparators(f, named)
		if end := nameAt(f, from, true); end > from {
			return end
		}
		return i
	}
	from := hasPrefix(f, i, "本人是", "本人系", "本人", "我是", "俺是", "咱是", "额是")
	if from == i {
		return i
	}
	from = skipSeparators(f, from)
	if end := unitAt(f, from); end > from {
		if n := hasPrefix(f, end, "的"); n > end {
			end = n
			return nameAt(f, skipRoles(f, end), false)
		}
		roles := skipRoles(f, end)
		if name := nameAt(f, roles, false); name > roles || !isHan(peek(f, roles)) {
			return name
		}
		return i
	}
	from = hasPrefix(f, from, "一名", "一个", "老", "小")
	if end := nameAt(f, from, false); end > from {
		return end
	}
	return i
}

// unitAt returns the end of a unit's name that begins at i, or i.
func unitAt(f []rune, i int) int {
	end, limit := i, i+14
	for j := i; j < len(f) && j < limit; j++ {
		if !isHan(f[j]) && !isDigit(f[j]) || f[j] == '的' {
			break
		}
		if k := hasPrefix(f, j, "队", "科", "部", "厂", "区", "班", "组", "中心", "车间", "公司", "室", "处", "段", "矿"); k > j {
			end, limit = k, k+6 // 机电队检修班
			j = k - 1
		}
	}
	return end
}

func skipRoles(f []rune, i int) int {
	for {
		j := hasPrefix(f, i, "一名", "一个", "普通", "职工", "工人", "员工", "矿工", "电工", "钳工", "司机", "班长", "队长", "安全员", "家属", "退休", "老", "小", " ")
		if j == i {
			return i
		}
		i = j
	}
}

// nameAt returns the end of a personal name at i, or i. Told by announced that a
// name must come, it also takes two or three characters that stand alone.
func nameAt(f []rune, i int, announced bool) int {
	first := peek(f, i)
	if !isHan(first) || strings.ContainsRune("我你您他她它谁啥什人俺额", first) {
		return i
	}
	alone := i
	for isHan(peek(f, alone)) && alone < i+5 {
		alone++
	}
	if n := alone - i; announced && n >= 2 && n <= 4 {
		return alone
	}
	given := i + 1
	if j := hasPrefix(f, i, doubleSurnames...); j > i {
		given = j
	} else if j := hasPrefix(f, i, "小", "老", "阿"); j > i && announced {
		given = j
	} else if !strings.ContainsRune(surnames, first) || first == '于' && strings.ContainsRune("上下本今去昨前一二三四五六七八九十在是", peek(f, i+1)) {
		return i
	}
	if !isHan(peek(f, given)) {
		if announced {
			return given
		}
		return i
	}
	if r := peek(f, given+1); isHan(r) && !slices.Contains([]rune("想的是在有不就要说问来给对因从被把反我今昨上下这那也都已，"), r) {
		return given + 2
	}
	return given + 1
}

// IsName reports whether the whole text can be a Chinese name: a frequent family
// name and one or two more characters.
func IsName(raw string) bool {
	name := []rune(strings.TrimSpace(raw))
	return (len(name) == 2 || len(name) == 3) && strings.ContainsRune(surnames, name[0]) &&
		!slices.ContainsFunc(name, func(r rune) bool { return !isHan(r) })
}
