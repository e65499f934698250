package bot

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// photo is a message that brings pictures and nothing else.
func photo(id string, names ...string) chat.Message {
	m := said(id, "")
	for _, name := range names {
		m.Media = append(m.Media, chat.Media{Kind: chat.File, Ref: "ref of " + name, Name: name})
	}
	return m
}

// wants counts what is to be fetched.
func (tb *table) wants(t *testing.T) int { return tb.count(t, "attach-want") }

// keep fetches what is wanted from a network that has it all.
func (tb *table) keep(t *testing.T) {
	t.Helper()
	k := attach.New(tb.store, attach.Options{Dir: t.TempDir(), Sources: map[string]chat.Fetcher{"t": bytesOfAll{}}, MaxBytes: 100,
		Now: func() time.Time { return tb.now }, Lost: tb.MediaGone})
	if err := k.Fire(t.Context(), tb.now); err != nil {
		t.Fatal(err)
	}
}

type bytesOfAll struct{}

func (bytesOfAll) Fetch(_ context.Context, m chat.Media) (io.ReadCloser, error) {
	if strings.Contains(m.Ref, "gone") {
		return nil, chat.ErrGone
	}
	return io.NopCloser(strings.NewReader("the bytes")), nil
}

// Nothing leads from an anonymous matter to an account, nor from an account to
// it, by what was sent along: before it is fetched, and after.
func TestAnonymousMediaLeaveNoTrace(t *testing.T) {
	for _, fetched := range []bool{false, true} {
		tb := set(t)
		tb.Forms[0].Fields = append(tb.Forms[0].Fields, cases.Field{ID: cases.SignAs, Label: "署名", Ask: "署名？", Kind: cases.ChoiceField,
			Required: true, Choices: []cases.Choice{{ID: "sealed", Label: "保密"}, {ID: "anonymous", Label: "匿名"}}})
		tb.accept(t, photo("1", "张大明的照片.jpg"))
		if fetched {
			tb.keep(t)
		}
		for i, text := range []string{"食堂涨价没人管", "好", "匿名", "对"} {
			tb.accept(t, said(fmt.Sprint("m", i), text))
		}
		tb.accept(t, photo("3", "张大明的录像.mp4", "gone"))
		if fetched {
			tb.keep(t)
		}
		var c cases.Case
		tb.everything(t, func(table storage.Table, key, value []byte) {
			if table == "outbox-pending" { // its text and address go with the sending
				return
			}
			secrets := []string{"t:luo", "张大明的"}
			if fetched {
				secrets = append(secrets, "ref of")
			}
			for _, secret := range secrets {
				if table == "attach-want" && secret == "张大明的" { // only the network's own word for it
					continue
				}
				if strings.Contains(string(key)+string(value), secret) {
					t.Errorf("fetched %t: %s holds %q: %q %q", fetched, table, secret, key, value)
				}
			}
		})
		err := tb.store.View(t.Context(), func(r storage.Reader) (err error) {
			c, _, err = tb.desk.Look(t.Context(), cases.Actor{ID: "wang", Role: cases.Staff}, cases.Number{Year: 2026, Seq: 1}, tb.now)
			return err
		})
		if err != nil || c.Media != 3 {
			t.Errorf("fetched %t: the matter has %d attachments, want 3: %v", fetched, c.Media, err)
		}
	}
}

// What is not kept is not fetched: what is said in a group, too fast, or refused.
func TestWantsOnlyWhatItKeeps(t *testing.T) {
	tb := set(t)
	group := photo("1", "a.jpg")
	group.Chat, group.Addressed = "t:group", true
	tb.accept(t, group)
	staff := photo("2", "a.jpg")
	staff.From, staff.Chat = "t:wang", "t:wang"
	tb.accept(t, staff)
	thanks := photo("3", "a.jpg")
	thanks.Text = "谢谢"
	tb.accept(t, thanks, said("4", "反映 事由：路灯不亮"), said("5", "撤回 1"), photo("6", "a.jpg")) // it is over
	if n := tb.wants(t); n != 0 {
		t.Errorf("%d are wanted that nobody keeps", n)
	}
	tb.store.err = context.DeadlineExceeded
	if err := tb.Accept(t.Context(), []chat.Message{photo("7", "a.jpg")}); err == nil {
		t.Error("kept although the store fails")
	}
	tb.store.err = nil
	tb.now = tb.now.Add(time.Hour)
	again := photo("7", "a.jpg", "b.jpg")
	again.At = tb.now
	tb.accept(t, again, again)
	if n := tb.wants(t); n != 2 {
		t.Errorf("%d are wanted of two that came twice", n)
	}
}

// A message that the program cannot handle is kept aside with what it brought.
func TestMediaOfAMessageAside(t *testing.T) {
	tb := set(t)
	m := photo("1", "a.txt")
	m.Text = "反映 事由：程序会倒"
	tb.accept(t, m)
	if tb.count(t, asideTable(tb.now)) != 1 || tb.wants(t) != 1 || tb.count(t, "attach-loose") != 0 {
		t.Errorf("aside %d, wanted %d, of drafts %d", tb.count(t, asideTable(tb.now)), tb.wants(t), tb.count(t, "attach-loose"))
	}
}

