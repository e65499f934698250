package bot

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/internal/testoffice"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/words"
)

// house is an office with somebody in each role.
func house(t *testing.T) *table {
	t.Helper()
	o := testoffice.Open(t, words.Chinese)
	tb := &table{store: &faulty{Store: mem.New()}, now: monday}
	d := desk.New(tb.store, desk.Options{Office: o.Office, Calendar: o.Calendar, Words: o.Words, Facts: o.Facts, Random: rand.Reader, Addresses: o.At("t"),
		Reception: desk.Reception{Rule: calendar.Rule{Nth: 1, Weekday: time.Monday}}})
	sign := cases.Field{ID: cases.SignAs, Label: "署名", Ask: "怎么署名？", Kind: cases.ChoiceField, Choices: []cases.Choice{{ID: "named", Label: "实名"}, {ID: "sealed", Label: "保密"}, {ID: "anonymous", Label: "匿名"}}}
	tb.Bot = New(tb.store, d, Options{Office: o.Office, Words: o.Words, Facts: o.Facts, Quiet: 90 * time.Second, DraftFor: 7 * 24 * time.Hour,
		PerHour: 1 << 20, MaxChars: 3000, Now: func() time.Time { return tb.now }, Log: slog.New(slog.DiscardHandler), Owed: func() {}, Moved: func() {}, Wanted: func() {},
		Forms: []cases.Form{{ID: "report", Name: "反映", Words: []string{"反映"}, Fields: []cases.Field{
			{ID: cases.Matter, Label: "事由", Ask: "什么事？", Kind: cases.StoryField, Required: true}, sign}}},
		Status:    func(context.Context) (string, error) { return "好", nil },
		Batches:   func(context.Context, int) ([]outbox.Batch, error) { return nil, nil },
		Unsettled: func(context.Context, int) ([]outbox.Outcome, error) { return nil, nil },
		Keep:      func([]byte) (string, error) { return "ref", nil },
		Pass:      func(m chat.Outgoing) { tb.passed = append(tb.passed, m) }})
	return tb
}

// Whatever somebody types behind a command, whoever they are and wherever they are,
// is answered, and by more than that the program could not handle it. In a group
// nothing of a matter is said.
func TestOddArgumentsAreAnswered(t *testing.T) {
	odd := []string{"", " ", "1", "2", "3", "1 ", "99", "0", "00001", "-1", "1 1", "1 2", "1 99", "2 1", "1并入2", "1 1 1", "1 是", "1 后勤", "1 后勤 后勤", "1 机电 3天", "1 不存在的单位 3天", "1 纪委 3天 查",
		"1 30天", "1 -3天", "1 99999999999天", "1 30天 批准人秦矿长 理由等设备", "1 到2月30日", "1 2026-13-45", "99999999999999999999", "2026-0001", "1999-1 好", "1 ：", "1 事由：", "1 类别 没有", "1 类别 检举控告",
		"1 署名：匿名", "1 署名 实名", "1 人数 -5", "1 人数 百", "1 地点：" + strings.Repeat("长", 400), "1 秦卫东", "1 秦卫东 理由", "1 王慧", "1 季明 三天", "1 满意", "1 不满意 太慢", "1 六分", "1 确认", "确认", "取消", "1 K7M3", "K7M3 1",
		"1 理由", "1 依据", "1 依据：", "1 意见：不支持 依据：无", "1 全部", "1 0", "1 77 转 后勤", "1 转", "１　２", "一", "1\n2\n3", "\x00", "�", "🙂", "1 🙂", strings.Repeat("1 ", 300), "1 {{.No}}", "1 %s%d", "7天", "王慧 3天", "明天到后天", "明天 后天 周敏"}
	people := []chat.Address{"t:wang", "t:mei", "t:qin", "t:ji", "t:root", "t:luo"}
	tb := house(t)
	n := 0
	say := func(from, to chat.Address, text string) []string {
		n++
		tb.owed(t)
		tb.passed = nil
		m := chat.Message{ID: chat.MessageID(fmt.Sprint(n)), At: tb.now, From: from, Chat: to, Text: text, Addressed: from != to}
		if err := tb.Accept(t.Context(), []chat.Message{m}); err != nil {
			t.Fatalf("%s: %q: %v", from, text, err)
		}
		var said []string
		for _, p := range tb.passed {
			said = append(said, p.Text)
		}
		return append(said, tb.owed(t)...)
	}
	for _, matter := range []string{"澡堂锁坏了", "材料员倒卖锚杆", "路灯不亮"} {
		say("t:luo", "t:luo", "反映 事由："+matter+" 署名：保密")
	}
	aside := tb.say("aside")
	for k, c := range commands {
		for _, word := range c.words[:1] {
			for p, from := range people {
				for i, arg := range odd {
					if (i+p+k)%3 != 0 { // a third of them each, over all commands and people every one
						continue
					}
					if from == "t:luo" { // what goes on with a story is only listened to
						say(from, from, "取消")
					}
					text := strings.TrimSpace(word + " " + arg)
					said := say(from, from, text)
					if len(said) == 0 && !strings.HasPrefix(c.id, "bind-group") {
						t.Errorf("%s gets no answer to %q", from, text)
					}
					for _, s := range said {
						if strings.Contains(s, aside) || strings.Contains(s, "<no value>") || strings.Contains(s, "%!") || strings.Contains(s, "{{") && !strings.Contains(arg, "{{") {
							t.Errorf("%s is answered to %q: %s", from, text, s)
						}
					}
				}
				for _, arg := range []string{"", "1", "1 后勤 3天", "3 锁坏了"} {
					for _, p := range say(from, "t:group", word+" "+arg) {
						if strings.Contains(p, "澡堂锁") || strings.Contains(p, "锚杆") || strings.Contains(p, "路灯") {
							t.Errorf("%s in a group, %q: %s", from, word+" "+arg, p)
						}
					}
				}
			}
			tb.now = tb.now.Add(11 * time.Minute)
		}
	}
	tables, err := tb.store.Tables(t.Context(), asidePrefix)
	if err != nil || len(tables) > 0 {
		t.Errorf("put aside: %v, %v", tables, err)
	}
}

func (tb *table) say(key string) string { return tb.Words.Say(key, nil) }

// owed takes the messages that are owed.
func (tb *table) owed(t *testing.T) (all []string) {
	t.Helper()
	err := tb.store.Update(t.Context(), func(tx storage.Tx) error {
		all = nil
		for _, key := range tb.keys(t, "outbox-pending") {
			value, err := tx.Get("outbox-pending", key)
			if err != nil {
				return err
			}
			all = append(all, string(value))
			if err := tx.Delete("outbox-pending", key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (tb *table) keys(t *testing.T, in storage.Table) (all [][]byte) {
	t.Helper()
	err := tb.store.View(t.Context(), func(r storage.Reader) error {
		for key := range r.Scan(in, nil, nil) {
			all = append(all, slices.Clone(key))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
