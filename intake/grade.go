package intake

import (
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// grades are the words that the office gives for a rating, as people type them.
var grades = phrase.NewWords(map[string]string{
	"满意": string(cases.Satisfied), "很满意": string(cases.Satisfied), "非常满意": string(cases.Satisfied), "挺满意": string(cases.Satisfied), "好": string(cases.Satisfied),
	"基本满意": string(cases.Fair), "比较满意": string(cases.Fair), "还行": string(cases.Fair), "还可以": string(cases.Fair), "一般": string(cases.Fair), "凑合": string(cases.Fair),
	"不满意": string(cases.Unsatisfied), "很不满意": string(cases.Unsatisfied), "非常不满意": string(cases.Unsatisfied), "不太满意": string(cases.Unsatisfied), "差": string(cases.Unsatisfied),
})

// freely are words of a judgement in whatever sentence. Of each list a longer word
// of the ones before it is none: 不满意 is not 满意.
var freely = []struct {
	grade cases.Grade
	words []string
}{
	{cases.Unsatisfied, []string{"不满意", "不太满意", "不咋满意", "不怎么满意", "没法满意", "不满", "差评", "很差", "太差", "真差", "差劲", "不好", "不行", "不咋", "不怎么样", "糟", "失望", "敷衍", "应付", "推来推去", "踢皮球", "没解决", "白跑", "没人管"}},
	{cases.Fair, []string{"基本满意", "比较满意", "还算满意", "还行", "还可以", "还成", "一般", "凑合", "马马虎虎", "将就", "过得去", "勉强", "中不溜", "差不多"}},
	{cases.Satisfied, []string{"满意", "好评", "很好", "挺好", "真好", "蛮好", "太好", "不错", "办得好", "办的好", "好得很", "好的很", "美得很", "美滴很", "嫽", "撩扎", "撩咋", "撩得很", "撩的很", "点赞", "给力", "👍", "感谢", "谢谢"}},
}

// Grade reads how somebody found the handling: one of the three words first, with
// more behind it as text, or a judgement in their own words, all of which are the
// text. It is not ok where nothing is judged, or two things differently.
func Grade(said phrase.Text) (grade cases.Grade, text string, ok bool) {
	if id, rest, ok := said.Command(grades); ok {
		return cases.Grade(id), strings.TrimLeft(rest.Raw(), "吧呗啊呀哈的，,。 "), true
	}
	folded, found := said.Folded(), cases.Grade("")
	for _, f := range freely {
		for _, w := range f.words {
			if !strings.Contains(folded, w) {
				continue
			}
			folded = strings.ReplaceAll(folded, w, "…")
			if found != "" && found != f.grade {
				return "", "", false
			}
			found = f.grade
		}
	}
	return found, strings.TrimSpace(said.Raw()), found != ""
}
