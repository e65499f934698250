package bot

import (
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What anybody may ask.

func help(t *turn, _ input) (reply, error) {
	role := string(cases.Worker)
	if t.known {
		role = string(t.actor.Role)
	}
	return says(t.say("hello", words.Args{"Role": role, "Name": t.who.Name}))
}

// later answers what the office does, but not here yet.
func later(t *turn, _ input) (reply, error) { return says(t.say("later", nil)) }

func nothingToCancel(t *turn, _ input) (reply, error) { return says(t.say("nothing-open", nil)) }

// track tells how a matter stands (查询). People with a duty see what their role
// may see; everybody else must own the case or know its code.
func track(t *turn, in input) (reply, error) {
	if in.no.IsZero() {
		if t.known {
			return says(t.say("need-number", words.Args{"Word": "查", "Numbers": nil}))
		}
		return mine(t, in)
	}
	if t.known {
		c, events, err := t.b.desk.Look(t.ctx, t.actor, in.no, t.now)
		if err == nil {
			text, err := t.lookText(c, events)
			return reply{text: text}, err
		}
		if _, refused := desk.IsRefusal(err); !refused {
			return reply{}, err
		}
	}
	c, own, r, err := t.claimed(in.no, in.theCode())
	if err != nil || c.Events == 0 {
		return r, err
	}
	text := joined(t.trackText(c, own), t.ownTied(c))
	if asked, err := t.b.desk.Asked(t.ctx, c); err != nil {
		return reply{}, err
	} else if asked && t.full(c, own) {
		text = joined(text, t.say("after.how", words.Args{"Short": desk.ShortNumber(c.No, t.now), "Code": in.theCode()}))
	}
	if may, err := t.b.desk.MayRejoin(t.ctx, c, t.m.From); err != nil || may && !own {
		text = joined(text, t.say("track.rejoin", words.Args{"Short": desk.ShortNumber(c.No, t.now)}))
		return reply{text: text}, err
	}
	return says(text)
}

// claimed returns the matter if the sender may act as its petitioner, by account
// (own) or by code. Otherwise it returns what to say; a wrong code is counted.
func (t *turn) claimed(no cases.Number, code string) (c cases.Case, own bool, r reply, err error) {
	c, own, err = t.b.desk.Track(t.ctx, no, t.claim(code), t.now)
	refusal, refused := desk.IsRefusal(err)
	switch {
	case refused && refusal.Code == cases.Unknown && code != "":
		r, err := does(func(tx storage.Tx) (string, error) {
			locked, err := t.b.desk.WrongCode(tx, no, t.m.From, t.now)
			if err == nil && locked {
				refusal = &cases.Refusal{Code: cases.Locked, No: refusal.No}
			}
			return t.refusal(refusal), err
		})
		return cases.Case{}, false, r, err
	case err != nil:
		return cases.Case{}, false, reply{}, err
	}
	return c, own, reply{}, nil
}

// trackText is what a petitioner is told. From another account the code opens
// only the plain word, unless the matter has no account of its own: an anonymous
// one, or one that staff wrote down.
func (t *turn) trackText(c cases.Case, own bool) string {
	return t.say("track", t.b.desk.Args(c, t.now, words.Args{"Full": t.full(c, own)}))
}

func (t *turn) full(c cases.Case, own bool) bool {
	return own || c.Signature == cases.Anonymous || c.Channel.WrittenDown()
}

// listLength is how many matters a list in a message shows.
const listLength = 10

func mine(t *turn, _ input) (reply, error) {
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	if err != nil {
		return reply{}, err
	}
	draft := t.talk.Form != ""
	return says(t.say("mine", words.Args{"Lines": t.b.desk.Lines(list, t.now), "Draft": draft}))
}

// supplement adds to a matter of one's own (补充). Only for somebody else's
// account is the first word taken for the code.
func supplement(t *turn, in input) (reply, error) {
	code, text := "", in.rest.Raw()
	typed, after, first := in.rest.Code()
	switch _, _, err := t.b.desk.Track(t.ctx, in.no, t.claim(""), t.now); {
	case err == nil && first: // the code is the petitioner's, not for the staff to read
		if _, _, err := t.b.desk.Track(t.ctx, in.no, desk.Claim{Code: typed}, t.now); err == nil {
			text = after.Raw()
		}
	case err != nil:
		if _, refused := desk.IsRefusal(err); !refused {
			return reply{}, err
		}
		code = in.code
		if first && (code == "" || code == typed) {
			code, text = typed, after.Raw()
		}
	}
	c, own, r, err := t.claimed(in.no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	if text == "" && len(t.m.Media) == 0 && own && c.Stage.Open() { // a picture comes without words
		t.lastAbout(c.No)
		t.noLonger(c.No)
		t.talk.Asked, t.talk.Answered = append([]cases.Number{c.No}, t.talk.Asked...), t.now
		return says(t.say("supplement.go-on", t.b.desk.Args(c, t.now, nil)))
	}
	t.holdMedia()
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Supplement(tx, c.No, t.claim(code), t.m, text, t.now)
		if err != nil {
			return "", err
		}
		if own {
			t.became = partOf(c)
			t.lastAbout(c.No)
		}
		t.noLonger(c.No)
		return t.supplemented(c), nil
	})
}

// noLonger notes that nobody waits for an answer about the matter.
func (t *turn) noLonger(no cases.Number) {
	t.talk.Asked = slices.DeleteFunc(slices.Clone(t.talk.Asked), func(n cases.Number) bool { return n == no })
	t.talk.Answered = time.Time{}
}

