package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
)

// TestScriptsOverWeChat plays the same scripts with the real openwechat client
// against the stand-in server.
func TestScriptsOverWeChat(t *testing.T) {
	playAll(t, func(t *testing.T, start time.Time) network {
		return &wechatNetwork{program: program{data: t.TempDir(), wall: start}}
	})
}

// wechatNetwork plays a script as friends and groups of a WeChat account.
type wechatNetwork struct {
	program
	server *wechattest.Server
}

func (n *wechatNetwork) start(t *testing.T) {
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Sandbox.Listen = ""
	cfg.WeChat = config.WeChat{Enabled: true}
	for i := range cfg.People {
		cfg.People[i].Code = fmt.Sprintf("GZ-%04d", i+1)
	}
	for i := range cfg.Groups {
		cfg.Groups[i].Marker = "〔" + cfg.Groups[i].ID + "〕"
	}
	if n.server == nil {
		n.server = wechattest.New(func() time.Time { return n.clock.Now() })
		n.people(cfg)
	}
	polls := len(n.server.Requests("synccheck"))
	n.begin(t, cfg, world{network: n.server.RoundTripper()})
	n.server.Await(t.Context().Done(), "synccheck", polls+1)
	n.handled(t)
}

// people fills the account's address book as the config has it: a remark typed
// on the phone binds a person, a mark in the name binds a group.
func (n *wechatNetwork) people(cfg *config.Config) {
	for _, p := range cfg.People {
		n.server.AddPerson(wechattest.Person{ID: p.ID, Nick: "昵称" + p.ID, Remark: p.Code + " " + p.Name})
	}
	for _, g := range cfg.Groups {
		n.server.AddGroup(wechattest.Group{ID: g.ID, Name: g.Marker + g.Name, Members: g.Members})
	}
	n.server.ScanAlways(wechattest.Uin)
}

func (n *wechatNetwork) say(t *testing.T, person, group, text string) {
	t.Helper()
	syncs := len(n.server.Requests("webwxsync"))
	n.server.Say(person, group, text)
	n.server.Await(t.Context().Done(), "webwxsync", syncs+1)
	n.handled(t)
	n.settle(t)
}

// handled returns when the client polls again: it has handed over all it got.
func (n *wechatNetwork) handled(t *testing.T) {
	for {
		all := n.server.Requests("")
		last := func(endpoint string) int {
			i := len(all) - 1
			for i >= 0 && all[i].Endpoint != endpoint {
				i--
			}
			return i
		}
		if last("synccheck") > last("webwxsync") {
			return
		}
		if !n.server.Await(t.Context().Done(), "", len(all)+1) {
			return
		}
	}
}

func (n *wechatNetwork) sent(t *testing.T, chat string) []string {
	t.Helper()
	n.settle(t)
	return slices.Clone(n.server.Sent(strings.TrimPrefix(chat, "@")))
}
