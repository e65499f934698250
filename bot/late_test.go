package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// before is what luo said some time before now.
func (tb *table) before(ago time.Duration, id, text string) chat.Message {
	m := said(id, text)
	m.At = tb.now.Add(-ago)
	return m
}

// fire lets pass time pass, with what falls due on the way.
func (tb *table) fire(t *testing.T, pass time.Duration) {
	t.Helper()
	until := tb.now.Add(pass)
	for {
		at, ok, err := tb.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !ok || at.After(until) {
			break
		}
		tb.now = at
		if err := tb.Fire(t.Context(), tb.now); err != nil {
			t.Fatal(err)
		}
	}
	tb.now = until
}

// answers lists what luo is owed, in order.
func (tb *table) answers(t *testing.T) (list []string) {
	t.Helper()
	tb.everything(t, func(table storage.Table, _, value []byte) {
		if table == "outbox-pending" && strings.Contains(string(value), "t:luo") {
			list = append(list, string(value))
		}
	})
	return list
}

// A burst of old messages is dealt with, each once, and answered with one
// message that holds every number and code, also when the program falls over at
// any step of it or the burst comes in several batches.
func TestBacklogIsAnsweredOnce(t *testing.T) {
	for fails := range int64(9) {
		tb := set(t)
		batches := [][]chat.Message{
			{tb.before(3*time.Hour, "1", "在吗"), tb.before(2*time.Hour, "2", "反映 事由：路灯不亮")},
			{tb.before(110*time.Minute, "3", "反映 事由：澡堂没水"), tb.before(100*time.Minute, "4", "查询 1"), tb.before(11*time.Minute, "5", "食堂二楼的面太贵了，一碗十四块")},
			{tb.before(time.Minute, "6", "你们在不在")}, // it came with the burst
		}
		tb.store.failAt = fails
		for _, batch := range batches {
			for tb.Accept(t.Context(), batch) != nil { // the transport delivers it again
			}
			if n := len(tb.answers(t)); n != 0 {
				t.Fatalf("%d answers in the middle of it", n)
			}
			tb.fire(t, 3*time.Second)
		}
		tb.fire(t, 70*time.Second) // a timer that failed is tried again in a minute
		if n := tb.count(t, "case"); n != 2 {
			t.Errorf("failure at %d: %d cases", fails, n)
		}
		got := tb.answers(t)
		if len(got) != 1 || len(tb.passed) != 0 {
			t.Fatalf("failure at %d: %d answers, %d more passed: %q", fails, len(got), len(tb.passed), got)
		}
		for _, want := range []string{"刚才离线，您07:00到09:59发来的都看到了", "08:00那条：已收到，编号2026-0001，查询码", "08:10那条：已收到，编号2026-0002，查询码",
			"08:20那条：2026-0001：收到", "食堂二楼的面", "对不对"} {
			if strings.Count(got[0], want) != 1 {
				t.Errorf("failure at %d: want one %q in %q", fails, want, got[0])
			}
		}
		if strings.Contains(got[0], "我是信访办的小信") {
			t.Errorf("a greeting between the receipts: %q", got[0])
		}
		for _, table := range []storage.Table{lateTable, timerTable} {
			if n := tb.count(t, table); n > 2 || table == lateTable && n != 0 { // the draft's own two stay
				t.Errorf("%d left in %s", n, table)
			}
		}
		tb.accept(t, said("7", "查询 2")) // and from here on all is as always
		if len(tb.passed) != 1 || strings.Contains(tb.passed[0].Text, "离线") {
			t.Errorf("afterwards: %v", tb.passed)
		}
	}
}

// Ten minutes are the line between slow and down.
func TestLateIsOlderThanTenMinutes(t *testing.T) {
	tb := set(t)
	tb.accept(t, tb.before(10*time.Minute, "1", "反映 事由：路灯不亮"))
	tb.wantOwed(t, "编号2026-0001", 1)
	tb.now = tb.now.Add(10 * time.Second) // past lateQuiet, had there been a burst
	m := tb.before(10*time.Minute+time.Second, "2", "反映 事由：澡堂没水")
	tb.accept(t, m)
	tb.wantOwed(t, "编号2026-0002", 0)
	tb.fire(t, lateQuiet)
	tb.wantOwed(t, "刚才离线，您09:50发来的都看到了：\n已收到，编号2026-0002", 1)
}

