package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/internal/testoffice"
	"fangzhuo/storage/mem"
	"fangzhuo/words"
)

// sits is 王慧 at a page of an office where nothing has happened.
func sits(t *testing.T) *visit {
	t.Helper()
	o := testoffice.Open(t, words.Chinese)
	wang, _ := o.Person("wang")
	d := desk.New(mem.New(), desk.Options{Office: o.Office, Calendar: o.Calendar, Words: o.Words})
	return &visit{Console: &Console{Options: Options{Desk: d, Words: o.Words, Now: func() time.Time { return firstDay }}}, me: wang, actor: cases.ActorOf(wang)}
}

var firstDay = time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)

// Whatever the office may do with a matter has a form on the page.
func TestEveryStepOfTheOfficeHasAForm(t *testing.T) {
	elsewhere := []cases.Verb{cases.Submit, cases.Open} // to write down a new one; to see who spoke and what came with it
	for _, rule := range cases.Table {
		office := slices.Contains(rule.By, cases.Staff) || slices.Contains(rule.By, cases.Discipline)
		if office && !slices.Contains(elsewhere, rule.Verb) && !slices.ContainsFunc(steps, func(s taking) bool { return s.verb == rule.Verb }) {
			t.Errorf("%s can be taken in chat alone", rule.Verb)
		}
	}
}

// The history tells each step in plain words, and of a correction what stood there
// before. How the petitioner found the handling, and that the program looked at
// who spoke, stand on no page.
func TestHistoryInPlainWords(t *testing.T) {
	v := sits(t)
	no := cases.Number{Year: 2026, Seq: 1}
	wang, zhou := v.actor, cases.Actor{ID: "zhou", Role: cases.Staff}
	until := []cases.Clock{{Kind: cases.TaskClock, From: firstDay, Due: time.Date(2026, 12, 1, 0, 0, 0, 0, calendar.Zone)}}
	events := []cases.Event{
		{Verb: cases.Submit, Actor: cases.Petitioner, Fields: map[string]string{cases.Matter: "锁坏了", cases.Place: "东井"}, Signature: cases.Sealed},
		{Verb: cases.Register, Actor: wang, Category: "宿舍澡堂", Unit: "hq", Person: "wang"},
		{Verb: cases.Accept, Actor: wang, Procedure: cases.Ordinary},
		{Verb: cases.Assign, Actor: wang, Unit: "hq", Text: "换锁", Clocks: until},
		{Verb: cases.Help, Actor: wang, Unit: "jd", Text: "出两个人"},
		{Verb: cases.Correct, Actor: zhou, Fields: map[string]string{cases.Place: "副井澡堂"}, Signature: cases.Named, Persons: 3, Guarded: true},
		{Verb: cases.Hand, Actor: wang, Person: "zhou"},
		{Verb: cases.Recuse, Actor: wang, Against: []string{"jd", "qin"}},
		{Verb: cases.Relate, Actor: wang, Other: &cases.Link{No: cases.Number{Year: 2026, Seq: 7}, Kind: cases.Similar}},
		{Verb: cases.Open, Actor: cases.System, Text: "秘密用途"},
		{Verb: cases.Answer, Actor: zhou, Reply: &cases.Reply{Request: "换锁", Facts: "锁坏了", Opinion: "换好了", Basis: "公寓管理办法", Code: cases.Supported,
			RemedyTo: "集团信访办", RemedyUntil: time.Date(2026, 12, 23, 0, 0, 0, 0, calendar.Zone)}},
		{Verb: cases.Rate, Actor: cases.Petitioner, Grade: cases.Unsatisfied, Text: "太慢"},
		{Verb: cases.Dispute, Actor: cases.Petitioner, Text: "没换"},
	}
	for i := range events {
		events[i].At = firstDay.Add(time.Duration(i) * time.Minute)
	}
	var lines []string
	for _, m := range v.history(no, events) {
		lines = append(lines, strings.Join(strings.Fields(strings.Join([]string{m.Who, m.Verb, m.More, m.Text}, " ")), " "))
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{"王慧 登记 宿舍澡堂，后勤服务中心，经办人王慧", "王慧 受理 普通程序", "王慧 转办 后勤服务中心，12月1日前 换锁", "王慧 协办 机电队 出两个人",
		"地点：原来是“东井”，改成“副井澡堂”", "署名：原来是“保密”，改成“实名”", "反映的人：原来是“1人”，改成“3人”", "从此按担心报复对待",
		"王慧 交接 经办由王慧交给周敏", "王慧 回避 机电队、秦卫东", "王慧 关联 2026-0007", "周敏 答复 换好了", "不服 没换"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, secret := range []string{"评价", "太慢", "秘密用途", "unsatisfied"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q stands in\n%s", secret, got)
		}
	}

	c := cases.Fold(no, events)
	facts := fmt.Sprint(v.facts(c), v.reply(c), v.ending(c))
	for _, want := range []string{"{经办人 周敏}", "{回避 机电队、秦卫东}", "{程序 普通程序}", "{反映的人 3人}", "{①请求 换锁}", "{②查到的情况 锁坏了}", "{③处理意见 换好了}",
		"{④依据 公寓管理办法}", "{⑤不服怎么办 12月23日前可以向集团信访办申请复查}", "{办结（程序走完） 还没有}", "{化解（问题解决） 还没有}", "{反映人不认可 11月23日 10:12}"} {
		if !strings.Contains(facts, want) {
			t.Errorf("%s is missing in %s", want, facts)
		}
	}
	for _, none := range []string{"unsatisfied", "协办"} { // how it was found; a helper who must keep out helps no more
		if strings.Contains(facts, none) {
			t.Errorf("%q stands in %s", none, facts)
		}
	}

	// the procedure may be over although the problem is not, and the other way round
	over := c.After(cases.Event{At: firstDay, Verb: cases.Close, Text: "无法做到"})
	if got := fmt.Sprint(v.ending(over)); !strings.Contains(got, "{办结（程序走完） 11月23日 10:00} {化解（问题解决） 还没有}") {
		t.Errorf("closed: %s", got)
	}
	settled := c.After(cases.Event{At: firstDay, Verb: cases.Confirm})
	if got := fmt.Sprint(v.ending(settled)); !strings.Contains(got, "{办结（程序走完） 还没有} {化解（问题解决） 问题解决了} {反映人认可") {
		t.Errorf("confirmed: %s", got)
	}
}
