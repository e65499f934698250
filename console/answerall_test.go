package console_test

import (
	"net/http"
	"strings"
	"testing"

	"fangzhuo/cases"
)

// What may be the same matter stands beside it; who waits with it gets the same answer
// when somebody ticks them, afterwards too.
func TestAnsweredTogether(t *testing.T) {
	x := set(t)
	for range 3 {
		x.submit("澡堂更衣柜的锁坏了", cases.Sealed)
	}
	x.submit("食堂的面太咸", cases.Sealed)
	a := x.by("wang", "/matters/2026-0001", nil)
	x.wants(a, http.StatusOK, "可能是同一件", "2026-0002 澡堂更衣柜的锁坏了")
	if _, alike, _ := strings.Cut(a.text, "可能是同一件"); strings.Contains(alike, "2026-0004") {
		t.Errorf("all are alike: %s", a.text)
	}
	x.lacks(a, "with-2026") // they are not tied to it yet
	for _, other := range []string{"2", "3"} {
		x.does("wang", cases.Relate, "other", other, "kind", "same")
	}
	reply := []string{"text", "支持。锁都换了", "basis", "维修单"}
	x.offers("wang", nil, []cases.Verb{"answer-all"})
	a = x.sure("wang", cases.Answer, "0002也这样答复，各收各的编号", append(reply, "with-2026-0002-2", "yes")...)
	x.wants(a, http.StatusOK, "“答复”办好了", "③处理意见 支持。锁都换了")
	x.wants(x.by("wang", "/matters/2026-0002", nil), http.StatusOK, "已答复", "③处理意见 支持。锁都换了")
	x.wants(x.by("wang", "/matters/2026-0003", nil), http.StatusOK, "已收到")

	x.fails("wang", "answer-all", "请勾上要一起答复的")
	a = x.sure("wang", "answer-all", "确认后0003都这样答复", "with-2026-0003-2", "yes")
	x.wants(a, http.StatusOK, "“这份答复也给同一件事的人”办好了")
	x.wants(x.by("wang", "/matters/2026-0003", nil), http.StatusOK, "已答复", "③处理意见 支持。锁都换了")
	answers := 0
	for _, e := range x.events(1) {
		if e.Verb == cases.Answer {
			answers++
		}
	}
	if answers != 1 {
		t.Errorf("the first was answered %d times", answers)
	}
	x.offers("wang", nil, []cases.Verb{"answer-all"})
}
