package wechat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

// altered is a network that alters the answers of one endpoint.
type altered struct {
	base     http.RoundTripper
	endpoint string
	alter    func(body []byte) []byte
}

func (a *altered) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.base.RoundTrip(r)
	if err != nil || endpointOf(r) != a.endpoint {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = a.alter(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// alterFields alters an answer's JSON.
func alterFields(t *testing.T, alter func(fields map[string]any)) func([]byte) []byte {
	return func(body []byte) []byte {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		var fields map[string]any
		if err := dec.Decode(&fields); err != nil {
			t.Error(err)
			return body
		}
		alter(fields)
		body, err := json.Marshal(fields)
		if err != nil {
			t.Error(err)
		}
		return body
	}
}

// odd are values of types that nobody expects.
func odd(v any) map[string]any {
	return map[string]any{"missing": nil, "null": json.RawMessage("null"), "bool": true, "list": []any{1, 2}, "object": map[string]any{"a": 1, "b": 2},
		"text": "odd", "number": 7, "fraction": 1.5, "wrapped": map[string]any{"string": v}, "in a list": []any{v}, "as text": fmt.Sprint(v)}
}

// TestOddFieldCostsNothing gives every field of a message every odd type: the
// message arrives with all that is left of it, and so does the next one.
func TestOddFieldCostsNothing(t *testing.T) {
	fields := []string{"MsgId", "NewMsgId", "MsgType", "AppMsgType", "ToUserName", "Content", "CreateTime",
		"Status", "FileName", "Url", "FileSize", "RecommendInfo", "AppInfo", "ImgStatus"}
	for _, field := range fields {
		for kind := range odd("") {
			t.Run(field+"/"+kind, func(t *testing.T) {
				inOffice(t, func(t *testing.T, o *office) {
					o.opt.HTTP = &altered{base: o.opt.HTTP, endpoint: "webwxsync", alter: alterFields(t, func(in map[string]any) {
						list := in["AddMsgList"].([]any)
						if len(list) == 0 {
							return
						}
						m := list[0].(map[string]any)
						if kind == "missing" {
							delete(m, field)
						} else {
							m[field] = odd(m[field])[kind]
						}
					})}
					o.start()
					o.server.Hold(time.Minute)
					o.server.Post(wechattest.Message{From: "zhang", Text: "一"})
					first := o.next()
					if first.ID == "" || first.From != "wechat:p/GZ-0001" || first.Chat != first.From || first.At.IsZero() {
						t.Errorf("got %+v, want it whole but for %s", first, field)
					}
					what := first.Text
					for _, m := range first.Media {
						what += string(m.Kind)
					}
					if what == "" && (field != "Content" || kind != "missing" && kind != "null") {
						t.Errorf("nothing is left of the message: %+v", first)
					}
					switch kept := field != "Content" && field != "MsgType" && field != "Url"; {
					case kept || kind == "wrapped" || kind == "in a list" || kind == "as text":
						if first.Text != "一" {
							t.Errorf("text = %q, want it as said", first.Text)
						}
					}
					o.server.Repeat()
					if again := o.next(); again.ID != first.ID {
						t.Errorf("again it has the id %q, want %q", again.ID, first.ID)
					}
					o.wantOnline()
				})
			})
		}
	}
}

// What tells not even who wrote it is counted, and costs the others nothing.
func TestUnreadableIsCounted(t *testing.T) {
	for name, entry := range map[string]any{
		"number": 7, "text": "odd", "null": nil, "list": []any{1}, "nobody": map[string]any{"MsgId": "1", "MsgType": 1, "Content": "秘密"},
		"odd sender": map[string]any{"MsgId": "1", "FromUserName": map[string]any{"a": 1, "b": 2}, "Content": "秘密"},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.opt.HTTP = &altered{base: o.opt.HTTP, endpoint: "webwxsync", alter: alterFields(t, func(in map[string]any) {
					in["AddMsgList"] = append([]any{entry}, in["AddMsgList"].([]any)...)
				})}
				o.start()
				if m := o.say("li", "", "二"); m.Text != "二" {
					t.Errorf("got %+v", m)
				}
				o.nothing()
				o.server.Repeat()
				o.next()
				o.wantTroubles(chat.Trouble{Hint: wechat.HintGroupMissing, About: "〔GZ-B〕"}, chat.Trouble{Hint: wechat.HintUnreadable, About: "1"})
				if !strings.Contains(o.log.String(), "not understood") || strings.Contains(o.log.String(), "秘密") {
					t.Errorf("the log should say that, and no content:\n%s", o.log)
				}
			})
		})
	}
}

