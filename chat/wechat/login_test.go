package wechat_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rsc.io/qr"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat"
	"fangzhuo/chat/wechat/wechattest"
)

func TestScanShowsCode(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Scan(0)
		o.start()
		o.wantState(chat.WaitingScan, wechat.HintScan)
		const address = "https://login.weixin.qq.com/l/CODE0001=="
		code, err := qr.Encode(address, qr.L)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(o.screen.String(), "\n"), "\n")
		if got := lines[len(lines)-1]; got != address {
			t.Errorf("under the code stands %q, want %q", got, address)
		}
		for y := -4; y < code.Size+4; y++ {
			row := []rune(lines[(y+4)/2])
			for x := -4; x < code.Size+4; x++ {
				block := row[x+4]
				dark := block == ' ' || block == '▀' && (y+4)%2 == 1 || block == '▄' && (y+4)%2 == 0
				if dark != code.Black(x, y) {
					t.Fatalf("module %d,%d is dark: %t, want %t", x, y, dark, code.Black(x, y))
				}
			}
		}
		o.server.Scan(wechattest.Uin)
		o.pass(5 * time.Second)
		o.wantOnline()
		if !o.sawPhase(chat.WaitingScan, wechat.HintConfirm) {
			t.Error("no state said that the scan waits to be confirmed")
		}
	})
}

// TestHotLoginThreeTimes holds the cookies together: the library itself loses
// those of webpush and file, and all of them at the third start.
func TestHotLoginThreeTimes(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.say("zhang", "", "一")
		for range 3 {
			o.stop()
			o.server.Say("li", "", "停机时说的")
			o.start()
			if m := o.next(); m.Text != "停机时说的" || m.From != "wechat:p/GZ-0002" {
				t.Errorf("after a hot login got %+v", m)
			}
			checks := o.server.Requests("synccheck")
			if got := checks[len(checks)-1].Cookies; got["wxsid"] == "" || got["webwx_data_ticket"] == "" {
				t.Errorf("webpush got the cookies %v, want wxsid and webwx_data_ticket", got)
			}
			if got := keptCookies(t, o.session.text(), "https://file.wx.qq.com/"); !strings.Contains(got, "webwx_data_ticket=") {
				t.Errorf("file would get the cookies %q, want webwx_data_ticket", got)
			}
		}
		if n := o.server.Codes(); n != 1 {
			t.Errorf("%d codes were shown, want 1", n)
		}
	})
}

// keptCookies returns what a host would get after the next hot login.
func keptCookies(t *testing.T, kept, host string) string {
	t.Helper()
	var in struct {
		Login struct{ Jar map[string][]*http.Cookie }
	}
	if err := json.Unmarshal([]byte(kept), &in); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for at, cookies := range in.Login.Jar {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(u, cookies)
	}
	u, err := url.Parse(host)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range jar.Cookies(u) {
		all = append(all, c.String())
	}
	return strings.Join(all, "; ")
}

func TestRefreshedCookieIsKept(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Next("webwxsync", wechattest.Fault{Cookie: "webwx_data_ticket=fresh-ticket"})
		o.say("zhang", "", "一")
		o.stop()
		o.start()
		if got := keptCookies(t, o.session.text(), "https://file.wx.qq.com/"); !strings.Contains(got, "webwx_data_ticket=fresh-ticket") {
			t.Errorf("file would get %q, want the fresh ticket", got)
		}
	})
}

// The library's jar has no lock, and a send runs beside sync: what it answers
// must not reach the jar.
func TestSendsSetNoCookies(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Next("webwxsendmsg", wechattest.Fault{Cookie: "webwx_data_ticket=by-a-send"})
		if _, err := o.send("wechat:p/GZ-0001", "在"); err != nil {
			t.Fatal(err)
		}
		o.say("zhang", "", "一") // the session is kept with each batch
		o.stop()
		if got := keptCookies(t, o.session.text(), "https://file.wx.qq.com/"); !strings.Contains(got, "webwx_data_ticket=") || strings.Contains(got, "by-a-send") {
			t.Errorf("kept %q", got)
		}
	})
}

