package bot

import (
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What cannot wait is heard before anything else, wherever the conversation
// stands: a life (distress), a danger that is there now (hazard), a threat.

// sameDanger is how long what somebody says of a danger belongs to the one they
// told of last.
const sameDanger = 2 * time.Hour

// urgent answers what cannot wait. Commands of the office are no cry for help.
func (t *turn) urgent() (r reply, is bool, err error) {
	kind := phrase.Urgent(t.m.Text)
	if c, _, ok := t.command(); kind == "" || ok && (t.known || c.id != "supplement") {
		return reply{}, false, nil
	}
	t.result = true
	switch kind {
	case phrase.Distress:
		r, err = t.distress()
	case phrase.Hazard:
		if t.ofAnAnswer() { // what was found is written down, to nobody else
			return reply{}, false, nil
		}
		if t.dangerOnly() == "" { // it is an accusation, and no danger by itself
			return reply{}, false, nil
		}
		r, err = t.danger()
	default:
		r, err = t.threat()
	}
	return r, true, err
}

// also does something more in the transaction.
func (r reply) also(more func(tx storage.Tx) error) reply {
	text, do := r.text, r.do
	r.do = func(tx storage.Tx) (string, error) {
		if err := more(tx); err != nil {
			return "", err
		}
		if do == nil {
			return text, nil
		}
		return do(tx)
	}
	return r
}

// distress has a human call who must not be left alone now. What they said goes
// into no form and no matter.
func (t *turn) distress() (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		name, err := t.b.desk.Distress(tx, t.m, t.now)
		return t.say("distress", t.officer(name)), err
	})
}

func (t *turn) officer(name string) words.Args { return words.Args{"Name": name} }

// threat goes on with the matter, and has a human call.
func (t *turn) threat() (reply, error) {
	r, err := t.ordinary()
	if err != nil {
		return r, err
	}
	name := ""
	r = r.also(func(tx storage.Tx) (err error) {
		name, err = t.b.desk.Threat(tx, t.m, t.now)
		return err
	})
	do := r.do
	r.do = func(tx storage.Tx) (string, error) {
		text, err := do(tx)
		return joined(t.say("threat", t.officer(name)), text), err
	}
	return r, nil
}

// dangerOnly is what somebody says of a danger, apart from what they accuse somebody
// of and from other matters.
func (t *turn) dangerOnly() string {
	if danger, _ := t.dangerApart(); danger != "" {
		return danger
	}
	if !t.accusing(t.m.Text) {
		return t.m.Text
	}
	if danger := phrase.DangersBut(t.m.Text, t.accusing); danger != "" {
		return danger
	}
	return phrase.DangersBut(t.unblaming(t.m.Text), t.accusing)
}

// unblaming is a text that tells in one breath of a danger and of somebody above the
// office, without them: whoever has to go there need not read who is to blame.
func (t *turn) unblaming(text string) string {
	for range 3 { // of more nobody speaks in one breath
		if !t.b.Office.Above(t.b.Office.Against(text)) {
			return text
		}
		text = t.without(text)
	}
	return ""
}

// without leaves out the fewest characters that somebody above the office is named
// by, and the post behind them.
func (t *turn) without(text string) string {
	said, least := []rune(text), t.b.Office.Against(text)
	for n := 2; n <= 8; n++ {
		for i := 0; i+n <= len(said); i++ {
			rest := strings.TrimLeft(string(said[i+n:]), "副正矿处部科队厂区段站长主任书记席经理总工")
			if left := string(said[:i]) + "…" + rest; len(t.b.Office.Against(left)) < len(least) {
				return left
			}
		}
	}
	return ""
}

// danger takes a danger on with the words that are there; what is missing is
// asked when those who can act know of it.
func (t *turn) danger() (reply, error) {
	if r, ok, err := t.sameDanger(); ok || err != nil {
		return r, err
	}
	if c, _, ok := t.command(); ok && c.id == "supplement" { // it is a danger, and more of that matter
		more, err := t.ordinary()
		if _, refused := desk.IsRefusal(err); err != nil && !refused {
			return reply{}, err
		}
		r, err := t.newDanger()
		return r.also(func(tx storage.Tx) error {
			if more.do == nil {
				return nil
			}
			_, err := more.do(tx)
			return err
		}), err
	}
	return t.newDanger()
}

