package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// owes counts the messages that are owed and hold the words.
func (tb *table) owes(t *testing.T, words string) (n int) {
	t.Helper()
	tb.everything(t, func(table storage.Table, _, value []byte) {
		if table == "outbox-pending" && strings.Contains(string(value), words) {
			n++
		}
	})
	return n
}

func (tb *table) wantOwed(t *testing.T, words string, want int) {
	t.Helper()
	if n := tb.owes(t, words); n != want {
		t.Errorf("%q is owed %d times, want %d", words, n, want)
	}
}

// recalls counts the recalls in the history of all cases.
func (tb *table) recalls(t *testing.T) (n int) {
	t.Helper()
	tb.everything(t, func(table storage.Table, _, value []byte) {
		var e cases.Event
		if table != "event" {
			return
		}
		if _, err := record.Decode(value, &e); err != nil {
			t.Fatal(err)
		}
		if e.Verb == cases.Recall {
			n++
		}
	})
	return n
}

// takesBack is luo taking a message back.
func takesBack(id, target string) chat.Message {
	m := said(id, "")
	m.Recalls = chat.MessageID(target)
	return m
}

// A message that became part of a matter stays there; that it was taken back is
// noted once, however it comes, and the office hears of it once.
func TestRecallOfAMatter(t *testing.T) {
	for name, batches := range map[string][][]chat.Message{
		"after it":          {{said("1", "反映 事由：路灯不亮")}, {takesBack("r", "1")}},
		"the same twice":    {{said("1", "反映 事由：路灯不亮")}, {takesBack("r", "1"), takesBack("r", "1")}, {takesBack("r", "1")}},
		"told twice":        {{said("1", "反映 事由：路灯不亮")}, {takesBack("r", "1")}, {takesBack("r2", "1")}},
		"with it":           {{said("1", "反映 事由：路灯不亮"), takesBack("r", "1")}},
		"with it, in front": {{takesBack("r", "1"), said("0", "喂"), said("1", "反映 事由：路灯不亮"), said("2", "在吗")}},
		"before it":         {{takesBack("r", "1")}, {said("1", "反映 事由：路灯不亮")}, {takesBack("r2", "1")}, {said("1", "反映 事由：路灯不亮")}},
	} {
		t.Run(name, func(t *testing.T) {
			tb := set(t)
			for _, batch := range batches {
				tb.accept(t, batch...)
			}
			if n := tb.recalls(t); n != 1 {
				t.Errorf("%d recalls in the history", n)
			}
			if n := tb.count(t, "case"); n != 1 {
				t.Errorf("%d cases", n)
			}
			tb.wantOwed(t, "微信里撤回不等于撤回这件事；要撤回请回“撤回 0001”", 1)
			tb.wantOwed(t, "【0001】反映人在微信里撤回了一句话", 1)
			early := 0
			if name == "before it" { // nobody could know then
				early = 1
			}
			tb.wantOwed(t, "没有对上", early)
		})
	}
}

// Nothing of a recall is lost when the store fails in the middle of it.
func TestRecallBeforeTheMessageOverAFailure(t *testing.T) {
	for fails := range int64(4) {
		tb := set(t)
		tb.accept(t, takesBack("r", "1"))
		tb.store.failAt = tb.store.updates.Load() + fails
		for tb.Accept(t.Context(), []chat.Message{said("1", "反映 事由：路灯不亮")}) != nil {
		}
		if n := tb.count(t, "case"); n != 1 || tb.recalls(t) != 1 {
			t.Errorf("failure at update %d: %d cases, %d recalls", fails, n, tb.recalls(t))
		}
		tb.wantOwed(t, "微信里撤回不等于", 1)
	}
}

