package wechat_test

import (
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/chattest"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

// TestConformance runs the transports' suite over the stand-in.
func TestConformance(t *testing.T) {
	chattest.Run(t, func(t *testing.T) (chat.Transport, chattest.World) {
		w := &world{t: t, session: &memory{}, server: wechattest.New(func() time.Time { return epoch })}
		w.server.AddPerson(wechattest.Person{ID: string(chattest.Zhang), Nick: "三哥", Remark: "GZ-0001"})
		w.server.AddPerson(wechattest.Person{ID: string(chattest.Li), Nick: "李四"})
		w.server.AddGroup(wechattest.Group{ID: string(chattest.Team), Name: "综采一队",
			Members: []string{string(chattest.Zhang), string(chattest.Li)}})
		w.server.ScanAlways(wechattest.Uin)
		return w.Restart(), w
	})
}

// world shows the stand-in to the suite.
type world struct {
	t       *testing.T
	server  *wechattest.Server
	session *memory
}

// Restart implements chattest.Restarter.
func (w *world) Restart() chat.Transport {
	return wechat.New(wechat.Options{Session: w.session, HTTP: w.server.RoundTripper(),
		Now: func() time.Time { return epoch }, After: hurry})
}

// Say implements chattest.World. A login by scan hears only what is said after it.
func (w *world) Say(from chattest.Person, in chattest.Chat, text string) {
	w.server.AwaitOnline(w.t.Context().Done())
	group := ""
	if in == chattest.Team {
		group = string(in)
	}
	w.server.Say(string(from), group, text)
}

// Call implements chattest.World.
func (w *world) Call() string { return "@" + wechattest.Nick }

// Received implements chattest.World.
func (w *world) Received(reader chattest.Person, in chattest.Chat) []string {
	if in == chattest.Team {
		return w.server.Sent(string(in))
	}
	return w.server.Sent(string(reader))
}

// Gone implements chattest.World.
func (w *world) Gone() chat.Address { return "wechat:s/@gone" }
