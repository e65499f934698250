package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

// restart ends the process and starts it again.
func (o *office) restart() {
	o.stop()
	o.start()
}

// A program that dies and is started again shows no code sooner than one that
// goes on.
func TestCrashLoopShowsNoMoreCodes(t *testing.T) {
	for _, life := range []time.Duration{5 * time.Second, time.Minute, 7 * time.Minute} {
		inOffice(t, func(t *testing.T, o *office) {
			o.server.Scan(0)
			for from := time.Now(); time.Since(from) < 24*time.Hour; {
				o.start()
				o.pass(life)
				o.stop()
			}
			if n := o.server.Codes(); n < 5 || n > 12 {
				t.Errorf("dying every %s: %d codes in a day that nobody scanned, want a few, ever rarer", life, n)
			}
		})
	}
}

func TestRefusalOutlivesTheProcess(t *testing.T) {
	for name, test := range map[string]struct {
		hint   string
		refuse func(o *office)
	}{
		"refused":           {wechat.HintRefused, func(o *office) { o.server.Refuse(1203, "当前登录环境异常"); o.start() }},
		"kicked":            {wechat.HintKicked, func(o *office) { o.start(); o.server.Logout(1102); o.pass(10 * time.Second) }},
		"kicked while down": {wechat.HintKicked, func(o *office) { o.start(); o.stop(); o.server.Logout(1102); o.start() }},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				test.refuse(o)
				o.wantState(chat.Refused, test.hint)
				since, codes := o.account.LinkState().Since, o.server.Codes()
				for range 5 {
					o.pass(9 * time.Minute)
					o.account.Relink() // asking does not help
					o.restart()
					o.wantState(chat.Refused, test.hint)
					if got := o.account.LinkState().Since; !got.Equal(since) {
						t.Errorf("after a restart refused since %s, want %s", got, since)
					}
				}
				if n := o.server.Codes() - codes; n != 0 {
					t.Errorf("%d codes within the hour", n)
				}
				o.server.Refuse(1203, "还是不行")
				o.pass(20 * time.Minute)
				o.wantState(chat.Refused, wechat.HintRefused)
				o.restart()
				o.pass(110 * time.Minute)
				if n := o.server.Codes() - codes; n != 1 {
					t.Errorf("%d codes within three hours, want one: the second refusal counts double", n)
				}
				o.pass(20 * time.Minute)
				o.wantOnline()
			})
		})
	}
}

// LinkState after a start shows what was before it, and since when.
func TestSinceSurvives(t *testing.T) {
	t.Run("up", func(t *testing.T) {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			o.pass(3 * time.Hour)
			o.stop()
			stopped := time.Now()
			o.pass(time.Hour)
			o.server.Next("webwxinit", slices.Repeat([]wechattest.Fault{{Drop: true}}, 1000)...)
			for range 3 {
				o.start()
				o.wantState(chat.Degraded, wechat.HintNetwork)
				if since := o.account.LinkState().Since; stopped.Sub(since) > time.Minute || since.After(stopped) {
					t.Errorf("down since %s, want when it was last good, up to a minute before %s", since, stopped)
				}
				o.pass(time.Minute)
				o.stop()
			}
		})
	})
	t.Run("logged out", func(t *testing.T) {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			o.pass(3 * time.Hour)
			o.server.Scan(0)
			o.server.Logout(1101)
			o.pass(10 * time.Second)
			o.server.Expire()
			o.pass(10 * time.Second)
			o.wantState(chat.LoggedOut, wechat.HintExpired)
			since := o.account.LinkState().Since
			o.pass(10 * time.Second)
			o.restart()
			o.wantState(chat.LoggedOut, wechat.HintExpired)
			if got := o.account.LinkState().Since; !got.Equal(since) {
				t.Errorf("logged out since %s, want %s", got, since)
			}
		})
	})
}

func TestLimitOutlivesTheProcess(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.LimitSends(1)
		_, _ = o.send("wechat:p/GZ-0001", "一")
		o.stop()
		o.pass(4*time.Minute - 5*time.Second)
		o.start()
		var limited *chat.LimitedError
		if _, err := o.send("wechat:p/GZ-0001", "一"); !errors.As(err, &limited) || limited.After != 6*time.Minute {
			t.Errorf("Send after a restart = %v, want the rest of the ten minutes", err)
		}
	})
}