func TestRecallOfADraft(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("1", "反映"), said("2", "食堂太贵"), said("3", "李师傅也这么说"), takesBack("r3", "3"))
	tb.wantOwed(t, "还在没交的草稿里", 1)
	tb.accept(t, said("4", "好"), said("5", "对"))
	if n := tb.count(t, "case"); n != 1 || tb.recalls(t) != 0 {
		t.Fatalf("%d cases, %d recalls", n, tb.recalls(t))
	}
	kept := 0
	tb.everything(t, func(table storage.Table, _, value []byte) {
		if table == "said" && strings.Contains(string(value), "李师傅") {
			kept++
		}
	})
	if kept != 1 {
		t.Error("what was taken back is gone from what was said")
	}
	tb.now = tb.now.Add(30 * time.Hour)
	late := takesBack("r2", "2") // handed in meanwhile
	late.At = tb.now
	tb.accept(t, late)
	tb.wantOwed(t, "那句话已经记进0001", 1)
	if n := tb.recalls(t); n != 1 {
		t.Errorf("%d recalls", n)
	}
	tb.now = monday
	tb.accept(t, said("6", "反映"), said("7", "算了吧不说也行"), said("8", "取消"), takesBack("r7", "7"))
	tb.wantOwed(t, "没有对上是哪一件", 1)
}

func TestRecallOfWhatIsNoMatter(t *testing.T) {
	tb := set(t)
	tb.accept(t, takesBack("r", "never heard of"))
	tb.wantOwed(t, "没有对上是哪一件", 1)
	tb.accept(t, said("1", "反映 事由：路灯不亮"))
	for i, text := range []string{"受理 1", "受理 77", "待办"} {
		command := said(fmt.Sprint("c", i), text)
		command.From, command.Chat = "t:wang", "t:wang"
		back := takesBack(fmt.Sprint("r", i), string(command.ID))
		back.From, back.Chat = "t:wang", "t:wang"
		tb.accept(t, command, back)
	}
	tb.wantOwed(t, "您撤回的那条已经办了", 1)
	tb.wantOwed(t, "没有对上是哪一件", 3) // refused, and only looked at: nothing was done
	if n := tb.recalls(t); n != 0 {
		t.Errorf("%d recalls in the history", n)
	}
}

// In a group nothing is kept of what was said to others, and nothing is kept of
// its being taken back.
func TestRecallInAGroupLeavesNoTrace(t *testing.T) {
	tb := set(t)
	m := takesBack("r", "1")
	m.Chat = "t:@zc"
	tb.accept(t, m)
	m.Addressed = true
	tb.accept(t, m)
	tables, err := tb.store.Tables(t.Context(), "")
	if err != nil || len(tables) != 0 || len(tb.passed) != 0 {
		t.Errorf("kept %v, said %v: %v", tables, tb.passed, err)
	}
}

// Of an anonymous matter nobody can be told that a message was part of it: no
// mark leads there. Another's message cannot be taken back either.
func TestRecallOfAnAnonymousMatter(t *testing.T) {
	tb := set(t)
	tb.Forms[0].Fields = append(tb.Forms[0].Fields, cases.Field{ID: cases.SignAs, Label: "署名", Ask: "署名？", Kind: cases.ChoiceField,
		Required: true, Choices: []cases.Choice{{ID: "sealed", Label: "保密"}, {ID: "anonymous", Label: "匿名"}}})
	tb.accept(t, said("1", "反映"), said("2", "食堂太贵"), said("3", "好"), said("4", "匿名"), said("5", "对"))
	if n := tb.count(t, "case"); n != 1 {
		t.Fatalf("%d cases", n)
	}
	for _, id := range []string{"2", "5"} {
		tb.accept(t, takesBack("r"+id, id))
	}
	tb.wantOwed(t, "匿名交的我认不出来", 2)
	if n := tb.recalls(t); n != 0 {
		t.Errorf("%d recalls in the history", n)
	}
	tb.everything(t, func(table storage.Table, key, value []byte) {
		var m became
		if !strings.HasPrefix(string(table), seenPrefix) || len(value) == 0 {
			return
		}
		if _, err := record.Decode(value, &m); err != nil || !m.Case.IsZero() || strings.HasPrefix(string(key), "draft") {
			t.Errorf("the mark of %q leads to %v %v", key, m.Case, err)
		}
	})
	tb.accept(t, said("6", "反映 事由：路灯不亮 署名：保密"))
	m := takesBack("r6", "6")
	m.From, m.Chat = "t:bai", "t:bai"
	tb.accept(t, m)
	tb.wantOwed(t, "那句话已经记进", 0)
}
