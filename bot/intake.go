package bot

import (
	"fmt"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// The guided form (反映, 建议): the story first, told in as many messages as it
// takes; then what the story left open, one question at a time; then a summary
// that is handed in with 对. Nothing is guessed in silence: whatever was read out
// of a story stands in the summary.

// open starts a form with what was already said with the command.
func (t *turn) open(f cases.Form, rest phrase.Text) (reply, error) {
	if t.talk.Form != "" && t.talk.Form == f.ID && rest.Empty() && len(t.m.Media) == 0 {
		return says(t.say("form.already", words.Args{"Form": f.Name}) + "\n" + t.question())
	}
	t.begin(f)
	return t.opened(f, rest)
}

// opened goes on with what was said with the command.
func (t *turn) opened(f cases.Form, rest phrase.Text) (reply, error) {
	if strings.HasPrefix(t.text.Folded(), "匿名") {
		t.talk.Fields[cases.SignAs] = string(cases.Anonymous)
	}
	if rest.Empty() && len(t.m.Media) == 0 {
		t.talk.Hearing = f.Fields[0].Kind == cases.StoryField
		return says(joined(t.say("form.start", words.Args{"Form": f.Name, "Ask": f.Fields[0].Ask, "Suggestion": f.ID == cases.SuggestionForm}), t.notice()))
	}
	t.remember(t.m.Text)
	filled := phrase.Form(rest.Raw(), t.b.labels[f.ID])
	if filled.Found == 0 {
		return t.tell(rest.Raw())
	}
	return t.filled(f, filled)
}

// begin opens an empty draft of a form.
func (t *turn) begin(f cases.Form) {
	t.talk = talk{Form: f.ID, Draft: fmt.Sprintf("%s/%s", t.m.From.Transport(), t.m.ID), Ask: f.Fields[0].ID, Fields: map[string]string{}, Until: t.now.Add(t.b.DraftFor), Asked: t.talk.Asked, After: t.talk.After, AfterAt: t.talk.AfterAt}
}

// filled takes a form filled in with one message. What is missing is asked.
func (t *turn) filled(f cases.Form, filled phrase.Filled) (reply, error) {
	wrong, problem := "", ""
	for _, field := range f.Fields {
		if v, ok := filled.Values[field.ID]; ok {
			if p := t.take(field, phrase.Read(v)); p != "" && wrong == "" {
				wrong, problem = field.ID, p
			}
		}
	}
	first := f.Fields[0]
	if extra := strings.TrimSpace(filled.Rest); extra != "" {
		t.talk.Fields[first.ID] = joined(t.talk.Fields[first.ID], extra)
	}
	t.guard(phrase.Fold(t.m.Text))
	if t.draft != nil && (wrong != "" || t.lacks(f)) {
		t.talk = *t.draft
		return says(t.say("form.finish-first", nil) + "\n" + t.question())
	}
	if wrong == "" {
		if r, asks := t.offersEach(f, true); asks {
			return r, nil
		}
	}
	if r, asks := t.asksMissing(f); asks {
		return r, nil
	}
	if wrong != "" { // what was given is not dropped in silence
		t.talk.Ask, t.talk.Hearing, t.talk.Straight = wrong, false, true
		return says(problem + "\n" + t.question())
	}
	return t.submit()
}

// complete hands a filled form in when nothing is missing.
func (t *turn) complete(f cases.Form) (reply, error) {
	if r, asks := t.asksMissing(f); asks {
		return r, nil
	}
	return t.submit()
}

// asksMissing asks for the first required answer that is missing.
func (t *turn) asksMissing(f cases.Form) (reply, bool) {
	for _, field := range f.Fields {
		if field.Required && t.talk.Fields[field.ID] == "" {
			t.talk.Ask, t.talk.Hearing = field.ID, field.Kind == cases.StoryField
			t.talk.Straight = true
			return reply{text: t.say("form.missing", nil) + t.question()}, true
		}
	}
	return reply{}, false
}

// lacks reports whether a required answer is missing.
func (t *turn) lacks(f cases.Form) bool {
	return slices.ContainsFunc(f.Fields, func(g cases.Field) bool { return g.Required && t.talk.Fields[g.ID] == "" })
}

func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "\n" + b
}

// A draft is bounded: so many messages, and so many characters of each, are more
// than anybody types for one matter.
const (
	maxSaid = 100
	maxRaw  = 20_000
)

// remember keeps what was said for the form, raw.
func (t *turn) remember(text string) {
	if r := []rune(text); len(r) > maxRaw {
		text = string(r[:maxRaw])
	}
	t.talk.Said = append(slices.Clone(t.talk.Said), desk.Said{At: t.m.At, Text: text, Media: t.m.Media})
	t.became = became{Draft: t.talk.Draft, N: len(t.talk.Said) - 1}
	t.holdMedia()
}

