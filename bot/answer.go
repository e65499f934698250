package bot

import (
	"slices"
	"strings"
	"unicode"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// An answer is written, read as its petitioner will read it, and then sent.

// answering is an answer that is not sent yet. The cbor numbers are the stored form.
type answering struct {
	No    cases.Number `cbor:"1,keyasint"`
	Seen  int          `cbor:"2,keyasint,omitempty"` // how many events the matter had when it was begun
	Reply cases.Reply  `cbor:"3,keyasint"`
	Ask   string       `cbor:"4,keyasint,omitempty"` // what it lacks: intake.BasisPart, CodePart or FactsPart; "" while it stands to be confirmed
	// With are the matters that are the same, as they stood when they were named;
	// All, that they get this answer too.
	With []desk.Beside `cbor:"5,keyasint,omitempty"`
	All  bool          `cbor:"6,keyasint,omitempty"`
	Only bool          `cbor:"7,keyasint,omitempty"` // not others than With
}

func sameAnswer(a, b *answering) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.No == b.No && a.Seen == b.Seen && a.Reply == b.Reply && a.Ask == b.Ask && a.All == b.All && a.Only == b.Only && slices.Equal(a.With, b.With)
}

// answerCase begins an answer (答复): it is shown before it goes out, unless 确认
// stands at its end.
func answerCase(t *turn, in input) (reply, error) {
	a := intake.ReadAnswer(in.rest.Raw())
	return t.showAnswer(answering{No: in.no, Reply: a.Reply, All: a.All}, a.Sure)
}

// showAnswer shows what the answer has come to, asks for what it lacks, or sends it:
// to several only after they were named.
func (t *turn) showAnswer(k answering, send bool) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		k := k // the function may run again
		shown := len(k.With) > 0 || t.was.Answer != nil && t.was.Answer.No == k.No && t.was.Answer.All && t.was.Answer.Ask == ""
		if k.All && !(send && shown) {
			with, err := t.besides(tx, k)
			if err != nil {
				return "", err
			}
			k.With, send = with, false
		}
		d, err := t.drafted(tx, k)
		if chosen := t.chosenBases(d.Lead.Case, k.Reply.Basis); chosen != "" { // 依据：1、2
			k.Reply.Basis = chosen
			d, err = t.drafted(tx, k)
		}
		refusal, refused := desk.IsRefusal(err)
		if err != nil && !refused {
			return "", err
		}
		if d.Lead.Case.Events > 0 {
			k.No, k.Seen = d.Lead.Case.No, d.Lead.Case.Events
		}
		k.Ask, t.talk.Answer = "", &k
		switch {
		case !refused && send:
			t.talk.Answer = nil
			return t.sendAnswer(tx, k)
		case !refused:
			return t.preview(tx, d)
		case refusal.Code == cases.NoBasis:
			k.Ask = intake.BasisPart
			return t.say("answer.basis", words.Args{"Short": desk.ShortNumber(k.No, t.now), "Bases": t.bases(d.Lead.Case)}), nil
		case refusal.Code == cases.NoCode:
			k.Ask = intake.CodePart
			return t.say("answer.code", words.Args{"Short": desk.ShortNumber(k.No, t.now), "Results": t.results(d.Lead.Case), "Sealed": d.Lead.Case.Sealed}), nil
		case refusal.Code == cases.NoFacts:
			k.Ask = intake.FactsPart
			return t.say("answer.facts", words.Args{"Short": desk.ShortNumber(k.No, t.now), "Sealed": d.Lead.Case.Sealed}), nil
		case refusal.Code == cases.TellsWho && d.Given: // it cannot be put in other words any more
			t.talk.Answer = nil
			return joined(t.refusal(refusal), t.say("answer.one-by-one", words.Args{"Numbers": t.besideNumbers(k), "Short": t.besideNumbers(k)[0]})), nil
		case refusal.Code == cases.HarshWords, refusal.Code == cases.NoReason, refusal.Code == cases.TellsWho:
			return joined(t.refusal(refusal), t.say("answer.change", nil)), nil
		}
		began := t.was.Answer != nil
		t.talk.Answer = nil
		if began && t.was.Answer.No == k.No {
			return joined(t.refusal(refusal), t.say("answer.over", nil)), nil
		}
		return t.refusal(refusal), nil
	})
}

