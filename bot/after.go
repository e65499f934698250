package bot

import (
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
	unharmed = phrase.NewWords(map[string]string{"1没有": "", "1没": "", "没啥": "", "没啥事": "", "没有人": "", "没人为难": "", "还行": "", "还行吧": "", "还好": "", "都挺好": "", "挺好的": "", "都正常": "", "没事挺好": "", "没事挺好的": "", "没事都挺好": "", "好着呢": "", "没有": "", "没": "", "无": "", "没事": "", "都好": "", "挺好": "", "一切正常": "", "正常": "", "没有的事": ""})
	harmed   = phrase.NewWords(map[string]string{"2有": "", "咋没有": "", "怎么没有": "", "能没有吗": "", "有人为难": "", "有": "", "有的": "", "有啊": "", "被为难了": "", "为难了": ""})
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
	if !says {
		return reply{}, false, nil
	}
	r, err = t.suffered(t.talk.After[0], "", harm, t.text)
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
