package bot

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/handbook"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// route decides what a message is: a command, part of an open form, an answer
// that staff wait for, a new matter, or not understood.
func (t *turn) route() (reply, error) {
	if t.m.Recalls != "" {
		return t.recalled()
	}
	text, cut := t.clipped()
	t.text = phrase.Read(text).WithoutThanks()
	if t.m.Group() { // and what is quoted there helps nobody
		return t.inGroup()
	}
	t.quote = t.b.readQuote(t.m.Quoted)
	r, err := t.private()
	if cut && err == nil {
		r = r.behind(t.say("cut", words.Args{"Max": t.b.MaxChars}))
	}
	return r, err
}

// behind puts a line before what is said.
func (r reply) behind(line string) reply {
	r.text = joined(line, r.text)
	if do := r.do; do != nil {
		r.do = func(tx storage.Tx) (string, error) {
			text, err := do(tx)
			return joined(line, text), err
		}
	}
	return r
}

func (t *turn) private() (reply, error) {
	if r, is, err := t.urgent(); is {
		return r, err
	}
	if r, is, err := t.answersOffer(); is {
		return r, err
	}
	return t.ordinary()
}

// ordinary answers what is said when nothing in it cannot wait.
func (t *turn) ordinary() (reply, error) {
	shown := t.talk.Cards
	t.talk.Cards = nil
	t.goesAhead()
	if c, in, ok := t.command(); ok {
		if roles := c.who(); roles != nil && !slices.Contains(roles, t.actor.Role) {
			return says(t.refusal(&cases.Refusal{Code: cases.NotAllowed, Verb: c.verb, Typed: c.id}))
		}
		if len(in.which) > 0 {
			return t.whichNumber(c.words[0], in.which)
		}
		if c.number && in.no.IsZero() && !c.alone {
			no, which, err := t.theOne(c)
			if err != nil || no.IsZero() {
				return which, err
			}
			in.no = no
		}
		t.talk.Menu = false
		t.result = !c.idle
		r, err := c.run(t, in)
		t.became.Done = r.do != nil // unless it becomes part of a matter
		return t.minding(c, in, r), err
	}
	if t.talk.Form == "" && t.talk.Answer == nil && t.nothingSaid() {
		r, _, err := t.courtesy()
		return r, err
	}
	if r, ok, err := t.answersQuote(); ok {
		return r, err
	}
	if t.talk.Answer != nil && t.actor.Role != cases.Worker {
		return t.inAnswer()
	}
	if t.talk.Form != "" {
		return t.inForm()
	}
	t.closeQuestion()
	if r, ok, err := t.chooses(shown); ok || err != nil {
		return r, err
	}
	if len(t.talk.Asked) > 0 && t.text.Yes() {
		return t.answersQuestion()
	}
	if again, ok := t.again(); ok {
		return says(again)
	}
	if r, ok, err := t.inPassing(); ok || err != nil {
		return r, err
	}
	if id, rest, ok := t.text.Command(t.b.starts); ok {
		f, _ := t.b.form(id)
		return t.open(f, rest)
	}
	if t.talk.Menu {
		if n, ok := t.text.Choice(3); ok {
			return t.way(n)
		}
	}
	if len(t.talk.Asked) == 0 {
		if r, ok, err := t.answersAfter(); ok {
			return r, err
		}
		if r, ok, err := t.courtesy(); ok {
			return r, err
		}
		if r, ok, err := t.unclear(); ok {
			return r, err
		}
	}
	if _, _, goes := t.goesWithLast(); t.opaque() && (t.known || goes || len(t.talk.Asked) > 0) {
		return says(t.say("media.opaque", nil)) // a thank-you is nothing for the office
	}
	if len(t.talk.Asked) > 0 && (!t.text.Empty() || len(t.m.Media) > 0) && !t.soundsSealed() {
		return t.answersQuestion()
	}
	if r, ok, err := t.reaction(); ok || err != nil {
		return r, err
	}
	if r, asked, err := t.asks(); asked {
		return r, err
	}
	if no, code, ok := t.goesWithLast(); ok {
		return t.addsMedia(no, code)
	}
	if t.soundsLikeMatter() {
		return t.straight()
	}
	return t.lost()
}

