package bot

import (
	"regexp"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// Several who speak together (联名): one matter, as many persons as they say, and at
// most five who stand for them (信访工作条例 art. 20). Their names are for the sealed
// part alone.

var (
	together = []*regexp.Regexp{
		regexp.MustCompile(`(?:我们|俺们|咱们|额们|我俩|我们班|我们队|我们组)[^,.。;!?\d]{0,6}?(\d{1,3}|[一二两三四五六七八九十百]{1,4})\s*(?:个人|个工友|个同事|个职工|名职工|个工人|人一起|人联名|人都)`),
		regexp.MustCompile(`(\d{1,3}|[一二两三四五六七八九十百]{1,4})\s*(?:个|名|位)?(?:人|职工|工友|同事)?\s*联名`),
		regexp.MustCompile(`联名\s*[:,]?\s*(\d{1,3}|[一二两三四五六七八九十百]{1,4})\s*(?:个|名|位)?(?:人|职工|工友)?`),
	}
	faces = regexp.MustCompile(`[,，。;；\s]*代表(?:人)?[:：]\s*([^\n。;；]+)[。;；]?`)
)

// spokenBy returns how many speak in a text, or 0 where it does not say so.
func spokenBy(text string) int {
	folded := phrase.Fold(text)
	for _, r := range together {
		if m := r.FindStringSubmatch(folded); m != nil {
			if n := count(m[1]); n > 1 && n <= cases.MaxVisitors {
				return n
			}
		}
	}
	return 0
}

// word is what stands between the marks of a list.
var word = regexp.MustCompile(`[^\s、,，.。;；:：!！?？()（）]+`)

// cutSigners takes the names that several who speak together list (我们五个人，张三、
// 李四、王五，…) out of their text. Fewer than they are, or than three, may be words
// that only look like names.
func cutSigners(text string, persons int) (names []string, rest string) {
	if persons < 2 {
		return nil, text
	}
	from, to := -1, -1
	for _, at := range append(word.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		two := strings.FieldsFunc(text[at[0]:at[1]], func(r rune) bool { return r == '和' || r == '跟' })
		if len(two) > 0 && !slices.ContainsFunc(two, func(n string) bool { return !phrase.IsName(n) }) {
			if names, to = append(names, two...), at[1]; from < 0 {
				from = at[0]
			}
			continue
		}
		if len(names) >= min(3, persons) {
			return names, strings.TrimSpace(text[:from] + strings.TrimLeft(text[to:], " 、,，;；"))
		}
		names, from = nil, -1
	}
	return nil, text
}

// cutFaces takes the names of those who stand for the others out of a text.
func cutFaces(text string) (names []string, rest string) {
	m := faces.FindStringSubmatchIndex(text)
	if m == nil {
		return nil, text
	}
	for _, name := range representatives("代表:" + strings.ReplaceAll(text[m[2]:m[3]], " ", "、")) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names, strings.TrimSpace(text[:m[0]] + "\n" + text[m[1]:])
}
