package notify

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// sender is one message's way to a service.
type sender = types.Sender

// The robots' own hosts. Their addresses are taken as the robot shows them.
const (
	wecomHost    = "qyapi.weixin.qq.com"
	dingtalkHost = "oapi.dingtalk.com"
	feishuHost   = "open.feishu.cn"
	larkHost     = "open.larksuite.com"
)

const lacking = "lacks its key, or has something its service does not know: copy the whole address again"

// robots are the services that answer with a code in the body.
var robots = map[string]bool{"wecom": true, "dingtalk": true, "lark": true}

// examples show how a URL is written.
const examples = "https://… as the robot shows it, or smtp://user:password@smtp.example.cn:465/?from=a@example.cn&to=b@example.cn"

// Check reports what is wrong with a channel's URL, completing "url …" without
// showing any of it. It asks nobody.
//
// A URL is one of: the address of a group robot of 企业微信, 钉钉 or 飞书 as the
// robot shows it, with "&secret=…" behind it when it signs (加签); smtp:// for
// e-mail; any other https:// or http:// address, which gets {"message": "…"};
// or a URL of the library shoutrrr for one of its other services (ntfy://,
// bark://, gotify://, …).
func Check(raw string) error {
	u, err := parse(raw)
	if err != nil {
		return err
	}
	if u.Scheme == "smtp" {
		_, err := mailbox(u)
		return err
	}
	var nobody nobody
	s, err := (&Channel{opt: Options{Now: func() time.Time { return time.Time{} }}}).open(u, &nobody)
	if err != nil {
		return err
	}
	_ = s.Send("?", nil) // fails, for it gets no answer
	if !nobody.asked {   // some services look for their key only now
		return errors.New(lacking)
	}
	return nil
}

// nobody answers nothing: a URL is judged without asking anybody.
type nobody struct{ asked bool }

// Do implements types.HTTPClient.
func (n *nobody) Do(*http.Request) (*http.Response, error) {
	n.asked = true
	return nil, errors.New("nobody is asked")
}

// parse reads a URL and turns what robots and browsers show into the library's
// form.
func parse(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme == "" || u.Opaque != "" {
		return nil, errors.New("is not a URL: write " + examples)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "https" && u.Scheme != "http" {
		return u, nil
	}
	if u.Host == "" {
		return nil, errors.New("names no host: write " + examples)
	}
	q := u.Query()
	switch u.Hostname() {
	case wecomHost:
		return &url.URL{Scheme: "wecom", Host: q.Get("key")}, nil
	case dingtalkHost:
		return &url.URL{Scheme: "dingtalk", RawQuery: u.RawQuery}, nil
	case feishuHost, larkHost:
		token := u.Path[strings.LastIndex(u.Path, "/")+1:]
		return &url.URL{Scheme: "lark", Host: u.Host, Path: "/" + token, RawQuery: u.RawQuery}, nil
	}
	if u.Scheme == "http" {
		q.Set("disabletls", "yes")
	}
	if !q.Has("template") {
		q.Set("template", "json")
	}
	return &url.URL{Scheme: "generic", User: u.User, Host: u.Host, Path: u.Path, RawQuery: q.Encode()}, nil
}

// open sets up the service that a parsed URL names, speaking through client.
// The library's own errors hold parts of the URL and are thrown away.
func (c *Channel) open(u *url.URL, client types.HTTPClient) (sender, error) {
	if u.Scheme == "dingtalk" {
		return newDingTalk(u, client, c.opt.Now), nil
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	s, err := new(router.ServiceRouter).NewService(scheme)
	if err != nil {
		return nil, errors.New("begins with no service there is: write " + examples)
	}
	web, ok := s.(types.HTTPClientSetter)
	if !ok { // nobody could say what became of a message
		return nil, errors.New("begins with a service that cannot be used here: write " + examples)
	}
	if custom, ok := s.(types.CustomURLService); ok && scheme != u.Scheme {
		if u, err = custom.GetServiceURLFromCustom(u); err != nil {
			return nil, errors.New("is not written as its service wants it: write " + examples)
		}
	}
	web.SetHTTPClient(client) // some services ask something while they are set up
	if err := s.Initialize(u, nil); err != nil {
		return nil, errors.New(lacking)
	}
	web.SetHTTPClient(client) // and some make their own client then
	return s, nil
}
