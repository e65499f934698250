package bot

import (
	"fmt"
	"strings"
	"testing"

	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// What is quoted is nowhere kept, whatever becomes of the message: handed in,
// told to a form, added, put aside, or not understood.
func TestQuotedIsNotKept(t *testing.T) {
	tb := set(t)
	for i, text := range []string{"反映 事由：路灯不亮", "补充 1 还有两盏", "反映 事由：程序会倒", "反映", "食堂二楼太挤了", "好", "喂", "补充"} {
		m := said(fmt.Sprint("m", i), text)
		m.Quoted = "0001还差一点：别人说过的话"
		tb.accept(t, m)
	}
	if n := tb.count(t, asideTable(tb.now)); n != 1 {
		t.Fatalf("%d messages kept aside", n)
	}
	tb.everything(t, func(table storage.Table, key, value []byte) {
		if strings.Contains(string(key)+string(value), "别人说过") {
			t.Errorf("%s keeps what was quoted: %q %q", table, key, value)
		}
	})
}

// everything goes through the whole store.
func (tb *table) everything(t *testing.T, see func(table storage.Table, key, value []byte)) {
	t.Helper()
	tables, err := tb.store.Tables(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		err := tb.store.View(t.Context(), func(r storage.Reader) error {
			for key, value := range r.Scan(table, nil, nil) {
				see(table, key, value)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A code that is typed with what is added, by its owner or beside the quoted
// receipt, is not passed on to the office: it is the petitioner's alone.
func TestTypedCodeStaysWithItsOwner(t *testing.T) {
	tb := set(t)
	tb.accept(t, said("1", "反映 事由：路灯不亮"))
	receipt := tb.answers(t)[0]
	code, ok := phrase.ReceiptCode(receipt)
	if !ok {
		t.Fatalf("no code in %q", receipt)
	}
	quoting := said("3", "补充 1 "+code+" 第四盏也不亮")
	quoting.From, quoting.Chat, quoting.Quoted = "t:other", "t:other", "已收到，编号2026-0001，查询码"+code
	tb.accept(t, said("2", "补充 1 "+code+" 第三盏也不亮"), quoting)
	added := 0
	tb.everything(t, func(table storage.Table, _, value []byte) {
		if text := string(value); strings.Contains(text, "盏也不亮") {
			added++
			if strings.Contains(text, code) {
				t.Errorf("%s passes the code on: %q", table, text)
			}
		}
	})
	if added < 4 { // the words and the event of each
		t.Errorf("added %d records", added)
	}
}