// asks answers what somebody asks in passing rather than tells: when the
// reception day is, how their matter stands; a bare number too.
func (t *turn) asks() (r reply, asked bool, err error) {
	if year, seq, rest, ok := t.text.CaseNo(); ok && t.named(year, seq, rest) {
		t.result = true
		r, err = track(t, input{no: cases.Number{Year: year, Seq: seq}, rest: rest})
		return r, true, err
	}
	if r, ok, err := t.asksWho(); ok {
		return r, true, err
	}
	folded := t.text.Folded()
	if wish := strings.TrimLeft(folded, "我额俺咱就"); !t.known && utf8.RuneCountInString(wish) <= shortWish && anyOf(wish, toLeader) {
		t.result = true
		r, err = reception(t, input{rest: phrase.Read("")})
		return r, true, err
	}
	question := strings.HasSuffix(folded, "?") || anyOf(folded, []string{"哪天", "什么时候是", "是谁", "能干什么", "怎么样了"}) ||
		strings.Contains(folded, "接待") && anyOf(folded, askingWords)
	if t.known || !question || utf8.RuneCountInString(folded) > shortQuestion {
		return reply{}, false, nil
	}
	t.result = true
	switch {
	case strings.Contains(folded, "接待"):
		r, err = reception(t, input{rest: phrase.Read("")})
		return r, true, err
	case anyOf(folded, ownMatter):
		r, err = mine(t, input{})
		return r, true, err
	}
	t.result = false
	if t.b.Handbook.Tells(folded) { // a question only by its mark
		return reply{}, false, nil
	}
	r, err = t.lost()
	return r, true, err
}

// standing is how people ask how far something is, behind its number.
var standing = phrase.NewWords(map[string]string{"查一下": "", "查": "", "查查": "", "进度": "", "到哪了": "", "办到哪了": "", "怎么样了": "", "咋样了": "", "办得怎么样了": "", "办得咋样了": "", "有信没": "", "有信了没": "", "有消息吗": "", "办好了吗": "", "办好没": "", "呢": ""})

// named reports whether somebody says a number and nothing else, or asks how it
// stands. A small number alone may be anything; with 号 it is one.
func (t *turn) named(year, seq int, rest phrase.Text) bool {
	_, asks := rest.Exact(standing)
	return asks || rest.Empty() && (year != 0 || seq > 9 || strings.ContainsAny(t.text.Folded(), "号件"))
}

// who is how people ask in whose hands something is.
var who = phrase.NewWords(map[string]string{"谁": "", "是谁": "", "谁呀": "", "谁管": "", "谁办": "", "谁在办": "", "谁在管": "", "谁给办": "", "谁来办": "", "谁办的": "", "谁接的": "",
	"谁负责": "", "找谁": "", "归谁": "", "归谁管": "", "归谁办": "", "是谁在办": "", "是谁管": "", "谁管我的事": "", "谁在办我的事": "", "我的事谁管": "", "我的事谁在办": "",
	"哪个单位管": "", "哪个单位办": "", "哪个单位在办": "", "哪个部门管": "", "哪个部门办": "", "谁给我办": "", "到底谁管": "", "该找谁": ""})

// asksWho answers who has their matter in hand; whoever has none is told whom to turn to.
func (t *turn) asksWho() (r reply, asked bool, err error) {
	text, no := t.text, cases.Number{}
	if year, seq, rest, ok := text.CaseNo(); ok {
		text, no = rest, cases.Number{Year: year, Seq: seq}
	}
	if _, ok := text.Exact(who); !ok || t.known {
		return reply{}, false, nil
	}
	t.result = true
	if !no.IsZero() {
		r, err = track(t, input{no: no, rest: phrase.Read("")})
		return r, true, err
	}
	list, err := t.b.desk.Mine(t.ctx, t.m.From, listLength)
	open := numbersOf(list, func(c cases.Case) bool { return c.Stage.Open() })
	switch {
	case err != nil:
	case len(open) == 1:
		r, err = track(t, input{no: open[0], rest: phrase.Read("")})
	case len(list) > 0:
		r, err = mine(t, input{})
	default:
		r, err = channels(t, input{})
	}
	return r, true, err
}

