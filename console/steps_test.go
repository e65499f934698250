package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/storage"
)

// fill is what somebody filled a form with.
func fill(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

var keys int

// does takes a step on matter 1 and returns the page it leads to.
func (x *table) does(person string, verb cases.Verb, pairs ...string) answer {
	x.Helper()
	keys++
	form := fill(append(pairs, "key", fmt.Sprint("does ", keys))...)
	return x.follow(person, x.by(person, "/matters/2026-0001/"+string(verb), form))
}

var sureMark = regexp.MustCompile(`name="sure" value="(\w+)"`)

// sure takes a step on matter 1 that cannot be taken back: the first time it only
// shows what would come of it, the second time it is taken.
func (x *table) sure(person string, form cases.Verb, shows string, pairs ...string) answer {
	x.Helper()
	before := len(x.events(1))
	keys++
	a := x.by(person, "/matters/2026-0001/"+string(form), fill(append(pairs, "key", fmt.Sprint("sure ", keys))...))
	x.wants(a, http.StatusOK, shows)
	mark := sureMark.FindStringSubmatch(a.html)
	if mark == nil || len(x.events(1)) != before {
		x.Fatalf("%s was not shown before it was taken", form)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(a.html, pairs[i+1]) {
			x.Errorf("%s: %s was lost", form, pairs[i])
		}
	}
	return x.does(person, form, append(pairs, "sure", mark[1])...)
}

// fails sends the form of a step on matter 1 that must be refused with the reason;
// all that was typed stands in it again, and nothing happened.
func (x *table) fails(person string, verb cases.Verb, why string, pairs ...string) {
	x.Helper()
	keys++
	before := len(x.events(1))
	a := x.by(person, "/matters/2026-0001/"+string(verb), fill(append(pairs, "key", fmt.Sprint("fails ", keys))...))
	x.wants(a, http.StatusUnprocessableEntity, why)
	if n := len(x.events(1)); n != before {
		x.Errorf("%s was refused and done", verb)
	}
	_, form, found := strings.Cut(a.html, fmt.Sprintf(`action="/desk/matters/2026-0001/%s"`, verb))
	form, _, _ = strings.Cut(form, "</form>")
	if !found || !strings.Contains(form, why) {
		x.Errorf("%s: the form does not say %q: %s", verb, why, form)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(form, pairs[i+1]) {
			x.Errorf("%s: %s was lost in %s", verb, pairs[i], form)
		}
	}
}

// offers reports which of the steps the page of matter 1 has a form for.
func (x *table) offers(person string, yes []cases.Verb, no []cases.Verb) {
	x.Helper()
	a := x.by(person, "/matters/2026-0001", nil)
	for want, verbs := range map[bool][]cases.Verb{true: yes, false: no} {
		for _, verb := range verbs {
			if got := strings.Contains(a.html, fmt.Sprintf(`action="/desk/matters/2026-0001/%s"`, verb)); got != want {
				x.Errorf("%s is offered: %v, want %v", verb, got, want)
			}
		}
	}
}

// The procedure is chosen, changed and put off on the page.
func TestStepsOfTheClocks(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Named)
	x.offers("wang", []cases.Verb{cases.Register, cases.Accept, cases.Assign, cases.Ask, cases.Answer, cases.Sponsor},
		[]cases.Verb{cases.Extend, cases.Switch, cases.Inform, cases.Close})
	x.fails("wang", cases.Register, "没有火星这个类别", "category", "火星", "unit", "jd", "procedure", "simple")
	x.wants(x.does("wang", cases.Register, "category", "宿舍澡堂", "procedure", "simple"), http.StatusOK, "“登记”办好了", "程序 简易办理", "经办人 王慧")
	x.does("wang", cases.Accept)
	x.offers("wang", []cases.Verb{cases.Switch}, []cases.Verb{cases.Extend})
	x.wants(x.does("wang", cases.Switch), http.StatusOK, "程序 普通程序", "办理：2027年1月22日")
	x.offers("wang", []cases.Verb{cases.Extend}, []cases.Verb{cases.Switch, cases.Inform})
	x.fails("wang", cases.Extend, "批准", "days", "30", "text", "等设备到货")
	x.fails("wang", cases.Extend, "最多", "until", "2027-05-01", "approver", "qin", "text", "等设备到货")
	x.fails("wang", cases.Extend, "理由", "days", "20", "approver", "qin")
	x.wants(x.does("wang", cases.Extend, "until", "2027-02-20", "approver", "qin", "text", "等设备到货"), http.StatusOK, "2027年2月20日", "已依规延期", "批准人秦卫东，2月20日前 等设备到货")
	x.offers("wang", nil, []cases.Verb{cases.Extend})

	x.fails("wang", cases.Sponsor, "没有叫“火星”的领导", "leader", "火星", "days", "15")
	x.wants(x.does("wang", cases.Sponsor, "leader", "qin", "days", "15"), http.StatusOK, "包案 秦卫东")
}

