package bot

import (
	"strconv"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// visitOutcomes are the words for how a visit ended.
var visitOutcomes = map[string]cases.Outcome{
	"当场答复": cases.AnsweredThere, "当场解决": cases.SolvedThere, "转入办理": cases.TakenOn,
}

// visit reads "3人 代表:赵×,钱×,孙× 食堂涨价 转入办理 后勤 12月14日 已报张书记" (来访).
func visit(t *turn, in input) (reply, error) {
	v := desk.VisitNote{}
	persons, rest := in.rest.Token()
	v.Persons = count(persons)
	if v.Persons < 1 || v.Persons > cases.MaxVisitors {
		return says(t.say("visit.how", nil))
	}
	var matter []string
	naming := false // the representatives are being named
	for !rest.Empty() {
		var word string
		word, rest = visitWord(rest)
		folded := phrase.Fold(word)
		switch {
		case strings.HasPrefix(folded, "代表"):
			v.Representatives, naming = representatives(word), true
			continue
		case naming && phrase.IsName(word): // "代表:赵大海 钱二"
			v.Representatives = append(v.Representatives, word)
			continue
		case visitOutcomes[folded] != "":
			v.Outcome = visitOutcomes[folded]
			if v.Outcome == cases.TakenOn {
				rest = t.takenOn(&v, rest)
			}
		case strings.HasPrefix(folded, "已报"):
			v.Reported = strings.TrimPrefix(word, "已报")
		default:
			matter = append(matter, word)
		}
		naming = false
	}
	v.Matter = strings.Join(matter, " ")
	if missing := t.visitMissing(v); missing != "" {
		return says(missing)
	}
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Visit(tx, t.actor, v, t.now)
		if err != nil {
			return "", err
		}
		return t.say("visit.done", t.b.desk.Args(c, t.now, words.Args{"Persons": v.Persons, "Outcome": string(v.Outcome)})), nil
	})
}

// visitWord returns the next word up to a space; commas inside names stay.
func visitWord(text phrase.Text) (string, phrase.Text) {
	raw := text.Raw()
	i := strings.IndexFunc(raw, func(r rune) bool { return r == ' ' || r == '　' || r == '\n' || r == '\t' })
	if i < 0 {
		return raw, phrase.Read("")
	}
	return raw[:i], phrase.Read(raw[i:])
}

// takenOn reads the unit and the day behind 转入办理.
func (t *turn) takenOn(v *desk.VisitNote, rest phrase.Text) phrase.Text {
	if unit, after, ok := rest.Command(t.b.names.units); ok {
		v.Unit, rest = unit, after
	}
	if due, after, ok := rest.Date(t.saidOn()); ok {
		v.Due, rest = due, after
	} else if term, after, ok := t.term(rest); ok {
		v.Due, rest = t.saidOn().Add(term.N), after
	}
	return rest
}

// visitMissing says what a visit still needs: a matter taken on needs who deals
// with it, by when, and to whom it was reported.
func (t *turn) visitMissing(v desk.VisitNote) string {
	switch {
	case len(v.Representatives) > cases.MaxRepresentatives:
		return t.refusal(&cases.Refusal{Code: cases.TooManyFaces})
	case v.Matter == "" || v.Outcome == "":
		return t.say("visit.how", nil)
	case v.Outcome == cases.TakenOn && (v.Unit == "" || v.Due.IsZero() || v.Reported == ""):
		return t.say("visit.taken-on", nil)
	case v.Outcome == cases.TakenOn && v.Due.Before(t.today()):
		return t.say("visit.taken-on", nil)
	}
	return ""
}

// count reads "3人", "3", "三个人".
func count(word string) int {
	folded := strings.TrimSuffix(strings.TrimSuffix(phrase.Fold(word), "人"), "个")
	if n, err := strconv.Atoi(folded); err == nil {
		return n
	}
	n, _ := phrase.Number(folded)
	return int(n)
}

// representatives reads "代表:赵×,钱×,孙×".
func representatives(word string) []string {
	word = strings.TrimLeft(strings.TrimPrefix(word, "代表"), ":：")
	return strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(",，、;；", r) })
}