// A sticker after a receipt is a thank-you: it is answered, and the office is not
// told of a picture. Told first, it is asked what it is about.
func TestStickersAreNotPictures(t *testing.T) {
	tb := set(t)
	sticker := func(id string) chat.Message {
		m := said(id, "")
		m.Media = []chat.Media{{Kind: chat.Other}}
		return m
	}
	tb.accept(t, sticker("1"))
	tb.wantOwed(t, "只记下您发过", 1)
	tb.accept(t, said("2", "取消"))
	tb.accept(t, said("3", "反映 事由：路灯不亮"))
	tb.accept(t, sticker("4"))
	if n := len(tb.passed); n != 1 || !strings.Contains(tb.passed[0].Text, "打不开，没有留") {
		t.Errorf("the thank-you is answered %v", tb.passed)
	}
	tb.wantOwed(t, "补充了图片", 0)
	tb.accept(t, photo("5", "a.jpg"))
	tb.wantOwed(t, "加到0001里了", 1)
}

// A draft holds so much and no more; what is said with it is not lost.
func TestDraftHasRoomForSomeMedia(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("start", "反映"))
	for i := range maxMedia {
		tb.accept(t, photo(fmt.Sprint(i), "a.jpg"))
	}
	more := photo("more", "a.jpg")
	more.Text = "路灯不亮"
	tb.accept(t, photo("one", "a.jpg"), more)
	if n := tb.wants(t); n != maxMedia {
		t.Errorf("%d are wanted, want %d", n, maxMedia)
	}
	k, err := tb.talkOf(t, "t:luo")
	if err != nil || !slices.Equal(k.Story, []string{"路灯不亮"}) {
		t.Errorf("the story is %q, %v", k.Story, err)
	}
	k.Said = nil
	for i, held := range []bool{true, false} {
		var id string
		tb.everything(t, func(table storage.Table, key, _ []byte) {
			if table == "attach-loose" {
				id = strings.TrimRight(string(key), "\x00")
			}
		})
		err := tb.store.View(t.Context(), func(r storage.Reader) error {
			got, err := tb.Holds(r, "t:luo", id)
			if got != held {
				t.Errorf("%d: held %t, want %t", i, got, held)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		tb.accept(t, said(fmt.Sprint("cancel", i), "取消"))
	}
}

func TestReadsWhatIsAskedOfAttachments(t *testing.T) {
	tb := set(t)
	tb.Office = cases.NewOffice([]cases.Unit{{ID: "hq", Name: "后勤服务中心", Aliases: []string{"后勤"}}, {ID: "zc", Name: "综采一队", Aliases: []string{"综采1队"}}}, nil, nil, phrase.Fold)
	turn := &turn{b: tb.Bot}
	for typed, want := range map[string]askedFor{
		"":             {},
		"1":            {which: []int{1}},
		"第2个":          {which: []int{2}},
		"1 3":          {which: []int{1, 3}},
		"3、1，1":        {which: []int{1, 3}},
		"1-3":          {which: []int{1, 2, 3}},
		"２～４":          {which: []int{2, 3, 4}},
		"全部":           {all: true},
		"都发我":          {motive: "都发我"},
		"1、2 核实现场":     {which: []int{1, 2}, motive: "核实现场"},
		"1 核实现场 看看锁":   {which: []int{1}, motive: "核实现场 看看锁"},
		"1核实现场":        {which: []int{1}, motive: "核实现场"},
		"都 发我":         {all: true},
		"1 给我":         {which: []int{1}},
		"1 转 后勤":       {which: []int{1}, pass: true, unit: "hq"},
		"1转后勤":         {which: []int{1}, pass: true, unit: "hq"},
		"1 转给后勤服务中心":   {which: []int{1}, pass: true, unit: "hq"},
		"转后勤 1、2 确认":   {which: []int{1, 2}, pass: true, unit: "hq", sure: true},
		"1 转 后勤确认":     {which: []int{1}, pass: true, unit: "hq", sure: true},
		"全部 转 综采1队 确定": {all: true, pass: true, unit: "zc", sure: true},
		"1 转单位":        {which: []int{1}, pass: true},
		"转":            {pass: true},
		"1 后勤":         {which: []int{1}, unit: "hq"},
		"发给谁":          {pass: true, motive: "发给谁"},
		"1 转 食堂":       {which: []int{1}, pass: true, motive: "食堂"},
	} {
		got := turn.readAsked(phrase.Read(typed))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q is read as %+v, want %+v", typed, got, want)
		}
	}
}

// Who added to somebody else's matter by its code is asked to send a lost picture
// again, but what they say next is not taken for an answer: it is not theirs.
func TestLossToAStrangerIsNoQuestion(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("1", "反映 事由：路灯不亮"))
	code, ok := phrase.ReceiptCode(tb.answers(t)[0])
	if !ok {
		t.Fatal("no code")
	}
	picture := photo("2", "gone.jpg")
	picture.Text = "补充 1 " + code
	for _, m := range []chat.Message{picture, said("3", "食堂二楼的面太贵了，一碗十四块")} {
		m.From, m.Chat = "t:other", "t:other"
		tb.accept(t, m)
		tb.keep(t)
	}
	k, err := tb.talkOf(t, "t:other")
	if err != nil || len(k.Asked) != 0 || len(k.Story) != 1 {
		t.Errorf("asked about %v, heard %q: %v", k.Asked, k.Story, err)
	}
}
