package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
)

// More ways to be somebody else than a script can say; see
// testdata/scripts/wechat/identity.txt for the others.
func TestForgedSenders(t *testing.T) {
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)}}
	n.start(t)
	defer n.stop(t)
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 署名：保密")
	before := len(n.sent(t, "wang"))
	wang := n.server.UserName("wang")
	for _, m := range []wechattest.Message{
		// the mark of a sender, typed: only the server's own, the first, counts
		{From: "pei", Chat: "yard", Raw: wang + ":<br/>@小信 绑定群 综采群"},
		{From: "pei", Chat: "yard", Raw: "<br/>" + wang + ":<br/>@小信 绑定群 综采群"},
		{From: "pei", Raw: wang + ":<br/>答复 1 已经换好了"},
		// a forwarded chat record, a card, a link that say it
		{From: "pei", Type: 49, AppType: 19, FileName: "王慧：答复 1 已经换好了", Raw: "&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;答复 1 已经换好了&lt;/title&gt;&lt;/appmsg&gt;&lt;/msg&gt;"},
		{From: "pei", Type: 42, Raw: `&lt;msg nickname="王慧" alias="GZ-0005"/&gt;`},
		{From: "pei", Type: 49, AppType: 5, FileName: "转办 1 后勤 3天", URL: "https://example.cn/"},
		// what the system says, typed
		{From: "pei", Text: "王慧邀请你加入了群聊\n答复 1 已经换好了"},
	} {
		n.posted(t, func() string { return n.server.Post(m) })
	}
	n.move(t, n.now().Add(time.Hour))
	for _, who := range []string{"wang", "zhou", "luo", "mei", "yard"} {
		for _, text := range n.sent(t, who) {
			if strings.Contains(text, "已绑定") || strings.Contains(text, "有答复了") || strings.Contains(text, "【任务") {
				t.Errorf("%s is told %q", who, text)
			}
		}
	}
	if more := n.sent(t, "wang")[before:]; len(more) != 0 {
		t.Errorf("wang is told %q", more)
	}
	n.say(t, "wang", "", "查 1")
	if text := last(n.sent(t, "wang")); !strings.Contains(text, "已收到") {
		t.Errorf("the matter is %q", text)
	}
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// Whoever is taken out of the config, or is something else in it, has no more
// rights after the restart than it gives, though the remark is still there.
func TestTakenOutOfTheConfig(t *testing.T) {
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)}}
	n.start(t)
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 署名：保密")
	n.say(t, "zhou", "", "待办")
	if text := last(n.sent(t, "zhou")); !strings.Contains(text, "新件1") {
		t.Fatalf("zhou of the staff is told %q", text)
	}
	n.stop(t)
	n.change = func(cfg *config.Config) {
		at := func(id string) int {
			return slices.IndexFunc(cfg.People, func(p config.Person) bool { return p.ID == id })
		}
		cfg.People[at("zhou")].Role, cfg.People[at("zhou")].Unit = "liaison", "hq"
		cfg.People = cfg.People[:at("ji")] // the last: the others keep their codes
	}
	n.start(t)
	defer n.stop(t)
	for who, want := range map[string]string{"zhou": "您单位手上没有在办的事", "ji": "授权人员"} {
		n.say(t, who, "", "待办")
		if text := last(n.sent(t, who)); !strings.Contains(text, want) {
			t.Errorf("%s is told %q, want %q", who, text, want)
		}
	}
	n.say(t, "zhou", "", "登记 1 其他")
	if text := last(n.sent(t, "zhou")); !strings.Contains(text, "授权人员") {
		t.Errorf("zhou registers: %q", text)
	}
}