// The pace of a burst is not its sender's haste: none of it is lost.
func TestBacklogIsNotLimited(t *testing.T) {
	tb := set(t)
	for i := range 200 {
		tb.accept(t, tb.before(time.Hour+time.Duration(300-i)*time.Second, fmt.Sprint("m", i), fmt.Sprintf("反映 事由：第%d盏路灯不亮", i)))
	}
	if n := tb.count(t, "case"); n != 200 {
		t.Errorf("%d of 200 cases", n)
	}
	tb.fire(t, lateQuiet)
	all := strings.Join(tb.answers(t), "") // in several parts, because it is long
	if strings.Count(all, "刚才离线") != 1 || strings.Count(all, "查询码") != 200 {
		t.Errorf("%d answers, %d codes", strings.Count(all, "刚才离线"), strings.Count(all, "查询码"))
	}
}

// Who goes on talking does not put the answer off for ever.
func TestLateAnswerWaitsHalfAMinuteAtMost(t *testing.T) {
	tb := set(t)
	tb.accept(t, tb.before(time.Hour, "1", "反映 事由：路灯不亮"))
	for i := range 12 {
		tb.fire(t, 4*time.Second)
		tb.accept(t, tb.before(0, fmt.Sprint("m", i), "查询 1"))
	}
	if got := tb.answers(t); len(got) != 1 || !strings.Contains(got[0], "编号2026-0001") {
		t.Errorf("owed after 48 seconds: %q", got)
	}
}

// What may cost a life is said, whatever else there is to say.
func TestDangerIsKeptInALateAnswer(t *testing.T) {
	tb := set(t)
	tb.accept(t, tb.before(time.Hour, "1", "活着没意思，干了二十三年说调就调"), tb.before(50*time.Minute, "2", "查询 1"))
	tb.fire(t, lateQuiet)
	if got := tb.answers(t); len(got) != 1 || !strings.Contains(got[0], "直接打8001") || !strings.Contains(got[0], "没有查到") {
		t.Errorf("owed: %q", got)
	}
}

// A command of the office is carried out late, because it was said; its answer
// says when. In a group one line answers all calls of a burst.
func TestLateCommandsAndCallsInGroups(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("1", "反映 事由：路灯不亮"))
	from := func(m chat.Message, who, where chat.Address) chat.Message {
		m.From, m.Chat, m.Addressed = who, where, true
		return m
	}
	tb.accept(t, from(tb.before(time.Hour, "2", "受理 1"), "t:wang", "t:wang"),
		from(tb.before(50*time.Minute, "3", "受理 77"), "t:wang", "t:wang"),
		from(tb.before(45*time.Minute, "4", "队长扣我钱"), "t:bai", "t:@zc"),
		from(tb.before(44*time.Minute, "5", "在吗"), "t:luo", "t:@zc"),
		from(tb.before(43*time.Minute, "6", "答复 1 好了"), "t:wang", "t:@zc"))
	tb.fire(t, lateQuiet)
	tb.wantOwed(t, "09:00那条：0001已受理", 1)
	tb.wantOwed(t, "09:10那条：没有您可查看的0077", 1)
	tb.wantOwed(t, "您刚才在群里发的命令我没有办", 1)
	tb.wantOwed(t, "t:@zc", 1)
	tb.wantOwed(t, "刚才离线，群里叫我的都看到了。\n收到您的招呼", 1)
	tb.wantOwed(t, "扣", 0)
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// Labels told one by one and then silence: what is complete is handed in, not
// forgotten.
func TestQuietAfterLabelsHandsIn(t *testing.T) {
	tb := set(t)
	tb.Forms[0].Fields = append(tb.Forms[0].Fields, tb.Forms[0].Fields[0])
	tb.Forms[0].Fields[1].ID, tb.Forms[0].Fields[1].Label, tb.Forms[0].Fields[1].Required = "place", "地点", false
	tb.Bot = New(tb.store, tb.desk, tb.Options)
	tb.accept(t, said("1", "反映"), said("2", "事由：路灯不亮"), said("3", "地点：井口"))
	tb.fire(t, 2*time.Minute)
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("%d cases", n)
	}
	tb.wantOwed(t, "编号2026-0001", 1)
}

// A greeting is answered only if nothing else was; a question that stands is
// asked again behind the results.
func TestLastWordOfALateAnswer(t *testing.T) {
	tb := set(t)
	tb.accept(t, tb.before(2*time.Hour, "1", "反映 事由：路灯不亮"), tb.before(2*time.Hour, "2", "在吗"), tb.before(time.Hour, "3", "查询 1"))
	tb.fire(t, lateQuiet)
	tb.wantOwed(t, "2026-0001：收到", 1)
	tb.wantOwed(t, "我是信访办的小信", 0)
	tb.accept(t, tb.before(time.Hour, "4", "反映"), tb.before(time.Hour, "5", "查询 1"))
	tb.fire(t, lateQuiet)
	if got := tb.answers(t); len(got) != 2 || strings.Index(got[1], "2026-0001：收到") > strings.Index(got[1], "说事我记") {
		t.Errorf("owed: %q", got)
	}
}
