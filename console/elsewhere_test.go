package console_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/console"
	"fangzhuo/desk"
	"fangzhuo/storage"
)

// The form of a step on matter 1, as it stands on the page.
func (x *table) form(person string, verb cases.Verb) string {
	x.Helper()
	a := x.by(person, "/matters/2026-0001", nil)
	_, form, found := strings.Cut(a.html, fmt.Sprintf(`action="/desk/matters/2026-0001/%s"`, verb))
	if !found {
		x.Fatalf("%s has no form: %s", verb, a.text)
	}
	form, _, _ = strings.Cut(form, "</form>")
	return form
}

// The petitioner is told the way that the law lays down, as staff read it before;
// one in chat is asked whether the office should talk with both sides first.
func TestReferred(t *testing.T) {
	x := set(t)
	x.submit("加班费没发", cases.Sealed)
	if form := x.form("wang", cases.Refer); !strings.Contains(form, `<option value="">请选</option>`) || strings.Contains(form, "selected") {
		t.Errorf("a way is chosen before anybody chose: %s", form)
	}
	x.fails("wang", cases.Refer, "请选一项", "route", "", "text", "先去那边")
	x.fails("wang", cases.Refer, "没有“火星”这条途径", "route", "火星")
	a := x.sure("wang", cases.Refer, "反映人会看到： 0001这件要走劳动仲裁：一年内申请", "route", "劳动仲裁", "text", "工资条带上")
	x.wants(a, http.StatusOK, "“导入法定途径”办好了", "王慧 导入法定途径 劳动仲裁 工资条带上")
	if len(x.offered) == 0 || x.offered[0].Seq != 1 { // once more for what was shown, and then undone
		t.Errorf("asked about %v whether to talk first", x.offered)
	}
}

// Nothing is turned away without a reason, and nobody is asked about it.
func TestTurnedAway(t *testing.T) {
	x := set(t)
	x.submit("邻居家的狗叫", cases.Sealed)
	x.fails("wang", "turn-away", "这一项要填", "text", "")
	x.fails("wang", "turn-away", "要让人看得懂", "text", "不归")
	a := x.sure("wang", "turn-away", "0001这里没法受理：归社区管，请打社区电话", "text", "归社区管，请打社区电话")
	x.wants(a, http.StatusOK, "“不予受理”办好了", "2026-0001 不予受理", "王慧 不予受理 归社区管")
	if len(x.offered) != 0 {
		t.Errorf("asked about %v whether to talk first", x.offered)
	}
}

// Another text than the one that was shown does not go out.
func TestShownAgainWhenChanged(t *testing.T) {
	x := set(t)
	x.submit("加班费没发", cases.Sealed)
	a := x.by("wang", "/matters/2026-0001/refer", fill("key", "a", "route", "劳动仲裁"))
	mark := sureMark.FindStringSubmatch(a.html)
	a = x.by("wang", "/matters/2026-0001/refer", fill("key", "b", "route", "工伤认定", "sure", mark[1]))
	x.wants(a, http.StatusOK, "这件要走工伤认定", "确认发出")
	if n := len(x.events(1)); n != 1 {
		t.Errorf("%d things happened", n)
	}
}

