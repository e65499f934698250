package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhuo/chat"
)

// wireMessage is what matters of an entry in AddMsgList.
type wireMessage struct {
	MsgId, NewMsgId          loose
	FromUserName, ToUserName loose
	MsgType, AppMsgType      loose
	Content, Url, FileName   loose
	MediaId, EncryFileName   loose
	CreateTime, VoiceLength  loose

	hash string // of the whole entry
}

// errUnreadable means that an entry is not understood, not even who wrote it.
var errUnreadable = errors.New("message not understood")

func readMessage(raw json.RawMessage) (wireMessage, error) {
	sum := sha256.Sum256(raw)
	w := wireMessage{hash: hex.EncodeToString(sum[:8])}
	if err := json.Unmarshal(raw, &w); err != nil {
		return w, errUnreadable
	}
	return w, nil
}

// id returns the message's id in the network. One without any gets an id that it
// has each time it comes.
func (w wireMessage) id() chat.MessageID {
	for _, id := range []loose{w.NewMsgId, w.MsgId} {
		if id != "" && id != "0" {
			return chat.MessageID(id)
		}
	}
	return chat.MessageID("x-" + w.hash)
}

// at returns when the network says the message was sent, or now when it does
// not.
func (w wireMessage) at(now time.Time) time.Time {
	seconds, ok := w.CreateTime.number()
	if !ok || seconds <= 0 {
		return now.UTC()
	}
	return time.Unix(seconds, 0).UTC()
}

// The kinds of message that matter, by MsgType; see section 1.3 of the
// protocol's description.
const (
	typeText     = 1
	typeImage    = 3
	typeVoice    = 34
	typeCard     = 42
	typeVideo    = 43
	typeLocation = 48
	typeApp      = 49
	typeClip     = 62 // a short video
	typeRecall   = 10002
	typeUnknown  = -1

	appFile  = 6 // AppMsgType
	appReply = 57
)

// silent lists the types by which nobody says anything: friend requests, calls,
// status, notices of the system.
var silent = []int64{37, 40, 50, 51, 52, 53, 9999, 10000}

// kind returns the message's type. One without a type that can be read is a text
// when it has words.
func (w wireMessage) kind() int64 {
	n, ok := w.MsgType.number()
	switch body := strings.TrimSpace(string(w.Content)); {
	case ok:
		return n
	case body != "" && !strings.HasPrefix(body, "<") && !strings.HasPrefix(body, "&lt;"):
		return typeText
	}
	return typeUnknown
}

// heardMessage is a message with the user names it came under.
type heardMessage struct {
	wireMessage
	chat, sender string
	body         string // without the sender's prefix
	recalls      chat.MessageID
}

// senderPrefix begins a group message. Only the first colon ends it: a form has
// lines such as "姓名:<br/>张三".
var senderPrefix = regexp.MustCompile(`^(@[0-9A-Za-z]+)[:：][ \x{2005}]*(?:<br ?/?>|\n)`)

// split tells who spoke where, and refuses what nobody said to the office: what
// the account itself wrote, notices of the system. Its error means that the
// message does not tell.
func split(w wireMessage, self string) (m heardMessage, ok bool, err error) {
	m = heardMessage{wireMessage: w, chat: string(w.FromUserName), body: string(w.Content)}
	switch {
	case slices.Contains(silent, w.kind()), m.chat == self:
		return m, false, nil
	case m.chat == "", strings.HasPrefix(m.chat, "{"), strings.HasPrefix(m.chat, "["):
		return m, false, errUnreadable
	}
	m.sender = m.chat
	if isGroup(m.chat) {
		prefix := senderPrefix.FindStringSubmatch(m.body)
		if prefix == nil {
			return m, false, errUnreadable
		}
		m.sender, m.body = prefix[1], m.body[len(prefix[0]):]
	}
	return m, isPerson(m.sender) && m.sender != self, nil
}

// message makes a chat.Message of it; names are what the bot is called there.
func (m heardMessage) message(b *book, now time.Time, names ...string) chat.Message {
	out := chat.Message{ID: m.id(), At: m.at(now), From: b.address(m.sender), Chat: b.address(m.chat)}
	if m.recalls != "" {
		if out.Recalls = m.recalls; out.ID == m.recalls {
			out.ID = "recall-" + out.ID
		}
		return out
	}
	if media, ok := m.media(); ok {
		media.Ref = m.ref(media.Kind, b.login)
		out.Media = []chat.Media{media}
		return out
	}
	// What is quoted comes first: a call of the bot in it calls nobody now.
	out.Quoted, out.Text = m.words()
	if isGroup(m.chat) {
		out.Text, out.Addressed = chat.CutCall(out.Text, names...)
	}
	return out
}

// words returns what was said, and what it quotes (引用).
func (m heardMessage) words() (quoted, words string) {
	if !m.isReply() {
		return chat.CutQuote(text(m.body))
	}
	// Newer phones send an answer as a card. Its title is what was said.
	words = plain(string(m.FileName))
	var card struct {
		App struct {
			Title string `xml:"title"`
			Refer struct {
				Type    string `xml:"type"`
				Content string `xml:"content"`
			} `xml:"refermsg"`
		} `xml:"appmsg"`
	}
	if xml.Unmarshal([]byte(text(m.body)), &card) != nil {
		return "", words
	}
	if card.App.Title != "" {
		words = card.App.Title
	}
	if card.App.Refer.Type == strconv.Itoa(typeText) {
		quoted = strings.TrimSpace(card.App.Refer.Content)
	}
	return quoted, words
}

func (m heardMessage) isReply() bool {
	app, _ := m.AppMsgType.number()
	return m.kind() == typeApp && app == appReply
}

// media says what came instead of text.
func (m heardMessage) media() (media chat.Media, ok bool) {
	if m.isReply() {
		return media, false
	}
	switch m.kind() {
	case typeText:
		if m.Url == "" {
			return media, false
		}
		media.Kind = chat.Location
		media.Name, _, _ = strings.Cut(text(m.body), "\n")
		media.Name = strings.TrimRight(media.Name, ":：")
	case typeImage:
		media.Kind = chat.Image
	case typeVoice:
		media.Kind = chat.Voice
		if ms, ok := m.VoiceLength.number(); ok && ms > 0 {
			media.Seconds = int(min(ms, 3_600_000)+999) / 1000
		}
	case typeVideo, typeClip:
		media.Kind = chat.Video
	case typeCard:
		media.Kind = chat.Card
	case typeLocation:
		media.Kind = chat.Location
	case typeApp:
		media.Kind, media.Name = chat.Other, plain(string(m.FileName))
		if app, _ := m.AppMsgType.number(); app == appFile {
			media.Kind = chat.File
		}
	default: // stickers, red packets, what comes with the next version
		media.Kind = chat.Other
	}
	return media, true
}

var newLine = regexp.MustCompile(`<br ?/?>`)

// text undoes what the server does to a text. Emoji come first: once the rest is
// unescaped, what a person typed looks the same.
func text(body string) string {
	return html.UnescapeString(newLine.ReplaceAllString(emoji(body), "\n"))
}
