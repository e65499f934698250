package bot

import (
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// A new login ends the conversations under names of the old one: nothing of an
// unfinished form is left, nothing goes on by itself, and the office hears only
// how many there were. What lasts goes on.
func TestForgetSession(t *testing.T) {
	tb := set(t)
	tb.desk.Lasts = func(a chat.Address) bool { return !strings.HasPrefix(a.Local(), "s/") }
	as := func(who chat.Address, m chat.Message) chat.Message {
		m.From, m.Chat = who, who
		return m
	}
	tb.accept(t, as("t:s/luo", said("1", "反映")), as("t:s/luo", said("2", "队长扣我钱，别说是我说的")),
		as("t:s/bai", tb.before(time.Hour, "3", "反映 事由：路灯不亮")),
		as("t:s/duan", said("4", "喂")),
		as("t:p/hou", said("5", "反映")), as("t:p/hou", said("6", "食堂太贵")))
	for range 2 {
		if err := tb.ForgetSession(t.Context(), tb.now); err != nil {
			t.Fatal(err)
		}
	}
	tb.everything(t, func(table storage.Table, key, value []byte) {
		switch {
		case table == "from" || table == "identity" || strings.HasPrefix(string(table), "outbox"):
		case strings.Contains(string(key)+string(value), "t:s/") || strings.Contains(string(value), "别说是我"):
			t.Errorf("%s holds %q %q", table, key, value)
		}
	})
	tb.wantOwed(t, "1个人没填完的反映续不上了", 1)
	tb.wantOwed(t, "别说是我", 0)
	tb.fire(t, 2*time.Minute)
	tb.wantOwed(t, "t:s/luo", 2) // what was said to it before
	tb.wantOwed(t, "t:p/hou", 3) // and what comes after a while of silence
}
