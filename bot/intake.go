package bot

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The guided form (反映, 建议): the story first, told in as many messages as it
// takes; then what the story left open, one question at a time; then a summary
// that is handed in with 对. Nothing is guessed in silence: whatever was read out
// of a story stands in the summary.

// sameMatter is how long the same words again from the same person are taken
// for a bad network rather than for a second matter.
const sameMatter = time.Minute

// open starts a form with what was already said with the command.
func (t *turn) open(f cases.Form, rest phrase.Text) (reply, error) {
	if t.talk.Form != "" && t.talk.Form == f.ID && rest.Empty() && len(t.m.Media) == 0 {
		return says(t.say("form.already", words.Args{"Form": f.Name}) + "\n" + t.question())
	}
	t.begin(f)
	if strings.HasPrefix(t.text.Folded(), "匿名") {
		t.talk.Fields[cases.SignAs] = string(cases.Anonymous)
	}
	if rest.Empty() && len(t.m.Media) == 0 {
		t.talk.Hearing = f.Fields[0].Kind == cases.StoryField
		return says(t.say("form.start", words.Args{"Form": f.Name, "Ask": f.Fields[0].Ask, "Suggestion": f.ID == desk.Suggestion}))
	}
	t.remember(rest.Raw())
	filled := phrase.Form(rest.Raw(), t.b.labels[f.ID])
	if filled.Found == 0 {
		return t.tell(rest.Raw())
	}
	return t.filled(f, filled)
}

// begin opens an empty draft of a form.
func (t *turn) begin(f cases.Form) {
	t.talk = talk{Form: f.ID, Ask: f.Fields[0].ID, Fields: map[string]string{}, Until: t.now.Add(t.b.DraftFor), Asked: t.talk.Asked}
}

// labels maps each label and alias of a form to its field.
func labels(f cases.Form) map[string]string {
	m := map[string]string{}
	for _, field := range f.Fields {
		m[phrase.Fold(field.Label)] = field.ID
		for _, a := range field.Aliases {
			m[phrase.Fold(a)] = field.ID
		}
	}
	return m
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
	for _, field := range f.Fields {
		if field.Required && t.talk.Fields[field.ID] == "" {
			t.talk.Ask, t.talk.Hearing = field.ID, field.Kind == cases.StoryField
			t.talk.Straight = true
			return says(t.say("form.missing", nil) + t.question())
		}
	}
	if wrong != "" { // what was given is not dropped in silence
		t.talk.Ask, t.talk.Hearing, t.talk.Straight = wrong, false, true
		return says(problem + "\n" + t.question())
	}
	return t.submit()
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
}

// tell adds to the story and waits for more, until it has been quiet.
func (t *turn) tell(text string) (reply, error) {
	first := len(t.talk.Story) == 0
	t.talk.Hearing = true
	t.talk.Quiet = t.now.Add(t.b.Quiet)
	t.talk.Until = t.now.Add(t.b.DraftFor)
	if text != "" {
		t.talk.Story = append(slices.Clone(t.talk.Story), text)
	}
	switch {
	case len(t.talk.Said) >= maxSaid:
		return t.told()
	case text == "" && len(t.talk.Story) == 0:
		return says(t.say("form.media-only", nil))
	case first || t.danger(text) != "":
		return says(joined(t.danger(text), t.say("form.listening", words.Args{"Quiet": int(t.b.Quiet.Seconds()), "Straight": t.talk.Straight})))
	}
	return reply{}, nil
}

// despair are words of somebody who must not be left alone with a form.
var despair = []string{"活着没意思", "不想活", "活不下去", "想死", "自杀", "跳楼", "轻生", "同归于尽"}

