package bot

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// The words that steer a form, wherever it stands.
const (
	back   = "back"   // 上一步
	skip   = "skip"   // 跳过
	cancel = "cancel" // 取消
	done   = "done"   // 好, 说完了: the story is told
	fix    = "fix"    // 改 2 …: another value for a line of the summary
)

var steering = phrase.NewWords(map[string]string{
	"上一步": back, "返回": back, "上一题": back, "退回": back,
	"跳过": skip, "不填": skip, "不留": skip, "不想留": skip, "不用留": skip, "不方便": skip, "不写": skip, "没有": skip, "不知道": skip, "说不清": skip, "无": skip, "下一步": skip, "下一题": skip,
	"取消": cancel, "算了": cancel, "不说了": cancel, "不反映了": cancel, "不想反映了": cancel, "我不想反映了": cancel, "退出": cancel,
	"发错了": cancel, "我发错了": cancel, "不好意思发错了": cancel, "打错了": cancel, "不用了": cancel, "不办了": cancel, "没事了": cancel,
})

var finished = phrase.NewWords(map[string]string{
	"好": done, "好了": done, "完": done, "完了": done, "说完了": done, "没了": done, "就这些": done, "就这": done,
	"就这样": done, "发完了": done, "完毕": done, "对": done, "没有了": done, "下一步": done, "继续": done, "ok": done, "跳过": done,
})

// puzzled are the words of who has not understood a question.
var puzzled = phrase.NewWords(map[string]string{"什么意思": "", "啥意思": "", "没听懂": "", "没看懂": "", "看不懂": "", "听不懂": "", "不懂": "", "不明白": "", "没明白": "", "怎么填": "", "怎么写": "", "写啥": "", "咋写": ""})

var fixing = phrase.NewWords(map[string]string{"改": fix, "修改": fix, "更正": fix, "改一下": fix})

// fill goes on with the open form. It reports false when what was said is not
// for the form.
func (t *turn) fill() (reply, error) {
	f, ok := t.b.form(t.talk.Form)
	if !ok { // the form is gone from the config
		t.talk = talk{}
		return t.lost()
	}
	if word, ok := t.text.Exact(steering); ok {
		if word == cancel {
			t.talk = t.talk.over(time.Time{})
			return says(t.say("form.cancelled", nil))
		}
		if len(t.talk.Parts) > 0 {
			return t.each(f)
		}
		if word == back {
			return t.back(f)
		}
		if word == skip && !t.talk.Hearing {
			if t.talk.Ask == "" {
				return says(t.summaryText(f))
			}
			return t.skip(f)
		}
	}
	if len(t.m.Media) > t.mediaLeft() {
		t.dropMedia()
		if t.text.Empty() {
			return says(t.say("form.enough-media", words.Args{"Max": maxMedia}))
		}
		r, err := t.fill()
		return r.behind(t.say("form.enough-media", words.Args{"Max": maxMedia})), err
	}
	if _, ok := t.text.YesWith(); len(t.talk.Said) >= maxSaid && !t.talk.Hearing && !ok {
		return says(t.say("form.enough", nil))
	}
	if r, ok, err := t.courtesyInForm(); ok {
		return r, err
	}
	switch {
	case t.talk.Hearing:
		return t.hearing(f)
	case len(t.talk.Parts) > 0:
		return t.each(f)
	case t.talk.Ask == "":
		return t.confirm(f)
	}
	return t.answer(f)
}

