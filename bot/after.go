package bot

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Some time after a matter is closed its petitioner is asked whether speaking up
// did them any harm (回访). Their word goes to the head of the office and to
// discipline, and into no list.

// answersAfter is for how long after the question a bare answer is taken for its
// own; with the number it may come at any time.
const answersAfter = 14 * 24 * time.Hour

var (
	unharmed = phrase.NewWords(map[string]string{"1没有": "", "1没": "", "没啥": "", "没啥事": "", "没有人": "", "没人为难": "", "还行": "", "还行吧": "", "还好": "", "都挺好": "", "挺好的": "", "都正常": "", "没事挺好": "", "没事挺好的": "",
		"没事都挺好": "", "好着呢": "", "没有": "", "没": "", "无": "", "没事": "", "都好": "", "挺好": "", "一切正常": "", "正常": "", "没有的事": "", "没有了": "", "没有啊": "", "没有呢": "",
		"没了": "", "没什么": "", "没问题": "", "没有问题": "", "没为难": "", "没有为难": "", "没有人为难": "", "没被为难": "", "没有被为难": "", "没人为难我": "", "没有人为难我": "", "都还好": "", "好着": "", "好着哩": "",
		"都好着": "", "都好着呢": "", "没那回事": "", "暂时没有": "", "目前没有": ""})
	harmed = phrase.NewWords(map[string]string{"2有": "", "咋没有": "", "怎么没有": "", "能没有吗": "", "有人为难": "", "有": "", "有的": "", "有啊": "", "有了": "", "有点": "", "有一点": "", "有过": "", "被为难了": "", "为难了": ""})
	// suffering are words of what people suffer for having spoken.
	suffering = []string{"为难", "穿小鞋", "报复", "刁难", "调岗", "调走", "调到", "调离", "扣奖", "找我麻烦", "找我的麻烦", "找我茬", "针对我", "孤立我", "最累的活", "最脏的活", "收拾我", "整我", "扣钱", "扣工资", "扣绩效", "扣分", "停岗", "停工", "待岗",
		"换班", "排挤", "挤兑", "骂我", "威胁", "脸色", "撤了我", "开除", "下岗", "不给派活"}
)

// AskedAfter notes in the petitioner's conversation that they were asked.
func (b *Bot) AskedAfter(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error {
	k, err := loadTalk(tx, petitioner)
	if err != nil {
		return err
	}
	t := &turn{b: b, now: now, was: k, talk: k.without(no)}
	t.m.From, t.talk.After, t.talk.AfterAt = petitioner, append([]cases.Number{no}, t.talk.After...), now
	return t.saveTalk(tx)
}

// saysHarm reads whether somebody suffers for having spoken, and whether they say
// at all.
func saysHarm(text phrase.Text) (harm, ok bool) {
	if n, ok := text.Choice(2); ok {
		return n == 2, true
	}
	if _, ok := text.Exact(unharmed); ok {
		return false, true
	}
	if _, ok := text.Exact(harmed); ok {
		return true, true
	}
	folded := text.Folded()
	first, more, _ := strings.Cut(folded, ",")
	said, n := phrase.Read(first), 0
	if _, ok := said.Exact(harmed); ok || strings.HasPrefix(folded, "咋没有") || strings.HasPrefix(folded, "怎么没有") { // 有，给我调岗了
		return true, true
	}
	if !anyOf(folded, suffering) {
		_, ok := said.Exact(unharmed) // 没事，挺好的
		return false, ok && utf8.RuneCountInString(more) <= longEnough
	}
	for _, w := range []string{"没", "不", "无"} {
		if strings.HasPrefix(folded, w) {
			n = utf8.RuneCountInString(folded)
		}
	}
	return n == 0 || n > longEnough, true
}

// answersAfter takes what is said as the answer to the question that stands.
func (t *turn) answersAfter() (r reply, ok bool, err error) {
	if len(t.talk.After) == 0 || t.known || len(t.m.Media) > 0 || t.now.Sub(t.talk.AfterAt) > answersAfter {
		return reply{}, false, nil
	}
	harm, says := saysHarm(t.text)
	if before := t.talk.Unclear; before != "" {
		t.talk.Unclear = ""
		switch n, chosen := t.text.Choice(3); {
		case chosen && n == 3: // it is a matter of its own
			t.m.Text, t.text = before, phrase.Read(before)
			r, err = t.straight()
			return r, true, err
		case chosen:
			t.text = phrase.Read(before)
		case says:
			t.text = phrase.Read(joined(before, t.text.Raw()))
		}
	}
	if !says {
		return reply{}, false, nil
	}
	r, err = t.suffered(t.talk.After[0], "", harm, t.text)
	return r, true, err
}

// unclearFor is for how long after the question what is said is asked about, when
// it may be the answer: a word of harm must not go where all of the office reads it.
const unclearFor = 3 * 24 * time.Hour

// replying are the words that an answer begins with.
var replying = []string{"嗯", "恩", "哦", "噢", "唉", "哎", "还", "就是", "没", "有", "也", "倒", "不", "反正", "别的", "除了", "说不上", "谈不上"}

// unclear asks whether what is said is the answer to the question that stands.
func (t *turn) unclear() (r reply, ok bool, err error) {
	folded := t.text.Folded()
	asks := strings.HasSuffix(folded, "?")
	if _, kind := t.b.Office.Suggest(folded); kind && !slices.ContainsFunc(replying, func(w string) bool { return strings.HasPrefix(folded, w) }) {
		return reply{}, false, nil // told of something else
	}
	if len(t.talk.After) == 0 || t.known || len(t.m.Media) > 0 || t.text.Empty() || asks || t.now.Sub(t.talk.AfterAt) > unclearFor {
		return reply{}, false, nil
	}
	t.talk.Unclear, _ = t.clipped()
	t.talk.Until = t.talk.AfterAt.Add(answersAfter)
	r, err = says(t.say("after.unclear", nil))
	return r, true, err
}

// suffered keeps the answer.
func (t *turn) suffered(no cases.Number, code string, harm bool, text phrase.Text) (reply, error) {
	said := text.Raw()
	if _, bare := text.Choice(2); bare {
		said = ""
	}
	t.result = true
	return does(func(tx storage.Tx) (string, error) {
		c, err := t.b.desk.AfterEffect(tx, no, t.claim(code), harm, said, t.now)
		if err != nil {
			return "", err
		}
		t.talk = t.talk.without(c.No)
		args := t.b.desk.Args(c, t.now, nil)
		if harm {
			return t.say("after.harm", args), nil
		}
		return t.say("after.none", args), nil
	})
}

// after takes the answer with the number, and the code where no account leads to
// the matter (回访 47 K7M3 2).
func after(t *turn, in input) (reply, error) {
	text, code := in.rest, in.code
	if typed, rest, ok := in.rest.Code(); ok {
		text, code = rest, typed
	}
	c, _, r, err := t.claimed(in.no, code)
	if err != nil || c.Events == 0 {
		return r, err
	}
	harm, ok := saysHarm(text)
	if !ok && text.Empty() {
		return says(t.say("after.how", words.Args{"Short": desk.ShortNumber(c.No, t.now), "Code": code}))
	}
	return t.suffered(c.No, code, harm || !ok, text)
}
