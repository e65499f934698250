package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
)

// noon is when the tests of bad input begin.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, calendar.Zone)

func openMine(t *testing.T, data string, now time.Time) *sandboxNetwork {
	n := &sandboxNetwork{program: program{data: data, wall: now}, perHour: 60}
	n.start(t)
	return n
}

// post sends a raw body to the API and returns the status.
func (n *sandboxNetwork) post(t *testing.T, body []byte) int {
	t.Helper()
	resp, err := http.Post("http://"+n.live.page+"/api/sandbox/messages", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// after returns what was sent to a person once there were so many messages.
func (n *sandboxNetwork) after(t *testing.T, person string, read int) []string {
	return n.sent(t, person)[read:]
}

func holds(texts []string, part string) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, part) })
}

// Whatever is sent, an answer comes that says what to do, and the next person
// is served.
func TestStrangeMessages(t *testing.T) {
	long := strings.Repeat("澡堂没有热水，", 100<<10/len("澡堂没有热水，"))
	for _, test := range []struct {
		name string
		body any // posted as JSON, or as it is
		want string
	}{
		{"100 kB told", map[string]any{"text": long}, "只看了前3000个字"},
		{"100 kB in a form", map[string]any{"text": "反映 事由：" + long + " 署名：保密"}, "字"},
		{"100 kB without a space", map[string]any{"text": strings.Repeat("a", 100<<10)}, "只看了前3000个字"},
		{"100 kB of digits as a number", map[string]any{"text": "查询 " + strings.Repeat("9", 100<<10)}, "只看了前3000个字"},
		{"100 kB of lines", map[string]any{"text": strings.Repeat("\n", 100<<10)}, "1反映问题"},
		{"nothing", map[string]any{"text": ""}, "1反映问题"},
		{"only spaces", map[string]any{"text": " \t　\u200b"}, "1反映问题"},
		{"no text at all", map[string]any{}, "1反映问题"},
		{"a zero byte", map[string]any{"text": "\x00"}, "1反映问题"},
		{"only a photo", map[string]any{"attachments": []map[string]any{{"kind": "image", "name": "a.jpg", "data": contentOf("image", "a.jpg", true)}}}, "图片（或语音、文件）给您留着了"},
		{"invalid UTF-8", []byte("{\"from\":\"luo\",\"chat\":\"p-luo\",\"text\":\"\xff\xfe\xe6\"}"), "1反映问题"},
		{"half a surrogate", []byte(`{"from":"luo","chat":"p-luo","text":"\ud83d"}`), "1反映问题"},
		{"a template", map[string]any{"text": "反映 事由：{{.Phone}}<script>%s 署名：保密"}, "2026-0001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := openMine(t, t.TempDir(), noon)
			defer n.stop(t)
			body, raw := test.body.([]byte)
			if m, ok := test.body.(map[string]any); ok && !raw {
				m["from"], m["chat"] = "luo", "p-luo"
				body, _ = json.Marshal(m) // a map of strings
			}
			if status := n.post(t, body); status != http.StatusOK {
				t.Fatalf("status %d", status)
			}
			if got := n.sent(t, "luo"); len(got) != 1 || !strings.Contains(got[0], test.want) {
				t.Errorf("answered %q, want %q", got, test.want)
			}
			n.say(t, "bai", "", "反映 事由：更衣柜锁坏了 署名：保密")
			if got := n.sent(t, "bai"); !holds(got, "已收到，编号2026-") {
				t.Errorf("the next person got %q", got)
			}
		})
	}
}

func TestOversizedBody(t *testing.T) {
	n := openMine(t, t.TempDir(), noon)
	defer n.stop(t)
	body := fmt.Sprintf(`{"from":"luo","chat":"p-luo","text":"%s"}`, strings.Repeat("a", 2<<20))
	if status := n.post(t, []byte(body)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
	n.say(t, "luo", "", "接待日")
	if got := n.sent(t, "luo"); len(got) != 1 || !strings.Contains(got[0], "矿领导接待日") {
		t.Errorf("then %q", got)
	}
}

// A thousand messages in a minute: one polite line, no storm of replies, no
// harm to others, and an hour later the person is heard again.
func TestThousandMessages(t *testing.T) {
	n := openMine(t, t.TempDir(), noon)
	defer n.stop(t)
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 署名：保密")
	for range 1000 {
		n.say(t, "luo", "", "我的")
	}
	got := n.sent(t, "luo")
	polite := 0
	for _, s := range got {
		if strings.Contains(s, "您发得太快了") {
			polite++
		}
	}
	if polite != 1 || len(got) > 70 {
		t.Errorf("%d of %d replies ask to slow down", polite, len(got))
	}
	n.say(t, "bai", "", "反映 事由：食堂涨价 署名：保密")
	if got := n.sent(t, "bai"); !holds(got, "2026-0002") {
		t.Errorf("another person got %q", got)
	}
	n.move(t, n.now().Add(time.Hour))
	read := len(n.sent(t, "luo"))
	n.say(t, "luo", "", "查询 1")
	if got := n.after(t, "luo", read); len(got) != 1 || !strings.Contains(got[0], "更衣柜锁坏了") {
		t.Errorf("an hour later: %q", got)
	}
}

// The clock of the machine jumps back, between two runs and on the same data:
// nothing goes out twice, numbers go on, and the notices to come still come.
func TestClockJumpsBack(t *testing.T) {
	data := t.TempDir()
	n := openMine(t, data, time.Date(2026, 11, 30, 7, 0, 0, 0, calendar.Zone))
	n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 署名：保密")
	n.say(t, "wang", "", "转办 1 后勤 3天")
	n.move(t, time.Date(2026, 12, 4, 10, 0, 0, 0, calendar.Zone))
	chats := []string{"@zc", "@jd", "@mine", "wang", "mei", "qin"}
	before := map[string][]string{}
	for _, chat := range chats {
		before[chat] = n.sent(t, chat)
	}
	n.stop(t)

	n = openMine(t, data, time.Date(2026, 11, 29, 8, 0, 0, 0, calendar.Zone))
	defer n.stop(t)
	n.move(t, time.Date(2026, 12, 4, 10, 0, 0, 0, calendar.Zone))
	for _, chat := range chats {
		if got := n.sent(t, chat); !slices.Equal(got, before[chat]) {
			t.Errorf("%s had %d messages, has %q", chat, len(before[chat]), got[len(before[chat]):])
		}
	}
	n.say(t, "bai", "", "反映 事由：食堂涨价 署名：保密")
	if got := n.sent(t, "bai"); !holds(got, "2026-0002") {
		t.Errorf("the next number: %q", got)
	}
	n.move(t, time.Date(2026, 12, 7, 8, 0, 0, 0, calendar.Zone))
	if got := n.sent(t, "@zc")[len(before["@zc"]):]; len(got) != 2 || !strings.HasPrefix(got[0], "明天") || !strings.HasPrefix(got[1], "今天") {
		t.Errorf("then the group hears %q", got)
	}
}
