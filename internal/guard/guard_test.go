package guard

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const token = "a token of sixteen or more"

func ask(t *testing.T, g Guard, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	g.Cookie, g.Policy = "proof", "default-src 'none'"
	g.Deny = func(w http.ResponseWriter, _ *http.Request, status int, why string) { http.Error(w, why, status) }
	req := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	g.Before(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") })).ServeHTTP(rec, req)
	return rec
}

func TestWhoGetsIn(t *testing.T) {
	proof := "proof=" + cookieValue(token)
	for _, test := range []struct {
		name, token, method, target string
		header                      []string
		status                      int
	}{
		{"this machine, no token", "", "GET", "http://127.0.0.1:8090/", nil, 200},
		{"by its name", "", "GET", "http://localhost/", nil, 200},
		{"by version 6", "", "GET", "http://[::1]:8090/", nil, 200},
		{"a foreign name that points here", "", "GET", "http://evil.example/", nil, 403},
		{"no token shown", token, "GET", "http://127.0.0.1/", nil, 401},
		{"a wrong token", token, "GET", "http://127.0.0.1/?token=wrong", nil, 401},
		{"an empty token", token, "GET", "http://127.0.0.1/?token=", nil, 401},
		{"the token in a form", token, "POST", "http://127.0.0.1/?token=" + strings.ReplaceAll(token, " ", "+"), nil, 401},
		{"the proof", token, "GET", "http://127.0.0.1/", []string{"Cookie", proof}, 200},
		{"the token is no proof", token, "GET", "http://127.0.0.1/", []string{"Cookie", "proof=" + token}, 401},
		{"as a bearer", token, "GET", "http://127.0.0.1/", []string{"Authorization", "Bearer " + token}, 200},
		{"another site's form", token, "POST", "http://127.0.0.1/", []string{"Cookie", proof, "Sec-Fetch-Site", "cross-site"}, 403},
		{"another site's form, old browser", token, "POST", "http://127.0.0.1/", []string{"Cookie", proof, "Origin", "http://evil.example"}, 403},
		{"its own form", token, "POST", "http://127.0.0.1/", []string{"Cookie", proof, "Sec-Fetch-Site", "same-origin"}, 200},
		{"another site's form without a token", "", "POST", "http://127.0.0.1/", []string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		rec := ask(t, Guard{Token: test.token}, test.method, test.target, test.header...)
		if rec.Code != test.status {
			t.Errorf("%s: %d, want %d", test.name, rec.Code, test.status)
		}
		if rec.Header().Get("Content-Security-Policy") == "" || rec.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: unprotected: %v", test.name, rec.Header())
		}
	}
}

// The token leaves the address at once; the proof is no token, and a strict one
// is reached by a page, not by a redirect.
func TestTokenLeavesTheAddress(t *testing.T) {
	shown := "http://127.0.0.1//evil.example?x=%3Cb%3E&token=" + strings.ReplaceAll(token, " ", "+")
	for _, strict := range []bool{false, true} {
		rec := ask(t, Guard{Token: token, Strict: strict}, "GET", shown)
		cookies := rec.Result().Cookies()
		if len(cookies) != 1 || !cookies[0].HttpOnly || strings.Contains(cookies[0].Value, "token") {
			t.Fatalf("cookies %v", cookies)
		}
		to := rec.Header().Get("Location")
		want, site := http.StatusSeeOther, http.SameSiteLaxMode
		if strict {
			want, site = http.StatusOK, http.SameSiteStrictMode
			to = rec.Body.String()
		}
		if rec.Code != want || cookies[0].SameSite != site || strings.Contains(to, "token") || strings.Contains(to, "//evil") || strings.Contains(to, "<b>") || !strings.Contains(to, "/evil.example?x=") {
			t.Errorf("strict %t: %d, %v, %q", strict, rec.Code, cookies[0], to)
		}
	}
}

func TestCheckListen(t *testing.T) {
	for _, test := range []struct {
		addr, token string
		ok          bool
	}{
		{"127.0.0.1:8080", "", true}, {"[::1]:8080", "", true}, {"localhost:0", "", true}, {"127.0.0.2:80", "", true},
		{"0.0.0.0:8080", "", false}, {":8080", "", false}, {"192.168.1.5:8080", "", false}, {"[::]:8080", "", false},
		{"example.com:80", "", false}, {"nonsense", "", false}, {"nonsense", "secret", false}, {"", "", false}, {"8080", "secret", false}, {"0.0.0.0:8080", "secret", true},
	} {
		if err := CheckListen(test.addr, test.token); (err == nil) != test.ok {
			t.Errorf("CheckListen(%q, %q) = %v, want ok %t", test.addr, test.token, err, test.ok)
		}
	}
}
