package bot

import (
	"slices"

	"fangzhuo/cases"
	"fangzhuo/words"
)

// Who has but one matter that a word can be about need not type its number.

// toSign are the tasks that the speaker's unit has not signed for.
func (t *turn) toSign() ([]cases.Number, error) {
	return t.tasks(func(c cases.Case) bool {
		if c.Helps(t.actor) {
			return c.HelpTasks[t.actor.Unit].SignedAt.IsZero()
		}
		return c.SignedAt.IsZero()
	})
}

// toReport are those on which it has not reported.
func (t *turn) toReport() ([]cases.Number, error) {
	return t.tasks(func(c cases.Case) bool {
		if c.Helps(t.actor) {
			return c.HelpTasks[t.actor.Unit].Feedback == ""
		}
		return c.Feedback == ""
	})
}

func (t *turn) tasks(waits func(cases.Case) bool) ([]cases.Number, error) {
	list, err := t.b.desk.Tasks(t.ctx, t.actor)
	return numbersOf(list, waits), err
}

// answered are the speaker's own matters whose answer they may still take or not.
func (t *turn) answered() ([]cases.Number, error) {
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	return numbersOf(list, t.undecided), err
}

// own are the speaker's own matters with which they may take a step.
func (t *turn) own(v cases.Verb) ([]cases.Number, error) {
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	return numbersOf(list, func(c cases.Case) bool { return c.Check(cases.Petitioner, v) == nil && c.Stage.Open() }), err
}

// unrated are those whose handling they have not rated; when they have rated all of
// them, all.
func (t *turn) unrated() ([]cases.Number, error) {
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	rateable := func(c cases.Case) bool { return c.Reply != nil && c.ErasedAt.IsZero() }
	if all := numbersOf(list, func(c cases.Case) bool { return rateable(c) && c.Rating == "" }); len(all) > 0 {
		return all, err
	}
	return numbersOf(list, rateable), err
}

func (t *turn) undecided(c cases.Case) bool {
	k, runs := c.Clock(cases.WindowClock)
	return (c.Stage == cases.Answered || c.Stage == cases.Closed) && c.ConfirmedAt.IsZero() && c.DisputedAt.IsZero() && runs && !k.Over(t.now)
}

func numbersOf(list []cases.Case, which func(cases.Case) bool) (all []cases.Number) {
	for _, c := range list {
		if which(c) {
			all = append(all, c.No)
		}
	}
	return all
}

// noneOf is for a command that no matter waits for: it is about the matters there
// are, and is refused with how they stand; or there are none, which is said.
func (t *turn) noneOf(c command) (among []cases.Number, r reply, err error) {
	all := func(cases.Case) bool { return true }
	switch c.id {
	case "sign-off":
		if t.actor.Role == cases.Liaison {
			r.text = t.say("nothing-to-sign", nil)
		}
	case "feedback":
		if among, err = t.tasks(all); err == nil && len(among) == 0 {
			r.text = t.say("nothing-to-report", nil)
		}
	case "dispute", "rate", "displeased":
		list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
		return numbersOf(list, all), reply{}, err
	}
	return among, r, err
}

// theOne returns the one number that a command without one can be about. Of
// several, and of what cannot be taken back, the number must be typed.
func (t *turn) theOne(c command) (no cases.Number, r reply, err error) {
	var among []cases.Number
	switch c.id {
	case "sign-off":
		if t.actor.Role == cases.Liaison {
			among, err = t.toSign()
		}
	case "feedback":
		among, err = t.toReport()
	case "dispute":
		among, err = t.answered()
	case "supplement":
		among, err = t.own(cases.Supplement)
		if i := slices.Index(among, t.talk.Last); i >= 0 && t.now.Sub(t.talk.LastAt) <= goesWithLast {
			among = among[i : i+1] // spoken of just now
		}
	case "withdraw":
		among, err = t.own(cases.Withdraw)
	case "rate", "displeased":
		among, err = t.unrated()
	}
	if c.id == "withdraw" { // nobody takes back by a slip: the numbers are only shown
		list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
		among = numbersOf(list, func(c cases.Case) bool { return c.Stage.Open() })
		slices.SortFunc(among, func(a, b cases.Number) int { return a.Seq - b.Seq })
		return no, reply{text: t.say("need-number", words.Args{"Word": c.words[0], "Numbers": t.shorts(among)})}, err
	}
	if err != nil {
		return no, reply{}, err
	}
	if len(among) == 0 {
		if among, r, err = t.noneOf(c); err != nil || r.text != "" {
			return no, r, err
		}
	}
	if len(among) == 1 && c.id != "withdraw" {
		return among[0], reply{}, nil
	}
	slices.SortFunc(among, func(a, b cases.Number) int { return a.Seq - b.Seq })
	return no, reply{text: t.say("need-number", words.Args{"Word": c.words[0], "Numbers": t.shorts(among)})}, nil
}