// toLeader is what somebody says who wants to speak with a leader (接待日), up to
// shortWish characters: what is longer tells of something.
var toLeader = []string{"想见领导", "想见矿长", "想见书记", "要见领导", "要见矿长", "要见书记", "想找领导", "想找矿长", "想找书记", "要找领导", "要找矿长", "能见领导", "能见矿长", "能见到领导", "怎么见领导", "怎么见矿长", "咋见领导", "咋见矿长", "跟领导当面", "跟矿长当面", "当面跟领导", "当面跟矿长"}

const shortWish = 10

// shortQuestion is up to how many characters a question is one in passing.
const shortQuestion = 20

// inForm goes on with the open form, unless what is said is another form, or may
// be meant for a question that staff asked meanwhile.
func (t *turn) inForm() (reply, error) {
	switch {
	case !t.talk.Same.IsZero():
		return t.sameOrNot()
	case !t.talk.About.IsZero():
		return t.aboutOrNot()
	}
	if f, ok := t.b.form(t.talk.Form); ok && len(t.talk.Parts) > 0 { // 匿名 begins a form elsewhere
		sign, _ := f.Field(cases.SignAs)
		_, chosen := intake.Choose(sign, t.text)
		if _, answered := t.text.Exact(apartOrOne); chosen || answered {
			return t.fill()
		}
	}
	if r, ok, err := t.signsMeanwhile(); ok {
		return r, err
	}
	if id, rest, ok := t.text.Command(t.b.starts); ok {
		f, _ := t.b.form(id)
		switch filled := phrase.Form(rest.Raw(), t.b.labels[f.ID]); {
		case rest.Empty() && len(t.m.Media) == 0:
			return t.open(f, rest)
		case filled.Found > 0 && t.talk.Fields[cases.Matter] == "" && len(t.talk.Story) == 0:
			// nothing was said yet: this is the same matter, told at once; pictures may
			// have come before the words
			draft, said := t.talk.Draft, t.talk.Said
			t.begin(f)
			t.talk.Draft, t.talk.Said = draft, said
			return t.opened(f, rest)
		case filled.Found > 0: // a matter of its own; the draft goes on behind it
			draft := t.talk.clone()
			t.draft = &draft
			return t.open(f, rest)
		}
	}
	if t.talk.Doubt && len(t.talk.Asked) > 0 {
		t.talk.Doubt = false
		if _, steers := t.text.Exact(steering); !steers {
			return says(t.say("form.doubt", words.Args{"Short": desk.ShortNumber(t.talk.Asked[0], t.now)}))
		}
	}
	return t.fill()
}

// signsMeanwhile takes how somebody wants to sign, said alone while something else
// is asked (匿名 begins a form elsewhere). Behind a story it ends the story.
func (t *turn) signsMeanwhile() (r reply, ok bool, err error) {
	f, _ := t.b.form(t.talk.Form)
	sign, asks := f.Field(cases.SignAs)
	c, chosen := intake.Signs(sign, t.text)
	switch {
	case !asks || !chosen:
		return reply{}, false, nil
	case t.talk.Ask == cases.SignAs || t.talk.Hearing && len(t.talk.Story) > 0:
		r, err = t.fill()
		return r, true, err
	}
	t.talk.Fields = cloneFields(t.talk.Fields)
	t.talk.Fields[cases.SignAs] = c.ID
	return reply{text: joined(t.say("form.signed", words.Args{"Choices": []string{c.Label}}), t.question())}, true, nil
}

// closeQuestion forgets a question that was answered a while ago: what is said
// from now on is something new.
func (t *turn) closeQuestion() {
	if len(t.talk.Asked) > 0 && !t.talk.Answered.IsZero() && t.now.Sub(t.talk.Answered) > t.b.Quiet {
		t.talk.Asked, t.talk.Answered = t.talk.Asked[1:], time.Time{}
	}
}

// soundsSealed reports whether what is said looks like an accusation: that never
// goes into another matter.
func (t *turn) soundsSealed() bool {
	c, ok := t.b.Office.Suggest(t.text.Folded())
	return ok && c.Sealed
}

