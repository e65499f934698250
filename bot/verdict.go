package bot

import (
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What petitioners say to the answer, and what the office does then.

// byCode is a petitioner's command without the receipt code that may come first.
func (in input) byCode() (code string, rest phrase.Text) {
	if code, rest, ok := in.rest.Code(); ok {
		return code, rest
	}
	return in.code, in.rest
}

// confirm takes an answer as the end of it (认可). Without a number it is about the
// one that waits for that.
func confirm(t *turn, in input) (reply, error) {
	if in.no.IsZero() {
		list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
		if err != nil {
			return reply{}, err
		}
		var open []cases.Number
		for _, c := range list {
			if c.Stage == cases.Answered && c.ConfirmedAt.IsZero() {
				open = append(open, c.No)
			}
		}
		switch len(open) {
		case 0:
			return t.lost()
		case 1:
			in.no = open[0]
		default:
			return says(t.say("confirm.which", words.Args{"Numbers": t.shorts(open)}))
		}
	}
	code, _ := in.byCode()
	c, _, r, err := t.claimed(in.no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Confirm(tx, c.No, t.claim(code), t.now)
		if err != nil {
			return "", err
		}
		return t.say("confirmed", t.b.desk.Args(c, t.now, nil)), nil
	})
}

// dispute does not take the answer (不服).
func dispute(t *turn, in input) (reply, error) {
	code, rest := in.byCode()
	c, _, r, err := t.claimed(in.no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Dispute(tx, c.No, t.claim(code), rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		k, _ := c.Clock(cases.DecideClock)
		return t.say("disputed", t.b.desk.Args(c, t.now, words.Args{"DecideDue": k.Due})), nil
	})
}

// rateCase takes down how somebody found the handling (评价).
func rateCase(t *turn, in input) (reply, error) {
	code, rest := in.byCode()
	grade, text, ok := intake.Grade(rest)
	if !ok {
		return says(t.say("rate.how", words.Args{"Short": desk.ShortNumber(in.no, t.now)}))
	}
	return t.rate(in.no, code, grade, text)
}

// displeased is a rating said without 评价.
func displeased(t *turn, in input) (reply, error) {
	code, rest := in.byCode()
	return t.rate(in.no, code, cases.Unsatisfied, rest.Raw())
}

func (t *turn) rate(no cases.Number, code string, grade cases.Grade, text string) (reply, error) {
	c, _, r, err := t.claimed(no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	again := c.Rating != ""
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Rate(tx, c.No, t.claim(code), grade, text, t.now)
		if err != nil {
			return "", err
		}
		k, open := c.Clock(cases.WindowClock)
		return t.say("rated", t.b.desk.Args(c, t.now, words.Args{"Again": again, "Grade": t.say("grade."+string(grade), nil),
			"MayDispute": grade == cases.Unsatisfied && open && !k.Over(t.now) && c.DisputedAt.IsZero()})), nil
	})
}

func fulfil(t *turn, in input) (reply, error) { return t.withText(in, "fulfil", t.b.desk.Fulfil) }

func reopen(t *turn, in input) (reply, error) { return t.withText(in, "reopen", t.b.desk.Reopen) }

func review(t *turn, in input) (reply, error) { return t.withText(in, "review", t.b.desk.Review) }

func finish(t *turn, in input) (reply, error) { return t.withText(in, "finish", t.b.desk.Finish) }

// conclude tells what the next level up says; its parts are labelled like those of
// an answer.
func conclude(t *turn, in input) (reply, error) {
	a := intake.ReadAnswer(in.rest.Raw())
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Conclude(tx, t.actor, in.no, a.Reply, t.now)
		if err != nil {
			return "", err
		}
		return t.step("conclude", d, nil), nil
	})
}

// opinion sends the answer as a document to print (意见书).
func opinion(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.SendOpinion(tx, t.actor, in.no, t.m.From, t.b.Keep, t.now)
		if err != nil {
			return "", err
		}
		return t.say("opinion.sent", t.b.desk.Args(c, t.now, nil)), nil
	})
}