func (t *turn) bases(c cases.Case) []string {
	category, _ := t.b.Office.Category(c.CategoryOrSuggested())
	return category.Bases
}

func (t *turn) results(c cases.Case) []string {
	var names []string
	for _, code := range c.Codes() {
		names = append(names, t.say("result."+string(code), nil))
	}
	return names
}

// looking are the words of who wants to read the answer once more.
var looking = phrase.NewWords(map[string]string{"预览": "", "看看": "", "再看看": "", "看一下": "", "看": "", "内容": ""})

// inAnswer goes on with the answer that is not sent yet.
func (t *turn) inAnswer() (reply, error) {
	k := *t.talk.Answer
	if id, ok := t.text.Exact(steering); ok && id == cancel {
		t.talk.Answer = nil
		return says(t.say("answer.dropped", words.Args{"Short": desk.ShortNumber(k.No, t.now)}))
	}
	if part, rest, ok := t.text.Command(intake.Changes); ok {
		return t.changesAnswer(k, part, rest)
	}
	if _, rest, ok := t.text.Command(fixing); ok {
		part, rest := whichPart(rest)
		return t.changesAnswer(k, part, rest)
	}
	if part, to, ok := intake.ChangesTo(t.text); ok {
		return t.changesAnswer(k, part, to)
	}
	said := intake.ReadAnswer(t.text.Raw())
	_, together := t.text.Exact(toAll)
	if together || said.All {
		k.All = true
	}
	if together && k.Ask != "" {
		return t.showAnswer(k, false)
	}
	labelled := said.Basis != "" || said.Request != "" || said.Facts != "" || said.Code != ""
	switch {
	case labelled && k.Ask == "":
		k.Reply = intake.Change(k.Reply, said.Reply)
		return t.showAnswer(k, said.Sure)
	case k.Ask == "":
		if t.text.Yes() || together || intake.Sends(t.text) || said.Sure && said.Opinion == "" {
			return t.showAnswer(k, true)
		}
		if _, again := t.text.Exact(looking); again {
			return t.showAnswer(k, false)
		}
		return says(t.say("answer.stands", words.Args{"Short": desk.ShortNumber(k.No, t.now), "Others": t.besideNumbers(k), "All": k.All}))
	}
	return does(func(tx storage.Tx) (string, error) {
		k := k
		c, err := t.b.desk.Draft(tx, t.actor, k.No, k.Reply, 0, t.now)
		if _, refused := desk.IsRefusal(err); err != nil && !refused {
			return "", err
		}
		switch k.Ask {
		case intake.FactsPart:
			t.readsFacts(&k, said)
		case intake.BasisPart:
			switch chosen := t.chosenBases(c.Case, t.text.Raw()); {
			case chosen != "":
				k.Reply.Basis = chosen
			case t.text.Yes() || intake.Sends(t.text): // no basis is said by it
			case said.Basis != "":
				k.Reply = intake.Change(k.Reply, said.Reply)
			case strings.ContainsFunc(said.Opinion, unicode.IsLetter): // no number beyond the list
				k.Reply.Basis = said.Opinion
			}
		default:
			t.readsOutcome(&k, c.Case, said)
		}
		r, err := t.showAnswer(k, said.Sure)
		if err != nil {
			return "", err
		}
		return r.do(tx)
	})
}

// ofAnAnswer reports whether what is said belongs to an answer that is not sent yet
// beyond doubt: it lacks just that, or a part of it is named.
func (t *turn) ofAnAnswer() bool {
	if t.talk.Answer == nil || t.actor.Role == cases.Worker {
		return false
	}
	_, _, changes := t.text.Command(intake.Changes)
	_, _, fixes := t.text.Command(fixing)
	return changes || fixes || t.talk.Answer.Ask == intake.FactsPart
}

