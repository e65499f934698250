package wechattest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Person is somebody who can write to the account. ID names him in tests; the
// protocol shows another user name at each login.
type Person struct {
	ID, Nick string
	Remark   string // 备注, typed on the account's phone
	Official bool   // 公众号
	Stranger bool   // not a friend: only met in groups
}

// Group is a group with the account in it.
type Group struct {
	ID, Name string
	Members  []string // ids of persons
	BotName  string   // what the account is called there, if not by its nickname
	Unsaved  bool     // not in the address book on the phone
}

// Message is what somebody sends; the zero Type is text.
type Message struct {
	From, Chat string // Chat is a group's id, or empty for private
	Text       string
	Type       int // MsgType: 3 image, 34 voice, 49 file or link, …
	AppType    int // AppMsgType: 6 file
	FileName   string
	Data       []byte // of an image, a voice, a video or a file: what the download endpoints give
	URL        string
	Raw        string // the content as on the wire, instead of Text
	Odd        bool   // with a field of a wrong type
}

// entry is one thing that happened, in the order in which sync tells it.
type entry struct {
	msg     *Message
	id      int64
	at      int64  // unix seconds
	contact string // or: this contact changed
	gone    string // or: this one went
	lost    bool   // said while nobody was logged in
}

// AddPerson adds a person, or changes one and tells the client so.
func (a *Account) AddPerson(p Person) {
	defer a.s.change()()
	_, had := a.people[p.ID]
	a.people[p.ID] = p
	if had {
		a.log = append(a.log, entry{contact: p.ID})
	}
}

// AddGroup adds a group, or changes one and tells the client so.
func (a *Account) AddGroup(g Group) {
	defer a.s.change()()
	_, had := a.groups[g.ID]
	a.groups[g.ID] = g
	if had {
		a.log = append(a.log, entry{contact: g.ID})
	}
}

// Quietly changes the world without telling the client, as when news is lost.
func (a *Account) Quietly(change func(people map[string]Person, groups map[string]Group)) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	change(a.people, a.groups)
}

// Remove takes a person or group out of the address book and tells the client.
func (a *Account) Remove(id string) {
	defer a.s.change()()
	a.log = append(a.log, entry{gone: id})
	if _, ok := a.groups[id]; ok {
		delete(a.groups, id)
		return
	}
	p := a.people[id]
	p.Stranger = true
	a.people[id] = p
}

// Say makes a person say text in a group, or in private when chat is empty. It
// returns the message's id.
func (a *Account) Say(person, chat, text string) string {
	return a.Post(Message{From: person, Chat: chat, Text: text})
}

// Post sends a message. From "self" is the account's own phone.
func (a *Account) Post(m Message) string {
	defer a.s.change()()
	return a.post(m)
}

func (a *Account) post(m Message) string {
	a.s.lastID++
	a.log = append(a.log, entry{msg: &m, id: a.s.lastID, at: a.s.now().Unix()})
	return fmt.Sprint(a.s.lastID)
}

// Quote makes a person answer what somebody (the author) said before, as 引用
// does: the quoted text stands above the answer, under a line of dashes.
func (a *Account) Quote(person, chat, author, quoted, text string) string {
	return a.Say(person, chat, "「"+author+"："+quoted+"」\n- - - - - - - - - - - - - - -\n"+text)
}

// Recall makes the one who sent a message take it back (撤回), and returns the
// id of the message that says so.
func (a *Account) Recall(id string) string {
	defer a.s.change()()
	for _, e := range a.log {
		if e.msg == nil || fmt.Sprint(e.id) != id {
			continue
		}
		// oldmsgid is a number of the sender's own phone: it leads nowhere.
		raw := escape(fmt.Sprintf(`<sysmsg type="revokemsg"><revokemsg><session>%s</session><oldmsgid>%d</oldmsgid><msgid>%d</msgid><replacemsg><![CDATA["%s" 撤回了一条消息]]></replacemsg></revokemsg></sysmsg>`,
			"wxid_unknown", 1_000_000_000+e.id%1_000_000_000, e.id, a.people[e.msg.From].Nick))
		return a.post(Message{From: e.msg.From, Chat: e.msg.Chat, Type: 10002, Raw: raw})
	}
	return ""
}

// Repeat sends everything said so far once more under the same ids.
func (a *Account) Repeat() { a.RepeatLast(math.MaxInt) }

// RepeatLast sends the last n things once more under the same ids.
func (a *Account) RepeatLast(n int) {
	defer a.s.change()()
	for _, e := range slices.Clone(a.log[max(0, len(a.log)-n):]) {
		if e.msg != nil {
			a.log = append(a.log, e)
		}
	}
}

// Sent returns the texts that the account has sent to a person or group.
func (a *Account) Sent(to string) []string {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return slices.Clone(a.texts[to])
}

// AwaitSent returns when the account has sent n texts to a person or group, or
// when done is closed.
func (a *Account) AwaitSent(done <-chan struct{}, to string, n int) bool {
	return a.s.await(done, func() bool { return len(a.texts[to]) >= n })
}

// UserName returns today's user name of a person or group.
func (a *Account) UserName(id string) string {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return a.userName(id)
}

func (a *Account) userName(id string) string {
	number := 0
	if a.session != nil {
		number = a.session.number
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s", number, id))
	name := "@" + hex.EncodeToString(sum[:])
	if _, ok := a.groups[id]; ok {
		return "@" + name
	}
	return name
}

func (a *Account) selfName() string { return a.userName("self") }

// idOf finds who has a user name today.
func (a *Account) idOf(user string) (string, bool) {
	for id := range a.people {
		if a.userName(id) == user {
			return id, true
		}
	}
	for id := range a.groups {
		if a.userName(id) == user {
			return id, true
		}
	}
	return "", false
}

// card is a person or group as the address book shows it; a group's members
// only when asked for.
func (a *Account) card(id string, members bool) map[string]any {
	if p, ok := a.people[id]; ok {
		flag := 0
		if p.Official {
			flag = 24
		}
		return map[string]any{"UserName": a.userName(id), "NickName": escape(p.Nick), "RemarkName": escape(p.Remark), "VerifyFlag": flag}
	}
	g := a.groups[id]
	card := map[string]any{"UserName": a.userName(id), "NickName": escape(g.Name), "EncryChatRoomId": "@room"}
	if members {
		list := []any{map[string]any{"UserName": a.selfName(), "NickName": escape(a.nick), "DisplayName": escape(g.BotName)}}
		for _, m := range g.Members {
			list = append(list, map[string]any{"UserName": a.userName(m), "NickName": escape(a.people[m].Nick)})
		}
		card["MemberList"] = list
	}
	return card
}

// escape writes text as WeChat does on the wire.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(text)
}