// command reads a command at the start of the text. A word that is also used in
// ordinary speech counts only with what belongs to it: a number behind it, or
// nothing.
func (t *turn) command() (command, input, bool) {
	id, rest, ok := t.text.Command(t.b.commands)
	if !ok {
		return t.numberFirst()
	}
	c := t.b.table[id]
	if c.id == "answer-all" && t.talk.Answer != nil && rest.Empty() { // what is shown goes to all
		return command{}, input{}, false
	}
	if _, steers := t.text.Exact(steering); steers && t.talk.Form != "" { // 不想反映了 is about the open form
		return command{}, input{}, false
	}
	allowed := c.who() == nil || slices.Contains(c.who(), t.actor.Role)
	in := input{rest: rest}
	switch {
	case c.number:
		var numbered bool
		in, numbered = t.about(rest)
		if !numbered && !rest.Empty() && t.talk.Answer != nil && t.talk.Answer.Ask != "" { // 查了考勤，…: what was asked for
			return command{}, input{}, false
		}
		// the office is told what is missing; from others it is prose, and so
		// is what they tell within a form or at length
		if !numbered && !rest.Empty() && !(allowed && t.known) && !t.judges(c, rest) && !(c.id == "supplement" && t.talk.Form == "" && t.apart(rest)) {
			return command{}, input{}, false
		}
		if !allowed && (t.talk.Form != "" || utf8.RuneCountInString(in.rest.Folded()) > longEnough) {
			return command{}, input{}, false
		}
	case !c.rest && !rest.Empty():
		return command{}, input{}, false
	case c.rest && !allowed && !rest.Empty() && !t.meant(c, rest):
		// "来访问过一次" from a worker is a story, not a command
		return command{}, input{}, false
	case c.id == "cancel" && (t.talk.Form != "" || t.talk.Answer != nil):
		return command{}, input{}, false
	case c.id == "confirm" && in.no.IsZero() && (t.known || t.talk.Form != "" || len(t.talk.Asked) > 0):
		return command{}, input{}, false // 满意 alone is an answer to what was asked
	case c.id == "reception" && !rest.Empty():
		if _, _, _, ok := rest.Month(t.saidOn()); !ok { // a story about that day
			return command{}, input{}, false
		}
	case c.id == "guide" && !rest.Empty() && !t.looksUp(handbook.Guide, rest),
		c.id == "rules" && !rest.Empty() && !t.looksUp(handbook.Rule, rest):
		return command{}, input{}, false // a story that begins with what is written there
	}
	return c, in, true
}

// judges reports whether somebody rates without saying which matter (评价 满意): in
// so few words that it is no story about somebody.
func (t *turn) judges(c command, rest phrase.Text) bool {
	if c.id != "rate" || t.talk.Form != "" {
		return false
	}
	first, _, _ := strings.Cut(rest.Folded(), ",")
	first, _, _ = strings.Cut(first, " ")
	_, _, ok := intake.Grade(phrase.Read(first))
	return ok && utf8.RuneCountInString(first) <= 6 && !anyOf(first, []string{"我们", "队", "班", "主任", "领导", "书记", "他", "她"})
}

// numberFirst reads what the office types the other way round: 0047 转办 机电.
func (t *turn) numberFirst() (command, input, bool) {
	year, seq, after, ok := t.text.CaseNo()
	if !ok || !t.known || t.talk.Form != "" {
		return command{}, input{}, false
	}
	no := cases.Number{Year: year, Seq: seq}
	if after.Empty() && t.talk.Answer == nil && utf8.RuneCountInString(t.text.Folded()) >= bareNumber {
		return t.b.table["track"], input{no: no, rest: after}, true
	}
	id, rest, ok := after.Command(t.b.commands)
	if c := t.b.table[id]; ok && c.number {
		return c, input{no: no, rest: rest}, true
	}
	return t.numbersFirst(no, after)
}

// bareNumber is from how many characters on a number alone is that of a matter
// (0047), and no choice (1).
const bareNumber = 3

