package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/config"
)

// In the night whoever writes is answered, and a hazard reaches the staff; what
// the office has to say to others waits for the morning, over a restart too.
func TestNight(t *testing.T) {
	evening := time.Date(2026, 11, 24, 22, 30, 0, 0, calendar.Zone)
	n := &wechatNetwork{program: program{data: t.TempDir(), wall: evening},
		change: func(cfg *config.Config) {
			cfg.WeChat.Quiet = config.QuietHours{From: config.Clock{Hour: 23}, To: config.Clock{Hour: 6}}
		}}
	n.start(t)
	defer func() { n.stop(t) }()
	read := map[string]int{}
	hears := func(who string, want ...string) {
		t.Helper()
		all := slices.DeleteFunc(n.sent(t, who), func(text string) bool {
			return strings.Contains(text, "离线") // of the restart, on a clock that jumps
		})
		news := all[read[who]:]
		read[who] = len(all)
		if len(news) != len(want) {
			t.Fatalf("at %s %s hears %q, want %q", n.now().Format(time.TimeOnly), who, news, want)
		}
		for i, w := range want {
			if !strings.Contains(news[i], w) {
				t.Errorf("at %s %s hears %q, want %q", n.now().Format(time.TimeOnly), who, news[i], w)
			}
		}
	}
	at := func(hours, minutes int) { n.move(t, calendar.On(2026, 11, 24).At(hours, minutes)) }

	n.say(t, "luo", "", "反映 事由：路灯不亮 署名：保密")
	hears("luo", "编号")
	hears("wang", "【新件")
	at(23, 30)
	n.say(t, "wang", "", "问 1 哪一盏？")
	hears("wang", "")
	hears("luo")
	at(26, 0)
	n.say(t, "luo", "", "查询 1")
	hears("luo", "")
	n.say(t, "duan", "", "建议 事由：路灯换成节能的 署名：保密")
	hears("duan", "编号")
	hears("wang")
	n.stop(t)
	n.start(t)
	at(28, 0)
	n.say(t, "duan", "", "反映 事由：工作面瓦斯探头坏了 地点：综采 署名：保密")
	if all := n.sent(t, "duan"); !strings.Contains(strings.Join(all[read["duan"]:], ""), "撤人") {
		t.Errorf("duan hears %q of the hazard", all)
	}
	hears("wang", "瓦斯")
	n.say(t, "lei", "", "签收 3")
	hears("wang", "已签收")
	at(29, 59)
	hears("luo")
	hears("wang")
	at(30, 0)
	hears("luo", "哪一盏")
	hears("wang", "节能")
}
