package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What staff may ask of what the petitioner sent along (附件): a list, the things
// themselves, and that the unit gets them.

// askedFor is what is said behind 附件 47: which ones, whether and where they go.
type askedFor struct {
	which []int // none for the list, or for the only one
	all   bool
	pass  bool   // on to the unit
	unit  string // its id, if it was named
	sure  bool
	// motive is all from the first word on that is none of these: what a sealed
	// part is opened for.
	motive string
}

var (
	someNumbers = regexp.MustCompile(`^第?(\d{1,3})(?:[-~—至到](\d{1,3}))?个?`)
	everything  = phrase.NewWords(map[string]string{"全部": "", "所有": "", "都": "", "全": "", "全都": "", "all": ""})
	forMyself   = phrase.NewWords(map[string]string{"给我": "", "发我": "", "发给我": "", "看": "", "看看": ""})
	certain     = []string{"确认", "确定"}
	onward      = []string{"转给", "转交", "转到", "发给", "转"}
)

// readAsked reads "1、3 转 后勤 确认" in any order and with or without spaces, and
// a motive behind it.
func (t *turn) readAsked(text phrase.Text) (a askedFor) {
	for a.motive == "" && !text.Empty() {
		token, rest := text.Token()
		for _, word := range strings.FieldsFunc(phrase.Fold(token), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、,，;；+和:：", r) }) {
			for word != "" && a.motive == "" {
				after, ok := t.readWord(&a, word)
				if !ok {
					a.motive = strings.TrimSpace(strings.TrimLeftFunc(text.Raw(), func(r rune) bool { return unicode.IsDigit(r) || unicode.IsPunct(r) }))
				}
				word = after
			}
		}
		text = rest
	}
	slices.Sort(a.which)
	a.which = slices.Compact(a.which)
	return a
}

// readWord takes what it understands off the front of a word and returns the
// rest, or false where it understands nothing.
func (t *turn) readWord(a *askedFor, word string) (rest string, ok bool) {
	if u, ok := t.b.Office.Unit(word); ok { // 综采1队 is no number
		a.unit = u.ID
		return "", true
	}
	for _, sure := range certain {
		if before, ok := strings.CutSuffix(word, sure); ok {
			a.sure = true
			return before, true
		}
	}
	read := phrase.Read(word)
	if _, ok := read.Exact(everything); ok {
		a.all = true
		return "", true
	}
	if _, ok := read.Exact(forMyself); ok {
		return "", true
	}
	if m := someNumbers.FindStringSubmatch(word); m != nil {
		first, _ := strconv.Atoi(m[1])
		last, err := strconv.Atoi(m[2])
		if err != nil {
			last = first
		}
		for n := first; n <= last && n < first+100; n++ {
			a.which = append(a.which, n)
		}
		return word[len(m[0]):], true
	}
	for _, to := range onward {
		if after, ok := strings.CutPrefix(word, to); ok {
			a.pass = true
			return strings.TrimPrefix(after, "单位"), true
		}
	}
	return "", false
}

// misread reports whether what is no number and no unit cannot be a motive: the
// matter asks for none.
func (t *turn) misread(no cases.Number, a askedFor) (bool, error) {
	if a.motive == "" {
		return false, nil
	}
	c, _, err := t.b.desk.Look(t.ctx, t.actor, no, t.now)
	return err == nil && !c.Guards(), err
}

// attachments lists or sends what the petitioner sent along (附件).
func attachments(t *turn, in input) (reply, error) {
	a := t.readAsked(in.rest)
	odd, err := t.misread(in.no, a)
	switch {
	case err != nil:
		return reply{}, err
	case odd || a.unit != "" && !a.pass:
		return says(t.say("attachments.how", words.Args{"Short": desk.ShortNumber(in.no, t.now)}))
	case a.pass:
		return t.passOn(in.no, a)
	case !a.all && len(a.which) == 0:
		return does(func(tx storage.Tx) (string, error) {
			c, all, err := t.b.desk.Attachments(tx, t.actor, in.no, a.motive, t.now)
			if err != nil {
				return "", err
			}
			return t.attachmentList(c, all), nil
		})
	}
	return does(func(tx storage.Tx) (string, error) {
		h, err := t.b.desk.SendAttachments(tx, t.actor, in.no, a.which, a.motive, t.m.From, t.now)
		if err != nil {
			return "", err
		}
		return t.say("attachments.sent", t.b.desk.Args(h.Case, t.now, h.Facts())), nil
	})
}

// passOn has the unit sent what the petitioner sent along (转附件).
func passOn(t *turn, in input) (reply, error) {
	a := t.readAsked(in.rest)
	if a.motive != "" { // it is the passing on
		return says(t.say("attachments.how", words.Args{"Short": desk.ShortNumber(in.no, t.now)}))
	}
	return t.passOn(in.no, a)
}

func (t *turn) passOn(no cases.Number, a askedFor) (reply, error) {
	if who := cases.Who(cases.PassOn); !slices.Contains(who, t.actor.Role) {
		return reply{}, &cases.Refusal{Code: cases.NotAllowed, Verb: cases.PassOn}
	}
	k, _, err := t.b.desk.Look(t.ctx, t.actor, no, t.now)
	if err != nil {
		return reply{}, err
	}
	motive := t.say("motive.pass-on", words.Args{"Unit": t.b.desk.UnitName(k.Lead)})
	return does(func(tx storage.Tx) (string, error) {
		if !a.all && len(a.which) == 0 { // which one is clear only when there is one
			c, all, err := t.b.desk.Attachments(tx, t.actor, no, motive, t.now)
			if err != nil {
				return "", err
			}
			if len(all) != 1 {
				return t.attachmentList(c, all), nil
			}
		}
		h, err := t.b.desk.PassOn(tx, t.actor, no, a.which, a.unit, a.sure, t.now)
		if err != nil {
			return "", err
		}
		args := h.Facts()
		if h.Asks {
			return t.say("attachments.sure", t.b.desk.Args(h.Case, t.now, args)), nil
		}
		return t.say("attachments.passed", t.b.desk.Args(h.Case, t.now, args)), nil
	})
}

func (t *turn) attachmentList(c cases.Case, all []desk.Attachment) string {
	here := slices.IndexFunc(all, desk.Attachment.Here)
	example := 0
	if here >= 0 {
		example = all[here].N
	}
	return t.say("attachments", t.b.desk.Args(c, t.now, words.Args{"Lines": desk.AttachmentLines(all), "Example": example, "Timeless": c.Signature == cases.Anonymous,
		"MayPass": c.Stage == cases.Handling && slices.Contains(cases.Who(cases.PassOn), t.actor.Role)}))
}
