package wechattest

import (
	"fmt"
	"sort"
	"strings"
)

// syncBase is the cursor's value before anything happened.
const syncBase = 1000

// syncKey is the cursor behind the first n entries of the log.
func syncKey(n int) map[string]any {
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
		a, ret := s.who(c)
		if ret != 0 {
			c.answer = syncCode(ret, 0)
			return true
		}
		if first && !a.session.polled {
			a.session.polled = true
			close(s.changed)
			s.changed = make(chan struct{})
		}
		first = false
		a.passed = max(a.passed, min(at-syncBase, len(a.log)))
		if at-syncBase < len(a.log) {
			c.answer = syncCode(0, 2)
			return true
		}
		return false
	})
}

// Limit makes one sync tell at most n news; what is left comes with the next.
func (a *Account) Limit(n int) {
	defer a.s.change()()
	a.limit = n
}

// sync answers with what happened behind the client's cursor. The cursor moves
// by what the client sends next, not by this answer.
func (a *Account) sync(c *call) {
	var in struct {
		SyncKey struct{ List []struct{ Val int } }
	}
	c.field(&in)
	from := a.session.from // nobody knows; a client that has no cursor asks for all there is
	if len(in.SyncKey.List) > 0 {
		from = min(max(in.SyncKey.List[0].Val-syncBase, 0), len(a.log))
	}
	a.passed = max(a.passed, from)
	to := len(a.log)
	if a.limit > 0 {
		to = min(to, from+a.limit)
	}
	messages, changed, gone := []any{}, []any{}, []any{}
	for _, e := range a.log[from:to] {
		switch {
		case e.msg != nil:
			messages = append(messages, a.wire(e))
		case e.contact != "":
			changed = append(changed, a.card(e.contact, true))
		default:
			gone = append(gone, map[string]any{"UserName": a.goneName(e.gone), "ContactFlag": 0})
		}
	}
	more := 0
	if to < len(a.log) {
		more = 1
	}
	c.ret(0, map[string]any{
		"AddMsgCount": len(messages), "AddMsgList": messages,
		"ModContactCount": len(changed), "ModContactList": changed,
		"DelContactCount": len(gone), "DelContactList": gone,
		"SyncKey": syncKey(to), "ContinueFlag": more, "Skey": "",
	})
}

// goneName is the user name that a removed contact had.
func (a *Account) goneName(id string) string {
	if _, ok := a.people[id]; ok {
		return a.userName(id)
	}
	return "@" + a.userName(id) // a group
}

// wire is a message as sync tells it.
func (a *Account) wire(e entry) map[string]any {
	m := e.msg
	content := a.content(e)
	from, to := a.userName(m.From), a.selfName()
	switch _, group := a.groups[m.Chat]; {
	case m.From == "self":
		to = a.userName(m.Chat)
	case group:
		content = from + ":<br/>" + content
		from = a.userName(m.Chat)
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
func (a *Account) contacts(c *call) {
	list := []any{}
	for _, id := range a.ids() {
		if !a.people[id].Stranger && !a.groups[id].Unsaved {
			list = append(list, a.card(id, false))
		}
	}
	c.ret(0, map[string]any{"MemberCount": len(list), "MemberList": list, "Seq": 0})
}

// ids lists people and groups in a fixed order.
func (a *Account) ids() []string {
	var ids []string
	for id := range a.people {
		ids = append(ids, id)
	}
	for id := range a.groups {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// details lists the contacts asked for, in the order asked.
func (a *Account) details(c *call) {
	var in struct{ List []struct{ UserName string } }
	c.field(&in)
	list := []any{}
	for _, item := range in.List {
		if id, ok := a.idOf(item.UserName); ok {
			list = append(list, a.card(id, true))
		}
	}
	c.ret(0, map[string]any{"Count": len(list), "ContactList": list})
}

// send takes a text to a person or group.
func (a *Account) send(c *call) {
	in := c.outgoing()
	if strings.TrimSpace(in.Content) == "" {
		c.ret(1, nil)
		return
	}
	a.accept(c, in, nil)
}

// outgoing is the message in the body of a send.
type outgoing struct{ Content, FromUserName, ToUserName, MediaId string }

func (c *call) outgoing() outgoing {
	var in struct{ Msg outgoing }
	c.field(&in)
	return in.Msg
}

// accept keeps a text or a file that was sent, unless it goes nowhere. What comes twice is there
// twice: nobody knows whether the real servers look at ClientMsgId.
func (a *Account) accept(c *call, in outgoing, f *File) {
	to, ok := a.idOf(in.ToUserName)
	if !ok || in.FromUserName != a.selfName() {
		c.ret(1, nil)
		return
	}
	if f != nil {
		a.files[to] = append(a.files[to], *f)
	} else {
		a.texts[to] = append(a.texts[to], in.Content)
	}
	a.s.lastID++
	c.ret(0, map[string]any{"MsgID": fmt.Sprint(a.s.lastID), "LocalID": "1"})
}
