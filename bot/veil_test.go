package bot

import (
	"strings"
	"testing"
	"time"

	"fangzhuo/storage"
)

// guessable lists the keys of a story that are made of who spoke and when.
func guessable(t *testing.T) map[string]bool {
	t.Helper()
	tb := set(t)
	tb.accept(t, tb.before(time.Hour, "1", "反映 事由：路灯不亮"), tb.before(time.Hour, "2", "查询 1 K7MP"), said("3", "查询 7 K7MP"))
	tb.fire(t, time.Minute)
	tb.accept(t, photo("4", "gone.jpg"), said("5", "食堂二楼的面太贵了，一碗十四块"))
	tb.keep(t)
	tb.fire(t, time.Hour)
	found := map[string]bool{}
	for _, want := range []string{"late/", "talk/", "media/", "lock/"} {
		n := len(found)
		tb.everything(t, func(table storage.Table, key, _ []byte) {
			if strings.HasPrefix(string(table), want) || strings.HasPrefix(string(key), want) {
				found[string(table)+" "+string(key)] = true
			}
		})
		if len(found) == n {
			t.Errorf("there is no %s", want)
		}
	}
	return found
}

// Whoever has the store and tries all accounts and all minutes must not find out
// who was answered when, nor who mistyped which code: beside the time at which
// an anonymous matter came in that would say whose it is.
func TestNoKeyCanBeGuessed(t *testing.T) {
	first := guessable(t)
	for key := range guessable(t) {
		if first[key] {
			t.Errorf("the same story has the same key %q", key)
		}
	}
}
