package bot

import (
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// One answer to all who have the same matter (一并答复).

// toAll is said to an answer that is shown: it goes to the others too.
var toAll = phrase.NewWords(map[string]string{"一并确认": "", "一起确认": "", "都确认": "", "全部确认": "", "一并发出": "", "一起发出": "", "一起发": "", "都发": "", "全发": "",
	"都这样答复": "", "都这样答": "", "都这么答": "", "一并答复": "", "一起答复": "", "统一答复": "", "一并": "", "一起": ""})

// answerAll begins an answer to a matter and all that are the same, or those that are
// named with it (47、48 …); without words, the one that it has goes to the others. They
// are named before anything goes out.
func answerAll(t *turn, in input) (reply, error) {
	c, err := t.b.desk.Current(t.ctx, t.actor, in.no, t.now)
	if err != nil {
		return reply{}, err
	}
	open, err := t.b.desk.Waiting(t.ctx, t.actor, c)
	if err != nil {
		return reply{}, err
	}
	k, named := answering{No: in.no, All: true}, in.also
	tied := func(no cases.Number) int {
		return slices.IndexFunc(open, func(o cases.Case) bool { return same(no, o.No) })
	}
	for {
		no, joined, after, ok := t.andNumber(in.rest)
		if !ok || tied(no) < 0 && !joined {
			break
		}
		named, in.rest = append(named, no), after
	}
	for _, no := range named {
		i := tied(no)
		if i < 0 && c.Events > 0 {
			return says(t.say("answer.untied", words.Args{"Short": desk.ShortNumber(c.No, t.now), "Other": desk.ShortNumber(no, t.now)}))
		}
		if i >= 0 {
			k.With, k.Only = append(k.With, desk.Beside{No: open[i].No, Seen: open[i].Events}), true
		}
	}
	k.Reply = intake.ReadAnswer(in.rest.Raw()).Reply
	return t.showAnswer(k, false)
}

// numbersFirst reads the command behind several numbers: 0047、0048 一并答复 ….
func (t *turn) numbersFirst(first cases.Number, after phrase.Text) (command, input, bool) {
	in := input{no: first}
	for {
		no, _, rest, ok := t.andNumber(after)
		if !ok {
			break
		}
		in.also, after = append(in.also, no), rest
	}
	id, rest, ok := after.Command(t.b.commands)
	if in.rest = rest; !ok || id != "answer-all" || len(in.also) == 0 {
		return command{}, input{}, false
	}
	return t.b.table[id], in, true
}

// andNumber reads one more number, and whether a word joins it to those before.
func (t *turn) andNumber(text phrase.Text) (no cases.Number, joined bool, rest phrase.Text, ok bool) {
	raw := strings.TrimSpace(text.Raw())
	before, _ := strings.CutSuffix(strings.TrimSpace(t.text.Raw()), raw)
	joined = strings.HasSuffix(strings.TrimSpace(before), "、") // which is read as nothing
	for _, word := range []string{"和", "与", "跟", "及", "/"} {
		if after, is := strings.CutPrefix(raw, word); is {
			raw, joined = after, true
			break
		}
	}
	year, seq, rest, ok := phrase.Read(raw).CaseNo()
	return cases.Number{Year: year, Seq: seq}, joined, rest, ok
}

// besides are the matters that get the answer, or might: as they stood when they
// were first named with it.
func (t *turn) besides(tx storage.Tx, k answering) ([]desk.Beside, error) {
	c, err := t.b.desk.Stands(tx, t.actor, k.No, t.now)
	if err != nil {
		return nil, err
	}
	with := slices.Clone(k.With)
	if k.Only {
		return with, nil
	}
	open, err := t.b.desk.Unanswered(tx, t.actor, c)
	for _, o := range open {
		if !slices.ContainsFunc(with, func(b desk.Beside) bool { return b.No == o.No }) {
			with = append(with, desk.Beside{No: o.No, Seen: o.Events})
		}
	}
	return with, err
}

// drafted is the answer as it would be given, to the others too if it goes to them.
func (t *turn) drafted(tx storage.Tx, k answering) (d desk.Together, err error) {
	if k.All {
		return t.b.desk.DraftAll(tx, t.actor, k.No, k.Reply, k.Seen, k.With, t.now)
	}
	d.Lead, err = t.b.desk.Draft(tx, t.actor, k.No, k.Reply, k.Seen, t.now)
	return d, err
}

// preview shows the answer as it will be read, and who else has the same matter.
func (t *turn) preview(tx storage.Tx, d desk.Together) (string, error) {
	k := t.talk.Answer
	if !k.All {
		with, err := t.besides(tx, *k)
		if err != nil {
			return "", err
		}
		k.With = with
	}
	var get []cases.Number
	for _, w := range d.With {
		get = append(get, w.Case.No)
	}
	args := words.Args{"Text": d.Lead.Text, "Short": desk.ShortNumber(k.No, t.now), "Others": t.besideNumbers(*k), "N": len(k.With) + 1, "Given": d.Given, "Shown": ""}
	switch {
	case k.All && d.Given && len(get) == 0:
		t.talk.Answer = nil
		if len(d.Left) > 0 {
			return t.b.desk.LeftText(d.Left, t.now), nil
		}
		return t.say("answer.none", args), nil
	case k.All:
		if d.Given {
			args["Text"], args["Shown"] = d.With[0].Text, desk.ShortNumber(get[0], t.now)
		}
		args["Others"], args["N"] = t.shorts(get), len(get)+1
		return joined(t.say("answer.preview", args), joined(t.say("answer.to-all", args), t.b.desk.LeftText(d.Left, t.now))), nil
	}
	return joined(t.say("answer.preview", args), t.say("answer.others", args)), nil
}

func (t *turn) besideNumbers(k answering) []string {
	var numbers []cases.Number
	for _, b := range k.With {
		numbers = append(numbers, b.No)
	}
	return t.shorts(numbers)
}

// sendAnswer gives the answer, and says who else waits for it.
func (t *turn) sendAnswer(tx storage.Tx, k answering) (string, error) {
	if !k.All {
		done, err := t.b.desk.Answer(tx, t.actor, k.No, k.Reply, t.now)
		if err != nil {
			return "", err
		}
		return t.andWaiting(tx, t.step("answer", done, nil), k.No, nil)
	}
	all, err := t.b.desk.AnswerAll(tx, t.actor, k.No, k.Reply, k.Seen, k.With, t.now)
	if err != nil {
		return "", err
	}
	var numbers, byCode, byHand, lost, registered []cases.Number
	for _, done := range all.Done {
		c := done.Case
		numbers = append(numbers, c.No)
		switch {
		case done.Told:
		case c.ByHand():
			byHand = append(byHand, c.No)
		case done.Lost:
			lost = append(lost, c.No)
		default:
			byCode = append(byCode, c.No)
		}
		if done.OnTheWay {
			registered = append(registered, c.No)
		}
	}
	if len(numbers) == 0 {
		return t.b.desk.LeftText(all.Left, t.now), nil
	}
	text := joined(t.say("done.answer-all", words.Args{"Numbers": t.shorts(numbers), "Short": t.shorts(numbers)[0], "CodeNumbers": t.shorts(byCode), "HandNumbers": t.shorts(byHand), "LostNumbers": t.shorts(lost),
		"NewNumbers": t.shorts(registered)}), t.b.desk.LeftText(all.Left, t.now))
	return t.andWaiting(tx, text, k.No, all.Left)
}

// andWaiting adds which matters that are the same wait for their answer still, but
// for those of which was said why.
func (t *turn) andWaiting(tx storage.Tx, text string, no cases.Number, but []desk.LeftOut) (string, error) {
	with, err := t.besides(tx, answering{No: no})
	if err != nil {
		return "", err
	}
	with = slices.DeleteFunc(with, func(b desk.Beside) bool {
		return slices.ContainsFunc(but, func(l desk.LeftOut) bool { return l.No == b.No })
	})
	if len(with) == 0 {
		return text, nil
	}
	return joined(text, t.say("answer.waiting", words.Args{"Short": desk.ShortNumber(no, t.now), "Others": t.besideNumbers(answering{With: with})})), nil
}
