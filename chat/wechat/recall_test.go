package wechat_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat/wechattest"
)

func revoke(ids string) string {
	return `&lt;sysmsg type="revokemsg"&gt;<br/>&lt;revokemsg&gt;` + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(ids) + `&lt;/revokemsg&gt;&lt;/sysmsg&gt;`
}

func TestRecall(t *testing.T) {
	for _, in := range []string{"", "team"} {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			m := o.say("zhang", in, "反映 灯坏了")
			o.server.Recall(string(m.ID))
			r := o.next()
			if r.Recalls != m.ID || r.From != m.From || r.Chat != m.Chat || r.ID == m.ID || r.ID == "" || r.Text != "" || r.Media != nil {
				t.Errorf("in %q: recall = %+v of %+v", in, r, m)
			}
			o.server.Repeat()
			o.next()
			if again := o.next(); again.ID != r.ID {
				t.Errorf("again it has the id %q, want %q", again.ID, r.ID)
			}
			o.stop()
			m.ID = chat.MessageID(o.server.Say("li", in, "补充 还是坏的"))
			o.start()
			o.next()
			o.restart() // what was said before is forgotten
			o.server.Recall(string(m.ID))
			if r := o.next(); r.Recalls != m.ID || r.From != "wechat:p/GZ-0002" {
				t.Errorf("after a restart in %q: recall = %+v of %s", in, r, m.ID)
			}
		})
	}
}

// Only the one who said something takes it back, whatever the recall claims.
func TestForeignRecall(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		group, private := o.say("zhang", "team", "反映 灯坏了"), o.say("zhang", "", "反映 水凉了")
		id := func(m chat.Message) string { return fmt.Sprintf("<msgid>%s</msgid>", m.ID) }
		for name, m := range map[string]wechattest.Message{
			"another member":      {From: "li", Chat: "team", Raw: revoke(id(group))},
			"another chat":        {From: "li", Raw: revoke(id(private))},
			"group for private":   {From: "zhang", Chat: "team", Raw: revoke(id(private))},
			"the account itself":  {From: "self", Chat: "zhang", Raw: revoke(id(private))},
			"no number":           {From: "zhang", Raw: revoke("<msgid>0</msgid>")},
			"another notice":      {From: "zhang", Raw: `&lt;sysmsg type="paymsg"&gt;&lt;/sysmsg&gt;`},
			"no notice":           {From: "zhang", Raw: "撤回"},
			"a number in a name":  {From: "li", Chat: "team", Raw: revoke(`<replacemsg><![CDATA["]]></replacemsg>` + id(group) + `<replacemsg>" 撤回了一条消息]]></replacemsg>`)},
			"nobody in the group": {From: "team", Raw: revoke("<msgid>123</msgid>")},
		} {
			m.Type = 10002
			o.server.Post(m)
			o.nothing()
			if len(o.account.LinkState().Troubles) != 1 {
				t.Errorf("%s: counted as unreadable", name)
			}
		}
		o.server.Post(wechattest.Message{From: "team", Type: 10002, Raw: revoke(id(group))})
		if r := o.next(); r.Recalls != group.ID || r.From != group.From || r.Chat != group.Chat {
			t.Errorf("a recall without a name in the group = %+v, want that of its speaker", r)
		}
	})
}

// A recall may name the message by any of its numbers.
func TestRecallNumbers(t *testing.T) {
	for _, ids := range []string{"<msgid>4711</msgid>", "<msgid>7000000000000000001</msgid>", "<msgid>9</msgid><newmsgid>7000000000000000001</newmsgid>", "<oldmsgid>4711</oldmsgid><msgid>9</msgid>"} {
		inOffice(t, func(t *testing.T, o *office) {
			o.opt.HTTP = &altered{base: o.opt.HTTP, endpoint: "webwxsync", alter: alterFields(t, func(in map[string]any) {
				for _, m := range in["AddMsgList"].([]any) {
					if m := m.(map[string]any); m["NewMsgId"] == json.Number("7000000000000000001") {
						m["MsgId"] = "4711"
					}
				}
			})}
			o.start()
			m := o.say("zhang", "", "反映 灯坏了")
			o.server.Post(wechattest.Message{From: "zhang", Type: 10002, Raw: revoke(ids)})
			if r := o.next(); r.Recalls != m.ID {
				t.Errorf("recall by %s takes back %q, want %q", ids, r.Recalls, m.ID)
			}
		})
	}
}

func TestQuotes(t *testing.T) {
	card := func(text string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	}
	const rule = "\n- - - - - - - - - - - - - - -\n"
	for name, test := range map[string]struct {
		sent         wechattest.Message
		quoted, text string
		called       bool
	}{
		"private":              {wechattest.Message{Text: "「小信：编号2026-0047 <急>」" + rule + "补充 还是凉的"}, "编号2026-0047 <急>", "补充 还是凉的", false},
		"called in the quote":  {wechattest.Message{Chat: "team", Text: "「李四：@小信 反映 灯坏了」" + rule + "我也是"}, "@小信 反映 灯坏了", "我也是", false},
		"called in the answer": {wechattest.Message{Chat: "team", Text: "「李四：灯坏了」" + rule + "@小信\u2005反映"}, "灯坏了", "反映", true},
		"card": {wechattest.Message{Type: 49, AppType: 57, FileName: "补充 还是凉的", Raw: card("<msg><appmsg><title>补充 还是凉的 &lt;急&gt;</title><type>57</type><refermsg><type>1</type><svrid>1</svrid><displayname>小信</displayname><content>编号2026-0047</content></refermsg></appmsg></msg>")},
			"编号2026-0047", "补充 还是凉的 <急>", false},
		"card of a picture": {wechattest.Message{Chat: "team", Type: 49, AppType: 57, Raw: card("<msg><appmsg><title>@小信 反映 灯坏了</title><refermsg><type>3</type><content>&lt;msg&gt;&lt;/msg&gt;</content></refermsg></appmsg></msg>")},
			"", "反映 灯坏了", true},
		"card that makes no sense": {wechattest.Message{Type: 49, AppType: 57, FileName: "补充 还是凉的", Raw: "&lt;msg"}, "", "补充 还是凉的", false},
	} {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			test.sent.From = "zhang"
			o.server.Post(test.sent)
			if m := o.next(); m.Quoted != test.quoted || m.Text != test.text || m.Addressed != test.called || m.Media != nil {
				t.Errorf("%s: got %+v", name, m)
			}
		})
	}
}
