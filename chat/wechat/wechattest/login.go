package wechattest

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// scan is how the people with the phone behave.
type scan struct {
	uin     int64 // who scans and confirms the next code; 0 nobody
	always  bool  // and the codes after it
	expired bool  // the next code expires
	code    string
	codes   int
	polls   int // of the code since it was made
	refuse  int // login page answers with this ret and text
	text    string
}

// session is a login that the server knows.
type session struct {
	number int // of the login: user names follow from it
	sid    string
	skey   string
	ticket string
	data   string // webwx_data_ticket
	dead   int    // the code that ended it, 0 while alive
	begun  bool   // it has been given a cursor
	from   int    // where it was put at first
	polled bool
}

// Scan makes the account scan and confirm the next code, or the one that is
// shown now.
func (s *Server) Scan(uin int64) {
	defer s.change()()
	s.scan.uin, s.scan.always = uin, false
}

// ScanAlways makes the account scan and confirm every code.
func (s *Server) ScanAlways(uin int64) {
	defer s.change()()
	s.scan.uin, s.scan.always = uin, true
}

// Expire makes the code that is shown, or the next one, expire.
func (s *Server) Expire() {
	defer s.change()()
	s.scan.expired = true
}

// Refuse makes the next login page refuse the account, as for one that may not
// use the web (1203).
func (s *Server) Refuse(ret int, text string) {
	defer s.change()()
	s.scan.refuse, s.scan.text = ret, text
}

// Codes returns how many codes were asked for.
func (s *Server) Codes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scan.codes
}

func (s *Server) newCode(c *call) {
	s.scan.codes++
	s.scan.polls = 0
	s.scan.code = fmt.Sprintf("CODE%04d==", s.scan.codes)
	c.answer = fmt.Sprintf(`window.QRLogin.code = 200; window.QRLogin.uuid = %q;`, s.scan.code)
}

// pollScan holds the login poll until somebody scans.
func (s *Server) pollScan(c *call) {
	uuid := c.r.URL.Query().Get("uuid")
	s.mu.Lock()
	s.scan.polls++
	s.mu.Unlock()
	s.poll(c.r.Context(), func() bool {
		switch {
		case uuid != s.scan.code || s.scan.expired:
			s.scan.expired = false
			c.answer = `window.code=400;`
		case s.scan.uin != 0 && c.r.URL.Query().Get("tip") == "0" && s.scan.polls == 1:
			// the first poll after a scan says so, the next that it is confirmed
			c.answer = `window.code=201;window.userAvatar = 'data:img/jpg;base64,AAAA';`
		case s.scan.uin != 0:
			c.answer = fmt.Sprintf("window.code=200;\nwindow.redirect_uri=\"https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=%d@qrticket_0&uuid=%s&lang=zh_CN&scan=1\";", s.scan.uin, uuid)
			if !s.scan.always {
				s.scan.uin = 0
			}
		default:
			c.answer = `window.code=408;`
			return false
		}
		return true
	})
}

// poll holds a request until is reports true, the hold is over, or polls are
// cut.
func (s *Server) poll(ctx context.Context, is func() bool) {
	s.mu.Lock()
	hold, cut := s.hold, s.cut
	s.mu.Unlock()
	over := time.NewTimer(hold)
	defer over.Stop()
	for {
		s.mu.Lock()
		done, changed := is() || s.cut != cut, s.changed
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-over.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) loginPage(c *call) {
	if s.scan.refuse != 0 {
		c.status = http.StatusMovedPermanently
		c.answer = fmt.Sprintf("<error><ret>%d</ret><message>%s</message></error>", s.scan.refuse, s.scan.text)
		s.scan.refuse = 0
		return
	}
	var uin int64
	_, _ = fmt.Sscanf(c.r.URL.Query().Get("ticket"), "%d@", &uin)
	a := s.accounts[uin]
	if a == nil {
		c.status, c.answer = http.StatusMovedPermanently, ""
		return
	}
	s.logins++
	in := &session{number: s.logins}
	in.sid = fmt.Sprintf("sid+%04d/secret", in.number)
	in.skey = fmt.Sprintf("@crypt_%04d_secret", in.number)
	in.ticket = fmt.Sprintf("ticket%%2B%04dsecret", in.number)
	in.data = fmt.Sprintf("data-%04d-secret", in.number)
	a.session = in
	s.sessions[in.sid] = a
	c.status = http.StatusMovedPermanently // without a Location, as the real one
	c.answer = fmt.Sprintf("<error><ret>0</ret><message></message><skey>%s</skey><wxsid>%s</wxsid><wxuin>%d</wxuin><pass_ticket>%s</pass_ticket><isgrayscale>1</isgrayscale></error>",
		in.skey, in.sid, uin, in.ticket)
	c.cookie = []*http.Cookie{
		{Name: "wxuin", Value: fmt.Sprint(uin), Domain: "wx.qq.com", Path: "/"},
		{Name: "wxsid", Value: in.sid, Domain: "wx.qq.com", Path: "/"},
		{Name: "webwx_data_ticket", Value: in.data, Domain: "qq.com", Path: "/"},
	}
}

// who returns the account whose login a request belongs to, or the code to
// answer. It is as strict as the real servers about the cookie.
func (s *Server) who(c *call) (*Account, int) {
	sid, err := c.r.Cookie("wxsid")
	switch {
	case len(s.sessions) == 0:
		return nil, 1101
	case err != nil || s.sessions[sid.Value] == nil:
		return nil, 1102
	}
	a := s.sessions[sid.Value]
	if a.session.sid != sid.Value {
		return nil, 1101 // logged in anew since
	}
	return a, a.session.dead
}
