package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

// The wrong account scans, then the right one: nothing of the first is ever heard
// or kept.
func TestTwoAccounts(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		told := o.logins()
		other := o.server.AddAccount(99, "别人")
		other.AddPerson(wechattest.Person{ID: "zhang", Nick: "张三", Remark: "GZ-0001 张三"})
		o.start()
		o.pass(2 * time.Hour)
		for range 3 {
			o.server.Scan(99)
			o.server.Logout(1101)
			o.pass(30 * time.Second)
			o.wantState(chat.Refused, wechat.HintWrongAccount)
			other.Say("zhang", "", "这不是单位的号")
			o.restart() // it does not forget whose account it is
			if strings.Contains(o.session.text(), `"uin":99`) {
				t.Error("the wrong account is kept")
			}
			o.account.Relink()
			o.pass(time.Minute)
			o.account.Relink()
			o.server.Scan(wechattest.Uin)
			o.pass(time.Minute)
			o.wantOnline()
			if m := o.say("zhang", "", "在吗"); m.Text != "在吗" {
				t.Errorf("got %+v", m)
			}
			o.pass(2 * time.Hour)
		}
		o.nothing()
		if len(*told) != 4 {
			t.Errorf("%d logins were told, want the first and three scans", len(*told))
		}
	})
}

// A kept session that turns out to be somebody else's is given up.
func TestWrongAccountAtHotLogin(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Hour)
		o.stop()
		o.server.Scan(0)
		o.server.Next("webwxinit", wechattest.Fault{Change: func(path string, v any) any {
			if path == "User.Uin" {
				return 99
			}
			return v
		}})
		o.start()
		o.server.Say("zhang", "", "这是谁的号")
		o.pass(time.Minute)
		o.nothing()
		if !o.sawPhase(chat.Refused, wechat.HintWrongAccount) {
			t.Error("no state said so")
		}
		o.wantState(chat.WaitingScan, wechat.HintScan)
		if kept := o.session.text(); strings.Contains(kept, `"login"`) || !strings.Contains(kept, fmt.Sprint(wechattest.Uin)) {
			t.Errorf("kept: %s", kept)
		}
	})
}

// The login ends while a send is under way: whoever sent hears what became of it.
func TestLogoutInTheMiddleOfASend(t *testing.T) {
	for name, test := range map[string]struct {
		fault   wechattest.Fault
		outcome string
	}{
		"taken":      {wechattest.Fault{After: true}, "sent"},
		"not taken":  {wechattest.Fault{}, "offline"},
		"cut behind": {wechattest.Fault{Drop: true, After: true}, "unsure"},
		"cut before": {wechattest.Fault{Drop: true}, "unsure"},
		"no answer":  {wechattest.Fault{Slow: time.Hour}, "unsure"},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				o.pass(2 * time.Hour)
				o.server.Scan(0)
				test.fault.Do = func() { o.server.Logout(1101) }
				if test.fault.Slow > 0 {
					test.fault.Do = nil
					time.AfterFunc(time.Second, func() { o.server.Logout(1101) })
				}
				o.server.Next("webwxsendmsg", test.fault)
				id, err := o.send("wechat:p/GZ-0001", "一")
				got := "unsure"
				switch {
				case err == nil && id != "":
					got = "sent"
				case errors.Is(err, chat.ErrOffline):
					got = "offline"
				}
				if got != test.outcome {
					t.Errorf("Send = %q, %v, want %s", id, err, test.outcome)
				}
				o.pass(30 * time.Second)
				o.wantState(chat.WaitingScan, wechat.HintScan)
				if n := len(o.server.Requests("webwxsendmsg")); n != 1 {
					t.Errorf("%d sends, want one", n)
				}
			})
		})
	}
}

// A server that holds polls long is a slow one, not a silent one.
func TestSlowPolls(t *testing.T) {
	for _, hold := range []time.Duration{time.Second, 29 * time.Second, 38 * time.Second} {
		inOffice(t, func(t *testing.T, o *office) {
			o.server.Hold(hold)
			o.server.Scan(0)
			o.start()
			o.pass(3 * time.Minute)
			o.server.Scan(wechattest.Uin)
			o.pass(time.Minute)
			for range 30 {
				o.pass(time.Minute)
				o.wantOnline()
			}
			if m := o.say("zhang", "", "在吗"); m.Text != "在吗" {
				t.Errorf("got %+v", m)
			}
			if log := o.log.String(); strings.Contains(log, "failed") {
				t.Errorf("polls held for %s failed:\n%s", hold, log)
			}
		})
	}
}

// What was said while the program was down comes in the order in which it was
// said, however the server cuts it, and once.
func TestBacklogKeepsItsOrder(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(time.Hour)
		o.stop()
		var want []string
		for i := range 60 {
			who, in := []string{"zhang", "li", "wang"}[i%3], []string{"", "team"}[i%2]
			want = append(want, fmt.Sprint(i))
			o.server.Say(who, in, want[i])
			o.pass(time.Second)
		}
		o.server.Limit(7)
		o.start()
		for i := range want {
			if m := o.next(); m.Text != want[i] {
				t.Fatalf("message %d is %q", i, m.Text)
			}
		}
		o.nothing()
	})
}

// Logins end and begin again and again while people send, fetch and look: nothing
// falls over, and no error but a known one comes of it.
func TestEndsAmidTraffic(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		image := o.post(sentMedia["video"])
		file := o.attach("答复.txt", []byte("答复"))
		ctx, cancel := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		for i := range 6 {
			busy.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					var err error
					switch i % 3 {
					case 0:
						_, err = o.send("wechat:g/〔GZ-A〕", fmt.Sprint(n))
					case 1:
						_, err = o.sendFile(file)
					case 2:
						_, err = o.fetch(image)
						o.account.LinkState()
						o.account.LinkCode()
						o.account.Relink()
					}
					if err != nil && !errors.Is(err, chat.ErrOffline) && !errors.Is(err, chat.ErrGone) && !errors.Is(err, chat.ErrNoAddress) &&
						!strings.Contains(err.Error(), "unknown") && !strings.Contains(err.Error(), "fetch media") && !strings.Contains(err.Error(), "closed") {
						t.Errorf("got %v", err)
					}
					select {
					case <-time.After(time.Duration(i+1) * 7 * time.Second):
					case <-ctx.Done():
					}
				}
			})
		}
		for i := range 40 {
			o.server.Say("zhang", "team", "在吗")
			switch i % 4 {
			case 0:
				o.server.Logout(1101)
			case 1:
				o.server.Next("webwxsync", wechattest.Fault{Ret: 1102}, wechattest.Fault{Drop: true})
			case 2:
				o.server.Next("synccheck", wechattest.Fault{Ret: 1100})
				o.server.CutPolls()
			case 3:
				o.server.Next("webwxgetcontact", wechattest.Fault{Ret: 1101})
			}
			o.pass(20 * time.Minute)
		}
		cancel()
		busy.Wait()
		synctest.Wait()
		if n := o.server.Codes(); n < 3 || n > 40 {
			t.Errorf("%d codes", n)
		}
		if strings.Contains(o.log.String(), "panicked") {
			t.Errorf("something panicked:\n%s", o.log)
		}
	})
}
