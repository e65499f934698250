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

// The account that a new Server has, and scans with unless told otherwise.
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
}

// Request is a request that the server took.
type Request struct {
	At                     time.Time
	Endpoint, Host, Method string
	Query                  url.Values
	Cookies                map[string]string
	Body                   string
}

// Server is the stand-in. Make one with New.
type Server struct {
	now func() time.Time

	mu       sync.Mutex
	changed  chan struct{} // closed at each change: what a held poll waits for
	hold     time.Duration
	cut      int // grows when held polls shall answer
	faults   map[string][]Fault
	requests []Request
	scan     scan
	session  *session
	logins   int

	accounts map[int64]string // uin → nickname
	people   map[string]Person
	groups   map[string]Group
	log      []entry
	sent     []sentMessage
	uploads  map[string]*upload
	lastID   int64
}

// New makes a server with the account Uin and nobody else. now gives messages
// their time.
func New(now func() time.Time) *Server {
	return &Server{
		now: now, changed: make(chan struct{}), hold: 25 * time.Second,
		faults: map[string][]Fault{}, accounts: map[int64]string{Uin: Nick},
		people: map[string]Person{}, groups: map[string]Group{}, uploads: map[string]*upload{},
		lastID: 7_000_000_000_000_000_000,
	}
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

// Await returns when an endpoint has taken n requests, or when done is closed.
func (s *Server) Await(done <-chan struct{}, endpoint string, n int) bool {
	return s.await(done, func() bool { return len(s.requestsTo(endpoint)) >= n })
}

// AwaitOnline returns when a login waits for news, or when done is closed.
func (s *Server) AwaitOnline(done <-chan struct{}) bool {
	return s.await(done, func() bool { return s.session != nil && s.session.polled })
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

// handlers lists the endpoints. They run under the lock, save polls.
var handlers = map[string]func(*Server, *call){
	"jslogin":              (*Server).newCode,
	"webwxnewloginpage":    (*Server).loginPage,
	"webwxinit":            (*Server).init,
	"webwxstatusnotify":    (*Server).ok,
	"webwxsync":            (*Server).sync,
	"webwxgetcontact":      (*Server).contacts,
	"webwxbatchgetcontact": (*Server).details,
	"webwxsendmsg":         (*Server).send,
	"webwxsendmsgimg":      (*Server).sendMedia,
	"webwxsendvideomsg":    (*Server).sendMedia,
	"webwxsendappmsg":      (*Server).sendFile,
	"webwxlogout":          (*Server).logout,
	"webwxcheckupload":     (*Server).checkUpload,
	"webwxuploadmedia":     (*Server).upload,
	"webwxgetmsgimg":       (*Server).image,
	"webwxgetvoice":        (*Server).voice,
	"webwxgetvideo":        (*Server).video,
	"webwxgetmedia":        (*Server).file,
}

// anonymous lists the endpoints that need no login.
var anonymous = []string{"jslogin", "login", "webwxnewloginpage"}

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
	if handlers[c.endpoint] == nil && c.endpoint != "login" && c.endpoint != "synccheck" || r.Host != host {
		http.NotFound(w, r)
		return
	}
	s.take(c)
	if c.fault.Drop && !c.fault.After {
		panic(http.ErrAbortHandler)
	}
	s.handle(c)
	if c.fault.Drop {
		panic(http.ErrAbortHandler)
	}
	c.write(w)
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
	if !slices.Contains(anonymous, c.endpoint) {
		if ret := s.valid(c); ret != 0 {
			c.ret(ret, nil)
			return
		}
	}
	handlers[c.endpoint](s, c)
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

func (s *Server) ok(c *call) { c.ret(0, map[string]any{"MsgID": "1"}) }

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