// One matter goes into other hands in its own form, all of somebody's on a page of
// their own, after it was said how many that is; sent again it does nothing.
func TestHandedOver(t *testing.T) {
	x := set(t)
	for _, matter := range []string{"澡堂锁坏了", "路灯不亮", "班车不来"} {
		x.submit(matter, cases.Sealed)
	}
	x.offers("wang", nil, []cases.Verb{cases.Hand}) // in nobody's hands yet
	a := x.by("wang", "/duty", nil)
	x.wants(a, http.StatusOK, "现在谁手上都没有要交接的")
	x.lacks(a, "/duty/hand")
	for i, no := range []string{"1", "2", "3"} {
		x.by("wang", "/matters/2026-000"+no+"/register", fill("key", fmt.Sprint("r", i), "category", "其他"))
	}
	x.fails("wang", cases.Hand, "请选一项", "to", "")
	if form := x.form("wang", cases.Hand); strings.Contains(form, "秦卫东") || strings.Contains(form, "季明") {
		t.Errorf("it can go to who has nothing to do with it: %s", form)
	}
	x.wants(x.does("wang", cases.Hand, "to", "zhou"), http.StatusOK, "“交接”办好了", "经办由王慧交给周敏", "经办人 周敏")
	x.wants(x.does("wang", cases.Sponsor, "leader", "qin", "days", "5"), http.StatusOK, "包案 秦卫东")
	x.wants(x.does("wang", cases.Hand, "to", "fan"), http.StatusOK, "包案 范玉林", "接手的人还没绑定")

	x.wants(x.by("wang", "/duty", nil), http.StatusOK, "范玉林（包案1件）", "王慧（经办2件）", "周敏（经办1件）", "范玉林（党委副书记）")
	fails := func(why string, pairs ...string) {
		t.Helper()
		keys++
		x.wants(x.by("wang", "/duty/hand", fill(append(pairs, "key", fmt.Sprint("duty ", keys))...)), http.StatusUnprocessableEntity, why)
	}
	fails("请选一项", "from", "", "to", "zhou")
	fails("请选一项", "from", "wang false", "to", "")
	fails("不能交给领导", "from", "wang false", "to", "qin")
	fails("另一位领导", "from", "fan true", "to", "zhou")
	fails("另一个人", "from", "wang false", "to", "wang")
	fails("没有要交接的", "from", "nobody true", "to", "qin")
	before := len(x.events(2))
	form := fill("key", "all", "from", "wang false", "to", "zhou")
	a = x.by("wang", "/duty/hand", form)
	x.wants(a, http.StatusOK, "还没有办", "王慧经办的2件都交给周敏", "确认办理")
	if len(x.events(2)) != before {
		t.Fatal("it was handed over before anybody was sure")
	}
	form.Set("sure", sureMark.FindStringSubmatch(a.html)[1])
	x.wants(x.by("wang", "/duty/hand", form), http.StatusOK, "王慧经办的2件已交给周敏：0002、0003", "周敏（经办3件）")
	before = len(x.events(2))
	x.wants(x.by("wang", "/duty/hand", form), http.StatusUnprocessableEntity, "可能刚才已经交过")
	if len(x.events(2)) != before {
		t.Error("the same form again did something")
	}
	people := x.desk.Office.People
	x.desk.Office.People = slices.DeleteFunc(slices.Clone(people), func(p cases.Person) bool { return p.ID == "zhou" })
	x.wants(x.by("wang", "/duty", nil), http.StatusOK, "谁交出 请选 zhou（已经不在岗，经办3件）")
	x.wants(x.by("wang", "/duty/hand", fill("key", "gone", "from", "zhou false", "to", "wang")), http.StatusOK, "原经办人经办的3件都交给王慧")
	x.desk.Office.People = people
	x.lacks(x.by("ji", "/duty", nil), "经办", "谁请假") // nothing of it is discipline's
}

// Who is away and who stands in is noted on the page, and stands there until it is over.
func TestLeave(t *testing.T) {
	x := set(t)
	a := x.by("wang", "/duty", nil)
	x.lacks(a, "谁请假了", "selected")
	fails := func(why string, pairs ...string) {
		t.Helper()
		keys++
		x.wants(x.by("wang", "/duty/leave", fill(append(pairs, "key", fmt.Sprint("duty ", keys))...)), http.StatusUnprocessableEntity, why)
	}
	fails("请选一项", "who", "", "from", "2026-12-01", "until", "2026-12-05", "by", "fan")
	fails("这一项要填", "who", "qin", "from", "", "until", "2026-12-05", "by", "fan")
	fails("日子不对", "who", "qin", "from", "2026-12-05", "until", "2026-12-01", "by", "fan")
	fails("日子不对", "who", "qin", "from", "2026-11-01", "until", "2026-11-05", "by", "fan")
	fails("领导代领导", "who", "qin", "from", "2026-12-01", "until", "2026-12-05", "by", "zhou")
	fails("领导代领导", "who", "qin", "from", "2026-12-01", "until", "2026-12-05", "by", "qin")
	form := fill("key", "away", "who", "qin", "from", "2026-12-01", "until", "2026-12-05", "by", "fan")
	x.wants(x.by("wang", "/duty/leave", form), http.StatusOK, "记下了：12月1日到12月5日，该告诉秦卫东的也告诉范玉林", "谁请假了 秦卫东：12月1日到12月5日，范玉林代")
	x.wants(x.by("wang", "/duty/leave", form), http.StatusOK, "没有再办一遍")
	x.wants(x.by("ji", "/duty/leave", form), http.StatusNotFound, "没有这一页")
	x.options.Now = func() time.Time { return monday.AddDate(0, 0, 13) }
	x.page = console.New(x.options).Handler()
	x.lacks(x.by("wang", "/duty", nil), "谁请假了")
}

// photo is a network that has one picture.
type photo struct{}

func (photo) Fetch(context.Context, chat.Media) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("一份材料")), nil
}