// hearing goes on with a story under way.
func (t *turn) hearing(f cases.Form) (reply, error) {
	if _, ok := t.text.Exact(finished); ok {
		return t.told()
	}
	if len(t.talk.Story) == 0 && t.text.Reacts() == phrase.Waiting && len(t.m.Media) == 0 { // they ask, and tell nothing yet
		if r, ok, err := t.howItStands(); ok || err != nil {
			return reply{text: joined(r.text, t.question())}, err
		}
	}
	if field, ok := f.Field(cases.SignAs); ok && !t.text.Empty() {
		if c, ok := intake.Choose(field, t.text); ok { // said ahead of the question: the rest is told
			t.talk.Fields = cloneFields(t.talk.Fields)
			t.talk.Fields[field.ID] = c.ID
			t.talk.Straight = t.talk.Straight || len(t.talk.Story) > 0
			return t.told()
		}
	}
	if t.text.Empty() && len(t.m.Media) == 0 && len(t.talk.Story) == 0 { // a smile begins no story
		return says(t.question())
	}
	text, _ := t.clipped()
	t.remember(t.m.Text)
	if filled := phrase.Form(text, t.b.labels[f.ID]); filled.Found >= 2 {
		filled.Rest = joined(strings.Join(t.talk.Story, "\n"), filled.Rest)
		t.talk.Story, t.talk.Hearing, t.talk.Quiet = nil, false, time.Time{}
		return t.filled(f, filled)
	}
	return t.tell(strings.TrimSpace(text))
}

// answer takes the answer to the question that stands.
func (t *turn) answer(f cases.Form) (reply, error) {
	field, ok := f.Field(t.talk.Ask)
	if !ok {
		return t.next(f, "")
	}
	if t.text.Empty() && len(t.m.Media) == 0 {
		return says(t.say("form.empty", nil) + "\n" + t.question())
	}
	if _, ok := t.text.Exact(finished); ok { // nothing more to say to this one
		return t.skip(f)
	}
	if _, ok := t.text.Exact(puzzled); ok {
		return says(t.say("form.plainly", nil) + "\n" + t.question())
	}
	if t.text.Empty() {
		if t.remember(t.m.Text); t.mediaAgain() {
			return reply{}, nil
		}
		said := t.say("form.kept-media", nil)
		if t.opaque() {
			said = t.say("form.opaque-answer", nil)
		}
		return says(said + "\n" + t.question())
	}
	t.talk.Fields = cloneFields(t.talk.Fields)
	if problem := t.take(field, t.text); problem != "" {
		return says(problem + "\n" + t.question())
	}
	t.remember(t.m.Text) // what was no answer may have been meant for something else
	t.guard(t.text.Folded())
	return t.next(f, field.ID)
}

// take reads a value into a field and returns what is wrong with it, if
// anything.
func (t *turn) take(field cases.Field, text phrase.Text) (problem string) {
	raw := text.Raw()
	limit := field.Max
	if limit == 0 {
		limit = t.b.MaxChars
	}
	if limit > 0 && utf8.RuneCountInString(raw) > limit {
		return t.say("form.too-long", words.Args{"Max": limit})
	}
	switch field.Kind {
	case cases.ChoiceField:
		c, ok := intake.Choose(field, text)
		switch {
		case ok:
			t.talk.Fields[field.ID] = c.ID
		case field.ID == cases.SignAs && intake.Nameless(text.Folded()):
			t.talk.Fields[field.ID] = string(cases.Anonymous)
		case field.ID == cases.SignAs && intake.Afraid(text.Folded()):
			t.guard(text.Folded())
		case field.ID == cases.SignAs && phrase.IsName(raw):
			t.talk.Fields[field.ID], t.talk.Name = string(cases.Named), raw
		default:
			return t.say("form.which", words.Args{"Choices": labelsOf(field)})
		}
	case cases.PhoneField:
		if digits := strings.Map(digit, phrase.Fold(raw)); digits != "" && len(digits) < 5 {
			return t.say("form.phone", nil)
		}
		t.talk.Fields[field.ID] = raw
	default:
		masked, _ := phrase.MaskCards(raw)
		t.talk.Fields[field.ID] = masked
	}
	return ""
}

// onlyPhone reports whether somebody just gave their number.
func onlyPhone(folded string) bool {
	digits := strings.Map(digit, folded)
	return len(digits) >= 7 && len(digits) <= 13 && strings.Trim(folded, "0123456789 -+") == ""
}

func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func labelsOf(field cases.Field) []string {
	var l []string
	for _, c := range field.Choices {
		l = append(l, c.Label)
	}
	return l
}