// A group message that does not tell its sender is counted; one whose sender
// stands there in another way is not.
func TestGroupPrefixes(t *testing.T) {
	for raw, want := range map[string]string{
		"%s:<br/>姓名:<br/>张三":  "姓名:\n张三",
		"%s：<br/>姓名：张三":       "姓名：张三",
		"%s:\n姓名":             "姓名",
		"%s: <br />姓名":        "姓名",
		"%s:\u2005<br/>姓名 ４７": "姓名 ４７",
		"姓名:<br/>张三":          "",
		"@小信 反映:<br/>灯坏了":     "",
		"没有人":                 "",
	} {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			content := raw
			if strings.Contains(raw, "%s") {
				content = fmt.Sprintf(raw, o.server.UserName("zhang"))
			}
			o.server.Post(wechattest.Message{From: "team", Raw: content})
			if want == "" {
				o.nothing()
				if got := o.account.LinkState().Troubles; len(got) != 2 || got[1].Hint != wechat.HintUnreadable {
					t.Errorf("%q: troubles are %v, want it counted", raw, got)
				}
				return
			}
			if m := o.next(); m.Text != want || m.From != "wechat:p/GZ-0001" || m.Chat != "wechat:g/〔GZ-A〕" {
				t.Errorf("%q reads %+v, want %q from Zhang", raw, m, want)
			}
		})
	}
}

func TestEmojiAndMarkup(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Post(wechattest.Message{From: "zhang",
			Raw: `好<span class="emoji emoji1f600"></span><span class="emoji emoji1f1e81f1f3"></span><span class="emoji emoji2764fe0f"></span>&lt;span class="emoji emoji1f600"&gt;&lt;/span&gt;`})
		if m := o.next(); m.Text != `好😀🇨🇳❤️<span class="emoji emoji1f600"></span>` {
			t.Errorf("text = %q", m.Text)
		}
	})
}

// TestOddEnvelope does for the answer as a whole what TestOddFieldCostsNothing does
// for a message.
func TestOddEnvelope(t *testing.T) {
	for name, alter := range map[string]func(map[string]any){
		"code as text": func(in map[string]any) { in["BaseResponse"] = map[string]any{"Ret": "0"} },
		"no code":      func(in map[string]any) { delete(in, "BaseResponse") },
		"odd code":     func(in map[string]any) { in["BaseResponse"] = []any{} },
		"cursor as text": func(in map[string]any) {
			for _, item := range in["SyncKey"].(map[string]any)["List"].([]any) {
				item := item.(map[string]any)
				item["Val"] = fmt.Sprint(item["Val"])
			}
		},
		"wrong count": func(in map[string]any) { in["SyncKey"].(map[string]any)["Count"] = "99" },
		"lone message": func(in map[string]any) {
			if list := in["AddMsgList"].([]any); len(list) == 1 {
				in["AddMsgList"] = list[0]
			}
		},
		"odd contacts": func(in map[string]any) { in["ModContactList"], in["DelContactList"] = "odd", []any{7, nil} },
		"odd counts":   func(in map[string]any) { in["AddMsgCount"], in["ContinueFlag"] = []any{}, "0" },
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.opt.HTTP = &altered{base: o.opt.HTTP, endpoint: "webwxsync", alter: alterFields(t, alter)}
				o.start()
				for _, text := range []string{"一", "二"} {
					if m := o.say("zhang", "", text); m.Text != text {
						t.Errorf("got %+v, want %q once", m, text)
					}
				}
				o.pass(time.Minute)
				o.nothing()
			})
		})
	}
}

// Somebody's control character must not hold up everybody's messages.
func TestRawControlCharacters(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.opt.HTTP = &altered{base: o.opt.HTTP, endpoint: "webwxsync", alter: func(body []byte) []byte {
			body = bytes.ReplaceAll(body, []byte("VT"), []byte("\v"))
			return bytes.ReplaceAll(body, []byte("ESC"), []byte(`\x`))
		}}
		o.start()
		if m := o.say("zhang", "", "灯VT坏ESC了 \"急\" \\"); m.Text != "灯\v坏\\x了 \"急\" \\" {
			t.Errorf("text = %q", m.Text)
		}
	})
}

// TestOddContacts reads an address book whose types are not to be relied on, and
// takes one that is missing for what it is.
func TestOddContacts(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.opt.HTTP = &altered{base: o.opt.HTTP, endpoint: "webwxgetcontact", alter: alterFields(t, func(in map[string]any) {
			in["Seq"], in["MemberCount"] = "0", []any{}
			for _, c := range in["MemberList"].([]any) {
				c := c.(map[string]any)
				c["VerifyFlag"], c["NickName"], c["Sex"] = fmt.Sprint(c["VerifyFlag"]), 7, map[string]any{}
			}
			in["MemberList"] = append([]any{7, "odd", map[string]any{}}, in["MemberList"].([]any)...)
		})}
		o.start()
		if m := o.say("zhang", "", "在吗"); m.From != "wechat:p/GZ-0001" {
			t.Errorf("from %q", m.From)
		}
		o.server.Say("news", "", "今日要闻")
		o.nothing()
	})
	for _, body := range []string{`{}`, `{"BaseResponse":{"Ret":0}}`, `{"BaseResponse":{"Ret":0},"MemberList":"odd"}`, `{"BaseResponse":{"Ret":0},"MemberList":null}`} {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			o.server.Next("webwxgetcontact", wechattest.Fault{Body: body})
			o.pass(11 * time.Minute)
			if _, err := o.send("wechat:p/GZ-0001", "在"); err != nil {
				t.Errorf("after the answer %s nobody is known any more: %v", body, err)
			}
		})
	}
}
