package wechat

import (
	"encoding/xml"
	"html"
	"strings"

	"fangzhuo/chat"
)

// revocation is the content of a message that takes another back (撤回).
type revocation struct {
	Type   string `xml:"type,attr"`
	Revoke struct {
		ID    string `xml:"msgid"`
		NewID string `xml:"newmsgid"`
		OldID string `xml:"oldmsgid"` // a number of the sender's phone, as a rule
	} `xml:"revokemsg"`
}

// readRevocation reads one. What is shown instead of the message is left out: it
// holds a name that its bearer chose.
func readRevocation(body string) (revocation, bool) {
	content := newLine.ReplaceAllString(html.UnescapeString(body), "")
	if from, to := strings.Index(content, "<replacemsg>"), strings.LastIndex(content, "</replacemsg>"); from >= 0 && to > from {
		content = content[:from] + content[to+len("</replacemsg>"):]
	}
	_, content, found := strings.Cut(content, "<sysmsg")
	var r revocation
	if !found || xml.Unmarshal([]byte("<sysmsg"+content), &r) != nil {
		return r, false
	}
	return r, r.Type == "revokemsg"
}

// recall tells which message was taken back, and by whom. Only the one who said
// it can: in a group whose recall does not name him, he is known from the message
// itself.
func (l *link) recall(w wireMessage) (heardMessage, bool) {
	m := heardMessage{wireMessage: w, chat: string(w.FromUserName), sender: string(w.FromUserName), body: string(w.Content)}
	if isGroup(m.chat) {
		m.sender = ""
		if prefix := senderPrefix.FindStringSubmatch(m.body); prefix != nil {
			m.sender = prefix[1]
		}
	}
	r, ok := readRevocation(m.body)
	if !ok || m.chat == l.book.self {
		return m, false
	}
	for _, id := range []string{r.Revoke.OldID, r.Revoke.ID, r.Revoke.NewID} { // the last that is there names it best
		if id != "" && id != "0" {
			m.recalls = chat.MessageID(id)
		}
	}
	for _, id := range []string{r.Revoke.ID, r.Revoke.NewID, r.Revoke.OldID} {
		first, known := l.recent.find(id)
		if !known {
			continue
		}
		if first.chat != m.chat || m.sender != "" && m.sender != first.sender {
			return m, false
		}
		m.sender, m.recalls = first.sender, first.id
		break
	}
	return m, m.recalls != "" && isPerson(m.sender) && m.sender != l.book.self
}

// recents are the last messages of a login by every number that they came with:
// a recall may use another than the one by which they were handed over.
type recents struct {
	messages map[string]recentMessage
	order    []string
}

type recentMessage struct {
	id           chat.MessageID
	chat, sender string
}

// recentLimit is how many numbers are remembered. A message can be taken back for
// two minutes.
const recentLimit = 4000

func (r *recents) find(id string) (recentMessage, bool) {
	m, ok := r.messages[id]
	return m, ok
}

func (r *recents) add(m heardMessage) {
	if r.messages == nil {
		r.messages = map[string]recentMessage{}
	}
	for _, id := range []loose{m.MsgId, m.NewMsgId} {
		if _, had := r.messages[string(id)]; had || id == "" || id == "0" {
			continue
		}
		r.messages[string(id)] = recentMessage{m.id(), m.chat, m.sender}
		r.order = append(r.order, string(id))
	}
	for len(r.order) > recentLimit {
		delete(r.messages, r.order[0])
		r.order = r.order[1:]
	}
}
