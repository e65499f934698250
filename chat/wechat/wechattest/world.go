package wechattest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// sentMessage is a text or a file.
type sentMessage struct {
	to, text string
	file     *File
}

// entry is one thing that happened, in the order in which sync tells it.
type entry struct {
	msg     *Message
	id      int64
	at      int64  // unix seconds
	contact string // or: this contact changed
	gone    string // or: this one went
}

// AddPerson adds a person, or changes one and tells the client so.
func (s *Server) AddPerson(p Person) {
	defer s.change()()
	_, had := s.people[p.ID]
	s.people[p.ID] = p
	if had {
		s.log = append(s.log, entry{contact: p.ID})
	}
}

// AddGroup adds a group, or changes one and tells the client so.
func (s *Server) AddGroup(g Group) {
	defer s.change()()
	_, had := s.groups[g.ID]
	s.groups[g.ID] = g
	if had {
		s.log = append(s.log, entry{contact: g.ID})
	}
}

// Quietly changes the world without telling the client, as when news is lost.
func (s *Server) Quietly(change func(people map[string]Person, groups map[string]Group)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.people, s.groups)
}

// Remove takes a person or group out of the address book and tells the client.
func (s *Server) Remove(id string) {
	defer s.change()()
	s.log = append(s.log, entry{gone: id})
	if _, ok := s.groups[id]; ok {
		delete(s.groups, id)
		return
	}
	p := s.people[id]
	p.Stranger = true
	s.people[id] = p
}

// Say makes a person say text in a group, or in private when chat is empty. It
// returns the message's id.
func (s *Server) Say(person, chat, text string) string {
	return s.Post(Message{From: person, Chat: chat, Text: text})
}

// Post sends a message. From "self" is the account's own phone.
func (s *Server) Post(m Message) string {
	defer s.change()()
	return s.post(m)
}

func (s *Server) post(m Message) string {
	s.lastID++
	s.log = append(s.log, entry{msg: &m, id: s.lastID, at: s.now().Unix()})
	return fmt.Sprint(s.lastID)
}

// Quote makes a person answer what somebody (the author) said before, as 引用
// does: the quoted text stands above the answer, under a line of dashes.
func (s *Server) Quote(person, chat, author, quoted, text string) string {
	return s.Say(person, chat, "「"+author+"："+quoted+"」\n- - - - - - - - - - - - - - -\n"+text)
}

// Recall makes the one who sent a message take it back (撤回), and returns the
// id of the message that says so.
func (s *Server) Recall(id string) string {
	defer s.change()()
	for _, e := range s.log {
		if e.msg == nil || fmt.Sprint(e.id) != id {
			continue
		}
		// oldmsgid is a number of the sender's own phone: it leads nowhere.
		raw := escape(fmt.Sprintf(`<sysmsg type="revokemsg"><revokemsg><session>%s</session><oldmsgid>%d</oldmsgid><msgid>%d</msgid><replacemsg><![CDATA["%s" 撤回了一条消息]]></replacemsg></revokemsg></sysmsg>`,
			"wxid_unknown", 1_000_000_000+e.id%1_000_000_000, e.id, s.people[e.msg.From].Nick))
		return s.post(Message{From: e.msg.From, Chat: e.msg.Chat, Type: 10002, Raw: raw})
	}
	return ""
}

// Repeat sends everything said so far once more under the same ids.
func (s *Server) Repeat() {
	defer s.change()()
	for _, e := range s.log[:len(s.log):len(s.log)] {
		if e.msg != nil {
			s.log = append(s.log, e)
		}
	}
}

// Sent returns the texts that the account has sent to a person or group.
func (s *Server) Sent(to string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for _, m := range s.sent {
		if m.to == to && m.file == nil {
			texts = append(texts, m.text)
		}
	}
	return texts
}

// UserName returns today's user name of a person or group.
func (s *Server) UserName(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.userName(id)
}

func (s *Server) userName(id string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s", s.session.number, id))
	name := "@" + hex.EncodeToString(sum[:])
	if _, ok := s.groups[id]; ok {
		return "@" + name
	}
	return name
}

func (s *Server) selfName() string { return s.userName("self") }

// idOf finds who has a user name today.
func (s *Server) idOf(user string) (string, bool) {
	for id := range s.people {
		if s.userName(id) == user {
			return id, true
		}
	}
	for id := range s.groups {
		if s.userName(id) == user {
			return id, true
		}
	}
	return "", false
}

// card is a person or group as the address book shows it; a group's members
// only when asked for.
func (s *Server) card(id string, members bool) map[string]any {
	if p, ok := s.people[id]; ok {
		flag := 0
		if p.Official {
			flag = 24
		}
		return map[string]any{"UserName": s.userName(id), "NickName": escape(p.Nick), "RemarkName": escape(p.Remark), "VerifyFlag": flag}
	}
	g := s.groups[id]
	card := map[string]any{"UserName": s.userName(id), "NickName": escape(g.Name), "EncryChatRoomId": "@room"}
	if members {
		list := []any{map[string]any{"UserName": s.selfName(), "NickName": escape(s.accounts[s.session.uin]), "DisplayName": escape(g.BotName)}}
		for _, m := range g.Members {
			list = append(list, map[string]any{"UserName": s.userName(m), "NickName": escape(s.people[m].Nick)})
		}
		card["MemberList"] = list
	}
	return card
}

// escape writes text as WeChat does on the wire.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(text)
}
