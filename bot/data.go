package bot

import (
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What is kept of somebody, and how they have it erased (隐私, 我的资料, 删除资料).

// keptShown is how many matters are shown with all that is kept of them.
const keptShown = 2

// erasedAtOnce is how many matters are erased at one wish; more are erased when it
// is said again.
const erasedAtOnce = 20

func privacy(t *turn, _ input) (reply, error) { return says(t.say("privacy", nil)) }

// keptLine is what is kept with one matter.
type keptLine struct {
	Short, Signature, Name, Phone string
	Said, Media                   int
	Until                         time.Time
	HasUntil, Erased              bool
	Opened                        []desk.Opening
}

func (t *turn) keptLines(all []desk.Kept) (lines []keptLine) {
	for _, k := range all {
		lines = append(lines, keptLine{Short: desk.ShortNumber(k.Case.No, t.now), Signature: string(k.Case.Signature), Name: k.Name, Phone: k.Phone,
			Said: k.Words, Media: k.Media, Until: k.Until, HasUntil: !k.Until.IsZero(), Erased: !k.Case.ErasedAt.IsZero(), Opened: k.Opened[max(0, len(k.Opened)-historyShown):]})
	}
	return lines
}

// myData shows what is kept of the one who asks (我的资料): of all their matters,
// or with a number, and the code where no account leads to it, of one.
func myData(t *turn, in input) (reply, error) {
	if in.no.IsZero() {
		all, err := t.b.desk.Kept(t.ctx, t.m.From, listLength)
		if err != nil {
			return reply{}, err
		}
		shown := all[:min(len(all), keptShown)]
		return says(t.say("data", words.Args{"Lines": t.keptLines(shown), "More": len(all) - len(shown), "Draft": t.talk.Form != ""}))
	}
	code := in.theCode()
	c, _, r, err := t.claimed(in.no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	k, err := t.b.desk.KeptOf(t.ctx, c.No, t.claim(code), t.now)
	return reply{text: t.say("data", words.Args{"Lines": t.keptLines([]desk.Kept{k}), "More": 0, "Draft": false})}, err
}

// toErase are the matters that the one who asks can have erased: the one with that
// number, or all that lead to their account.
func (t *turn) toErase(in input) (all []cases.Case, r reply, err error) {
	if !in.no.IsZero() {
		c, _, r, err := t.claimed(in.no, in.theCode())
		if err != nil || c.Events == 0 {
			return nil, r, err
		}
		return []cases.Case{c}, reply{}, nil
	}
	kept, err := t.b.desk.Kept(t.ctx, t.m.From, erasedAtOnce)
	for _, k := range kept {
		all = append(all, k.Case)
	}
	return all, reply{}, err
}

// forSomebody reports whether somebody of the office speaks of another's matter.
func (t *turn) forSomebody(in input) (bool, error) {
	if in.no.IsZero() || t.actor.Role != cases.Staff && t.actor.Role != cases.Discipline {
		return false, nil
	}
	if _, rest, ok := in.rest.Code(); ok && rest.Empty() { // their own, without a name: the code is no reason to write down
		return false, nil
	}
	_, _, err := t.b.desk.Track(t.ctx, in.no, t.claim(""), t.now)
	if _, refused := desk.IsRefusal(err); refused {
		return true, nil
	}
	return false, err
}

// erase says what would be erased and what stays, and asks whether to (删除资料).
func erase(t *turn, in input) (reply, error) {
	switch others, err := t.forSomebody(in); {
	case err != nil:
		return reply{}, err
	case others:
		c, _, err := t.b.desk.Look(t.ctx, t.actor, in.no, t.now)
		if err != nil {
			return reply{}, err
		}
		if in.rest.Empty() {
			return reply{}, &cases.Refusal{Code: cases.NoMotive, Verb: cases.Erase, No: c.No}
		}
		return says(t.say("erase.for", t.b.desk.Args(c, t.now, words.Args{"Text": in.rest.Raw()})))
	}
	all, r, err := t.toErase(in)
	if err != nil || r.text != "" || r.do != nil {
		return r, err
	}
	if len(all) == 0 && t.talk.empty() {
		return says(t.say("erase.nothing", nil))
	}
	var numbers, open []cases.Number
	for _, c := range all {
		if numbers = append(numbers, c.No); c.Stage.Open() {
			open = append(open, c.No)
		}
	}
	return says(t.say("erase.sure", words.Args{"Numbers": t.shorts(numbers), "Open": t.shorts(open), "HasNo": !in.no.IsZero(),
		"Short": desk.ShortNumber(in.no, t.now), "Code": in.theCode()}))
}

// eraseSure erases (确认删除).
func eraseSure(t *turn, in input) (reply, error) {
	switch others, err := t.forSomebody(in); {
	case err != nil:
		return reply{}, err
	case others:
		return does(func(tx storage.Tx) (string, error) {
			e, err := t.b.desk.EraseFor(tx, t.actor, in.no, in.rest.Raw(), t.now)
			if err != nil {
				return "", err
			}
			return t.say("erased.for", t.b.desk.Args(e.Case, t.now, nil)), t.b.Forget(tx, e, t.now)
		})
	}
	all, r, err := t.toErase(in)
	if err != nil || r.text != "" || r.do != nil {
		return r, err
	}
	if len(all) == 0 && t.talk.empty() {
		return says(t.say("erase.nothing", nil))
	}
	return does(func(tx storage.Tx) (string, error) {
		var numbers []cases.Number
		var open []receipt
		for _, c := range all {
			e, err := t.b.desk.Erase(tx, c.No, t.claim(in.theCode()), t.now)
			if err != nil {
				return "", err
			}
			if numbers = append(numbers, c.No); e.Code != "" {
				open = append(open, receipt{desk.ShortNumber(c.No, t.now), e.Code})
			}
			e.From = slices.DeleteFunc(e.From, func(a chat.Address) bool { return a == t.m.From })
			if err := t.b.Forget(tx, e, t.now); err != nil {
				return "", err
			}
			t.talk, t.erased = t.talk.without(c.No), append(t.erased, c.No)
		}
		if in.no.IsZero() { // and the conversation, with what was not handed in
			t.talk = talk{}
		}
		return t.say("erased", words.Args{"Numbers": t.shorts(numbers), "Lines": open, "Draft": in.no.IsZero() && t.was.Form != ""}), nil
	})
}

// receipt is a way back to a matter.
type receipt struct{ Short, Code string }

// without is a conversation that no longer knows of the matter.
func (k talk) without(no cases.Number) talk {
	k = k.clone()
	same := func(n cases.Number) bool { return n == no }
	k.Asked, k.After = slices.DeleteFunc(k.Asked, same), slices.DeleteFunc(k.After, same)
	if len(k.After) == 0 {
		k.Unclear = ""
	}
	if k.Offered == no {
		k.Offered = cases.Number{}
	}
	if k.Danger == no {
		k.Danger, k.DangerAt = cases.Number{}, time.Time{}
	}
	if k.Same == no {
		k.Same = cases.Number{}
	}
	if k.About == no {
		k.About = cases.Number{}
	}
	if k.Last == no {
		k.Last, k.LastSum, k.LastAt, k.Added = cases.Number{}, nil, time.Time{}, time.Time{}
	}
	return k
}

// Forget takes an erased matter out of the conversations with those it was of.
func (b *Bot) Forget(tx storage.Tx, e desk.Erased, now time.Time) error {
	for _, a := range e.From {
		k, err := loadTalk(tx, a)
		if err != nil {
			return err
		}
		t := &turn{b: b, now: now, was: k, talk: k.without(e.Case.No), erased: []cases.Number{e.Case.No}}
		t.m.From = a
		if err := t.saveTalk(tx); err != nil {
			return err
		}
	}
	return nil
}