// Whom staff can tell only by hand is told so, with how.
func TestToldByHand(t *testing.T) {
	x := set(t)
	x.by("wang", "/new", fill("key", "n", "channel", "call", "text", "澡堂锁坏了", "contact", "8001"))
	x.fails("wang", cases.Inform, "这一项要填", "text", "")
	x.wants(x.does("wang", cases.Inform, "text", "打电话说了"), http.StatusOK, "打电话说了")
}

// At the wish of whoever spoke a keeper forgets them, with the reason.
func TestErasedAtTheirWish(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	x.fails("wang", cases.Erase, "这一项要填", "text", "", "sure", "yes")
	x.fails("wang", cases.Erase, "请先勾上这一项", "text", "本人来电话要求")
	x.offers("wang", []cases.Verb{cases.Erase}, nil)
	x.wants(x.does("wang", cases.Erase, "text", "本人来电话要求", "sure", "yes"), http.StatusOK, "“删除资料”办好了", "署名 匿名", "本人来电话要求")
	if x.forgot != 1 {
		t.Errorf("conversations were told %d times", x.forgot)
	}
	x.lacks(x.by("wang", "/matters/2026-0001/contact", fill("motive", "约来看现场")), "张三", "13900001234")
}

// An answer needs what the law wants in it, is read before it goes out, and what
// comes after it depends on what the petitioner says.
func TestStepsOfTheAnswer(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	dispute := func() {
		err := x.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := x.desk.Dispute(tx, cases.Number{Seq: 1}, desk.Claim{From: "test:luo"}, "还是坏的", monday)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	reply := []string{"text", "换好了", "basis", "维修单", "code", "supported", "request", "换锁", "facts", "锁芯断了"}
	x.fails("wang", cases.Answer, "依据", "text", "换好了", "basis", "", "facts", "锁芯断了")
	x.fails("wang", cases.Answer, "还缺查到的情况", "text", "锁是自己砸坏的，请自己换", "basis", "维修单", "code", "not-supported", "facts", "")
	x.fails("wang", cases.Answer, "无理", "text", "您无理取闹", "basis", "维修单")
	a := x.by("wang", "/matters/2026-0001/answer", fill(append(reply, "key", "shown")...))
	x.wants(a, http.StatusOK, "反映人会看到：", "③处理意见：支持。换好了", "确认发出", "看改过的样子")
	for i := 1; i < len(reply); i += 2 {
		if !strings.Contains(a.html, reply[i]) {
			t.Errorf("%s was lost", reply[i-1])
		}
	}
	sure := regexp.MustCompile(`name="sure" value="(\w+)"`).FindStringSubmatch(a.html)
	if sure == nil || len(x.events(1)) != 1 {
		t.Fatalf("it was not shown, or it went out: %s", a.text)
	}
	changed := slices.Concat(reply, []string{"text", "换了新的", "sure", sure[1], "key", "changed"})
	x.wants(x.by("wang", "/matters/2026-0001/answer", fill(changed...)), http.StatusOK, "③处理意见：支持。换了新的", "确认发出") // what was shown is not what goes out
	a = x.does("wang", cases.Answer, append(reply, "sure", sure[1])...)
	x.wants(a, http.StatusOK, "“答复”办好了", "①请求 换锁", "②查到的情况 锁芯断了", "③处理意见 换好了", "④依据 维修单", "⑤不服怎么办 12月23日前", "化解（问题解决） 还没有")
	x.offers("wang", []cases.Verb{cases.Fulfil, cases.Close, cases.Reopen, cases.Review}, []cases.Verb{cases.Conclude, cases.Finish, cases.Accept})

	x.wants(x.does("wang", cases.Fulfil, "text", "今天换的"), http.StatusOK, "化解（问题解决） 问题解决了", "落实了 11月23日")
	x.offers("wang", nil, []cases.Verb{cases.Fulfil})
	dispute()
	x.wants(x.by("wang", "/", nil), http.StatusOK, "反映人不认可")
	x.fails("wang", cases.Close, "不认可", "text", "")
	x.fails("wang", cases.Reopen, "这一项要填", "text", "")
	x.wants(x.does("wang", cases.Reopen, "text", "漏了一把"), http.StatusOK, "“重办”办好了", "已受理")

	for round, word := range []string{"转复查", "转复查"} {
		a := x.by("wang", "/matters/2026-0001/answer", fill(append(reply, "key", fmt.Sprint("round ", round))...))
		if round == 0 {
			sure = regexp.MustCompile(`name="sure" value="(\w+)"`).FindStringSubmatch(a.html)
			x.does("wang", cases.Answer, append(reply, "sure", sure[1])...)
		}
		x.wants(x.does("wang", cases.Review, "text", "请集团看"), http.StatusOK, "“"+word+"”办好了")
		x.wants(x.by("wang", "/", nil), http.StatusOK, "0001", "复查：还有30天")
		x.offers("wang", []cases.Verb{cases.Conclude}, []cases.Verb{cases.Finish, cases.Close})
		x.fails("wang", cases.Conclude, "依据", "text", "维持", "basis", "")
		x.fails("wang", cases.Conclude, "还缺查到的情况", "text", "维持，不予支持", "basis", "公寓管理办法", "facts", "")
		x.wants(x.does("wang", cases.Conclude, "text", "维持", "basis", "公寓管理办法"), http.StatusOK, "“复查意见”办好了")
	}
	x.offers("wang", []cases.Verb{cases.Finish}, []cases.Verb{cases.Review})
	x.fails("wang", cases.Finish, "这一项要填", "text", "")
	x.wants(x.sure("wang", cases.Finish, "不再受理同一件事", "text", "复核维持"), http.StatusOK, "“终结”办好了", "现在没有要办的")
}

// Others with the same matter get the answer too where their box is ticked: none is
// at first, and one that somebody touched meanwhile is named and waits.
func TestStepsOfOneAnswerForSeveral(t *testing.T) {
	x := set(t)
	for _, matter := range []string{"澡堂锁坏了", "更衣柜打不开", "柜子锁芯掉了", "路灯不亮"} {
		x.submit(matter, cases.Sealed)
	}
	x.does("wang", cases.Relate, "other", "2", "kind", "same")
	x.does("wang", cases.Relate, "other", "3", "kind", "same")
	x.does("wang", cases.Relate, "other", "4", "kind", "alike")
	box := regexp.MustCompile(`type="checkbox" name="(with-2026-\d+-\d+)" value="yes"( checked)?`)
	boxes := func(html string) (names []string) {
		for _, m := range box.FindAllStringSubmatch(html, -1) {
			names = append(names, m[1]+m[2])
		}
		return names
	}
	names := boxes(x.by("wang", "/matters/2026-0001", nil).html)
	if want := []string{"with-2026-0002-2", "with-2026-0003-2"}; !slices.Equal(names, want) {
		t.Fatalf("boxes %q, want %q", names, want)
	}
	reply := []string{"text", "锁全换好了", "basis", "维修单", "code", "supported", names[0], "yes", names[1], "yes"}
	err := x.store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := x.desk.Supplement(tx, cases.Number{Seq: 2}, desk.Claim{From: "test:luo"}, chat.Message{At: monday}, "还有一个", monday)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := x.by("wang", "/matters/2026-0001/answer", fill(append(reply, "key", "shown")...))
	x.wants(a, http.StatusOK, "0001有答复了", "0003也这样答复", "0002没有一起答复：反映人刚有新动作", "确认发出")
	if got, want := boxes(a.html), []string{"with-2026-0002-4", names[1] + " checked"}; !slices.Equal(got, want) {
		t.Errorf("boxes %q, want %q", got, want)
	}
	mark := sureMark.FindStringSubmatch(a.html)
	if len(x.events(1)) != 4 || mark == nil {
		t.Fatalf("it went out, or was not shown: %s", a.text)
	}
	x.wants(x.by("wang", "/matters/2026-0001/answer", fill(append(reply[:6:6], names[1], "yes", "sure", mark[1], "key", "fewer")...)), http.StatusOK, "0003也这样答复", "确认发出") // the other is not named any more
	x.wants(x.does("wang", cases.Answer, append(reply, "sure", mark[1])...), http.StatusOK, "“答复”办好了")
	x.wants(x.by("wang", "/matters/2026-0003", nil), http.StatusOK, "已答复", "与0001一并答复", "①请求 柜子锁芯掉了")
	for _, no := range []string{"2026-0002", "2026-0004"} {
		x.wants(x.by("wang", "/matters/"+no, nil), http.StatusOK, "已收到")
	}
}

// Who is complained about is kept out; the head of the office alone lets them in
// again, with a reason.
func TestStepsOfRecusal(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	x.offers("wang", []cases.Verb{cases.Recuse}, []cases.Verb{cases.Waive})
	x.fails("wang", cases.Recuse, "请", "who", "")
	x.wants(x.does("wang", cases.Recuse, "who", "hq"), http.StatusOK, "“回避”办好了", "回避 后勤服务中心")
	a := x.by("wang", "/matters/2026-0001", nil)
	if _, form, _ := strings.Cut(a.html, "2026-0001/assign"); strings.Contains(form[:strings.Index(form, "</form>")], `value="hq"`) {
		t.Error("it can be handed to whom it complains about")
	}
	x.offers("zhou", nil, []cases.Verb{cases.Waive})
	x.fails("wang", cases.Waive, "请", "who", "hq", "text", "")
	x.wants(x.does("wang", cases.Waive, "who", "hq", "text", "只有他们会修"), http.StatusOK, "“回避例外”办好了", "只有他们会修")
	x.wants(x.sure("wang", cases.Recuse, "0001反映的是您", "who", "wang"), http.StatusOK, "这件您以后看不到", "没有在办的事")
	x.wants(x.by("zhou", "/matters/2026-0001", nil), http.StatusOK, "回避 王慧")
}

// Helping units, what was written down wrong, and matters that belong together.
func TestStepsOfSeveral(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了，还有路灯不亮", cases.Sealed)
	x.submit("澡堂的锁打不开", cases.Sealed)
	x.submit("某人倒卖锚杆", cases.Sealed)
	x.offers("wang", []cases.Verb{cases.Correct, cases.Merge, cases.Relate, cases.Split}, []cases.Verb{cases.Help})
	x.does("wang", cases.Assign, "unit", "hq", "days", "3", "text", "换锁")
	x.fails("wang", cases.Help, "请", "unit", "jd", "text", "")
	x.wants(x.does("wang", cases.Help, "unit", "jd", "text", "出个电工"), http.StatusOK, "“协办”办好了", "协办 机电队", "出个电工")

	a := x.does("wang", cases.Correct, "place", "副井澡堂", "matter", "澡堂锁坏了，还有路灯不亮", "category", "其他", "persons", "3")
	x.wants(a, http.StatusOK, "“更正”办好了", "地点 副井澡堂", "类别：原来是“宿舍澡堂”，改成“其他”", "反映的人：原来是“1人”，改成“3人”")
	x.fails("wang", cases.Correct, "什么也没有改", "place", "副井澡堂", "matter", "澡堂锁坏了，还有路灯不亮")

	x.wants(x.does("wang", cases.Relate, "other", "2", "kind", "same"), http.StatusOK, "“关联”办好了", "2026-0002 别人也反映的同一件事")
	x.fails("wang", cases.Relate, "0099", "other", "99", "kind", "alike")
	before := len(x.events(1))
	a = x.by("wang", "/matters/2026-0001/relate", fill("key", "accusation", "other", "3", "kind", "alike"))
	if a.code != http.StatusUnprocessableEntity || len(x.events(1)) != before {
		t.Errorf("an accusation was tied to something: %d %s", a.code, a.text)
	}
	x.fails("wang", cases.Split, "这一项要填", "text", "")
	x.wants(x.does("wang", cases.Split, "text", "路灯不亮"), http.StatusOK, "“拆分”办好了", "2026-0004 从这一件拆出去的")
	x.wants(x.by("wang", "/matters/2026-0004", nil), http.StatusOK, "路灯不亮", "2026-0001 从那一件拆出来的")
	x.fails("wang", cases.Merge, "请", "other", "没有")
	x.wants(x.sure("wang", cases.Merge, "2026-0002（澡堂的锁打不开）", "other", "2026-0002"), http.StatusOK, "“合并”办好了", "2026-0002 这一件已经并过去", "现在没有要办的")
	x.wants(x.by("wang", "/matters/2026-0002", nil), http.StatusOK, "2026-0001 那一件并到了这里")
}
