package wechat

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/eatmoreapple/openwechat"
)

// urls finds addresses with a query: the library's errors quote whole URLs, and
// their queries hold skey, sid, uin and pass_ticket.
var urls = regexp.MustCompile(`(https?://[^\s"?]+)\?[^\s"]*`)

// scrub returns err's text as a new error without queries and without any
// secret of the login. The chain is cut on purpose: a *url.Error in it would
// give the URL away.
func (l *link) scrub(err error) error {
	if err == nil {
		return nil
	}
	text := urls.ReplaceAllString(err.Error(), "$1")
	text = strings.ReplaceAll(text, openwechat.NetworkErr.Error()+"\n", "") // it says so of every error
	l.mu.Lock()
	secrets := l.secrets
	l.mu.Unlock()
	if secrets != nil {
		text = secrets.Replace(text)
	}
	return errors.New(text)
}

// hide makes the secrets of a login known to scrub.
func (l *link) hide(s *loginState) {
	words := []string{s.BaseRequest.Skey, s.BaseRequest.Sid, s.LoginInfo.SKey, s.LoginInfo.WxSid, s.LoginInfo.PassTicket,
		strconv.FormatInt(s.BaseRequest.Uin, 10), s.BaseRequest.DeviceID, s.UUID}
	for _, cookies := range s.Jar {
		for _, c := range cookies {
			words = append(words, c.Value)
		}
	}
	l.hideWords(words...)
}

// hideWords makes single secrets known, besides those known already.
func (l *link) hideWords(words ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range words {
		if len(w) < 4 { // too short to tell from any other word
			continue
		}
		l.hidden = append(l.hidden, w, "…", url.QueryEscape(w), "…")
	}
	l.secrets = strings.NewReplacer(l.hidden...)
}
