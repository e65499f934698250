package wechat_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

func (o *office) wantNoAddress(to chat.Address) {
	o.t.Helper()
	if _, err := o.send(to, "在吗"); !errors.Is(err, chat.ErrNoAddress) {
		o.t.Errorf("Send to %q = %v, want ErrNoAddress", to, err)
	}
}

func TestUnboundAddressesLastOneLogin(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		wang, yard := o.say("wang", "", "在吗"), o.say("passer", "yard", "在吗")
		if wang.From != chat.Address("wechat:s/"+o.server.UserName("wang")) {
			t.Errorf("a nickname was taken for a remark: from %q", wang.From)
		}
		if yard.Chat != chat.Address("wechat:r/"+o.server.UserName("yard")) || yard.From != chat.Address("wechat:s/"+o.server.UserName("passer")) {
			t.Errorf("group message = %+v", yard)
		}
		for _, to := range []chat.Address{wang.From, yard.Chat} {
			if _, err := o.send(to, "在"); err != nil {
				t.Errorf("Send to %q: %v", to, err)
			}
		}
		o.wantNoAddress(yard.From) // only met in a group
		o.pass(2 * time.Hour)
		o.server.Logout(1101)
		o.pass(10 * time.Second)
		o.wantOnline()
		o.wantNoAddress(wang.From)
		o.wantNoAddress(yard.Chat)
		for _, to := range []chat.Address{"wechat:p/GZ-0001", "wechat:g/〔GZ-A〕"} {
			if _, err := o.send(to, "在"); err != nil {
				t.Errorf("after the new login, Send to %q: %v", to, err)
			}
		}
	})
}

func TestRemarkSetLater(t *testing.T) {
	for name, change := range map[string]func(*office){
		"told": func(o *office) {
			o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王", Remark: "GZ-0009 王五"})
		},
		"read again": func(o *office) {
			o.server.Quietly(func(people map[string]wechattest.Person, _ map[string]wechattest.Group) {
				people["wang"] = wechattest.Person{ID: "wang", Nick: "王", Remark: "GZ-0009 王五"}
			})
			o.pass(11 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				o.say("wang", "", "在吗")
				change(o)
				if m := o.say("wang", "", "在吗"); m.From != "wechat:p/GZ-0009" {
					t.Errorf("from %q, want the remark's code", m.From)
				}
			})
		})
	}
}

func TestNewFriendIsLookedUp(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Minute)
		o.server.AddPerson(wechattest.Person{ID: "zhao", Nick: "赵", Remark: "GZ-0010"})
		if m := o.say("zhao", "", "在吗"); m.From != "wechat:p/GZ-0010" {
			t.Errorf("from %q, want the new friend known", m.From)
		}
		before := len(o.server.Requests("webwxgetcontact"))
		for range 20 {
			o.say("passer", "", "在吗")
		}
		if n := len(o.server.Requests("webwxgetcontact")) - before; n > 1 {
			t.Errorf("%d readings of the address book for one stranger", n)
		}
	})
}

func TestDuplicateRemarkDisablesBoth(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王", Remark: "GZ-0001 冒名"})
		for _, who := range []string{"zhang", "wang"} {
			if m := o.say(who, "", "在吗"); m.From != chat.Address("wechat:s/"+o.server.UserName(who)) {
				t.Errorf("%s speaks as %q, want no code", who, m.From)
			}
		}
		o.wantNoAddress("wechat:p/GZ-0001")
		o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王"})
		if m := o.say("zhang", "", "在吗"); m.From != "wechat:p/GZ-0001" {
			t.Errorf("once cleared up, from %q", m.From)
		}
	})
}

func TestCodeMustBeWhole(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王", Remark: "GZ-00011"})
		o.start()
		if m := o.say("zhang", "", "在吗"); m.From != "wechat:p/GZ-0001" {
			t.Errorf("from %q: GZ-00011 was taken for GZ-0001", m.From)
		}
	})
}

func TestMarkers(t *testing.T) {
	missing := func(m string) chat.Trouble { return chat.Trouble{Hint: wechat.HintGroupMissing, About: m} }
	for _, test := range []struct {
		name     string
		change   func(*wechattest.Server)
		troubles []chat.Trouble
		works    bool
	}{
		{"one", func(s *wechattest.Server) {}, []chat.Trouble{missing("〔GZ-B〕")}, true},
		{"all there", func(s *wechattest.Server) {
			s.AddGroup(wechattest.Group{ID: "b", Name: "机电〔GZ-B〕队"})
		}, nil, true},
		{"renamed without it", func(s *wechattest.Server) {
			s.AddGroup(wechattest.Group{ID: "team", Name: "综采一队"})
		}, []chat.Trouble{missing("〔GZ-A〕"), missing("〔GZ-B〕")}, false},
		{"twice", func(s *wechattest.Server) {
			s.AddGroup(wechattest.Group{ID: "b", Name: "机电〔GZ-B〕队"})
			s.AddGroup(wechattest.Group{ID: "copy", Name: "〔GZ-A〕冒名"})
		}, []chat.Trouble{{Hint: wechat.HintGroupTwice, About: "〔GZ-A〕"}}, false},
		{"two markers in one name", func(s *wechattest.Server) {
			s.AddGroup(wechattest.Group{ID: "team", Name: "〔GZ-A〕〔GZ-B〕"})
		}, []chat.Trouble{missing("〔GZ-A〕"), missing("〔GZ-B〕")}, false},
		{"not saved on the phone", func(s *wechattest.Server) {
			s.AddGroup(wechattest.Group{ID: "team", Name: "〔GZ-A〕综采一队", Unsaved: true})
		}, []chat.Trouble{missing("〔GZ-A〕"), missing("〔GZ-B〕")}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				test.change(o.server)
				o.start()
				o.wantState(chat.Online, "")
				o.wantTroubles(test.troubles...)
				if _, err := o.send("wechat:g/〔GZ-A〕", "在吗"); (err == nil) != test.works {
					t.Errorf("Send = %v, want it to work: %t", err, test.works)
				}
			})
		})
	}
}

