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
	"fmt"
	"net/url"
	"slices"
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