func TestLogoutIsNoticed(t *testing.T) {
	for _, ret := range []int{1100, 1101, 1102} {
		inOffice(t, func(t *testing.T, o *office) {
			o.start()
			o.pass(2 * time.Hour)
			o.server.Scan(0) // nobody has the phone at hand
			secrets := o.server.Secrets()
			o.server.Logout(ret)
			o.pass(30 * time.Second)
			o.wantState(chat.WaitingScan, wechat.HintScan)
			if !o.sawPhase(chat.LoggedOut, wechat.HintLoggedOut) {
				t.Error("no state said that the account was logged out")
			}
			for _, secret := range secrets[:4] {
				if strings.Contains(o.session.text(), secret) {
					t.Errorf("the dead session still holds %q", secret)
				}
			}
			if _, err := o.send("wechat:p/GZ-0001", "在吗"); err != chat.ErrOffline {
				t.Errorf("Send = %v, want ErrOffline", err)
			}
			o.server.Scan(wechattest.Uin)
			o.pass(5 * time.Second)
			if m := o.say("zhang", "", "在吗"); m.From != "wechat:p/GZ-0001" {
				t.Errorf("after the new login from %q", m.From)
			}
		})
	}
}

func TestEndOfSessionInSync(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Hour)
		o.server.Next("webwxsync", wechattest.Fault{Ret: 1101}) // the library ignores it
		o.server.Say("zhang", "", "一")
		o.pass(5 * time.Second)
		if !o.sawPhase(chat.LoggedOut, wechat.HintLoggedOut) || o.session.wipes != 1 {
			t.Errorf("webwxsync said 1101: wiped %d times, want once and the state told", o.session.wipes)
		}
	})
}

func TestKickedAfterScanWaits(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.server.Logout(1102)
		o.pass(30 * time.Minute)
		o.wantState(chat.Refused, wechat.HintKicked)
		if n := o.server.Codes(); n != 1 {
			t.Errorf("%d codes within half an hour of being thrown out, want none new", n)
		}
		o.pass(time.Hour)
		o.wantOnline()
	})
}

func TestDeadSessionAtStart(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Minute)
		o.stop()
		o.server.Logout(1101)
		o.start()
		o.wantOnline()
		if n := o.server.Codes(); n != 2 {
			t.Errorf("%d codes, want a second one at once", n)
		}
	})
}

func TestNeverLoopsOnScans(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Scan(0)
		o.start()
		for range 60 * 24 {
			o.server.Expire()
			o.pass(time.Minute)
		}
		if n := o.server.Codes(); n < 5 || n > 14 {
			t.Errorf("%d codes in a day that nobody scanned, want a few, ever rarer", n)
		}
		if !o.sawPhase(chat.LoggedOut, wechat.HintExpired) {
			t.Error("no state said that the code expired")
		}
	})
}

func TestRefusedAccount(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Refuse(1203, "当前登录环境异常")
		o.start()
		o.pass(50 * time.Minute)
		o.wantState(chat.Refused, wechat.HintRefused)
		if n := o.server.Codes(); n != 1 {
			t.Errorf("%d codes in the hour after the refusal, want 1", n)
		}
	})
}

func TestWrongAccountIsRefused(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.pass(2 * time.Hour)
		o.server.AddAccount(99, "别人")
		o.server.Scan(99)
		o.server.Logout(1101)
		o.pass(30 * time.Second)
		o.wantState(chat.Refused, wechat.HintWrongAccount)
		if n := len(o.server.Requests("webwxinit")); n != 1 {
			t.Errorf("the wrong account was let in: %d inits", n)
		}
		o.server.Scan(wechattest.Uin)
		o.pass(10 * time.Minute)
		o.wantOnline()
	})
}

func TestNetworkDownIsNoReasonToScan(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.stop()
		for range 1000 {
			o.server.Next("webwxinit", wechattest.Fault{Drop: true})
		}
		o.start()
		o.pass(time.Hour)
		o.wantState(chat.Degraded, wechat.HintNetwork)
		if n := len(o.server.Requests("webwxinit")); n > 80 {
			t.Errorf("%d attempts in an hour, want about one a minute", n)
		}
		if n := o.server.Codes(); n != 1 {
			t.Errorf("%d codes, want no new one", n)
		}
	})
}