// answersQuestion takes what is said in the petitioner's own chat as the answer
// to the question of staff that stands. Of two it is asked which.
func (t *turn) answersQuestion() (reply, error) {
	if len(t.talk.Asked) > 1 && t.talk.Answered.IsZero() {
		return says(t.say("question-which", words.Args{"Numbers": t.shorts(t.talk.Asked)}))
	}
	return t.answers(t.talk.Asked[0])
}

// answers takes what is said as the answer to the question about that matter;
// more of it may follow for a while.
func (t *turn) answers(no cases.Number) (reply, error) {
	t.holdMedia()
	return does(func(tx storage.Tx) (string, error) {
		if !t.talk.Answered.IsZero() && len(t.talk.Asked) > 0 && t.talk.Asked[0] != no {
			t.talk.Asked = t.talk.Asked[1:] // nobody waits for that one any more
		}
		others := slices.DeleteFunc(slices.Clone(t.talk.Asked), func(n cases.Number) bool { return n == no })
		t.talk.Asked = append([]cases.Number{no}, others...)
		c, err := t.b.desk.Supplement(tx, no, t.claim(""), t.m, t.m.Text, t.now)
		if refusal, refused := desk.IsRefusal(err); refused && refusal.Code != cases.TooMany { // closed or withdrawn meanwhile
			t.noLonger(no)
			return t.say("question-over", words.Args{"No": no.String()}), nil
		}
		if err != nil {
			return "", err
		}
		t.talk.Answered, t.became = t.now, partOf(c)
		t.lastAbout(no)
		return t.supplemented(c), nil
	})
}

// withdraw takes a matter of one's own back (撤回).
func withdraw(t *turn, in input) (reply, error) {
	code := in.theCode()
	c, _, r, err := t.claimed(in.no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Withdraw(tx, c.No, t.claim(code), t.now)
		if err != nil {
			return "", err
		}
		t.noLonger(c.No)
		return t.say("withdrawn", t.b.desk.Args(c, t.now, nil)), nil
	})
}

// rejoin goes on with a matter from another account (接回).
func rejoin(t *turn, in input) (reply, error) {
	code := in.theCode()
	c, own, r, err := t.claimed(in.no, code)
	if refusal, refused := desk.IsRefusal(err); refused && refusal.Code == cases.Unknown && code == "" {
		return says(t.say("rejoin.how", words.Args{"Short": desk.ShortNumber(in.no, t.now)}))
	}
	if err != nil || c.Events == 0 {
		return r, err
	}
	if own {
		return says(t.say("rejoin.own", t.b.desk.Args(c, t.now, nil)))
	}
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Rejoin(tx, c.No, t.claim(code), t.now)
		if err != nil {
			return "", err
		}
		if t.noLonger(c.No); c.Question != "" {
			t.talk.Asked = append(t.talk.Asked, c.No)
		}
		return t.say("rejoin.done", t.b.desk.Args(c, t.now, nil)), nil
	})
}

// reception tells the reception day (接待日), of a month if one is named.
func reception(t *turn, in input) (reply, error) {
	var days []calendar.ReceptionDay
	var err error
	if year, month, _, ok := in.rest.Month(t.saidOn()); ok {
		if days, err = t.b.desk.ReceptionIn(t.ctx, year, month); err == nil && len(days) == 0 {
			return says(t.say("no-reception", words.Args{"Month": calendar.On(year, month, 1)}))
		}
	} else if !in.rest.Empty() {
		return says(t.say("reception.which", nil))
	} else {
		days, err = t.b.desk.ReceptionDays(t.ctx, t.today(), 1)
	}
	if err != nil {
		return reply{}, err
	}
	text := ""
	for _, day := range days {
		text = joined(text, t.say("reception", t.b.desk.DayArgs(day)))
	}
	if text == "" {
		text = t.say("no-reception", words.Args{"Month": t.today()})
	}
	return says(text)
}

// bind gives this account to the person a one-time code was issued for (绑定).
func bind(t *turn, in input) (reply, error) {
	code := phrase.Fold(in.rest.Raw())
	return does(func(tx storage.Tx) (string, error) {
		p, err := t.b.desk.Bind(tx, code, t.m.From, t.now)
		if refusal, refused := desk.IsRefusal(err); refused {
			if refusal.Code == cases.Locked {
				return t.say("bind.locked", nil), nil
			}
			return t.say("bind.unknown", nil), t.b.desk.WrongBinding(tx, t.m.From, t.now)
		}
		if err != nil {
			return "", err
		}
		return t.say("bind.done", words.Args{"Name": p.Name, "Title": p.Title}), nil
	})
}

func bindGroupInPrivate(t *turn, _ input) (reply, error) { return says(t.say("bind.in-group", nil)) }

func bindGroup(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		g, err := t.b.desk.BindGroup(tx, in.rest.Raw(), t.m.Chat)
		if _, refused := desk.IsRefusal(err); refused {
			return t.say("bind.no-group", nil), nil
		}
		return t.say("bind.group-done", words.Args{"Group": g.Name}), err
	})
}

// warnPrivately tells somebody with a duty, in private, that their command in a
// group was not carried out. The group sees nothing.
func (t *turn) warnPrivately() (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		return "", t.answerTo(tx, t.m.From, "warn", t.say("group.warn", nil))
	})
}

// supplemented says that it was added. What accuses somebody is offered a way of
// its own.
func (t *turn) supplemented(c cases.Case) string {
	said, ok := t.b.Office.Suggest(t.m.Text)
	return t.say("supplemented", t.b.desk.Args(c, t.now, words.Args{"Accuses": ok && said.Sealed && !c.Sealed}))
}
