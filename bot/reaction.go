package bot

import (
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What somebody says when they have seen what came of their matter (还是凉的) sounds
// like the begin of another one. They are asked, and decide.

// reactsFor is for how long after a step of the office what is said may be about it.
const reactsFor = 30 * 24 * time.Hour

// reaction asks whether what is said is about a matter of the speaker's own. What
// was said waits as an open form meanwhile.
func (t *turn) reaction() (r reply, ok bool, err error) {
	how := t.text.Reacts()
	switch {
	case t.known || how == "" || len(t.m.Media) > 0 || t.soundsSealed() || strings.Contains(t.text.Folded(), "接待"):
		return reply{}, false, nil
	case how == phrase.Waiting:
		return t.howItStands()
	}
	c, ok, err := t.reactsTo(how)
	if err != nil || !ok {
		return reply{}, false, err
	}
	t.begin(t.b.Forms[0])
	t.remember(t.m.Text)
	t.talk.About = c.No
	r, err = says(t.askAbout(c))
	return r, true, err
}

// reactsTo is the newest matter that what is said may be about: one whose answer is
// still to be taken or not, or else, where nothing is mended, one that is in hand.
func (t *turn) reactsTo(how phrase.Reaction) (cases.Case, bool, error) {
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	if err != nil {
		return cases.Case{}, false, err
	}
	other := func(c cases.Case) bool { // it speaks of another kind of matter; thanks are a kind too
		kind, ok := t.b.Office.Suggest(t.text.Folded())
		return ok && how == phrase.Unmended && kind.Name != c.CategoryOrSuggested()
	}
	for _, fits := range []func(cases.Case) bool{t.undecided, func(c cases.Case) bool {
		return how == phrase.Unmended && c.Stage.Open() && c.Stage != cases.Answered && t.now.Sub(c.ReceivedAt) > justHandedIn && t.now.Sub(c.ReceivedAt) <= 2*reactsFor
	}} {
		if i := slices.IndexFunc(list, func(c cases.Case) bool { return fits(c) && !c.Sealed && !other(c) }); i >= 0 {
			return list[i], true, nil
		}
	}
	return cases.Case{}, false, nil
}

// howItStands tells somebody who asks in their own words how their matter stands:
// the one whose number they say, the one they have, or all of them. Who has none
// may be telling of something else.
func (t *turn) howItStands() (r reply, ok bool, err error) {
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	if err != nil || len(list) == 0 {
		return reply{}, false, err
	}
	t.result = true
	year, seq, _, _ := t.text.CaseNo()
	for _, c := range list {
		if same(c.No, cases.Number{Year: year, Seq: seq}) {
			r, err = track(t, input{no: c.No})
			return r, true, err
		}
	}
	if open := numbersOf(list, func(c cases.Case) bool { return c.Stage.Open() }); len(open) == 1 {
		r, err = track(t, input{no: open[0]})
		return r, true, err
	}
	r, err = mine(t, input{})
	return r, true, err
}

// justHandedIn is for how long what follows on a matter is no reaction to it.
const justHandedIn = 2 * time.Hour

func (t *turn) askAbout(c cases.Case) string {
	return t.say("about", t.b.desk.Args(c, t.now, words.Args{"MayDispute": t.undecided(c)}))
}

// aboutOrNot takes the answer: it is not mended, or it is, or it is another matter.
func (t *turn) aboutOrNot() (reply, error) {
	if word, ok := t.text.Exact(steering); ok && word == cancel {
		t.talk = t.talk.over(time.Time{})
		return says(t.say("form.cancelled", nil))
	}
	c, own, err := t.b.desk.Track(t.ctx, t.talk.About, t.claim(""), t.now)
	if _, refused := desk.IsRefusal(err); refused || err == nil && (!own || !c.Stage.Open() && !t.undecided(c)) {
		return t.another() // it is theirs no longer, or over
	}
	if err != nil {
		return reply{}, err
	}
	last := 2
	if t.undecided(c) {
		last = 3
	}
	n, ok := t.text.Choice(last)
	switch {
	case ok && n == last:
		return t.another()
	case ok:
		return t.isAbout(c, last == 3, n == 1)
	}
	t.remember(t.m.Text) // more of it
	return says(t.askAbout(c))
}

// another goes on with what was said as a matter of its own.
func (t *turn) another() (reply, error) {
	var told []string
	for _, m := range t.talk.Said {
		if m.Text != "" {
			told = append(told, m.Text)
		}
	}
	t.talk.About, t.talk.Straight = cases.Number{}, true
	return t.tell(strings.Join(told, "\n"))
}

// isAbout puts what was said where it belongs.
func (t *turn) isAbout(c cases.Case, answered, bad bool) (reply, error) {
	k := t.talk.clone()
	var told []string
	for _, m := range k.Said {
		told = append(told, m.Text)
	}
	text := strings.TrimSpace(strings.Join(told, "\n"))
	return does(func(tx storage.Tx) (string, error) {
		after, said, err := t.putAbout(tx, c.No, k.Said, text, answered, bad)
		if err != nil {
			return "", err
		}
		t.talk = t.talk.over(t.talk.Answered)
		t.lastAbout(after.No)
		return said, t.handedIn(tx, k, after)
	})
}

func (t *turn) putAbout(tx storage.Tx, no cases.Number, said []desk.Said, text string, answered, bad bool) (c cases.Case, reply string, err error) {
	switch {
	case answered && !bad:
		c, err = t.b.desk.Confirm(tx, no, t.claim(""), t.now)
		return c, t.say("confirmed", t.b.desk.Args(c, t.now, nil)), err
	case !answered:
		c, err = t.b.desk.SupplementAll(tx, no, t.claim(""), said, text, t.now)
		return c, t.say("same-added", t.b.desk.Args(c, t.now, nil)), err
	}
	if c, err = t.b.desk.Dispute(tx, no, t.claim(""), text, t.now); err != nil {
		return c, "", err
	}
	with := slices.DeleteFunc(slices.Clone(said), func(m desk.Said) bool { return len(m.Media) == 0 })
	if len(with) > 0 {
		c, err = t.b.desk.SupplementAll(tx, no, t.claim(""), with, "", t.now)
	}
	k, _ := c.Clock(cases.DecideClock)
	return c, t.say("disputed", t.b.desk.Args(c, t.now, words.Args{"DecideDue": k.Due})), err
}