func TestHotLoginRefusedOftenEndsInScan(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.stop()
		for range 5 {
			o.server.Next("webwxinit", wechattest.Fault{Ret: -1})
		}
		o.start()
		o.pass(5 * time.Minute)
		o.wantOnline()
		if n := o.server.Codes(); n != 2 {
			t.Errorf("%d codes, want a second one after five answers of no use", n)
		}
	})
}

// A login that is answered with "too often" waits, and is no reason to scan.
func TestHotLoginTooOften(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		o.stop()
		for range 3 {
			o.server.Next("webwxinit", wechattest.Fault{Ret: 1205})
		}
		inits := len(o.server.Requests("webwxinit"))
		o.start()
		o.wantState(chat.Degraded, wechat.HintLimited)
		o.pass(69 * time.Minute) // 10, 20, 40 minutes
		if n := len(o.server.Requests("webwxinit")) - inits; n != 3 {
			t.Errorf("%d attempts, want three", n)
		}
		o.pass(2 * time.Minute)
		o.wantOnline()
		if n := o.server.Codes(); n != 1 {
			t.Errorf("%d codes, want no new one", n)
		}
	})
}

func TestSilentServerIsDegraded(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		for range 40 {
			o.server.Next("synccheck", wechattest.Fault{Drop: true})
		}
		o.server.CutPolls()
		o.pass(3 * time.Minute)
		if !o.sawPhase(chat.Degraded, wechat.HintSilent) {
			t.Fatal("no state said that the server fell silent")
		}
		if n := len(o.server.Requests("webwxinit")); n != 2 {
			t.Errorf("%d inits, want one hot login after the first", n)
		}
		o.pass(30 * time.Minute)
		o.wantOnline()
		if m := o.say("zhang", "", "在吗"); m.Text != "在吗" {
			t.Errorf("got %+v", m)
		}
	})
}

func TestUnreadableSessionScans(t *testing.T) {
	for _, kept := range []string{"{", "null", `{"version":1,"login":{}}`, `{"version":9}`, `{"version":1,"login":{"Jar":null,"SyncKey":{"Count":3}}}`} {
		inOffice(t, func(t *testing.T, o *office) {
			o.session.kept = []byte(kept)
			o.start()
			o.wantOnline()
		})
	}
}

// TestThroughProxy joins with nothing but a proxy and an authority, as the
// unmodified binary does with HTTPS_PROXY and SSL_CERT_FILE.
func TestThroughProxy(t *testing.T) {
	s := wechattest.New(func() time.Time { return epoch.AddDate(26, 0, 0) })
	s.AddPerson(wechattest.Person{ID: "zhang", Nick: "三哥", Remark: "GZ-0001"})
	s.ScanAlways(wechattest.Uin)
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(p.CA) {
		t.Fatal("no authority")
	}
	proxy, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	a := wechat.New(wechat.Options{Session: &memory{}, HTTP: transport, Now: func() time.Time { return epoch.AddDate(26, 0, 0) }, After: hurry})
	ctx, cancel := context.WithCancel(t.Context())
	got, ended := make(chan chat.Message, 1), make(chan error, 1)
	go func() {
		ended <- a.Run(ctx, func(_ context.Context, batch []chat.Message) error {
			got <- batch[0]
			return nil
		})
	}()
	s.AwaitOnline(ctx.Done())
	s.Say("zhang", "", "在吗")
	m := <-got
	if _, err := a.Send(ctx, chat.Outgoing{To: m.From, Text: "在"}); err != nil || len(s.Sent("zhang")) != 1 {
		t.Errorf("Send: %v; Zhang reads %q", err, s.Sent("zhang"))
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := transport.RoundTrip(httpGet(t, "https://example.com/")); err == nil {
		t.Error("the proxy let a foreign host through")
	}
}

// hurry is a timer a thousand times too fast, for tests on real sockets.
func hurry(d time.Duration) <-chan time.Time { return time.After(d / 1000) }

func httpGet(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStopWhileWaitingForScan(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.server.Scan(0)
		o.start()
		o.stop()
		synctest.Wait()
		if got := o.account.LinkState().Phase; got != chat.LoggedOut {
			t.Errorf("after Run the link is %s", got)
		}
	})
}
