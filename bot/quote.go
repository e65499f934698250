package bot

import (
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What is quoted (引用) only helps to find the matter that a message is about. It
// is never kept, never carried out, and gives no right: a number or a code out
// of it is checked like one that was typed.

// quote is what helps of a quoted text.
type quote struct {
	numbers []cases.Number // the year is 0 where it was not written
	code    string         // of a quoted receipt
}

func (b *Bot) readQuote(quoted string) quote {
	if quoted == "" {
		return quote{}
	}
	for _, fact := range []string{"Phone", "Dispatch"} { // 内线8001 is no number of a matter
		if phone, _ := b.Facts[fact].(string); phone != "" {
			quoted = strings.ReplaceAll(quoted, phone, "")
		}
	}
	var q quote
	for _, m := range phrase.Mentions(quoted) {
		q.numbers = append(q.numbers, cases.Number(m))
	}
	q.code, _ = phrase.ReceiptCode(quoted)
	return q
}

// about reads the number that a command is about: what is typed behind it, or
// else what is quoted. It reports false when there is neither. Numbers between
// which nobody can choose come back in which.
func (t *turn) about(rest phrase.Text) (in input, ok bool) {
	year, seq, after, typed := rest.CaseNo()
	no, quoted := cases.Number{Year: year, Seq: seq}, t.quote.numbers
	switch {
	case typed && len(quoted) == 1 && !same(no, quoted[0]):
		// "答复 1502工作面已整改" under a quoted 0047: the answer must not go astray
		return input{rest: rest, which: []cases.Number{quoted[0], no}}, true
	case typed:
		return input{no: no, rest: after, code: t.quote.code}, true
	case len(quoted) == 1:
		return input{no: quoted[0], rest: rest, code: t.quote.code}, true
	}
	return input{rest: rest, which: quoted}, len(quoted) > 0
}

// same reports whether two numbers may be the same one.
func same(a, b cases.Number) bool {
	return a.Seq == b.Seq && (a.Year == b.Year || a.Year == 0 || b.Year == 0)
}

// whichNumber asks for the number that is meant.
func (t *turn) whichNumber(word string, among []cases.Number) (reply, error) {
	return says(t.say("quote.which", words.Args{"Word": word, "Numbers": t.shorts(among)}))
}

// shorts writes numbers as they are typed.
func (t *turn) shorts(numbers []cases.Number) []string {
	var list []string
	for _, no := range numbers {
		list = append(list, desk.ShortNumber(no, t.now))
	}
	return list
}

// answersQuote goes by the one matter that is quoted when what is said is no
// command. It reports false when the quote does not help.
func (t *turn) answersQuote() (r reply, ok bool, err error) {
	if len(t.quote.numbers) != 1 || t.text.Empty() && len(t.m.Media) == 0 {
		return reply{}, false, nil
	}
	no := t.quote.numbers[0]
	id, rest, opens := t.text.Command(t.b.starts)
	if i := slices.IndexFunc(t.talk.Asked, func(n cases.Number) bool { return same(n, no) }); i >= 0 {
		if opens && (rest.Empty() || phrase.Form(rest.Raw(), t.b.labels[id]).Found > 0) {
			return reply{}, false, nil // but "建议换成不锈钢的" may well be an answer
		}
		r, err := t.answers(t.talk.Asked[i])
		return r, true, err
	}
	if opens || t.talk.Form != "" {
		return reply{}, false, nil
	}
	c, own, err := t.b.desk.Track(t.ctx, no, t.claim(""), t.now)
	if _, refused := desk.IsRefusal(err); err != nil && !refused {
		return reply{}, true, err
	}
	switch {
	case own && t.soundsLikeMatter() && c.Stage.Open():
		r, err = t.adds(c.No)
	case own && t.soundsLikeMatter(): // it is over: this is a matter of its own
		r, err = t.straight()
	case own || t.quote.code != "" && !t.known:
		r, err = says(t.say("quote.own", words.Args{"Short": desk.ShortNumber(no, t.now)}))
	case t.known:
		if c, _, err = t.b.desk.Look(t.ctx, t.actor, no, t.now); err == nil {
			r, err = says(t.say("quote.duty", words.Args{"Role": string(t.actor.Role), "Short": desk.ShortNumber(c.No, t.now)}))
		}
	default:
		return reply{}, false, nil
	}
	return r, true, err
}

// adds puts what is said to the petitioner's own matter.
func (t *turn) adds(no cases.Number) (reply, error) {
	t.holdMedia()
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Supplement(tx, no, t.claim(""), t.m, t.m.Text, t.now)
		if err != nil {
			return "", err
		}
		t.became = partOf(c)
		t.lastAbout(c.No)
		return t.supplemented(c), nil
	})
}