// chosenBases reads numbers as choices among the usual bases.
func (t *turn) chosenBases(c cases.Case, said string) string {
	bases := t.bases(c)
	var chosen []string
	for _, word := range strings.FieldsFunc(phrase.Fold(said), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、,;和.", r) }) {
		n, ok := phrase.Read(word).Choice(len(bases))
		if !ok {
			return ""
		}
		if !slices.Contains(chosen, bases[n-1]) {
			chosen = append(chosen, bases[n-1])
		}
	}
	return strings.Join(chosen, "；")
}

// readsOutcome reads what the answer comes to, by number or by name; a reason may
// stand behind it.
func (t *turn) readsOutcome(k *answering, c cases.Case, said intake.Answer) {
	codes := c.Codes()
	if n, ok := t.text.Choice(len(codes)); ok {
		k.Reply.Code = codes[n-1]
		return
	}
	code, rest, ok := intake.Outcome(t.text)
	if !ok {
		k.Reply = intake.Change(k.Reply, cases.Reply{Code: said.Code, Basis: said.Basis})
		return
	}
	k.Reply.Code = code
	if more := strings.TrimSpace(rest.Raw()); more != "" {
		k.Reply.Opinion += "\n" + more
	}
}

// readsFacts reads what was found, or what else of the answer is said instead.
func (t *turn) readsFacts(k *answering, said intake.Answer) {
	facts := intake.ReadFacts(t.text.Raw())
	code, rest, ok := intake.Outcome(phrase.Read(facts))
	_, looks := t.text.Exact(looking)
	switch {
	case looks || t.text.Yes() || intake.Sends(t.text): // nothing was found by it
	case said.Facts != "" || said.Opinion == "":
		k.Reply = intake.Change(k.Reply, said.Reply)
	case ok && rest.Empty():
		k.Reply.Code = code
	case strings.ContainsFunc(facts, unicode.IsLetter):
		k.Reply.Facts = facts
	}
}

// whichPart reads which part is to be changed, by name or by number, or "".
func whichPart(said phrase.Text) (part string, rest phrase.Text) {
	if part, rest, ok := said.Command(intake.Parts); ok {
		return part, rest
	}
	typed, rest := said.Token()
	if n, ok := phrase.Read(strings.Trim(typed, "：:处")).Choice(4); ok {
		return []string{intake.RequestPart, intake.FactsPart, intake.OpinionPart, intake.BasisPart}[n-1], rest
	}
	return "", rest
}

// changesAnswer puts another text in the place of one part.
func (t *turn) changesAnswer(k answering, part string, rest phrase.Text) (reply, error) {
	text := strings.TrimSpace(rest.Raw())
	if text == "" || part == "" {
		return says(t.say("answer.no-part", nil))
	}
	switch part {
	case intake.RequestPart:
		k.Reply.Request = text
	case intake.FactsPart:
		k.Reply.Facts = text
	case intake.OpinionPart:
		k.Reply = withOpinion(k.Reply, text)
	case intake.BasisPart:
		k.Reply.Basis = text
	case intake.CodePart:
		code, _, ok := intake.Outcome(rest)
		if !ok {
			return says(t.say("answer.no-part", nil))
		}
		k.Reply.Code = code
	}
	return t.showAnswer(k, false)
}

// withOpinion puts another opinion in place of what was written; where it begins
// with what it comes to (不支持，…), that too.
func withOpinion(r cases.Reply, text string) cases.Reply {
	code, rest, ok := intake.Outcome(phrase.Read(text))
	more := rest.Raw()
	said := strings.TrimSuffix(text, more)
	apart := strings.IndexFunc(said, func(c rune) bool { return !unicode.IsLetter(c) }) > 0
	switch {
	case ok && more == "":
		r.Code = code
	case ok && apart:
		r.Code, r.Opinion = code, more
	default:
		r.Opinion = text
	}
	return r
}