// danger is what comes first of all when life may be at stake: whom to call now.
func (t *turn) danger(text string) string {
	folded := phrase.Fold(text)
	if slices.ContainsFunc(despair, func(w string) bool { return strings.Contains(folded, w) }) {
		return t.say("form.despair", nil)
	}
	if c, ok := t.b.Office.Suggest(text); ok && c.Urgent {
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
	if story == "" {
		t.talk.Hearing = true
		return says(t.say("form.still-empty", words.Args{"Ask": f.Fields[0].Ask}))
	}
	t.talk.Fields = cloneFields(t.talk.Fields)
	t.talk.Fields[t.talk.Ask] = story
	if t.talk.Ask == f.Fields[0].ID {
		if n := t.read(f, story); n >= 2 {
			t.talk.Straight = true
		}
	}
	return t.next(f, t.talk.Ask)
}

func cloneFields(m map[string]string) map[string]string {
	c := make(map[string]string, len(m)+1)
	for k, v := range m {
		c[k] = v
	}
	return c
}

// read fills in what the story clearly says and returns how much that is.
func (t *turn) read(f cases.Form, story string) int {
	facts := phrase.FactsOf(story, t.b.Dialect)
	found := map[string]string{
		cases.SinceWhen: strings.Join(slices.DeleteFunc(facts.Whens, aShift), "、"),
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
	folded := phrase.Fold(story)
	if _, asks := f.Field(cases.SignAs); asks && t.talk.Fields[cases.SignAs] == "" && anyOf(folded, nameless) {
		t.talk.Fields[cases.SignAs] = string(cases.Anonymous)
	}
	t.guard(folded)
	return n
}

// aShift reports whether a time is only the name of a shift (零点班): that is no
// answer to "since when".
func aShift(when string) bool {
	return strings.HasSuffix(when, "点班") || strings.HasSuffix(when, "夜班")
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

// Words of somebody afraid of what may follow (担心报复), and of somebody who does
// not want to be known at all.
var (
	fears    = []string{"穿小鞋", "怕报复", "打击报复", "担心报复", "怕领导知道", "怕被知道", "不敢写名字", "不敢说名字", "怕为难"}
	nameless = []string{"匿名", "不留名", "别问我是谁", "不要问我是谁", "不说我是谁"}
)

func anyOf(folded string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(w string) bool { return strings.Contains(folded, w) })
}

// guard notes that somebody is afraid. Their name is sealed unless they said how
// they want to sign.
func (t *turn) guard(folded string) {
	if !anyOf(folded, fears) || strings.Contains(folded, "不怕") {
		return
	}
	t.talk.Guarded = true
	if t.talk.Fields[cases.SignAs] == "" {
		t.talk.Fields[cases.SignAs] = string(cases.Sealed)
	}
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
		t.talk.Ask = field.ID
		return says(t.question())
	}
	return t.summary(f)
}

// question words the question that stands.
func (t *turn) question() string {
	f, _ := t.b.form(t.talk.Form)
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
	var lines []summaryLine
	var open []string
	for i, field := range f.Fields {
		switch v := t.shown(field); {
		case v != "":
			lines = append(lines, summaryLine{i + 1, field.Label, v})
		default:
			open = append(open, field.Label)
		}
	}
	matter := t.talk.Fields[cases.Matter]
	facts := phrase.FactsOf(matter, t.b.Dialect)
	category := f.Category
	if c, ok := t.b.Office.Suggest(matter); ok && category == "" && !c.Sealed {
		category = c.Name
	}
	return t.say("form.summary", words.Args{"Category": category, "Lines": lines, "Open": open,
		"Numbers": slices.Concat(facts.Amounts, facts.Counts), "Guarded": t.talk.Guarded,
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

// submit hands the form in: the case is durable before the receipt exists.
func (t *turn) submit() (reply, error) {
	k := t.talk.clone()
	sum := sha256.Sum256([]byte(k.Form + phrase.Fold(k.Fields[cases.Matter]+k.Fields[cases.Want])))
	f, _ := t.b.form(k.Form)
	fields := cloneFields(k.Fields)
	signature, contact := cases.Signature(fields[cases.SignAs]), fields[cases.ContactInfo]
	if signature == "" {
		signature = cases.Sealed
	}
	delete(fields, cases.SignAs)
	delete(fields, cases.ContactInfo)
	s := desk.Submission{From: t.m.From, Form: f.ID, Category: f.Category, Fields: fields, Signature: signature,
		Name: k.Name, Contact: contact, Guarded: k.Guarded, Said: k.Said}
	return does(func(tx storage.Tx) (string, error) {
		r, err := t.b.desk.Submit(tx, s, t.now)
		if err != nil {
			return "", err
		}
		t.talk = talk{Asked: t.talk.Asked, Answered: t.talk.Answered}
		if signature == cases.Anonymous {
			t.b.recent.note(t.m.From, sum[:8], t.now)
		} else {
			t.talk.Last, t.talk.LastSum, t.talk.LastAt, t.talk.Until = r.Case.No, sum[:8], t.now, t.now.Add(sameMatter)
		}
		return t.say("receipt", t.b.desk.Args(r.Case, t.now, words.Args{"Code": r.Code, "Late": t.late(), "Cut": false})), nil
	})
}

// late reports whether nobody is in the office now.
func (t *turn) late() bool {
	day := t.today()
	opens, shuts := day.At(0, t.b.Opens), day.At(0, t.b.Shuts)
	return t.now.Before(opens) || !t.now.Before(shuts)
}

// again recognises the same matter handed in twice by a bad network: the same
// one-message form, or the same 对.
func (t *turn) again() (string, bool) {
	sum, ok := t.talk.LastSum, !t.talk.LastAt.IsZero() && t.now.Sub(t.talk.LastAt) <= sameMatter && !t.now.Before(t.talk.LastAt)
	if !ok {
		sum, ok = t.b.recent.get(t.m.From, t.now)
	}
	if !ok || !t.sameAs(sum) {
		return "", false
	}
	return t.say("again", words.Args{"HasNo": !t.talk.Last.IsZero(), "No": t.talk.Last.String()}), true
}

// sameAs compares what is said now with what was handed in last.
func (t *turn) sameAs(last []byte) bool {
	if t.text.Yes() {
		return true
	}
	id, rest, ok := t.text.Command(t.b.starts)
	if !ok {
		return false
	}
	f, _ := t.b.form(id)
	filled := phrase.Form(rest.Raw(), t.b.labels[f.ID])
	matter := joined(strings.TrimSpace(filled.Values[cases.Matter]), strings.TrimSpace(filled.Rest))
	sum := sha256.Sum256([]byte(f.ID + phrase.Fold(matter+filled.Values[cases.Want])))
	return slices.Equal(sum[:8], last)
}
