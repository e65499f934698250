package intake

import (
	"regexp"
	"strconv"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// Answer is an answer to a petitioner as staff write it: in labelled parts in any
// order, or in a sentence.
type Answer struct {
	cases.Reply
	Sure bool // 确认 stands at its end: send it at once
	All  bool // 一并确认: to all who have the same matter
}

// The parts of an answer, in the order in which they are read (条例 art. 32).
const (
	RequestPart = "request"
	FactsPart   = "facts"
	OpinionPart = "opinion"
	BasisPart   = "basis"
	CodePart    = "code"
)

// parts are what people call the parts.
var parts = map[string]string{
	"请求": RequestPart, "诉求": RequestPart, "您的请求": RequestPart,
	"事实": FactsPart, "查明": FactsPart, "查明事实": FactsPart, "核实": FactsPart, "核实情况": FactsPart, "情况": FactsPart, "查到的情况": FactsPart,
	"意见": OpinionPart, "处理意见": OpinionPart, "答复": OpinionPart, "答复意见": OpinionPart,
	"依据": BasisPart, "根据": BasisPart, "法律依据": BasisPart, "政策依据": BasisPart,
	"处理": CodePart, "处理结果": CodePart, "结果": CodePart, "结论": CodePart,
}

// Parts reads the name of a part that is to be changed, Changes the same in one
// word (改意见).
var Parts, Changes = phrase.NewWords(parts), func() phrase.Words {
	words := map[string]string{}
	for name, part := range parts {
		words["改"+name], words["修改"+name] = part, part
	}
	return phrase.NewWords(words)
}()

// outcomes are what an answer may come to, as people type it.
var outcomes = phrase.NewWords(map[string]string{
	"支持": string(cases.Supported), "支持并落实": string(cases.Supported), "全部支持": string(cases.Supported),
	"部分支持": string(cases.Partly), "不支持": string(cases.NotSupported), "不予支持": string(cases.NotSupported), "不支持并说明": string(cases.NotSupported),
	"转帮扶": string(cases.Assisted), "帮扶": string(cases.Assisted), "救助": string(cases.Assisted), "转帮扶救助": string(cases.Assisted),
	"调解": string(cases.Mediated), "调解达成": string(cases.Mediated), "和解": string(cases.Mediated),
	"解答": string(cases.Explained), "解释": string(cases.Explained),
	"采纳": string(cases.Adopted), "全部采纳": string(cases.Adopted), "部分采纳": string(cases.PartlyAdopted), "不采纳": string(cases.NotAdopted),
	"查实": string(cases.Substantiated), "全部查实": string(cases.Substantiated), "属实": string(cases.Substantiated), "全部属实": string(cases.Substantiated), "经查属实": string(cases.Substantiated),
	"部分查实": string(cases.PartlySubstantiated), "部分属实": string(cases.PartlySubstantiated), "基本属实": string(cases.PartlySubstantiated), "基本查实": string(cases.PartlySubstantiated),
	"部分不实": string(cases.PartlySubstantiated), "未查实": string(cases.Unsubstantiated), "查不实": string(cases.Unsubstantiated), "没查实": string(cases.Unsubstantiated),
	"没有查实": string(cases.Unsubstantiated), "未能查实": string(cases.Unsubstantiated), "不属实": string(cases.Unsubstantiated), "不实": string(cases.Unsubstantiated),
	"失实": string(cases.Unsubstantiated), "查否": string(cases.Unsubstantiated), "查无实据": string(cases.Unsubstantiated), "查无此事": string(cases.Unsubstantiated),
})

// leading may stand before what an answer comes to: 算支持, 按不支持.
var leading = []string{"应该算", "应该是", "结果是", "就算", "算是", "属于", "算", "按", "选", "就"}

// Outcome reads what an answer comes to; rest is what was said behind it.
func Outcome(text phrase.Text) (code cases.AnswerCode, rest phrase.Text, ok bool) {
	id, rest, ok := Behind(text, leading).Command(outcomes)
	return cases.AnswerCode(id), rest, ok
}

// sends is what somebody says who wants what they read sent as it stands: 发吧,
// 没问题，就这样发, 确认无误.
var sends = regexp.MustCompile(`^(?:(?:好的?|行|可以|对的?|没问题|没错|没意见|确认|确定|无误|就这样|就这么|同意|嗯|ok|直接|马上|现在|发出去|发出|发送|发给(?:他|她|反映人|本人)|发|了|吧|呗|啊|[👌👍])[\s,.!、]*)+$`)

// Sends reports whether a text says to send an answer that was shown, and nothing else.
func Sends(text phrase.Text) bool { return sends.MatchString(strings.TrimSpace(text.Folded())) }

// changing is how somebody names a part and its new words: 把依据改成…, 第3条改为….
var (
	putting  = []string{"麻烦把", "请把", "把", "将"}
	becoming = phrase.NewWords(map[string]string{"改成": "", "改为": "", "换成": "", "应改为": "", "应为": "", "应该是": "", "改一下": ""})
	ordinals = []string{RequestPart, FactsPart, OpinionPart, BasisPart}
)

// ChangesTo reads which part is to be changed, said before its new words.
func ChangesTo(text phrase.Text) (part string, to phrase.Text, ok bool) {
	text = Behind(text, putting)
	part, rest, ok := text.Command(Parts)
	for n := 0; !ok && n < len(ordinals); n++ {
		part = ordinals[n]
		_, rest, ok = text.Command(ordinal[n])
	}
	if ok {
		_, rest, ok = rest.Command(becoming)
	}
	return part, rest, ok
}

// Behind is a text without the one of the words that it begins with, if any.
func Behind(text phrase.Text, words []string) phrase.Text {
	raw := strings.TrimSpace(text.Raw())
	for _, w := range words {
		if rest, ok := strings.CutPrefix(raw, w); ok {
			return phrase.Read(rest)
		}
	}
	return text
}

// ordinal is how the parts are called by number: 3, 第3条, ③, 第三点.
var ordinal = func() (all [4]phrase.Words) {
	for i, han := range []string{"一", "二", "三", "四"} {
		typed := map[string]string{}
		for _, n := range []string{strconv.Itoa(i + 1), han} {
			for _, form := range []string{"第%s条", "第%s点", "第%s项", "第%s处", "第%s"} {
				typed[strings.ReplaceAll(form, "%s", n)] = ""
			}
		}
		typed[strconv.Itoa(i+1)] = ""
		all[i] = phrase.NewWords(typed)
	}
	return all
}()

// cited is what an answer says in a sentence that it rests on: 根据考勤记录，已补发.
// Only what is a record or a rule is taken for a basis, or a number of the usual ones.
var (
	cited   = regexp.MustCompile(`(?:^|[\s,，.。;；])(?:根据|根據|依据|依據|依照|按照)[\s:：]*([^\s,，。;；]+)`)
	numbers = regexp.MustCompile(`^[0-9０-９①-⑨、,，和 ]+$`)
	record  = regexp.MustCompile(`规定|規定|办法|辦法|条例|條例|制度|记录|記錄|合同|法$|法》|法第|标准|標準|清单|单$|表$|表和|报告|報告|文件|细则|細則|协议|協議|时刻表|价目表|台账|档案`)
	vague   = regexp.MustCompile(`^(?:有关|有關|相关|相關|实际|實際|公司规定|规定|規定|您|你|反映)`)
)

// citedBasis returns what an opinion says it rests on, and the opinion without it
// where it stands at its end.
func citedBasis(opinion string) (basis, rest string) {
	at := cited.FindStringSubmatchIndex(opinion)
	if at == nil {
		return "", opinion
	}
	said := opinion[at[2]:at[3]]
	ends := strings.Trim(opinion[at[3]:], " 。.；;，,") == ""
	switch {
	case numbers.MatchString(said) && ends, record.MatchString(said) && !vague.MatchString(said):
	default:
		return "", opinion
	}
	if ends && at[0] > 0 {
		return said, strings.TrimRight(opinion[:at[0]], " ，,；;")
	}
	return said, opinion
}

// closing is an outcome that stands by itself at the end of an answer.
var closing = regexp.MustCompile(`[\s,，。;；]((?:不予|不|部分|全部)?支持|(?:部分|不|全部)?采纳|转帮扶救助|调解达成|解答)[。.！!]?$`)

var (
	sure = regexp.MustCompile(`(?:^|[\s,，.。;；!！、：:])(?:一并|一併|一起|全部|都)?(?:确认|確認|确定)(?:无误|無誤)?(?:发送|发出|發送|發出)?[\s.。!！]*$`)
	all  = regexp.MustCompile(`(?:一并|一併|一起|全部|都)(?:确认|確認|确定)`)
)

// ReadFacts reads what was found where just that was asked for: all of it, whatever
// it names, but for a 确认 at its end.
func ReadFacts(text string) string {
	if at := sure.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	return strings.TrimSpace(text)
}

// ReadAnswer reads an answer. What is missing is left for desk.Answer to fill in
// or to refuse.
func ReadAnswer(text string) (a Answer) {
	if at := sure.FindStringIndex(text); at != nil {
		a.Sure, a.All, text = true, all.MatchString(text[at[0]:]), strings.TrimSpace(text[:at[0]])
	}
	closed := ""
	if at := closing.FindStringSubmatchIndex(text); at != nil {
		closed, text = text[at[2]:at[3]], strings.TrimSpace(text[:at[0]])
	}
	f := phrase.Form(text, parts)
	a.Request, a.Facts, a.Basis = f.Values[RequestPart], f.Values[FactsPart], f.Values[BasisPart]
	opinion := []string{f.Rest, f.Values[OpinionPart]}
	if said := f.Values[CodePart]; said != "" {
		code, rest, ok := Outcome(phrase.Read(said))
		if a.Code = code; ok {
			said = rest.Raw()
		}
		opinion = append(opinion, said) // 处理：已换好 is the opinion
	}
	for _, o := range opinion {
		if o = strings.TrimSpace(o); o == "" {
			continue
		}
		if a.Opinion != "" {
			a.Opinion += "\n"
		}
		a.Opinion += o
	}
	if a.Code == "" && closed != "" {
		a.Code, _, _ = Outcome(phrase.Read(closed))
	}
	if a.Basis == "" {
		a.Basis, a.Opinion = citedBasis(a.Opinion)
	}
	return a
}

// Change puts the parts of b that were said in the place of those of a.
func Change(a, b cases.Reply) cases.Reply {
	for _, p := range []struct{ was, is *string }{{&a.Request, &b.Request}, {&a.Facts, &b.Facts}, {&a.Opinion, &b.Opinion}, {&a.Basis, &b.Basis}} {
		if *p.is != "" {
			*p.was = *p.is
		}
	}
	if b.Code != "" {
		a.Code = b.Code
	}
	return a
}
