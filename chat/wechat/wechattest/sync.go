package wechattest

import (
	"fmt"
	"sort"
	"strings"
)

// syncBase is the cursor's value before anything happened.
const syncBase = 1000

// syncKey is the cursor behind the first n entries of the log.
func (s *Server) syncKey(n int) map[string]any {
	return map[string]any{"Count": 2, "List": []any{
		map[string]any{"Key": 1, "Val": syncBase + n}, map[string]any{"Key": 2, "Val": syncBase + n}}}
}

func syncCode(ret, selector int) string {
	return fmt.Sprintf(`window.synccheck={retcode:"%d",selector:"%d"}`, ret, selector)
}

// pollSync holds synccheck until there is something behind the client's cursor.
func (s *Server) pollSync(c *call) {
	var at int
	_, _ = fmt.Sscanf(c.r.URL.Query().Get("synckey"), "1_%d", &at)
	first := true
	s.poll(c.r.Context(), func() bool {
		c.answer = syncCode(0, 0)
		if ret := s.valid(c); ret != 0 {
			c.answer = syncCode(ret, 0)
			return true
		}
		if first && !s.session.polled {
			s.session.polled = true
			close(s.changed)
			s.changed = make(chan struct{})
		}
		first = false
		if at-syncBase < len(s.log) {
			c.answer = syncCode(0, 2)
			return true
		}
		return false
	})
}

// sync answers with all that happened behind the client's cursor. The cursor
// moves by what the client sends next, not by this answer.
func (s *Server) sync(c *call) {
	var in struct {
		SyncKey struct{ List []struct{ Val int } }
	}
	c.field(&in)
	from := len(s.log)
	if len(in.SyncKey.List) > 0 {
		from = min(max(in.SyncKey.List[0].Val-syncBase, 0), len(s.log))
	}
	messages, changed, gone := []any{}, []any{}, []any{}
	for _, e := range s.log[from:] {
		switch {
		case e.msg != nil:
			messages = append(messages, s.wire(e))
		case e.contact != "":
			changed = append(changed, s.card(e.contact, true))
		default:
			gone = append(gone, map[string]any{"UserName": s.goneName(e.gone), "ContactFlag": 0})
		}
	}
	c.ret(0, map[string]any{
		"AddMsgCount": len(messages), "AddMsgList": messages,
		"ModContactCount": len(changed), "ModContactList": changed,
		"DelContactCount": len(gone), "DelContactList": gone,
		"SyncKey": s.syncKey(len(s.log)), "ContinueFlag": 0, "Skey": "",
	})
}

// goneName is the user name that a removed contact had.
func (s *Server) goneName(id string) string {
	if _, ok := s.people[id]; ok {
		return s.userName(id)
	}
	return "@" + s.userName(id) // a group
}

// wire is a message as sync tells it.
func (s *Server) wire(e entry) map[string]any {
	m := e.msg
	content := s.content(e)
	from, to := s.userName(m.From), s.selfName()
	switch _, group := s.groups[m.Chat]; {
	case m.From == "self":
		to = s.userName(m.Chat)
	case group:
		content = from + ":<br/>" + content
		from = s.userName(m.Chat)
	}
	kind := m.Type
	if kind == 0 {
		kind = 1
	}
	out := map[string]any{
		"MsgId": fmt.Sprint(e.id), "NewMsgId": e.id, "MsgType": kind, "AppMsgType": m.AppType,
		"FromUserName": from, "ToUserName": to, "Content": content, "CreateTime": e.at,
		"Status": 3, "FileName": escape(m.FileName), "Url": m.URL,
		"FileSize": "", "MediaId": "", "EncryFileName": "", "ImgStatus": 1, "VoiceLength": 0, "PlayLength": 0,
	}
	switch {
	case kind == 3:
		out["ImgStatus"] = 2
	case kind == 34:
		out["VoiceLength"] = voiceLength
	case kind == 49 && m.AppType == 6:
		out["FileSize"], out["MediaId"], out["EncryFileName"] = fmt.Sprint(len(m.Data)), mediaID(e.id), encry(m.FileName)
	}
	if m.Odd {
		out["FileSize"], out["MsgId"], out["Status"] = 12, e.id, "3"
	}
	return out
}

// contacts lists friends and saved groups, these without members.
func (s *Server) contacts(c *call) {
	list := []any{}
	for _, id := range s.ids() {
		if !s.people[id].Stranger && !s.groups[id].Unsaved {
			list = append(list, s.card(id, false))
		}
	}
	c.ret(0, map[string]any{"MemberCount": len(list), "MemberList": list, "Seq": 0})
}

// ids lists people and groups in a fixed order.
func (s *Server) ids() []string {
	var ids []string
	for id := range s.people {
		ids = append(ids, id)
	}
	for id := range s.groups {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// details lists the contacts asked for, in the order asked.
func (s *Server) details(c *call) {
	var in struct{ List []struct{ UserName string } }
	c.field(&in)
	list := []any{}
	for _, item := range in.List {
		if id, ok := s.idOf(item.UserName); ok {
			list = append(list, s.card(id, true))
		}
	}
	c.ret(0, map[string]any{"Count": len(list), "ContactList": list})
}

// send takes a text to a person or group.
func (s *Server) send(c *call) {
	in := c.outgoing()
	if strings.TrimSpace(in.Content) == "" {
		c.ret(1, nil)
		return
	}
	s.accept(c, in, sentMessage{text: in.Content})
}

// outgoing is the message in the body of a send.
type outgoing struct{ Content, FromUserName, ToUserName, MediaId string }

func (c *call) outgoing() outgoing {
	var in struct{ Msg outgoing }
	c.field(&in)
	return in.Msg
}

// accept keeps what was sent, unless it goes nowhere. What comes twice is there
// twice: nobody knows whether the real servers look at ClientMsgId.
func (s *Server) accept(c *call, in outgoing, m sentMessage) {
	to, ok := s.idOf(in.ToUserName)
	if !ok || in.FromUserName != s.selfName() {
		c.ret(1, nil)
		return
	}
	m.to = to
	s.sent = append(s.sent, m)
	s.lastID++
	c.ret(0, map[string]any{"MsgID": fmt.Sprint(s.lastID), "LocalID": "1"})
}