// back returns to the question before.
func (t *turn) back(f cases.Form) (reply, error) {
	at := len(f.Fields)
	if t.talk.Ask != "" {
		at = slices.IndexFunc(f.Fields, func(g cases.Field) bool { return g.ID == t.talk.Ask })
	}
	if at <= 0 {
		return says(t.say("form.first", nil) + "\n" + t.question())
	}
	field := f.Fields[at-1]
	t.talk.Fields = cloneFields(t.talk.Fields)
	delete(t.talk.Fields, field.ID)
	t.talk.Skipped = slices.DeleteFunc(slices.Clone(t.talk.Skipped), func(id string) bool { return id == field.ID })
	t.talk.Ask, t.talk.Straight = field.ID, false
	t.talk.Hearing, t.talk.Story, t.talk.Quiet = field.Kind == cases.StoryField, nil, time.Time{}
	return says(t.question())
}

// skip leaves a question open.
func (t *turn) skip(f cases.Form) (reply, error) {
	field, _ := f.Field(t.talk.Ask)
	if field.Required {
		unsure := ""
		if field.ID == cases.SignAs && slices.ContainsFunc(field.Choices, func(c cases.Choice) bool { return c.ID == string(cases.Sealed) }) {
			unsure = t.say("form.sign-unsure", nil)
		}
		return says(t.say("form.required", nil) + unsure + "\n" + t.question())
	}
	t.talk.Skipped = append(slices.Clone(t.talk.Skipped), field.ID)
	return t.next(f, field.ID)
}

// confirm takes what is said to the summary: 对, 对 保密, 改 2 …, or more of the
// matter.
func (t *turn) confirm(f cases.Form) (reply, error) {
	t.talk.Fields = cloneFields(t.talk.Fields)
	sign, _ := f.Field(cases.SignAs)
	if rest, ok := t.text.YesWith(); ok {
		if rest.Empty() || rest.Courteous() != "" {
			return t.submit()
		}
		if c, ok := intake.Choose(sign, rest); ok {
			t.talk.Fields[cases.SignAs] = c.ID
			return t.submit()
		}
		t.remember(t.m.Text)
		first := f.Fields[0].ID
		t.talk.Fields[first] = joined(t.talk.Fields[first], rest.Raw())
		return says(t.say("form.added", nil) + "\n" + t.summaryText(f))
	}
	if c, ok := intake.Choose(sign, t.text); ok && sign.ID != "" {
		t.talk.Fields[cases.SignAs] = c.ID
		return says(t.summaryText(f))
	}
	if _, rest, ok := t.text.Command(fixing); ok {
		return t.fix(f, rest)
	}
	if t.completes(f) {
		t.remember(t.m.Text)
		return says(t.summaryText(f))
	}
	if contact, ok := f.Field(cases.ContactInfo); ok && onlyPhone(t.text.Folded()) {
		if t.nameless() {
			return says(joined(t.say("form.no-phone", nil), t.summaryText(f)))
		}
		t.remember(t.m.Text)
		if problem := t.take(contact, t.text); problem != "" {
			return says(problem)
		}
		return says(t.summaryText(f))
	}
	if t.text.No() {
		return says(t.say("form.wrong", nil))
	}
	if t.text.Empty() && len(t.m.Media) == 0 {
		return says(t.summaryText(f))
	}
	if t.remember(t.m.Text); t.mediaAgain() {
		return reply{}, nil
	}
	if !t.text.Empty() {
		first := f.Fields[0].ID
		t.talk.Fields[first] = joined(t.talk.Fields[first], t.text.Raw())
		t.guard(t.text.Folded())
	}
	return says(t.say("form.added", nil) + "\n" + t.summaryText(f))
}

// fix gives a line of the summary another value.
func (t *turn) fix(f cases.Form, rest phrase.Text) (reply, error) {
	_, n, value, ok := rest.CaseNo()
	if !ok || n < 1 || n > len(f.Fields) {
		return says(t.say("form.wrong", nil))
	}
	t.remember(t.m.Text)
	if value.Empty() {
		t.talk.Ask = f.Fields[n-1].ID
		t.talk.Straight = true
		delete(t.talk.Fields, t.talk.Ask)
		t.talk.Hearing = f.Fields[n-1].Kind == cases.StoryField
		return says(t.question())
	}
	if problem := t.take(f.Fields[n-1], value); problem != "" {
		return says(problem)
	}
	return says(t.summaryText(f))
}