// What a release before this one kept is still read.
func TestEarlierRecordIsRead(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.session.kept = fmt.Appendf(nil, `{"version":1,"uin":%d}`, wechattest.Uin)
		logins := o.logins()
		o.server.AddAccount(99, "别人")
		o.server.Scan(99)
		o.start()
		o.wantState(chat.Refused, wechat.HintWrongAccount)
		o.server.ScanAlways(wechattest.Uin)
		o.pass(2 * time.Minute)
		o.wantOnline()
		if want := (wechat.Login{Fresh: true, NewNames: true}); len(*logins) != 1 || (*logins)[0] != want {
			t.Errorf("told %+v, want %+v", *logins, want)
		}
	})
}

// A clock that was wrong does not keep the office out for years.
func TestClockSetBack(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.session.kept = []byte(`{"version":1,"scan":{"last":"2020-01-01T00:00:00Z","next":"2020-01-01T01:00:00Z","codes":7},"limit":{"until":"2020-01-01T00:00:00Z","last":600000000000}}`)
		o.start()
		o.pass(25 * time.Hour)
		o.wantOnline()
		if _, err := o.send("wechat:p/GZ-0001", "在"); err != nil {
			t.Error(err)
		}
	})
}

// A code that cannot be counted is not shown.
func TestStoreFailsBeforeTheScan(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.session.full.Store(true)
		o.start()
		o.pass(time.Hour)
		o.wantState(chat.Degraded, wechat.HintStore)
		if shown := o.screen.String(); shown != "" {
			t.Errorf("a code was shown: %q", shown)
		}
		o.session.full.Store(false)
		o.pass(7 * time.Hour)
		o.wantOnline()
	})
}

func TestUnreadableStoreIsWaitedFor(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.stop()
		o.session.lost.Store(true)
		o.start()
		o.wantState(chat.Degraded, wechat.HintStore)
		if n := o.server.Codes(); n != 1 {
			t.Error("with a store that cannot be read somebody was asked to scan")
		}
		o.session.lost.Store(false)
		o.pass(time.Minute)
		o.wantOnline()
	})
}

// logins collects what OnLogin is told.
func (o *office) logins() *[]wechat.Login {
	var mu sync.Mutex
	told := &[]wechat.Login{}
	o.opt.OnLogin = func(_ context.Context, l wechat.Login) error {
		mu.Lock()
		defer mu.Unlock()
		*told = append(*told, l)
		return nil
	}
	return told
}

func TestOnLogin(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		told := o.logins()
		want := func(what string, l wechat.Login) {
			t.Helper()
			synctest.Wait()
			if n := len(*told); n == 0 {
				t.Fatalf("%s: nothing was told", what)
			}
			got := (*told)[0]
			if d := l.Since.Sub(got.Since); l.Since.IsZero() != got.Since.IsZero() || d < 0 || d > time.Minute {
				t.Errorf("%s: since %s, want %s or up to a minute before", what, got.Since, l.Since)
			}
			got.Since, l.Since = time.Time{}, time.Time{}
			if len(*told) != 1 || got != l {
				t.Errorf("%s: told %+v, want %+v", what, *told, l)
			}
			*told = nil
		}
		o.start()
		want("first login", wechat.Login{NewNames: true})
		o.pass(time.Hour)
		o.stop()
		down := time.Now()
		o.pass(time.Hour)
		o.start()
		want("hot login", wechat.Login{Since: down})
		o.pass(time.Hour)
		o.stop()
		down = time.Now()
		o.server.Next("webwxinit", wechattest.Fault{Change: func(path string, v any) any {
			if path == "User.UserName" {
				return "@0000"
			}
			return v
		}})
		o.start()
		want("hot login under other names", wechat.Login{Since: down, NewNames: true})
		o.pass(2 * time.Hour)
		down = time.Now()
		o.server.Scan(0)
		o.server.Logout(1101)
		o.pass(time.Minute)
		o.server.Scan(wechattest.Uin)
		o.pass(time.Minute)
		want("scan", wechat.Login{Fresh: true, Since: down, NewNames: true})
	})
}

// Until OnLogin has taken the login, nothing is delivered or sent; the address
// book has been read by then.
func TestOnLoginComesFirst(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		var fails atomic.Bool
		var calls atomic.Int32
		fails.Store(true)
		o.opt.OnLogin = func(context.Context, wechat.Login) error {
			calls.Add(1)
			if len(o.server.Requests("webwxgetcontact")) == 0 {
				t.Error("told before the address book was read")
			}
			if fails.Load() {
				return errors.New("disk is full")
			}
			return nil
		}
		o.start()
		o.server.Say("zhang", "", "在吗")
		o.pass(10 * time.Minute)
		o.nothing()
		o.wantState(chat.Degraded, wechat.HintStore)
		if _, err := o.send("wechat:p/GZ-0001", "在"); !errors.Is(err, chat.ErrOffline) {
			t.Errorf("Send = %v, want ErrOffline", err)
		}
		if n := calls.Load(); n < 5 || n > 20 {
			t.Errorf("asked %d times in ten minutes, want with back-off", n)
		}
		fails.Store(false)
		o.pass(2 * time.Minute)
		o.wantOnline()
		if m := o.next(); m.Text != "在吗" {
			t.Errorf("got %+v", m)
		}
		if n := len(o.server.Requests("webwxsync")); n != 1 {
			t.Errorf("%d syncs, want the one that waited", n)
		}
	})
}