// What a person should put right is told as it comes and goes.
func TestTroublesAreTold(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.wantOnline()
		o.server.AddGroup(wechattest.Group{ID: "b", Name: "〔GZ-B〕机电队", Unsaved: true})
		o.say("zhang", "b", "在吗")
		o.wantTroubles()
		o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王", Remark: "GZ-0001 冒名"})
		o.pass(time.Second)
		twice := chat.Trouble{Hint: wechat.HintRemarkTwice, About: "GZ-0001"}
		o.wantTroubles(twice)
		o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王"})
		o.pass(time.Second)
		o.wantTroubles()
		o.mu.Lock()
		defer o.mu.Unlock()
		var told [][]chat.Trouble
		for _, s := range o.states {
			if s.Phase == chat.Online {
				told = append(told, s.Troubles)
			}
		}
		missing := chat.Trouble{Hint: wechat.HintGroupMissing, About: "〔GZ-B〕"}
		want := [][]chat.Trouble{{missing}, {}, {twice}, {}}
		if !slices.EqualFunc(told, want, slices.Equal) {
			t.Errorf("told %v, want %v", told, want)
		}
	})
}

func TestUnsavedGroupIsLearntFromItsFirstMessage(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.AddGroup(wechattest.Group{ID: "b", Name: "〔GZ-B〕机电队", Members: []string{"zhang"}, BotName: "机电小信", Unsaved: true})
		o.start()
		m := o.say("zhang", "b", "@机电小信 在吗")
		if m.Chat != "wechat:g/〔GZ-B〕" || !m.Addressed || m.Text != "在吗" {
			t.Errorf("message = %+v, want the group known and the call by its group name", m)
		}
		o.wantState(chat.Online, "")
		o.pass(11 * time.Minute) // the address book does not list it
		if _, err := o.send("wechat:g/〔GZ-B〕", "在"); err != nil {
			t.Error(err)
		}
		before := len(o.server.Requests("webwxbatchgetcontact"))
		for range 5 {
			o.say("zhang", "b", "在吗")
		}
		if n := len(o.server.Requests("webwxbatchgetcontact")) - before; n != 0 {
			t.Errorf("%d more requests about a known group", n)
		}
	})
}

func TestGroupIsAskedForAgainLater(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.AddGroup(wechattest.Group{ID: "b", Name: "〔GZ-B〕机电队", Members: []string{"zhang"}, Unsaved: true})
		o.start()
		o.server.Next("webwxbatchgetcontact", wechattest.Fault{Ret: 1205})
		for range 5 {
			o.server.Say("zhang", "b", "在吗")
			o.pass(time.Minute)
			if m := o.next(); m.Chat != chat.Address("wechat:r/"+o.server.UserName("b")) {
				t.Errorf("while unknown, in %q", m.Chat)
			}
		}
		if n := len(o.server.Requests("webwxbatchgetcontact")); n != 1 {
			t.Errorf("%d requests within ten minutes after 1205, want 1", n)
		}
		var limited *chat.LimitedError
		if _, err := o.send("wechat:p/GZ-0001", "在"); !errors.As(err, &limited) {
			t.Errorf("Send after 1205 to another request: %v, want limited", err)
		}
		o.pass(6 * time.Minute)
		if m := o.say("zhang", "b", "在吗"); m.Chat != "wechat:g/〔GZ-B〕" {
			t.Errorf("later, in %q", m.Chat)
		}
	})
}

func TestRemovedContactIsGone(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.AddGroup(wechattest.Group{ID: "copy", Name: "〔GZ-A〕旧群"})
		o.server.Remove("zhang")
		o.pass(11 * time.Minute)
		o.wantNoAddress("wechat:p/GZ-0001")
		o.wantNoAddress("wechat:g/〔GZ-A〕")
		o.server.Remove("copy")
		o.pass(time.Second)
		if _, err := o.send("wechat:g/〔GZ-A〕", "在"); err != nil {
			t.Errorf("once one is left: %v", err)
		}
	})
}

func TestLasting(t *testing.T) {
	for a, want := range map[chat.Address]bool{
		"wechat:p/GZ-0001": true, "wechat:g/〔GZ-A〕": true, "sandbox:s/x": true, "": true,
		"wechat:s/@7f": false, "wechat:r/@@7f": false,
	} {
		if got := wechat.Lasting(a); got != want {
			t.Errorf("Lasting(%q) = %t", a, got)
		}
	}
}