// sameDanger puts more about a danger that was told of just now to it.
func (t *turn) sameDanger() (reply, bool, error) {
	if t.dangerOnly() != t.m.Text { // and it says what is for other ears
		return reply{}, false, nil
	}
	if id, rest, ok := t.text.Command(t.b.starts); ok && phrase.Form(rest.Raw(), t.b.labels[id]).Values[cases.Matter] != "" {
		return reply{}, false, nil // filled in anew: a danger of its own
	}
	no, code := t.talk.Danger, ""
	if no.IsZero() || t.now.Sub(t.talk.DangerAt) > sameDanger {
		h, ok := t.b.recent.get(t.m.From, t.now)
		if !ok || !h.danger {
			return reply{}, false, nil
		}
		no, code = h.no, h.code
	}
	c, _, err := t.b.desk.Track(t.ctx, no, t.claim(code), t.now)
	if _, refused := desk.IsRefusal(err); refused || err == nil && c.Stage != cases.Handling {
		return reply{}, false, nil
	} else if err != nil {
		return reply{}, false, err
	}
	t.holdMedia()
	r, err := does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.Supplement(tx, no, t.claim(code), t.m, t.m.Text, t.now)
		if err != nil {
			return "", err
		}
		if code == "" {
			t.became = partOf(c)
			t.lastAbout(no)
		}
		return t.say("danger.more", t.b.desk.Args(c, t.now, nil)), nil
	})
	return r, true, err
}

func (t *turn) newDanger() (reply, error) {
	f, text := t.b.Forms[0], t.dangerOnly()
	anonymous := strings.HasPrefix(t.text.Folded(), "匿名") || intake.Nameless(t.text.Folded())
	all := t.m.Text
	if text != t.m.Text { // the rest goes on as a matter of its own
		if danger, _ := t.dangerApart(); danger == "" { // it was told with who is to blame
			t.blamed = t.b.Office.Against(t.m.Text)
		}
		if t.talk.Form == "" {
			rest, quiet := t.m.Text, time.Time{}
			if danger, others := t.dangerApart(); danger != "" {
				all, rest, quiet = text, others, t.now.Add(t.b.Quiet)
			}
			t.begin(f)
			t.talk.Story, t.talk.Hearing, t.talk.Straight, t.talk.Quiet = []string{rest}, true, true, quiet
			t.remember(rest)
			if anonymous {
				t.talk.Fields[cases.SignAs] = string(cases.Anonymous)
			}
		}
	} else if id, rest, ok := t.text.Command(t.b.starts); ok {
		f, _ = t.b.form(id)
		text = rest.Raw()
	}
	if told := t.talk.Story; text == t.m.Text && t.tellsOfDanger() { // the beginning of it was told before
		text = joined(strings.Join(told, "\n"), text)
	} else {
		if t.talk.Form != "" {
			draft := t.talk.clone()
			t.draft = &draft
		}
		t.begin(f)
	}
	filled := phrase.Form(text, t.b.labels[f.ID])
	for _, field := range f.Fields {
		if v := filled.Values[field.ID]; v != "" && field.ID != cases.Matter {
			t.take(field, phrase.Read(v)) // what makes no sense is not asked again now
		}
	}
	masked, _ := phrase.MaskCards(joined(filled.Values[cases.Matter], strings.TrimSpace(filled.Rest)))
	t.talk.Fields[cases.Matter] = masked
	t.remember(all)
	t.read(f, masked)
	if anonymous {
		t.talk.Fields[cases.SignAs] = string(cases.Anonymous)
	}
	return t.submit()
}

// tellsOfDanger reports whether the story that is being told may be the beginning
// of the danger: it is about nothing else.
func (t *turn) tellsOfDanger() bool {
	if t.talk.Form != t.b.Forms[0].ID || !t.talk.Hearing || len(t.talk.Fields) > 0 || len(t.talk.Story) == 0 {
		return false
	}
	story := strings.Join(t.talk.Story, "\n")
	c, ok := t.b.Office.Suggest(story)
	return (!ok || c.Urgent) && !phrase.OfOffice(story)
}

// dangerReceipt is what somebody is told who told of a danger. What they say next
// belongs to it.
func (t *turn) dangerReceipt(r desk.Receipt) string {
	no, anonymous := r.Case.No, r.Case.Signature == cases.Anonymous
	if !anonymous {
		t.talk.Danger, t.talk.DangerAt = no, t.now
		t.talk.Asked = append([]cases.Number{no}, slices.Clone(t.talk.Asked)...)
		t.talk.Answered, t.talk.Doubt = time.Time{}, t.talk.Form != ""
	}
	units := []string{}
	if r.Case.Stage == cases.Handling {
		for _, id := range append([]string{r.Case.Lead}, r.Case.Helpers...) {
			units = append(units, t.b.desk.UnitName(id))
		}
	}
	return t.say("danger", t.b.desk.Args(r.Case, t.now, words.Args{"Code": r.Code, "Units": units}))
}

// urgentInGroup answers what cannot wait where everybody reads along: whom to
// call. Nothing of it is kept or passed on from there.
func (t *turn) urgentInGroup() (r reply, is bool, err error) {
	switch phrase.Urgent(t.m.Text) {
	case phrase.Hazard:
		r, err = says(t.say("group.danger", nil))
	case phrase.Distress: // the warm word is for one person's eyes
		r, err = does(func(tx storage.Tx) (string, error) {
			name, err := t.b.desk.Distress(tx, t.m, t.now)
			if err != nil {
				return "", err
			}
			return t.say("group.neutral", nil), t.answerTo(tx, t.m.From, "warm", t.say("distress", t.officer(name)))
		})
	default:
		return reply{}, false, nil
	}
	return r, true, err
}
