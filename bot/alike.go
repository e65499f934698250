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

// The same matter once more (重复): the one who tells it is asked, and decides.

var (
	itIsNew = phrase.NewWords(map[string]string{"不是": "", "不是一件": "", "不是一件事": "", "另一件": "", "另一件事": "", "新立": "", "新立一件": "", "新的": "", "两件事": "", "不一样": ""})
	itIsOld = phrase.NewWords(map[string]string{"是": "", "是一件事": "", "一件事": "", "同一件": "", "同一件事": "", "就是那件": "", "并进去": "", "是那件": ""})
)

// asksAgain asks whether the form is a matter that its author handed in before. A
// matter without a name is compared with nothing: it must not lead to one with.
func (t *turn) asksAgain() (reply, bool, error) {
	fields := t.talk.Fields
	if t.talk.Anew || t.known || t.draft != nil || fields[cases.SignAs] == string(cases.Anonymous) {
		return reply{}, false, nil
	}
	if c, ok := t.b.Office.Suggest(fields[cases.Matter] + " " + fields[cases.Want]); ok && (c.Sealed || c.Urgent) {
		return reply{}, false, nil
	}
	c, alike, err := t.b.desk.Again(t.ctx, t.m.From, fields, t.now)
	if err != nil || !alike {
		return reply{}, false, err
	}
	t.talk.Same, t.talk.Ask, t.talk.Hearing = c.No, "", false
	t.talk.Until = t.now.Add(t.b.DraftFor)
	r, err := says(t.say("same-again", t.b.desk.Args(c, t.now, words.Args{"Ended": !c.Stage.Open()})))
	return r, true, err
}

// sameOrNot takes the answer: 是 adds to the matter that is there, 不是 begins one.
func (t *turn) sameOrNot() (reply, error) {
	same := t.talk.Same
	if word, ok := t.text.Exact(steering); ok && word == cancel {
		t.talk = t.talk.over(time.Time{})
		return says(t.say("form.cancelled", nil))
	}
	_, yes := t.text.Exact(itIsOld)
	_, no := t.text.Exact(itIsNew)
	switch {
	case len(t.talk.Parts) > 0 && (no || t.text.No()):
		return t.decidesPart(cases.Number{})
	case len(t.talk.Parts) > 0 && (yes || t.text.Yes()):
		return t.decidesPart(same)
	case no || t.text.No():
		t.talk.Same, t.talk.Anew = cases.Number{}, true
		return t.handIn(cases.Number{})
	case !yes && !t.text.Yes():
		return says(t.say("same-which", words.Args{"Short": desk.ShortNumber(same, t.now)}))
	}
	c, own, err := t.b.desk.Track(t.ctx, same, t.claim(""), t.now)
	if _, refused := desk.IsRefusal(err); refused || err == nil && !own {
		return t.handIn(cases.Number{}) // it is theirs no longer
	}
	if err != nil {
		return reply{}, err
	}
	if !c.Stage.Open() {
		return t.handIn(same)
	}
	k := t.talk.clone()
	text := strings.TrimSpace(k.Fields[cases.Matter] + "\n" + k.Fields[cases.Want])
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.SupplementAll(tx, same, t.claim(""), k.Said, text, t.now)
		if err != nil {
			return "", err
		}
		t.talk = t.talk.over(t.talk.Answered)
		t.lastAbout(c.No)
		if err := t.handedIn(tx, k, c); err != nil {
			return "", err
		}
		return t.say("same-added", t.b.desk.Args(c, t.now, nil)), nil
	})
}

// asksPart asks of the first part not decided yet that was handed in before.
func (t *turn) asksPart(f cases.Form) (reply, bool, error) {
	for i := len(t.talk.Into); i < len(t.talk.Parts); i++ {
		part := t.talk.Parts[i]
		c, alike, err := cases.Case{}, false, error(nil)
		if kind, ok := t.b.Office.Suggest(part); !t.nameless() && !(ok && (kind.Sealed || kind.Urgent)) {
			c, alike, err = t.b.desk.Again(t.ctx, t.m.From, t.fieldsOf(f, part, false), t.now)
		}
		if err != nil {
			return reply{}, false, err
		}
		if alike && !slices.Contains(t.talk.Into, c.No) {
			t.talk.Same, t.talk.Ask = c.No, ""
			t.talk.Until = t.now.Add(t.b.DraftFor)
			shown := withoutHead(t.talk.Parts)[i]
			r, err := says(joined(t.say("several.part", words.Args{"N": i + 1, "Text": shown}), t.say("same-again", t.b.desk.Args(c, t.now, words.Args{"Ended": !c.Stage.Open()}))))
			return r, true, err
		}
		t.talk.Into = append(slices.Clone(t.talk.Into), cases.Number{})
	}
	return reply{}, false, nil
}

// decidesPart takes the answer for the part asked about, and goes on with the others.
func (t *turn) decidesPart(into cases.Number) (reply, error) {
	f, _ := t.b.form(t.talk.Form)
	t.talk.Into, t.talk.Same = append(slices.Clone(t.talk.Into), into), cases.Number{}
	return t.handInEach(f)
}

// alikeHint says which open matters, whoever's, a case may be the same as.
func (t *turn) alikeHint(no cases.Number) (string, error) {
	found, err := t.b.desk.Likely(t.ctx, t.actor, no, t.now)
	if err != nil || len(found) == 0 {
		return "", err
	}
	c, err := t.b.desk.Current(t.ctx, t.actor, no, t.now)
	return t.say("may-be-same", words.Args{"Numbers": t.shorts(found), "Other": desk.ShortNumber(found[0], t.now), "Short": desk.ShortNumber(c.No, t.now)}), err
}
