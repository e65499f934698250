package intake

import (
	"regexp"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// Answer is an answer to a petitioner as staff write it: in labelled parts in any
// order, or in a sentence.
type Answer struct {
	cases.Reply
	Sure bool // 确认 stands at its end: send it at once
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
})

// Outcome reads what an answer comes to; rest is what was said behind it.
func Outcome(text phrase.Text) (code cases.AnswerCode, rest phrase.Text, ok bool) {
	id, rest, ok := text.Command(outcomes)
	return cases.AnswerCode(id), rest, ok
}

var sure = regexp.MustCompile(`(?:^|[\s,，.。;；!！、：:])(?:确认|確認|确定)(?:发送|发出|發送|發出)?[\s.。!！]*$`)

// ReadAnswer reads an answer. What is missing is left for desk.Answer to fill in
// or to refuse.
func ReadAnswer(text string) (a Answer) {
	if at := sure.FindStringIndex(text); at != nil {
		a.Sure, text = true, strings.TrimSpace(text[:at[0]])
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
