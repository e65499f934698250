package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
)

// The week's notice goes to 200 groups at the pace of WeChat. Staff see how far
// it is; killed in the middle and started again it goes on where it was, also
// where WeChat wants ten minutes of rest; each group gets it once.
func TestNoticeTo200GroupsOverWeChat(t *testing.T) {
	due := calendar.On(2026, 11, 30).At(9, 0)
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: due.Add(-time.Minute)}, change: func(cfg *config.Config) {
		cfg.WeChat.Pace = config.Pace{Min: 4 * time.Second, Max: 4 * time.Second, PerMinute: 15}
		one := cfg.Groups[0]
		cfg.Groups = nil
		for i := range 200 {
			one.ID, one.Name, one.Members = fmt.Sprint("g", i), fmt.Sprint(i, "队"), nil
			cfg.Groups = append(cfg.Groups, one)
		}
	}}
	n.start(t)
	defer func() { n.stop(t) }()
	progress := func() string {
		t.Helper()
		n.say(t, "wang", "", "进度")
		n.move(t, n.now().Add(4*time.Second)) // an answer is the next to go
		all := n.sent(t, "wang")
		for i := len(all) - 1; i >= 0; i-- {
			if head, figures, ok := strings.Cut(all[i], "】"); ok && strings.HasPrefix(head, "最近的通知：") {
				_, figures, _ = strings.Cut(figures, "：")
				return figures
			}
		}
		t.Fatalf("no answer to 进度: %q", all)
		return ""
	}
	n.move(t, due.Add(10*time.Minute))
	half := progress()
	var sent, left, minutes int
	if _, err := fmt.Sscanf(half, "应发200，已发%d，等着%d，没发出0，大约还要%d分钟", &sent, &left, &minutes); err != nil ||
		sent+left != 200 || sent < 140 || minutes < 2 || minutes > 4 {
		t.Errorf("in the middle: %q", half)
	}
	kept := n.freeze(t)
	n.stop(t)
	kept() // as after kill -9
	n.server.Next("webwxsendmsg", append(make([]wechattest.Fault, 40), wechattest.Fault{Ret: 1205})...)
	n.start(t)
	n.move(t, due.Add(15*time.Minute))
	sends := len(n.server.Requests("webwxsendmsg"))
	n.move(t, due.Add(20*time.Minute))
	if more := len(n.server.Requests("webwxsendmsg")) - sends; more != 0 {
		t.Errorf("%d sends while WeChat wants to be left alone", more)
	}
	n.move(t, due.Add(30*time.Minute))
	if got := progress(); got != "应发200，已发200，没发出0" {
		t.Errorf("at the end: %q", got)
	}
	for i := range 200 {
		if got := n.sent(t, fmt.Sprint("g", i)); len(got) != 1 || !strings.Contains(got[0], "接待日") {
			t.Fatalf("group %d got %q", i, got)
		}
	}
}
