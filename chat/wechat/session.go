package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/eatmoreapple/openwechat"
)

// kept is the stored form of a session; fields are added, never renamed.
type kept struct {
	Version int `json:"version"`
	// Uin is the account; it stays when the login is wiped, so that another
	// account that scans is noticed.
	Uin int64 `json:"uin,omitempty"`
	// Login is what the library needs for a hot login, or nothing.
	Login *loginState `json:"login,omitempty"`
}

// loginState is the library's HotReloadStorageItem with the cookies in the open,
// because the library loses them (see repaired).
type loginState struct {
	Jar          map[string][]*http.Cookie
	BaseRequest  *openwechat.BaseRequest
	LoginInfo    *openwechat.LoginInfo
	WechatDomain openwechat.WechatDomain
	SyncKey      *openwechat.SyncKey
	UUID         string
}

// complete reports whether a hot login can be made from it: the library would
// panic on a missing part.
func (l *loginState) complete() bool {
	return l != nil && l.Jar != nil && l.BaseRequest != nil && l.LoginInfo != nil &&
		l.WechatDomain != "" && l.SyncKey != nil && l.SyncKey.Count == len(l.SyncKey.List)
}

// load reads the kept session. What cannot be understood counts as nothing.
func (a *Account) load(ctx context.Context) (kept, error) {
	raw, err := a.opt.Session.Load(ctx)
	if err != nil {
		return kept{}, fmt.Errorf("load session: %w", err)
	}
	k := kept{Version: 1}
	if len(raw) == 0 {
		return k, nil
	}
	if err := json.Unmarshal(raw, &k); err != nil || k.Version != 1 {
		a.log.Warn("kept session is not understood")
		return kept{Version: 1}, nil
	}
	if !k.Login.complete() {
		k.Login = nil
	}
	return k, nil
}

// forget wipes the login and keeps only which account it was, in one step: an
// account that is lost here would not be told from another one that scans.
func (a *Account) forget(ctx context.Context, uin int64) {
	raw, err := json.Marshal(kept{Version: 1, Uin: uin})
	if err == nil {
		err = a.opt.Session.Save(ctx, raw)
	}
	if err != nil {
		a.log.Error("session not wiped", "err", err)
	}
}

// sessionFile is the library's HotReloadStorage over Session: it reads the login
// once and is written as a whole after each batch of messages.
type sessionFile struct {
	link *link
	rest io.Reader // nil until first read
}

// Read implements io.Reader.
func (f *sessionFile) Read(p []byte) (int, error) {
	if f.rest == nil {
		f.rest = strings.NewReader("")
		if login := f.link.kept.Login; login != nil {
			raw, err := json.Marshal(login)
			if err != nil {
				return 0, fmt.Errorf("encode session: %w", err)
			}
			f.rest = strings.NewReader(string(raw))
		}
	}
	return f.rest.Read(p)
}

// Write implements io.Writer. The library ignores its error after a batch; the
// cursor then stays behind and the batch comes again after a restart.
func (f *sessionFile) Write(p []byte) (int, error) {
	l := f.link
	if !l.enter() {
		return 0, errClosed
	}
	defer l.leave()
	var next loginState
	if err := json.Unmarshal(p, &next); err != nil {
		return 0, fmt.Errorf("decode session: %w", err)
	}
	next.repair(l.kept.Login)
	if !next.complete() {
		return 0, fmt.Errorf("decode session: incomplete")
	}
	k := kept{Version: 1, Uin: next.BaseRequest.Uin, Login: &next}
	raw, err := json.Marshal(k)
	if err != nil {
		return 0, fmt.Errorf("encode session: %w", err)
	}
	if err := l.a.opt.Session.Save(l.ctx, raw); err != nil {
		l.a.log.Error("session not saved", "err", err)
		return 0, fmt.Errorf("save session: %w", err)
	}
	l.kept = k
	l.hide(&next)
	return len(p), nil
}

// repair puts back the cookies that the library forgot: since v1.4.8 it writes
// only names and values, and only of hosts that set one in this run. Held
// cookies stay unless a new one has their name, and each is given the domain, so
// that webpush.* and file.* get it after the next hot login too.
func (l *loginState) repair(held *loginState) {
	jar := map[string][]*http.Cookie{}
	if held != nil {
		for host, cookies := range held.Jar {
			jar[host] = append(jar[host], cookies...)
		}
	}
	for host, cookies := range l.Jar {
		for _, c := range cookies {
			jar[host] = replaceCookie(jar[host], c)
		}
	}
	for host, cookies := range jar {
		u, err := url.Parse(host)
		if err != nil || !within(u.Host, string(l.WechatDomain)) {
			continue
		}
		for _, c := range cookies {
			c.Domain, c.Path = string(l.WechatDomain), "/"
		}
	}
	l.Jar = jar
}

// replaceCookie returns cookies with c in the place of its namesake.
func replaceCookie(cookies []*http.Cookie, c *http.Cookie) []*http.Cookie {
	for i, old := range cookies {
		if old.Name == c.Name {
			cookies[i] = c
			return cookies
		}
	}
	return append(cookies, c)
}

func within(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}