// What was sent along goes to the unit once somebody ticked which, and has read
// what may tell who sent it.
func TestPassedOn(t *testing.T) {
	x := set(t)
	m := chat.Message{From: "test:luo", At: monday, Media: []chat.Media{{Kind: chat.File, Ref: "1", Name: "罗小虎.txt"}}}
	named, pieces, err := attach.Rename(bytes.NewReader(make([]byte, 8)), m.Media)
	if err != nil {
		t.Fatal(err)
	}
	err = x.store.Update(t.Context(), func(tx storage.Tx) error {
		if err := attach.Want(tx, m, pieces); err != nil {
			return err
		}
		_, err := x.desk.Submit(tx, desk.Submission{From: "test:luo", Form: "report", Fields: map[string]string{cases.Matter: "澡堂锁坏了"},
			Signature: cases.Sealed, Said: []desk.Said{{At: monday, Text: "澡堂锁坏了", Media: named}}}, monday)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.does("wang", cases.Assign, "unit", "hq", "days", "3", "text", "换锁")
	x.wants(x.by("wang", "/matters/2026-0001", nil), http.StatusOK, "转给后勤服务中心的")
	x.fails("wang", cases.PassOn, "请勾上要转的附件")
	x.fails("wang", cases.PassOn, "0001没有能转的附件", "file-1", "yes") // it is still being fetched
	k := attach.New(x.store, attach.Options{Dir: t.TempDir(), Sources: map[string]chat.Fetcher{"test": photo{}}, MaxBytes: 100, Now: func() time.Time { return monday }})
	if err := k.Fire(t.Context(), monday); err != nil {
		t.Fatal(err)
	}
	a := x.sure("wang", cases.PassOn, "反映人要求保密。 文件里可能有名字", "file-1", "yes")
	x.wants(a, http.StatusOK, "“转附件”办好了", "王慧 转附件 后勤服务中心 1")
	if !regexp.MustCompile(`pass-on.*1`).MatchString(fmt.Sprint(x.events(1))) {
		t.Errorf("passed on: %v", x.events(1))
	}
}

// Whoever is there first signs for a danger, and if it is the office.
func TestDangerSignedFor(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	x.does("wang", cases.Assign, "unit", "hq", "days", "3", "text", "换锁")
	x.offers("wang", nil, []cases.Verb{cases.SignOff}) // a task is the unit's
	x.submit("皮带机头冒烟了，有人晕倒", cases.Sealed)
	list := x.by("wang", "/", nil).text
	if danger, other := strings.Index(list, "0002"), strings.Index(list, "0001"); !strings.Contains(list, "险情，没人签收") || danger > other {
		t.Errorf("a danger waits for its turn: %s", list)
	}
	a := x.by("wang", "/matters/2026-0002", nil)
	x.wants(a, http.StatusOK, "险情还没有人签收", "接下来可以 签收 签收 往下办", "程序 险情")
	if !strings.Contains(a.html, "/matters/2026-0002/sign-off") {
		t.Fatalf("nobody can sign: %s", a.text)
	}
	x.wants(x.follow("wang", x.by("wang", "/matters/2026-0002/sign-off", fill("key", "sign"))), http.StatusOK, "“签收”办好了", "王慧 签收")
	x.lacks(x.by("wang", "/matters/2026-0002", nil), "/sign-off", "还没有人签收")
}

// Of a long history the latest is shown, and the rest a step away.
func TestLongHistory(t *testing.T) {
	x := set(t)
	x.submit("澡堂锁坏了", cases.Sealed)
	for i := range 30 {
		x.does("wang", cases.Ask, "text", fmt.Sprintf("第%d问", i))
	}
	_, history, _ := strings.Cut(x.by("wang", "/matters/2026-0001", nil).text, "经过 更早的11条")
	if folded, shown, _ := strings.Cut(history, "第9问"); history == "" || !strings.Contains(folded, "反映人 提交") || strings.Count(shown, "王慧 问") != 20 {
		t.Errorf("the history is %s", history)
	}
}

// A long story takes a line of the list, and stands whole on its own page.
func TestLongStory(t *testing.T) {
	x := set(t)
	story := strings.Repeat("班里三个月没发加班费，", 60) + "家里等着用钱"
	x.submit(story, cases.Sealed)
	if a := x.by("wang", "/", nil); strings.Count(a.text, "加班费") > 6 {
		t.Errorf("the list is all of one story: %s", a.text)
	}
	x.wants(x.by("wang", "/matters/2026-0001", nil), http.StatusOK, story)
}
