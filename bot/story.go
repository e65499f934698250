package bot

import (
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// tell adds to the story and waits for more, until it has been quiet.
func (t *turn) tell(text string) (reply, error) {
	first := len(t.talk.Story) == 0
	if !first && text == t.talk.Story[len(t.talk.Story)-1] {
		return reply{}, nil // a bad network says it twice
	}
	t.talk.Hearing = true
	t.talk.Quiet = t.now.Add(t.b.Quiet)
	t.talk.Until = t.now.Add(t.b.DraftFor)
	if text != "" {
		t.talk.Story = append(slices.Clone(t.talk.Story), text)
	}
	switch {
	case len(t.talk.Said) >= maxSaid:
		return t.told()
	case text == "" && t.mediaAgain():
	case len(t.talk.Story) == 0 && t.opaque():
		return says(t.say("form.opaque", nil))
	case text == "" && len(t.talk.Story) == 0:
		return says(t.say("form.media-only", nil))
	case first || t.caution(text) != "":
		listening := t.say("form.listening", words.Args{"Quiet": int(t.b.Quiet.Seconds()), "Straight": t.talk.Straight})
		if danger := t.caution(text); danger != "" { // nothing else to read beside that
			return says(joined(danger, listening))
		}
		return says(joined(listening, t.notice()))
	}
	return reply{}, nil
}

// caution is what comes first when a matter is of a kind that can be dangerous.
func (t *turn) caution(text string) string {
	if c, ok := t.b.Office.Suggest(text); ok && c.Urgent {
		t.result = true
		return t.say("form.danger", nil)
	}
	return ""
}

// told ends the story: reads its facts and asks for what it left open.
func (t *turn) told() (reply, error) {
	f, ok := t.b.form(t.talk.Form)
	if !ok {
		t.talk = talk{}
		return t.lost()
	}
	story := strings.Join(t.talk.Story, "\n")
	t.talk.Hearing, t.talk.Quiet, t.talk.Story = false, time.Time{}, nil
	if filled := phrase.Form(story, t.b.labels[f.ID]); filled.Found >= 2 { // told label by label
		return t.filled(f, filled)
	}
	if story == "" {
		t.talk.Hearing = true
		return says(t.say("form.still-empty", words.Args{"Ask": f.Fields[0].Ask}))
	}
	t.talk.Fields = cloneFields(t.talk.Fields)
	t.talk.Fields[t.talk.Ask] = story
	if t.talk.Ask == f.Fields[0].ID {
		if r, asks := t.offersEach(f, false); asks {
			return r, nil
		}
		if n := t.read(f, story); n >= 2 {
			t.talk.Straight = true
		}
	}
	return t.next(f, t.talk.Ask)
}

// read fills in what the story clearly says and returns how much that is.
func (t *turn) read(f cases.Form, story string) int {
	facts := phrase.FactsOf(story, t.b.Dialect)
	found := map[string]string{
		cases.SinceWhen: strings.Join(slices.DeleteFunc(facts.Whens, func(w string) bool { return !phrase.NamesDay(w, t.b.Dialect) }), "、"),
		cases.Want:      strings.Join(facts.Wants, "、"),
		cases.Place:     t.placeIn(phrase.Scrub(story, nil)), // not the crew in "I am from …"
	}
	n := 0
	for id, v := range found {
		if _, asks := f.Field(id); !asks || v == "" {
			continue
		}
		n++
		if t.talk.Fields[id] == "" {
			t.talk.Fields[id] = v
		}
	}
	t.signs(f, phrase.Fold(story))
	return n
}

// signs notes what a story says of how it is to be signed.
func (t *turn) signs(f cases.Form, folded string) {
	if _, asks := f.Field(cases.SignAs); asks && t.talk.Fields[cases.SignAs] == "" && intake.Nameless(folded) {
		t.talk.Fields[cases.SignAs] = string(cases.Anonymous)
	}
	t.guard(folded)
}

// placeIn names the unit a story speaks of, if it names exactly one.
func (t *turn) placeIn(story string) string {
	folded, name := phrase.Fold(story), ""
	for _, u := range t.b.Office.Units {
		if strings.Contains(folded, phrase.Fold(u.Name)) {
			if name != "" {
				return ""
			}
			name = u.Name
		}
	}
	return name
}

func anyOf(folded string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(w string) bool { return strings.Contains(folded, w) })
}

// guard notes that somebody is afraid. Their name is sealed unless they said how
// they want to sign.
func (t *turn) guard(folded string) {
	if !intake.Afraid(folded) {
		return
	}
	t.talk.Guarded = true
	if t.talk.Fields[cases.SignAs] == "" {
		t.talk.Fields[cases.SignAs] = string(cases.Sealed)
	}
}
