package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/internal/testoffice"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/words"
)

var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)

// table is a bot on a store in memory, with what it passed.
type table struct {
	*Bot
	store *faulty
	now   time.Time

	mu     sync.Mutex
	passed []chat.Outgoing
}

// faulty is a store whose updates can be made to fail. Of a matter that says
// 程序会倒 the program falls over.
type faulty struct {
	*mem.Store
	err     error
	updates atomic.Int64
	failAt  int64 // the update of that number fails; 0 for none
}

type frail struct{ storage.Tx }

func (f frail) Put(t storage.Table, key, value []byte) error {
	if t == "case" && strings.Contains(string(value), "程序会倒") {
		panic("a mistake in the program")
	}
	return f.Tx.Put(t, key, value)
}

func (f *faulty) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if f.err != nil {
		return f.err
	}
	if f.updates.Add(1) == f.failAt {
		return errors.New("no space left on device")
	}
	return f.Store.Update(ctx, func(tx storage.Tx) error { return fn(frail{tx}) })
}

func set(t testing.TB) *table {
	t.Helper()
	o := testoffice.Open(t, words.Chinese)
	tb := &table{store: &faulty{Store: mem.New()}, now: monday}
	d := desk.New(tb.store, desk.Options{Office: o.Office, Calendar: o.Calendar, Words: o.Words, Facts: o.Facts, Random: rand.Reader,
		Addresses: o.At("t", "wang"), Reception: desk.Reception{Rule: calendar.Rule{Nth: 1, Weekday: time.Monday}}})
	tb.Bot = New(tb.store, d, Options{Office: o.Office, Words: o.Words, Facts: o.Facts, Quiet: 90 * time.Second, DraftFor: 7 * 24 * time.Hour,
		PerHour: 60, MaxChars: 3000, Now: func() time.Time { return tb.now }, Log: slog.New(slog.DiscardHandler), Owed: func() {}, Moved: func() {}, Wanted: func() {},
		Forms: []cases.Form{{ID: "report", Name: "反映", Words: []string{"反映"}, Fields: []cases.Field{
			{ID: cases.Matter, Label: "事由", Ask: "什么事？", Kind: cases.StoryField, Required: true}}}},
		Pass: func(m chat.Outgoing) {
			tb.mu.Lock()
			defer tb.mu.Unlock()
			tb.passed = append(tb.passed, m)
		}})
	return tb
}

func said(id, text string) chat.Message {
	return chat.Message{ID: chat.MessageID(id), At: monday, From: "t:luo", Chat: "t:luo", Text: text}
}

