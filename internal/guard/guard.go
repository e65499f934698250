// Package guard decides who gets at a page of this program: whoever shows its
// token or, where it asks for none, anybody on this machine; never the page of
// another site.
package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"strings"
)

// Guard stands before a page.
type Guard struct {
	// Token is asked for with every request, in the address or in a cookie; ""
	// means that only this machine may ask, by its own name (a foreign page may
	// point its name here).
	Token string
	// Cookie is the name of the cookie that holds a proof of the token once it
	// was shown in the address.
	Cookie string
	// Strict keeps the cookie from whoever comes by a link of another site.
	// Otherwise it is Lax, because an address is often followed from a mail or a
	// chat.
	Strict bool
	// Policy is the Content-Security-Policy of everything behind the guard.
	Policy string
	// Deny answers those who are not let in.
	Deny func(w http.ResponseWriter, req *http.Request, status int, why string)
}

// CheckListen refuses a listen address that other machines can reach unless
// there is a token to ask them for.
func CheckListen(addr, token string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", addr, err)
	}
	if token == "" && !loopback(host) {
		return fmt.Errorf("listen address %q can be reached from other machines: use 127.0.0.1 or set a token", addr)
	}
	return nil
}

// loopback reports whether a host name or address can only mean this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// Before puts the guard before a page.
func (g Guard) Before(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		g.Deny(w, req, http.StatusForbidden, "the request comes from another site's page")
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		g.protect(w.Header())
		switch {
		case g.Token == "" && !loopback(hostOnly(req.Host)):
			g.Deny(w, req, http.StatusForbidden, "without a token this page answers only to localhost")
		case g.Token == "" || g.authorized(req):
			inner.ServeHTTP(w, req)
		case sameSecret(req.URL.Query().Get("token"), g.Token) && req.Method == http.MethodGet:
			g.admit(w, req)
		default:
			g.Deny(w, req, http.StatusUnauthorized, "the token is missing or wrong")
		}
	})
}

// protect keeps the page from loading, being framed by or telling anything to
// another host.
func (g Guard) protect(h http.Header) {
	h.Set("Content-Security-Policy", g.Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
}

func (g Guard) authorized(req *http.Request) bool {
	if bearer, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); ok {
		return sameSecret(bearer, g.Token)
	}
	cookie, err := req.Cookie(g.Cookie)
	return err == nil && sameSecret(cookie.Value, cookieValue(g.Token))
}

// admit remembers the token in a cookie and takes it out of the address, so
// that it is not left in the browser's history. A strict cookie would not come
// along with a redirect, so a page leads on instead.
func (g Guard) admit(w http.ResponseWriter, req *http.Request) {
	cookie := &http.Cookie{Name: g.Cookie, Value: cookieValue(g.Token), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	query := req.URL.Query()
	query.Del("token")
	to := *req.URL
	to.RawQuery, to.Scheme, to.Host = query.Encode(), "", ""
	to.Path = "/" + strings.TrimLeft(to.Path, "/") // "//host" would lead elsewhere
	if !g.Strict {
		http.SetCookie(w, cookie)
		http.Redirect(w, req, to.String(), http.StatusSeeOther)
		return
	}
	cookie.SameSite = http.SameSiteStrictMode
	http.SetCookie(w, cookie)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	address := html.EscapeString(to.String())
	_, _ = io.WriteString(w, `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=`+address+`"><title>方桌</title><a href="`+address+`">方桌</a>`)
}

// cookieValue proves the token without being it.
func cookieValue(token string) string {
	sum := sha256.Sum256([]byte("cookie of " + token))
	return hex.EncodeToString(sum[:])
}

func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}
