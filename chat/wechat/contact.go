package wechat

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/eatmoreapple/openwechat"
)

// contact is what matters of a person or group in the account's address book.
type contact struct {
	name     string // nickname, or name of the group
	remark   string
	official bool   // 公众号
	me       string // what the bot is called in the group
}

// wireContact is what matters of a contact as the server tells it, in the types
// that the library expects.
type wireContact struct {
	UserName, NickName, RemarkName string
	VerifyFlag                     int64
	MemberList                     []wireMember
}

type wireMember struct{ UserName, DisplayName string }

// readContact reads a contact, whatever the types of its fields.
func readContact(raw json.RawMessage) (w wireContact, ok bool) {
	in, err := parse(raw)
	if err != nil || in.text("UserName") == "" {
		return w, false
	}
	w = wireContact{UserName: in.text("UserName"), NickName: in.text("NickName"), RemarkName: in.text("RemarkName"),
		VerifyFlag: in.number("VerifyFlag")}
	for _, raw := range in.list("MemberList") {
		if m, err := parse(raw); err == nil {
			w.MemberList = append(w.MemberList, wireMember{m.text("UserName"), m.text("DisplayName")})
		}
	}
	return w, true
}

func (w wireContact) contact(self string) contact {
	c := contact{name: plain(w.NickName), remark: plain(w.RemarkName), official: w.VerifyFlag&8 != 0}
	for _, m := range w.MemberList {
		if m.UserName == self {
			c.me = plain(m.DisplayName)
		}
	}
	return c
}

// fromLibrary makes contacts of the library's.
func fromLibrary(self string, users []*openwechat.User) map[string]contact {
	cs := make(map[string]contact, len(users))
	for _, u := range users {
		if u == nil {
			continue
		}
		w := wireContact{UserName: u.UserName, NickName: u.NickName, RemarkName: u.RemarkName, VerifyFlag: int64(u.VerifyFlag)}
		for _, m := range u.MemberList {
			if m != nil {
				w.MemberList = append(w.MemberList, wireMember{m.UserName, m.DisplayName})
			}
		}
		cs[u.UserName] = w.contact(self)
	}
	return cs
}

var emojiSpan = regexp.MustCompile(`<span class="emoji emoji([0-9a-fA-F]+)"></span>`)

// emoji puts characters where the server wrote their code points, which may be
// several in one: "1f1e81f1f3" is a flag.
func emoji(s string) string {
	return emojiSpan.ReplaceAllStringFunc(s, func(span string) string {
		var out strings.Builder
		for code := emojiSpan.FindStringSubmatch(span)[1]; code != ""; {
			n := min(4, len(code))
			if len(code) == 5 || len(code) > 4 && strings.HasPrefix(strings.ToLower(code), "1f") {
				n = 5
			}
			point, err := strconv.ParseUint(code[:n], 16, 21)
			if err != nil || !utf8.ValidRune(rune(point)) {
				return span
			}
			out.WriteRune(rune(point))
			code = code[n:]
		}
		return out.String()
	})
}

// plain undoes what the server does to names.
func plain(s string) string { return html.UnescapeString(emoji(s)) }
