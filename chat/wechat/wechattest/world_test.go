package wechattest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat/wechat/wechattest"
)

// client is openwechat as it is, on the stand-in.
type client struct {
	t      *testing.T
	server *wechattest.Server
	bot    *openwechat.Bot
	got    chan *openwechat.Message
	friend *openwechat.Friend
}

// connect logs in on a server with Zhang and his team.
func connect(t *testing.T) *client {
	t.Helper()
	s := wechattest.New(time.Now)
	s.AddPerson(wechattest.Person{ID: "zhang", Nick: "三哥", Remark: "GZ-0001"})
	s.AddGroup(wechattest.Group{ID: "team", Name: "综采一队", Members: []string{"zhang"}})
	return login(t, s, wechattest.Uin)
}

func login(t *testing.T, s *wechattest.Server, uin int64) *client {
	t.Helper()
	s.Scan(uin)
	ctx, cancel := context.WithCancel(t.Context())
	b := openwechat.NewBot(ctx)
	openwechat.Desktop.Prepare(b)
	b.Caller.Client.HTTPClient().Transport = s.RoundTripper()
	c := &client{t: t, server: s, bot: b, got: make(chan *openwechat.Message, 100)}
	b.MessageHandler = func(m *openwechat.Message) { c.got <- m }
	b.UUIDCallback = func(string) {}
	if err := b.Login(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	self, err := b.GetCurrentUser()
	if err != nil {
		t.Fatal(err)
	}
	friends, err := self.Friends()
	if err != nil || len(friends) != 1 {
		t.Fatalf("friends %v, %v", friends, err)
	}
	c.friend = friends[0]
	return c
}

// Two accounts are two worlds: each has its own friends, news and login.
func TestTwoAccounts(t *testing.T) {
	a := connect(t)
	other := a.server.AddAccount(99, "别家")
	other.AddPerson(wechattest.Person{ID: "li", Nick: "李四"})
	b := login(t, a.server, 99)
	if a.friend.NickName != "三哥" || b.friend.NickName != "李四" {
		t.Errorf("the friends are %s and %s", a.friend.NickName, b.friend.NickName)
	}
	other.Say("li", "", "给别家的")
	a.server.Say("zhang", "", "给小信的")
	if m := <-a.got; m.Content != "给小信的" {
		t.Errorf("the first hears %q", m.Content)
	}
	if m := <-b.got; m.Content != "给别家的" {
		t.Errorf("the other hears %q", m.Content)
	}
	for _, c := range []*client{a, b} {
		if _, err := c.friend.SendText("收到"); err != nil {
			t.Error(err)
		}
	}
	if len(a.server.Sent("zhang")) != 1 || len(a.server.Sent("li")) != 0 || len(other.Sent("li")) != 1 {
		t.Errorf("sent to zhang %q, to li %q and %q", a.server.Sent("zhang"), a.server.Sent("li"), other.Sent("li"))
	}
	other.Logout(1101)
	<-b.bot.Context().Done()
	a.server.Say("zhang", "", "还在吗")
	if m := <-a.got; m.Content != "还在吗" {
		t.Errorf("the first hears %q", m.Content)
	}
}

// One sync tells as much as it may, and the next the rest.
func TestNewsInParts(t *testing.T) {
	c := connect(t)
	c.server.AwaitOnline(t.Context().Done())
	c.server.Limit(2)
	for _, text := range []string{"一", "二", "三", "四", "五"} {
		c.server.Say("zhang", "", text)
	}
	for _, want := range []string{"一", "二", "三", "四", "五"} {
		if m := <-c.got; m.Content != want {
			t.Fatalf("heard %q, want %q", m.Content, want)
		}
	}
	if n := c.server.Taken("webwxsync"); n < 3 {
		t.Errorf("%d syncs", n)
	}
	c.server.RepeatLast(2)
	for _, want := range []string{"四", "五"} {
		if m := <-c.got; m.Content != want {
			t.Errorf("heard %q again, want %q", m.Content, want)
		}
	}
}

// What is said while nobody is logged in no later login is told.
func TestLost(t *testing.T) {
	c := connect(t)
	heard := c.server.Say("zhang", "", "听到的")
	<-c.got
	for range 2 { // only a poll that was answered has shown the cursor behind it
		polls := c.server.Taken("synccheck")
		c.server.CutPolls()
		c.server.Await(t.Context().Done(), "synccheck", polls+1)
	}
	c.server.Logout(1101)
	<-c.bot.Context().Done()
	lost := c.server.Say("zhang", "", "没人听")
	if c.server.Lost(lost) {
		t.Error("lost before anybody else logged in")
	}
	again := login(t, c.server, wechattest.Uin)
	said := c.server.Say("zhang", "", "又听到的")
	if m := <-again.got; m.Content != "又听到的" {
		t.Errorf("heard %q", m.Content)
	}
	if !c.server.Lost(lost) || c.server.Lost(said) || c.server.Lost(heard) {
		t.Errorf("lost: %t, %t, %t", c.server.Lost(lost), c.server.Lost(said), c.server.Lost(heard))
	}
}

// An answer waits as long as the test wants, and the deed is done before or after.
func TestSlowAnswers(t *testing.T) {
	c := connect(t)
	for _, after := range []bool{false, true} {
		before := len(c.server.Sent("zhang"))
		asked, answer := make(chan struct{}), make(chan struct{})
		c.server.Next("webwxsendmsg", wechattest.Fault{After: after, Until: answer, Do: func() { close(asked) }})
		sent := make(chan error)
		go func() {
			_, err := c.friend.SendText("慢")
			sent <- err
		}()
		if after && !c.server.AwaitSent(t.Context().Done(), "zhang", before+1) {
			t.Error("not sent before the answer")
		}
		select {
		case <-asked:
			t.Error("Do came before the wait was over")
		case <-sent:
			t.Error("answered before the wait was over")
		default:
		}
		if n := len(c.server.Sent("zhang")); n != before && !after {
			t.Error("sent before the wait was over")
		}
		close(answer)
		if err := <-sent; err != nil {
			t.Error(err)
		}
		<-asked
	}
	c.server.Next("webwxsendmsg", wechattest.Fault{Change: func(path string, v any) any {
		if path == "BaseResponse.Ret" {
			return 1205
		}
		return v
	}})
	var ret openwechat.Ret
	if _, err := c.friend.SendText("快"); !errors.As(err, &ret) || ret != 1205 {
		t.Errorf("a changed answer gives %v", err)
	}
	if texts := c.server.Sent("zhang"); !slices.Equal(texts, strings.Fields("慢 慢 快")) {
		t.Errorf("sent %q", texts)
	}
}