// meant reports whether what follows a command of the office shows that the
// command was meant, so that whoever may not use it is told who may.
func (t *turn) meant(c command, rest phrase.Text) bool {
	if t.talk.Form != "" {
		return false
	}
	switch c.id {
	case "move":
		_, _, _, ok := rest.Month(t.saidOn())
		return ok
	case "visit":
		persons, _ := rest.Token()
		return count(persons) > 0
	}
	return c.id == "bind-group"
}

// longEnough is from how many characters on a text is taken for a matter.
const longEnough = 8

// soundsLikeMatter reports whether somebody without a duty is telling us
// something rather than fumbling for a command.
func (t *turn) soundsLikeMatter() bool {
	if t.known {
		return false
	}
	if t.text.Empty() {
		return len(t.m.Media) > 0
	}
	if utf8.RuneCountInString(t.text.Folded()) >= longEnough && !onlyLatin(t.text.Folded()) {
		return true
	}
	_, fits := t.b.Office.Suggest(t.text.Folded())
	return fits
}

func onlyLatin(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x2e80 }) < 0
}

// straight opens the first form with a story told without any command.
func (t *turn) straight() (reply, error) {
	f := t.b.Forms[0]
	text, _ := t.clipped()
	t.begin(f)
	t.talk.Straight = true
	t.remember(t.m.Text)
	if filled := phrase.Form(text, t.b.labels[f.ID]); filled.Found >= 2 {
		return t.filled(f, filled)
	}
	return t.tell(strings.TrimSpace(text))
}

// lost says that nothing was understood and shows three ways on.
func (t *turn) lost() (reply, error) {
	if t.known && t.text.Empty() && len(t.m.Media) > 0 {
		return says(t.say("lost.media", nil))
	}
	if t.known {
		return says(t.say("lost.duty", words.Args{"Role": string(t.actor.Role)}))
	}
	if name, still, err := t.b.desk.Troubled(t.ctx, t.m.From, t.now); err != nil || still {
		return reply{text: t.say("distress.still", t.officer(name))}, err
	}
	t.talk.Menu = true
	last := ""
	if no := t.talk.Last; !no.IsZero() && t.now.Sub(t.talk.LastAt) <= goesWithLast { // it may be more of it
		last = desk.ShortNumber(no, t.now)
	}
	return says(t.say("lost", words.Args{"Recent": last}))
}

// way goes one of the three ways that lost shows.
func (t *turn) way(n int) (reply, error) {
	t.talk.Menu = false
	switch n {
	case 1:
		return t.open(t.b.Forms[0], phrase.Read(""))
	case 2:
		return mine(t, input{})
	default:
		return reception(t, input{rest: phrase.Read("")})
	}
}

// whenWords are what somebody asks of the reception day: all of it is public.
var whenWords = phrase.NewWords(map[string]string{"是哪天": "", "哪天": "", "是哪一天": "", "哪一天": "", "是几号": "", "几号": "", "是啥时候": "", "啥时候": "",
	"是什么时候": "", "什么时候": "", "是多会儿": "", "在哪": "", "在哪里": "", "在哪儿": "", "谁接待": "", "是谁": "", "哪个领导": "", "几点": "", "几点开始": ""})

// inGroup answers in a group: facts that are public, or a neutral line that
// points to the private chat. What was said is neither kept nor echoed.
func (t *turn) inGroup() (reply, error) {
	t.talk = t.was
	id, rest, ok := t.text.Command(t.b.commands)
	if !ok || !t.known {
		if r, is, err := t.urgentInGroup(); is {
			return r, err
		}
	}
	if ok && id == "reception" {
		_, when := rest.Exact(whenWords)
		if _, _, _, month := rest.Month(t.saidOn()); month || rest.Empty() || when {
			if when {
				rest = phrase.Read("")
			}
			return reception(t, input{rest: rest})
		}
		return says(t.say("group.neutral", nil))
	}
	if ok && rest.Empty() { // but what somebody looks up is their own affair
		switch id {
		case "terms":
			return terms(t, input{})
		case "steps":
			return steps(t, input{})
		case "channels":
			return channels(t, input{})
		}
	}
	if ok && id == "bind-group" && t.actor.Role == cases.Staff {
		return bindGroup(t, input{rest: rest})
	}
	if ok && t.known {
		return t.warnPrivately()
	}
	return says(t.say("group.neutral", nil))
}