func cloneFields(m map[string]string) map[string]string {
	c := make(map[string]string, len(m)+1)
	for k, v := range m {
		c[k] = v
	}
	return c
}

// next asks the first open question after the field, or shows the summary.
func (t *turn) next(f cases.Form, after string) (reply, error) {
	t.talk.Until = t.now.Add(t.b.DraftFor)
	behind := after == ""
	for _, field := range f.Fields {
		if field.ID == after {
			behind = true
			continue
		}
		if !behind || t.talk.Fields[field.ID] != "" || slices.Contains(t.talk.Skipped, field.ID) {
			continue
		}
		if t.talk.Straight && (!field.Required || field.ID == cases.SignAs) {
			continue // the story was rich enough; the summary shows what is open
		}
		if field.ID == cases.ContactInfo && t.nameless() {
			continue // whose number is known is not anonymous
		}
		t.talk.Ask = field.ID
		return says(t.question())
	}
	return t.summary(f)
}

// nameless reports whether the open form is signed by nobody.
func (t *turn) nameless() bool { return t.talk.Fields[cases.SignAs] == string(cases.Anonymous) }

// question words the question that stands.
func (t *turn) question() string {
	f, _ := t.b.form(t.talk.Form)
	if t.talk.Ask == "" && len(t.talk.Parts) > 0 {
		return t.offer()
	}
	if t.talk.Ask == "" {
		return t.summaryText(f)
	}
	field, ok := f.Field(t.talk.Ask)
	if !ok {
		return ""
	}
	var choices []string
	for _, c := range field.Choices {
		choices = append(choices, c.Label)
	}
	n := slices.IndexFunc(f.Fields, func(g cases.Field) bool { return g.ID == field.ID }) + 1
	return t.say("form.ask", words.Args{"N": n, "Of": len(f.Fields), "Ask": field.Ask, "Choices": choices,
		"Skip": !field.Required && !strings.Contains(field.Ask, "跳过"), "First": n == 1})
}

// summary shows what was understood and asks for 对.
func (t *turn) summary(f cases.Form) (reply, error) {
	t.talk.Ask, t.talk.Hearing = "", false
	if t.talk.Fields[cases.SignAs] == "" {
		if _, asks := f.Field(cases.SignAs); asks {
			t.talk.Fields[cases.SignAs] = string(cases.Sealed)
		}
	}
	return says(t.summaryText(f))
}

// summaryLine is one line of a summary.
type summaryLine struct {
	N            int
	Label, Value string
}

func (t *turn) summaryText(f cases.Form) string {
	matter := t.talk.Fields[cases.Matter]
	sum, summed := phrase.SumUp(matter, t.b.Dialect, t.saidOn())
	var lines []summaryLine
	var open []string
	for i, field := range f.Fields {
		switch v := t.shown(field); {
		case field.ID == cases.ContactInfo && t.nameless(): // it is not kept
		case v == "":
			open = append(open, field.Label)
		case field.ID == cases.SignAs && t.lacksName(f):
			lines, open = append(lines, summaryLine{i + 1, field.Label, v}), append(open, t.say("form.name", nil))
		case summed && field.ID == cases.Matter:
			lines = append(lines, summaryLine{i + 1, t.say("form.pay", nil), t.say("form.pay-summary", words.Args{"When": sum.Day, "Lacks": sum.Lacks,
				"Amount": sum.Amount, "Recorded": sum.Recorded, "Claimed": sum.Claimed, "Wants": sum.Wants})})
		case summed && (field.ID == cases.SinceWhen && v == sum.When || field.ID == cases.Want && v == strings.Join(sum.Wants, "、")):
			// the sum says so
		default:
			lines = append(lines, summaryLine{i + 1, field.Label, v})
		}
	}
	category, numbers := f.Category, []string(nil)
	if !summed { // the sum says both
		facts := phrase.FactsOf(matter, t.b.Dialect)
		numbers = slices.Concat(facts.Amounts, facts.Counts)
		if c, ok := t.b.Office.Suggest(matter); ok && category == "" && !c.Sealed {
			category = c.Name
		}
	}
	return t.say("form.summary", words.Args{"Category": category, "Lines": lines, "Open": open,
		"Numbers": numbers, "Media": maxMedia - t.mediaLeft(), "Guarded": t.talk.Guarded,
		"Sealed": t.talk.Fields[cases.SignAs] == string(cases.Sealed), "Anonymous": t.talk.Fields[cases.SignAs] == string(cases.Anonymous)})
}

// shown is a field's value as its speaker would say it.
func (t *turn) shown(field cases.Field) string {
	v := t.talk.Fields[field.ID]
	for _, c := range field.Choices {
		if c.ID == v {
			if field.ID == cases.SignAs && t.talk.Name != "" {
				return c.Label + "（" + t.talk.Name + "）"
			}
			return c.Label
		}
	}
	return v
}
