package wechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/eatmoreapple/openwechat"
)

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

// sessionFile is the library's HotReloadStorage over the record: it reads the
// login once and is written as a whole after each batch of messages.
type sessionFile struct {
	link    *link
	rest    io.Reader // nil until first read
	written bool
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
		return 0, errors.New("decode session: incomplete")
	}
	l.kept.Login = &next
	l.hide(&next)
	err := l.a.record.change(l.ctx, func(k *kept) {
		if !f.written {
			l.loggedIn(k)
		}
		k.Uin, k.Login = next.BaseRequest.Uin, &next
		if l.up.Load() {
			k.Good = l.news()
		}
	})
	f.written = true
	if err != nil {
		if l.ctx.Err() == nil {
			l.a.log.Error("session not saved", "err", err)
		}
		return 0, fmt.Errorf("%w: %w", errUnsaved, err)
	}
	return len(p), nil
}

// repair puts back the cookies that the library forgot: since v1.4.8 it writes
// only names and values, and only of hosts that set one in this run. Held
// cookies stay unless a new one has their name, and each is given the domain, so
// that webpush.* and file.* get it after the next hot login too.
func (l *loginState) repair(held *loginState) {
	jar := map[string][]*http.Cookie{}
	for _, from := range []*loginState{held, l} {
		if from == nil {
			continue
		}
		for host, cookies := range from.Jar {
			u, err := url.Parse(host)
			ours := err == nil && within(u.Host, string(l.WechatDomain))
			for _, c := range cookies {
				kept := *c // held ones are being read elsewhere
				if ours {
					kept.Domain, kept.Path = string(l.WechatDomain), "/"
				}
				jar[host] = replaceCookie(jar[host], &kept)
			}
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
