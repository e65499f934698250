package wechattest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one request and its answer.
type call struct {
	r        *http.Request
	endpoint string
	body     []byte
	fault    Fault

	status int
	answer any // a string, or fields to send as JSON
	header http.Header
	cookie []*http.Cookie
}

// field reads a field of the JSON body.
func (c *call) field(into any) { _ = json.Unmarshal(c.body, into) }

// ret answers with a BaseResponse and more fields.
func (c *call) ret(ret int, more map[string]any) {
	fields := map[string]any{"BaseResponse": map[string]any{"Ret": ret, "ErrMsg": ""}}
	for k, v := range more {
		fields[k] = v
	}
	c.answer = fields
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	c := &call{r: r, endpoint: path.Base(r.URL.Path), body: body, status: http.StatusOK, header: http.Header{}}
	host := hosts[c.endpoint]
	if host == "" {
		host = "wx.qq.com"
	}
	if !known(c.endpoint) || r.Host != host {
		http.NotFound(w, r)
		return
	}
	s.take(c)
	if !c.fault.After {
		c.linger()
	}
	if c.fault.Drop && !c.fault.After {
		panic(http.ErrAbortHandler)
	}
	s.handle(c)
	if c.fault.After {
		c.linger()
	}
	if c.fault.Drop {
		panic(http.ErrAbortHandler)
	}
	c.write(w)
}

func known(endpoint string) bool {
	return handlers[endpoint] != nil || open[endpoint] != nil || endpoint == "login" || endpoint == "synccheck"
}

// linger does what a fault wants done before or after the deed.
func (c *call) linger() {
	f := c.fault
	if f.Slow > 0 {
		t := time.NewTimer(f.Slow)
		defer t.Stop()
		select {
		case <-t.C:
		case <-c.r.Context().Done():
		}
	}
	if f.Until != nil {
		select {
		case <-f.Until:
		case <-c.r.Context().Done():
		}
	}
	if f.Do != nil {
		f.Do()
	}
}

// take records a request and takes its fault.
func (s *Server) take(c *call) {
	defer s.change()()
	req := Request{At: s.now(), Endpoint: c.endpoint, Host: c.r.Host, Method: c.r.Method,
		Query: c.r.URL.Query(), Cookies: map[string]string{}, Body: string(c.body)}
	for _, k := range c.r.Cookies() {
		req.Cookies[k.Name] = k.Value
	}
	s.requests = append(s.requests, req)
	s.taken[c.endpoint]++
	s.taken[""]++
	if fs := s.faults[c.endpoint]; len(fs) > 0 {
		c.fault, s.faults[c.endpoint] = fs[0], fs[1:]
	}
}

// handle makes the answer, normal or not.
func (s *Server) handle(c *call) {
	f := c.fault
	if fails := f.Status != 0 || f.Ret != 0 || f.Body != "" || f.Empty; !fails || f.After {
		s.normal(c)
	}
	switch {
	case f.Status != 0:
		c.status, c.answer = f.Status, "<html>bad gateway</html>"
	case f.Body != "" || f.Empty:
		c.answer = f.Body
	case f.Ret != 0 && c.endpoint == "synccheck":
		c.answer = syncCode(f.Ret, 0)
	case f.Ret != 0:
		c.ret(f.Ret, nil)
	}
	if fields, ok := c.answer.(map[string]any); ok && f.Omit != "" {
		delete(fields, f.Omit)
	}
	if f.Change != nil {
		c.answer = changed("", c.answer, f.Change)
	}
	if name, value, ok := strings.Cut(f.Cookie, "="); ok {
		c.cookie = append(c.cookie, &http.Cookie{Name: name, Value: value, Domain: "wx.qq.com", Path: "/"})
	}
}

func (s *Server) normal(c *call) {
	switch c.endpoint {
	case "login":
		s.pollScan(c)
		return
	case "synccheck":
		s.pollSync(c)
		return
	}
	defer s.change()()
	if handle, ok := open[c.endpoint]; ok {
		handle(s, c)
		return
	}
	a, ret := s.who(c)
	if ret != 0 {
		c.ret(ret, nil)
		return
	}
	handlers[c.endpoint](a, c)
}

// changed replaces the values within an answer.
func changed(path string, v any, change func(string, any) any) any {
	under := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			v[k] = changed(under(k), v[k], change)
		}
	case []any:
		for i := range v {
			v[i] = changed(under(strconv.Itoa(i)), v[i], change)
		}
	}
	if path == "" {
		return v
	}
	return change(path, v)
}

func (c *call) write(w http.ResponseWriter) {
	for _, k := range c.cookie {
		http.SetCookie(w, k)
	}
	body, isText := c.answer.(string)
	if !isText {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(c.answer); err != nil {
			http.Error(w, "encode", http.StatusInternalServerError)
			return
		}
		body = buf.String()
	}
	for name, values := range c.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(c.status)
	if cut := c.fault.Cut; cut > 0 && cut < len(body) {
		_, _ = io.WriteString(w, body[:cut])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(w, body)
}

func (a *Account) ok(c *call) { c.ret(0, map[string]any{"MsgID": "1"}) }

// errCut is what a client sees of a cut connection.
var errCut = errors.New("read: connection reset by peer")

// RoundTripper carries requests to the server in process: no socket, so that
// tests may use synthetic time.
func (s *Server) RoundTripper() http.RoundTripper { return inProcess{s} }

type inProcess struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.Host = r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	whole := p.serve(w, in)
	if err := r.Context().Err(); err != nil {
		return nil, fmt.Errorf("round trip: %w", err)
	}
	resp := w.Result()
	resp.Request = r
	if whole {
		return resp, nil
	}
	if w.Body.Len() == 0 {
		return nil, errCut
	}
	resp.Body = io.NopCloser(io.MultiReader(resp.Body, cutShort{}))
	return resp, nil
}

// serve reports whether the whole answer was given.
func (p inProcess) serve(w http.ResponseWriter, r *http.Request) (whole bool) {
	defer func() {
		if why := recover(); why != nil && why != http.ErrAbortHandler {
			panic(why)
		}
	}()
	p.s.ServeHTTP(w, r)
	return true
}

// cutShort is where a body ends whose connection was cut.
type cutShort struct{}

// Read implements io.Reader.
func (cutShort) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
