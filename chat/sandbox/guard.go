package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// cookieName holds a proof of the token once it was shown in the address.
const cookieName = "fangzhuo_sandbox"

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

// guard lets only those in who may use the room: from this machine by its own
// name (a foreign page may point its name here), or with the token; never on
// behalf of another site's page.
func guard(token string, next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusForbidden, "the request comes from another site's page")
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		protect(w.Header())
		switch {
		case token == "" && !loopback(hostOnly(req.Host)):
			fail(w, http.StatusForbidden, "without a token the sandbox answers only to localhost")
		case token == "" || authorized(req, token):
			inner.ServeHTTP(w, req)
		case sameSecret(req.URL.Query().Get("token"), token) && req.Method == http.MethodGet:
			admit(w, req, token)
		default:
			fail(w, http.StatusUnauthorized, "the token is missing or wrong")
		}
	})
}

// protect keeps the page from loading, being framed by or telling anything to
// another host.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
}

func authorized(req *http.Request, token string) bool {
	if bearer, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); ok {
		return sameSecret(bearer, token)
	}
	cookie, err := req.Cookie(cookieName)
	return err == nil && sameSecret(cookie.Value, cookieValue(token))
}

// admit remembers the token in a cookie and takes it out of the address, so
// that it is not left in the browser's history. The cookie is Lax because the
// address is often followed from a mail or a chat.
func admit(w http.ResponseWriter, req *http.Request, token string) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: cookieValue(token), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	query := req.URL.Query()
	query.Del("token")
	to := *req.URL
	to.RawQuery, to.Scheme, to.Host = query.Encode(), "", ""
	to.Path = "/" + strings.TrimLeft(to.Path, "/") // "//host" would lead elsewhere
	http.Redirect(w, req, to.String(), http.StatusSeeOther)
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