// A process that dies before OnLogin is done is told the same login again, even
// when that login is lost as well.
func TestOnLoginIsToldAgain(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Hour)
		down := time.Now()
		o.stop()
		o.server.Logout(1101)
		var told []wechat.Login
		var mu sync.Mutex
		o.opt.OnLogin = func(ctx context.Context, l wechat.Login) error {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, l)
			return errors.New("killed here")
		}
		o.pass(time.Hour)
		o.start() // a scan
		o.stop()
		o.pass(time.Hour)
		o.start() // a hot login
		o.pass(2 * time.Hour)
		o.server.Logout(1101)
		o.pass(time.Hour) // another scan
		o.stop()
		last := o.logins()
		o.start()
		told = append(told, *last...)
		for _, l := range told {
			if !l.Fresh || !l.NewNames || !l.Since.Equal(told[0].Since) {
				t.Errorf("told %+v, want each time that of the first scan", l)
			}
		}
		if since := told[0].Since; down.Sub(since) > time.Minute || since.After(down) || len(told) < 4 {
			t.Errorf("since %s, want %s; told %d times", since, down, len(told))
		}
		*last = nil
		o.restart()
		if len(*last) != 1 || (*last)[0].Fresh || (*last)[0].NewNames {
			t.Errorf("once taken, the next login is told as %+v", *last)
		}
	})
}

// A first login that nobody took in is no second one.
func TestOnLoginFirstTimeTwice(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.opt.OnLogin = func(context.Context, wechat.Login) error { return errors.New("killed here") }
		o.start()
		o.pass(2 * time.Hour)
		o.server.Logout(1101)
		o.stop()
		told := o.logins()
		o.start()
		if len(*told) != 1 || (*told)[0].Fresh || !(*told)[0].Since.IsZero() {
			t.Errorf("told %+v, want a login like the first", *told)
		}
	})
}

func TestLinkCode(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Scan(0)
		var confirmed []string
		told := o.opt.OnState
		o.opt.OnState = func(s chat.LinkState) {
			if s.Hint == wechat.HintConfirm {
				code, _ := o.account.LinkCode()
				confirmed = append(confirmed, code)
			}
			told(s)
		}
		o.account = wechat.New(o.opt)
		if code, ok := o.account.LinkCode(); ok {
			t.Errorf("before Run there is the code %q", code)
		}
		o.start()
		const first = "https://login.weixin.qq.com/l/CODE0001=="
		if code, ok := o.account.LinkCode(); !ok || code != first {
			t.Errorf("code = %q, %t, want %q", code, ok, first)
		}
		o.server.Expire()
		o.pass(time.Second)
		if code, ok := o.account.LinkCode(); ok {
			t.Errorf("after it expired there is the code %q", code)
		}
		o.pass(time.Minute)
		if code, ok := o.account.LinkCode(); !ok || code == first {
			t.Errorf("then code = %q, %t, want another", code, ok)
		}
		o.server.Scan(wechattest.Uin)
		o.pass(5 * time.Second)
		o.wantOnline()
		if code, ok := o.account.LinkCode(); ok {
			t.Errorf("online there is the code %q", code)
		}
		if len(confirmed) != 1 || confirmed[0] != "" {
			t.Errorf("once scanned, the codes %q were left", confirmed)
		}
	})
}

