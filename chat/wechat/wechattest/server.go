// Package wechattest is a stand-in for the WeChat web servers: it speaks the
// endpoints that openwechat calls, keeps a small world of people and groups, and
// fails on request. It promises that what a test scripts happens exactly when
// the client asks, never by a clock.
//
// A test reaches it in process through RoundTripper, or, with the unmodified
// binary, through Proxy and the environment HTTPS_PROXY and SSL_CERT_FILE.
// Endpoints are named by the last part of their path: "webwxsync".
//
// Modelled, from what openwechat's source and samples of the wire show: the
// scan, hot login, the held polls, cursors, contacts and group details, news
// with a sender's prefix and escaped text, media to download (a video needs a
// Range, a file the data ticket, what is not there is an empty 200), uploads in
// chunks with their sums, the check before a large one, files, images and videos
// sent by what was uploaded, recalls, quotes. Not modelled, because the product
// asks for none of it: remarks, friend requests, rooms that are changed, avatars,
// emoticons, push login, the account's own recalls. Nobody knows, so nothing is
// promised: how long the real servers keep news and media, and whether they take
// a ClientMsgId that comes twice for one message (here it is two).
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
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The account that a new Server has.
const (
	Uin  = 170001
	Nick = "小信"
)

// Fault is what happens to one request instead of its answer. The zero Fault
// answers normally.
type Fault struct {
	Status int    // answer with this HTTP status
	Ret    int    // answer with this BaseResponse.Ret, or retcode for synccheck
	Body   string // answer with this body
	Drop   bool   // cut the connection without an answer
	Cut    int    // cut the connection after so many bytes of the body
	Empty  bool   // answer with an empty body
	After  bool   // do what was asked first, then fail
	Omit   string // leave this field out of the answer
	Cookie string // answer normally and set this cookie, "name=value"
	// Change, if any, replaces each value in the answer's JSON; path names it, as
	// "AddMsgList.0.MsgId". See Odd.
	Change func(path string, value any) any
	// Slow answers only after that time, Until when the channel is closed. Do is
	// called next. All three come before what was asked is done, with After
	// behind it.
	Slow  time.Duration
	Until <-chan struct{}
	Do    func()
}

// Odd returns a value of another JSON type, for Fault.Change.
func Odd(value any) any {
	switch v := value.(type) {
	case string:
		return 7
	case map[string]any, []any:
		return "odd"
	default:
		return fmt.Sprint(v)
	}
}

// Request is a request that the server took.
type Request struct {
	At                     time.Time
	Endpoint, Host, Method string
	Query                  url.Values
	Cookies                map[string]string
	Body                   string
}

// Server is the stand-in. Make one with New. What it embeds is its first account.
type Server struct {
	*Account
	now func() time.Time

	mu       sync.Mutex
	changed  chan struct{} // closed at each change: what a held poll waits for
	hold     time.Duration
	cut      int // grows when held polls shall answer
	faults   map[string][]Fault
	requests []Request
	taken    map[string]int // requests per endpoint, "" all
	scan     scan
	logins   int
	accounts map[int64]*Account
	sessions map[string]*Account // by the sid of each login that there was
	uploads  map[string]*upload
	lastID   int64
}

// New makes a server with the account Uin and nobody else. now gives messages
// their time.
func New(now func() time.Time) *Server {
	s := &Server{
		now: now, changed: make(chan struct{}), hold: 25 * time.Second,
		faults: map[string][]Fault{}, taken: map[string]int{}, accounts: map[int64]*Account{}, sessions: map[string]*Account{}, uploads: map[string]*upload{},
		lastID: 7_000_000_000_000_000_000,
	}
	s.Account = s.AddAccount(Uin, Nick)
	return s
}

// Hold sets how long a poll is held when there is nothing to say; at first 25
// seconds, as on the real servers.
func (s *Server) Hold(d time.Duration) {
	defer s.change()()
	s.hold = d
}

// CutPolls makes all held polls answer now that there is nothing.
func (s *Server) CutPolls() {
	defer s.change()()
	s.cut++
}

// Next makes the next requests to an endpoint meet the faults, one each.
func (s *Server) Next(endpoint string, faults ...Fault) {
	defer s.change()()
	s.faults[endpoint] = append(s.faults[endpoint], faults...)
}

// LimitSends answers the next n sends with 1205, "too often".
func (s *Server) LimitSends(n int) {
	s.Next("webwxsendmsg", slices.Repeat([]Fault{{Ret: 1205}}, n)...)
}

// Requests returns the requests that an endpoint took, in order.
func (s *Server) Requests(endpoint string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requestsTo(endpoint)
}

func (s *Server) requestsTo(endpoint string) []Request {
	var rs []Request
	for _, r := range s.requests {
		if endpoint == "" || r.Endpoint == endpoint {
			rs = append(rs, r)
		}
	}
	return rs
}

// Taken returns how many requests an endpoint took, or all of them did.
func (s *Server) Taken(endpoint string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken[endpoint]
}

// Await returns when an endpoint has taken n requests, or when done is closed.
// The endpoint "" is all of them.
func (s *Server) Await(done <-chan struct{}, endpoint string, n int) bool {
	return s.await(done, func() bool { return s.taken[endpoint] >= n })
}

func (s *Server) await(done <-chan struct{}, is func() bool) bool {
	for {
		s.mu.Lock()
		ok, changed := is(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-done:
			return false
		}
	}
}

// change locks the server; the function it returns wakes all who wait and
// unlocks.
func (s *Server) change() func() {
	s.mu.Lock()
	return func() {
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
	}
}

// open lists the endpoints that need no login, handlers those that do. They run
// under the lock; the two polls do not.
var open = map[string]func(*Server, *call){
	"jslogin":           (*Server).newCode,
	"webwxnewloginpage": (*Server).loginPage,
}

var handlers = map[string]func(*Account, *call){
	"webwxinit":            (*Account).init,
	"webwxstatusnotify":    (*Account).ok,
	"webwxsync":            (*Account).sync,
	"webwxgetcontact":      (*Account).contacts,
	"webwxbatchgetcontact": (*Account).details,
	"webwxsendmsg":         (*Account).send,
	"webwxsendmsgimg":      (*Account).sendMedia,
	"webwxsendvideomsg":    (*Account).sendMedia,
	"webwxsendappmsg":      (*Account).sendFile,
	"webwxlogout":          (*Account).logout,
	"webwxcheckupload":     (*Account).checkUpload,
	"webwxuploadmedia":     (*Account).upload,
	"webwxgetmsgimg":       (*Account).image,
	"webwxgetvoice":        (*Account).voice,
	"webwxgetvideo":        (*Account).video,
	"webwxgetmedia":        (*Account).file,
}

// hosts says where an endpoint lives when it is not on wx.qq.com.
var hosts = map[string]string{
	"jslogin": "login.wx.qq.com", "login": "login.wx.qq.com",
	"synccheck": "webpush.wx.qq.com", "webwxuploadmedia": "file.wx.qq.com", "webwxgetmedia": "file.wx.qq.com",
}

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
