package phrase_test

import (
	"testing"

	"fangzhuo/phrase"
)

func TestIsName(t *testing.T) {
	for raw, want := range map[string]bool{
		"张三": true, "侯志明": true, " 王慧 ": true,
		"随便": false, "保密": false, "不想说": false, "张": false, "张三李四": false, "zhang": false, "张3": false, "": false,
	} {
		if got := phrase.IsName(raw); got != want {
			t.Errorf("IsName(%q) = %t", raw, got)
		}
	}
}
