package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

func TestSendTooOften(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.LimitSends(2)
		for _, want := range []time.Duration{10 * time.Minute, 20 * time.Minute} {
			for _, left := range []time.Duration{want, want - time.Minute} {
				var limited *chat.LimitedError
				if _, err := o.send("wechat:p/GZ-0001", "一"); !errors.As(err, &limited) || limited.After != left {
					t.Fatalf("Send = %v, want limited for %s", err, left)
				}
				o.pass(time.Minute)
			}
			o.pass(want - 2*time.Minute)
		}
		if n := len(o.server.Requests("webwxsendmsg")); n != 2 {
			t.Errorf("%d requests, want none while limited", n)
		}
		if _, err := o.send("wechat:p/GZ-0001", "二"); err != nil {
			t.Fatal(err)
		}
		o.server.LimitSends(1)
		var limited *chat.LimitedError
		if _, err := o.send("wechat:p/GZ-0001", "三"); !errors.As(err, &limited) || limited.After != 10*time.Minute {
			t.Errorf("after a good send: %v, want ten minutes again", err)
		}
	})
}

func TestSendAtEndOfSession(t *testing.T) {
	for _, ret := range []int{1100, 1101, 1102} {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			o.pass(2 * time.Hour)
			o.server.Scan(0)
			o.server.Next("webwxsendmsg", wechattest.Fault{Ret: ret})
			if _, err := o.send("wechat:p/GZ-0001", "一"); !errors.Is(err, chat.ErrOffline) {
				t.Errorf("Send = %v, want ErrOffline", err)
			}
			synctest.Wait()
			if !o.sawPhase(chat.LoggedOut, wechat.HintLoggedOut) || o.session.wipes != 1 {
				t.Error("the session did not end")
			}
			if _, err := o.send("wechat:p/GZ-0001", "二"); !errors.Is(err, chat.ErrOffline) {
				t.Errorf("the next Send = %v, want ErrOffline", err)
			}
		})
	}
}

// TestUnsure holds a send of unknown outcome to one request and an error that
// claims nothing.
func TestUnsure(t *testing.T) {
	for name, fault := range map[string]wechattest.Fault{
		"cut before":     {Drop: true},
		"cut after":      {Drop: true, After: true},
		"bad gateway":    {Status: 502, After: true},
		"not understood": {Body: "<html>", After: true},
		"unknown code":   {Ret: -1},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				o.server.Next("webwxsendmsg", fault)
				_, err := o.send("wechat:p/GZ-0001", "一")
				var limited *chat.LimitedError
				if err == nil || errors.Is(err, chat.ErrOffline) || errors.Is(err, chat.ErrNoAddress) || errors.As(err, &limited) {
					t.Errorf("Send = %v, want an error that claims nothing", err)
				}
				o.pass(time.Minute)
				if n := len(o.server.Requests("webwxsendmsg")); n != 1 {
					t.Errorf("the text went out %d times, want once", n)
				}
				o.wantOnline()
			})
		})
	}
}

func TestSendOffline(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.account = wechat.New(o.opt)
		if _, err := o.send("wechat:p/GZ-0001", "一"); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("before Run: %v, want ErrOffline", err)
		}
		o.start()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := o.account.Send(ctx, chat.Outgoing{To: "wechat:p/GZ-0001", Text: "一"}); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("with an ended context: %v, want ErrOffline", err)
		}
		o.stop()
		if _, err := o.send("wechat:p/GZ-0001", "一"); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("after Run: %v, want ErrOffline", err)
		}
		if n := len(o.server.Sent("zhang")); n != 0 {
			t.Errorf("%d texts went out", n)
		}
	})
}

func TestSendsBesideReceiving(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		done := make(chan error)
		for range 4 {
			go func() {
				for i := range 25 {
					if _, err := o.send("wechat:g/〔GZ-A〕", fmt.Sprint(i)); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for i := range 50 {
			o.server.Say("zhang", "team", fmt.Sprint(i))
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		o.pass(time.Second)
		if n := len(o.server.Sent("team")); n != 100 {
			t.Errorf("%d texts went out, want 100", n)
		}
		for i := range 50 {
			if m := o.next(); m.Text != fmt.Sprint(i) {
				t.Fatalf("message %d is %q", i, m.Text)
			}
		}
	})
}