func (tb *table) accept(t testing.TB, m ...chat.Message) {
	t.Helper()
	if err := tb.Accept(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func (tb *table) count(t testing.TB, in storage.Table) (n int) {
	t.Helper()
	err := tb.store.View(t.Context(), func(r storage.Reader) error {
		for range r.Scan(in, nil, nil) {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDealtWithOnceThoughItComesTwice(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("1", "反映 事由：路灯不亮"), said("1", "反映 事由：路灯不亮"))
	tb.accept(t, said("1", "反映 事由：路灯不亮"))
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("%d cases", n)
	}
	if n := tb.count(t, "outbox-pending"); n != 2 { // the receipt, and the word to staff
		t.Errorf("%d messages owed", n)
	}
}

func TestNothingAnsweredThatIsNotKept(t *testing.T) {
	tb := set(t)
	tb.store.err = errors.New("no space left on device")
	if err := tb.Accept(t.Context(), []chat.Message{said("1", "反映 事由：路灯不亮")}); err == nil {
		t.Fatal("taken though nothing could be kept")
	}
	if len(tb.passed) != 0 {
		t.Errorf("answered: %v", tb.passed)
	}
	tb.store.err = nil
	tb.accept(t, said("1", "反映 事由：路灯不亮")) // the transport delivers it again
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// Where answers wait for their turn, one that changes nothing is kept as well,
// and the question is answered once.
func TestSlowAnswersAreKept(t *testing.T) {
	tb := set(t)
	tb.Slow = func(transport string) bool { return transport == "t" }
	tb.accept(t, said("1", "查询 1"))
	tb.accept(t, said("1", "查询 1"))
	if n := tb.count(t, "outbox-pending"); n != 1 || len(tb.passed) != 0 {
		t.Errorf("%d answers owed, %d passed", n, len(tb.passed))
	}
}

func TestWhatCannotBeHandledIsKeptAside(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("1", "反映 事由：程序会倒"), said("2", "反映 事由：路灯不亮"))
	if n := tb.count(t, asideTable(tb.now)); n != 1 {
		t.Errorf("%d messages kept aside", n)
	}
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("the next message was not handled: %d cases", n)
	}
	if n := tb.count(t, "outbox-pending"); n != 4 { // both senders answered, staff told twice
		t.Errorf("%d messages owed", n)
	}
	tb.accept(t, said("1", "反映 事由：程序会倒"))
	if n := tb.count(t, asideTable(tb.now)); n != 1 {
		t.Errorf("kept aside twice")
	}
	staff := said("3", "搁置")
	staff.From, staff.Chat = "t:wang", "t:wang"
	tb.accept(t, staff)
	if shown := tb.passed[len(tb.passed)-1]; !strings.Contains(shown.Text, "程序会倒") || strings.Contains(shown.Text, "luo") {
		t.Errorf("staff read: %q", shown.Text)
	}
	for _, after := range []struct{ days, want int }{{29, 1}, {32, 0}} {
		if err := tb.Sweep(t.Context(), tb.now.AddDate(0, 0, after.days)); err != nil {
			t.Fatal(err)
		}
		if n := tb.count(t, asideTable(tb.now)); n != after.want {
			t.Errorf("after %d days %d are kept, want %d", after.days, n, after.want)
		}
	}
}

func TestGroupChatterLeavesNoTrace(t *testing.T) {
	tb := set(t)
	m := said("1", "王队太黑了，扣我工资")
	m.Chat = "t:@zc"
	tb.accept(t, m)
	tables, err := tb.store.Tables(t.Context(), "")
	if err != nil || len(tables) != 0 {
		t.Errorf("kept something: %v %v", tables, err)
	}
}

func TestTooManyMessagesArePolitelyLimited(t *testing.T) {
	tb := set(t)
	for i := range 2000 {
		tb.accept(t, said(fmt.Sprint("m", i), "查询 1"))
		tb.now = tb.now.Add(10 * time.Millisecond)
	}
	limited := 0
	for _, m := range tb.passed {
		if strings.Contains(m.Text, "太快") {
			limited++
		}
	}
	if limited != 1 || len(tb.passed) > 62 {
		t.Errorf("%d answers, %d of them about the pace", len(tb.passed), limited)
	}
	other := said("other", "反映 事由：路灯不亮")
	other.From, other.Chat = "t:bai", "t:bai"
	tb.accept(t, other)
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("somebody else was not heard")
	}
	tb.now = tb.now.Add(time.Hour)
	before := len(tb.passed)
	later := said("later", "查询 1")
	later.At = tb.now
	tb.accept(t, later)
	if len(tb.passed) != before+1 || strings.Contains(tb.passed[before].Text, "太快") {
		t.Errorf("not heard again after an hour")
	}
}

func TestManyAtOnceGetNumbersWithoutGaps(t *testing.T) {
	tb := set(t)
	const people = 64
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			m := said(fmt.Sprint("p", i), fmt.Sprintf("反映 事由：路灯%d不亮", i))
			m.From = chat.Address(fmt.Sprint("t:p", i))
			m.Chat = m.From
			if err := tb.Accept(context.Background(), []chat.Message{m}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := tb.count(t, "case"); n != people {
		t.Errorf("%d cases", n)
	}
}

// Nothing that anybody may say makes the bot fall over or fall silent.
func FuzzHear(f *testing.F) {
	for _, text := range []string{"", "反映", "查询 1", "🙄", "补充 1 x", "登记 1 其他", "接待日 2026-13", "改 9 x", "来访 3人", "绑定 1", "\x00\xff", strings.Repeat("长", 4000)} {
		f.Add(text, "好")
		f.Add(text+" 0001\n已收到，编号2026-0001，查询码K7M3", "签收")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		tb := set(t)
		for i, text := range []string{first, second, "对"} {
			for _, who := range []chat.Address{"t:luo", "t:wang"} {
				before := tb.count(t, "outbox-pending") + len(tb.passed)
				m := said(fmt.Sprint(i, who), text)
				m.From, m.Chat = who, who
				if i > 0 {
					m.Quoted = first
				}
				tb.accept(t, m)
				if tb.count(t, asideTable(tb.now)) != 0 {
					t.Fatalf("fell over at %q", text)
				}
				k, err := tb.talkOf(t, who)
				if err != nil {
					t.Fatal(err)
				}
				if tb.count(t, "outbox-pending")+len(tb.passed) == before && !k.Hearing {
					t.Fatalf("no answer to %q", text)
				}
			}
		}
	})
}

func (tb *table) talkOf(t testing.TB, who chat.Address) (k talk, err error) {
	t.Helper()
	err = tb.store.View(t.Context(), func(r storage.Reader) error {
		k, err = loadTalk(r, who)
		return err
	})
	return k, err
}

// Once the receipt is sent nothing in the store leads from an anonymous matter
// to an account, and what was said of oneself before is gone as well.
func TestAnonymousLeavesNoTrace(t *testing.T) {
	tb := set(t)
	tb.Forms[0].Fields = append(tb.Forms[0].Fields,
		cases.Field{ID: cases.ContactInfo, Label: "电话", Ask: "电话？", Kind: cases.PhoneField},
		cases.Field{ID: cases.SignAs, Label: "署名", Ask: "署名？", Kind: cases.ChoiceField, Required: true,
			Choices: []cases.Choice{{ID: "sealed", Label: "保密"}, {ID: "anonymous", Label: "匿名"}}})
	for i, text := range []string{"反映", "我是张大明，食堂涨价", "好", "13900001234", "保密", "对 匿名"} {
		tb.accept(t, said(fmt.Sprint("m", i), text))
	}
	if n := tb.count(t, "case"); n != 1 {
		t.Fatalf("%d cases", n)
	}
	tb.everything(t, func(table storage.Table, key, value []byte) {
		if table == "outbox-pending" { // its text and address go with the sending
			return
		}
		for _, secret := range []string{"t:luo", "张大明", "13900001234"} {
			if strings.Contains(string(key)+string(value), secret) {
				t.Errorf("%s holds %q: %q %q", table, secret, key, value)
			}
		}
	})
	// and yet the same words again are known for a minute
	tb.accept(t, said("again", "对"))
	if n := tb.count(t, "case"); n != 1 {
		t.Errorf("handed in twice: %d cases", n)
	}
}
