package wechat

import (
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"time"

	"fangzhuo/chat"

	"github.com/eatmoreapple/openwechat"
)

// loose is a JSON string or number as text: the server is not consistent, and
// one odd field must not cost a whole batch.
type loose string

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(raw []byte) error {
	var s string
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*l = loose(s)
		return nil
	}
	*l = loose(raw)
	return nil
}

// wireMessage is what matters of an entry in AddMsgList.
type wireMessage struct {
	MsgId, NewMsgId          loose
	FromUserName, ToUserName loose
	MsgType, AppMsgType      loose
	Content, Url, FileName   loose
	CreateTime               loose
}

// wireContact is what matters of an entry in ModContactList.
type wireContact struct {
	UserName, NickName, RemarkName string
	VerifyFlag                     int
	MemberList                     []struct{ UserName, DisplayName string }
}

func (w wireContact) contact(self string) contact {
	members := map[string]string{}
	for _, m := range w.MemberList {
		members[m.UserName] = m.DisplayName
	}
	return newContact(self, w.NickName, w.RemarkName, w.VerifyFlag, members)
}

// heardMessage is a message with the user names it came under.
type heardMessage struct {
	wireMessage
	chat, sender string
	body         string // without the sender's prefix
}

// split tells who spoke where. It refuses what nobody said to the office: what
// the account itself wrote, notices of the system, news of official accounts.
func split(w wireMessage, self string) (heardMessage, bool) {
	m := heardMessage{wireMessage: w, chat: string(w.FromUserName), body: string(w.Content)}
	if m.chat == self || !spoken(string(w.MsgType)) || m.id() == "" {
		return m, false
	}
	m.sender = m.chat
	if isGroup(m.chat) {
		// The first mark only: a form has lines such as "姓名:<br/>张三".
		sender, body, ok := strings.Cut(m.body, ":<br/>")
		if !ok {
			return m, false
		}
		m.sender, m.body = sender, body
	}
	return m, isPerson(m.sender) && m.sender != self
}

// spoken reports whether a message of that type is something a person said.
// Left out: friend requests 37, status 51, calls 50, 52 and 53, notices 10000,
// recalls 10002.
func spoken(msgType string) bool {
	switch msgType {
	case "1", "3", "34", "42", "43", "47", "48", "49", "62":
		return true
	}
	return false
}

// id returns the message's id in the network.
func (m heardMessage) id() chat.MessageID {
	if m.NewMsgId != "" && m.NewMsgId != "0" && m.NewMsgId != "null" {
		return chat.MessageID(m.NewMsgId)
	}
	return chat.MessageID(m.MsgId)
}

// message makes a chat.Message of it; names are what the bot is called there.
func (m heardMessage) message(b *book, names ...string) chat.Message {
	seconds, _ := strconv.ParseInt(string(m.CreateTime), 10, 64)
	out := chat.Message{
		ID: m.id(), At: time.Unix(seconds, 0).UTC(),
		From: b.address(m.sender), Chat: b.address(m.chat),
	}
	if media, ok := m.media(); ok {
		out.Media = []chat.Media{media}
		return out
	}
	out.Quoted, out.Text = chat.CutQuote(text(m.body))
	if isGroup(m.chat) {
		out.Text, out.Addressed = chat.CutCall(out.Text, names...)
	}
	return out
}

// media refers to what came instead of text. The bytes are asked for by Ref.
func (m heardMessage) media() (chat.Media, bool) {
	media := chat.Media{Ref: string(m.id())}
	switch m.MsgType {
	case "1":
		if m.Url == "" || m.Url == "null" {
			return media, false
		}
		media.Kind = chat.Location
		media.Name, _, _ = strings.Cut(text(m.body), "\n")
		media.Name = strings.TrimRight(media.Name, ":：")
	case "3":
		media.Kind = chat.Image
	case "34":
		media.Kind = chat.Voice
	case "43", "62":
		media.Kind = chat.Video
	case "42":
		media.Kind = chat.Card
	case "48":
		media.Kind = chat.Location
	case "49":
		media.Kind, media.Name = chat.Other, plain(string(m.FileName))
		if m.AppMsgType == "6" {
			media.Kind = chat.File
		}
	default:
		media.Kind = chat.Other
	}
	return media, true
}

// text undoes what the server does to a text. Emoji come first: once the rest is
// unescaped, what a person typed looks the same.
func text(body string) string {
	body = openwechat.FormatEmoji(body)
	return html.UnescapeString(strings.ReplaceAll(body, "<br/>", "\n"))
}
