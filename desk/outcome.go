package desk

import (
	"regexp"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

// What an answer comes to, as its words tell it.

// outright are the outcomes that are named, those that hold others first.
var outright = []struct {
	words []string
	code  cases.AnswerCode
}{
	{[]string{"部分采纳"}, cases.PartlyAdopted},
	{[]string{"不采纳", "不予采纳", "不能采纳", "未采纳", "没有采纳", "不宜采纳"}, cases.NotAdopted},
	{[]string{"采纳"}, cases.Adopted},
	{[]string{"部分支持"}, cases.Partly},
	{[]string{"不支持", "不予支持"}, cases.NotSupported},
}

var (
	refuses = regexp.MustCompile(`没有(规定|依据|条件|政策)|(办|做|解决|落实)不(了|到|成)|不(能|符合|予|属于|同意|合规)|无法|没法|暂不|暂缓|未能|还没|尚未|驳回|难以`)
	grants  = regexp.MustCompile(`已[^,。;]{0,8}(补|发|换|修|装|办|解决|整改|恢复|退|付|到账|调|加|建|清|安排|落实|处理|焊|牢|固定|疏通|开通|接通|到位|完成|恢复|供|拆|购|买)|(换|修|装|办|补|发|解决|整改|恢复|退|落实|处理|弄|改)(好|完|掉|齐|上)?了|好了|换好|修好|装好|支持|同意`)
)

// What is said of an accusation.
var (
	proved     = regexp.MustCompile(`属实|查实`)
	halfProved = regexp.MustCompile(`(部分|基本|大部分?|主要)(内容|问题|情况)?(属实|查实|不实)`)
	unproved   = regexp.MustCompile(`(不|未|未能|没|没有|无法)(属实|查实)|查实不了|查不实|查否|不实|失实|查无(实据|此事|其事)`)
	undecided  = regexp.MustCompile(`是否|能否|难以?查实|尚[未不没]|[还暂][未没]|待(查|核)|如果|倘若|如(属|查)实|若(属|查)实|证(实|明)`)
)

// verdict reads what an answer says of an accusation, or "".
func verdict(said string) cases.AnswerCode {
	rest := unproved.ReplaceAllString(said, "")
	no, yes := rest != said, proved.MatchString(rest)
	switch {
	case undecided.MatchString(said):
	case halfProved.MatchString(said):
		return cases.PartlySubstantiated
	case no && !yes:
		return cases.Unsubstantiated
	case yes && !no:
		return cases.Substantiated
	}
	return ""
}

// outcome reads what an answer says of the request, or "" when that cannot be
// told from its words and has to be asked.
func outcome(opinion string, codes []cases.AnswerCode) cases.AnswerCode {
	said := phrase.Fold(opinion)
	if slices.Contains(codes, cases.Substantiated) {
		return verdict(said)
	}
	for _, o := range outright {
		if slices.Contains(codes, o.code) && slices.ContainsFunc(o.words, func(w string) bool { return strings.Contains(said, w) }) {
			return o.code
		}
	}
	if slices.Contains(codes, cases.Supported) && grants.MatchString(said) && !refuses.MatchString(said) {
		return cases.Supported
	}
	return ""
}

// harshWords put somebody down, or ask for patience instead of giving a reason;
// no answer holds them.
var harshWords = regexp.MustCompile(`无理(?:[^由]|$)|缠访|闹访|缠闹|无理取闹|(?:请|望|敬请)您?(?:们)?(?:予以)?(?:理解|谅解)(?:与|和|并)?(?:配合|支持)`)

// harsh returns such a word in what is written, or "".
func harsh(parts ...string) string {
	for _, p := range parts {
		if word := harshWords.FindString(phrase.Fold(p)); word != "" {
			if strings.HasPrefix(word, "无理") {
				return "无理"
			}
			return word
		}
	}
	return ""
}