func TestRelink(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Scan(0)
		o.start()
		codes := func(want int, when string) {
			t.Helper()
			synctest.Wait()
			if n := o.server.Codes(); n != want {
				t.Errorf("%s: %d codes, want %d", when, n, want)
			}
		}
		o.account.Relink()
		codes(1, "while one waits")
		for range 3 { // 1, 2, then 4 minutes to the next
			o.server.Expire()
			o.pass(2*time.Minute + 5*time.Second)
		}
		codes(3, "after three minutes")
		o.account.Relink()
		o.pass(time.Second)
		codes(4, "asked for")
		o.server.Expire()
		o.pass(5 * time.Second)
		for range 20 {
			o.account.Relink()
		}
		o.pass(5 * time.Second)
		codes(4, "asked for again within a minute")
		o.restart()
		o.account.Relink()
		o.pass(5 * time.Second)
		codes(4, "asked for after a restart within the minute")
		o.pass(time.Minute)
		codes(4, "not asked for")
		o.server.Scan(wechattest.Uin)
		o.account.Relink()
		o.pass(5 * time.Second)
		codes(5, "asked for")
		o.wantOnline()
		o.pass(2 * time.Hour)
		o.account.Relink()
		o.pass(time.Minute)
		codes(5, "while online")
	})
}

// Somebody who asks gets a code also while a kept session is tried in vain.
func TestRelinkBesideASession(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Hour)
		o.stop()
		o.server.Scan(0)
		o.server.Next("webwxinit", slices.Repeat([]wechattest.Fault{{Status: 502}}, 40)...)
		o.start()
		o.pass(30 * time.Minute)
		o.wantState(chat.Degraded, wechat.HintNetwork)
		o.account.Relink()
		o.pass(5 * time.Second)
		o.wantState(chat.WaitingScan, wechat.HintScan)
		o.server.Expire()
		o.pass(time.Minute)
		o.wantState(chat.Degraded, wechat.HintNetwork) // the session has its turn again
		o.pass(10 * time.Minute)
		o.wantOnline()
		if n := o.server.Codes(); n != 2 {
			t.Errorf("%d codes, want the first and the one asked for", n)
		}
	})
}

// A network blip while somebody looks for the phone costs no code.
func TestCodeOutlivesFailures(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Scan(0)
		o.start()
		o.server.Next("login", wechattest.Fault{Drop: true}, wechattest.Fault{Status: 502}, wechattest.Fault{Body: "<html>"},
			wechattest.Fault{Body: "window.code=500;"}, wechattest.Fault{Body: "window.code=408;"})
		o.server.CutPolls()
		o.pass(time.Minute)
		o.wantState(chat.WaitingScan, wechat.HintScan)
		o.server.Next("webwxinit", wechattest.Fault{Drop: true}, wechattest.Fault{Status: 502}, wechattest.Fault{Body: "{"}, wechattest.Fault{Ret: -1})
		o.server.Scan(wechattest.Uin)
		o.pass(time.Minute)
		o.wantOnline()
		if n := o.server.Codes(); n != 1 {
			t.Errorf("%d codes, want one", n)
		}
	})
	inOffice(t, func(t *testing.T, o *office) { // but no code is polled for ever
		o.server.Scan(0)
		o.start()
		o.server.Next("login", slices.Repeat([]wechattest.Fault{{Body: "window.code=500;"}}, 1000)...)
		o.server.CutPolls()
		o.pass(12 * time.Minute)
		if !o.sawPhase(chat.LoggedOut, wechat.HintExpired) {
			t.Error("after twelve minutes of no sense the code is still polled")
		}
	})
}

// Rule 19: a link that falls silent is made anew once by a hot login, and then by
// a scan; the kept session is tried again while nobody scans. A network that is
// down is no reason to ask for one.
func TestSilentLinkEndsInScan(t *testing.T) {
	for name, test := range map[string]struct {
		fault wechattest.Fault
		codes int
	}{
		"answered":   {wechattest.Fault{Status: 502}, 2},
		"no network": {wechattest.Fault{Drop: true}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				o.pass(2 * time.Hour)
				o.server.Scan(0)
				inits := len(o.server.Requests("webwxinit"))
				o.server.Next("synccheck", slices.Repeat([]wechattest.Fault{test.fault}, 25)...)
				o.server.CutPolls()
				o.pass(2 * time.Minute)
				if !o.sawPhase(chat.Degraded, wechat.HintSilent) {
					t.Error("no state said that the server fell silent")
				}
				if n := len(o.server.Requests("webwxinit")) - inits; n != 1 {
					t.Errorf("%d hot logins, want one", n)
				}
				o.pass(4 * time.Minute)
				if n := o.server.Codes(); n != test.codes {
					t.Errorf("%d codes, want %d", n, test.codes)
				}
				o.server.Next("login", wechattest.Fault{Body: "window.code=400;"})
				o.server.CutPolls()
				o.pass(30 * time.Minute) // nobody scanned, but the server is well again
				o.wantOnline()
				if n := o.server.Codes(); n > test.codes+4 {
					t.Errorf("%d codes", n)
				}
			})
		})
	}
}
