package notify

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/lark"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/mattermost"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/rocketchat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/teams"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/wecom"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/zulip"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/incident/opsgenie"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/incident/pagerduty"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/bark"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/gotify"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/pushover"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/specialized/generic"
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

// services are what the library reaches. All take our HTTP client, without which
// nobody could say what became of a message; so its e-mail and mqtt are not here.
var services = map[string]func() types.Service{
	"bark":       func() types.Service { return &bark.Service{} },
	"discord":    func() types.Service { return &discord.Service{} },
	"generic":    func() types.Service { return &generic.Service{} },
	"gotify":     func() types.Service { return &gotify.Service{} },
	"lark":       func() types.Service { return &lark.Service{} },
	"mattermost": func() types.Service { return &mattermost.Service{} },
	"ntfy":       func() types.Service { return &ntfy.Service{} },
	"opsgenie":   func() types.Service { return &opsgenie.Service{} },
	"pagerduty":  func() types.Service { return &pagerduty.Service{} },
	"pushover":   func() types.Service { return &pushover.Service{} },
	"rocketchat": func() types.Service { return &rocketchat.Service{} },
	"slack":      func() types.Service { return &slack.Service{} },
	"teams":      func() types.Service { return &teams.Service{} },
	"telegram":   func() types.Service { return &telegram.Service{} },
	"wecom":      func() types.Service { return &wecom.Service{} },
	"zulip":      func() types.Service { return &zulip.Service{} },
}

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
		_, err := parseMailbox(u)
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
	build, known := services[scheme]
	if !known {
		return nil, errors.New("begins with none of " + strings.Join(slices.Sorted(maps.Keys(services)), ", ") + ": write " + examples)
	}
	s := build()
	if custom, ok := s.(types.CustomURLService); ok && scheme != u.Scheme {
		var err error
		if u, err = custom.GetServiceURLFromCustom(u); err != nil {
			return nil, errors.New("is not written as its service wants it: write " + examples)
		}
	}
	web := s.(types.HTTPClientSetter) // a test says so
	web.SetHTTPClient(client)         // some services ask something while they are set up
	if err := s.Initialize(u, nil); err != nil {
		return nil, errors.New(lacking)
	}
	web.SetHTTPClient(client) // and some make their own client then
	return s, nil
}
