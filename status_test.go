package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/words"
)

type reporter chat.LinkState

func (r reporter) LinkState() chat.LinkState { return chat.LinkState(r) }

// stuck is a store that does not answer.
type stuck struct{ storage.Store }

func (stuck) Tables(ctx context.Context, _ string) ([]storage.Table, error) {
	<-make(chan struct{})
	return nil, nil
}

func conditionOf(t *testing.T, store storage.Store, links ...chat.LinkState) *condition {
	t.Helper()
	book, err := words.Open(words.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 12, 1, 10, 0, 0, 0, calendar.Zone) }
	c := &condition{words: book, now: now, transports: []string{"wechat"}, queue: outbox.New(store, nil, outbox.Options{Now: now})}
	for _, s := range links {
		c.networks = append(c.networks, linked{"wechat", "微信", reporter(s)})
	}
	return c
}

// /healthz says whether everybody can be written to, and nothing about anybody.
func TestHealth(t *testing.T) {
	since := time.Date(2026, 12, 1, 9, 0, 0, 0, calendar.Zone)
	for _, test := range []struct {
		name  string
		links []chat.LinkState
		code  int
		want  string
	}{
		{"no link that could go down", nil, 200, "ok"},
		{"up", []chat.LinkState{{Phase: chat.Online, Since: since}}, 200, "ok"},
		{"a group is missing", []chat.LinkState{{Phase: chat.Online, Since: since, Troubles: []chat.Trouble{{Hint: "group-missing", About: "〔A〕"}}}}, 503, "trouble"},
		{"degraded", []chat.LinkState{{Phase: chat.Degraded, Since: since, Hint: "network"}}, 503, "down"},
		{"logged out", []chat.LinkState{{Phase: chat.LoggedOut, Since: since, Hint: "logged-out"}}, 503, "down"},
		{"one of two", []chat.LinkState{{Phase: chat.Online, Since: since}, {Phase: chat.WaitingScan, Hint: "scan"}}, 503, "down"},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := mem.New()
			c := conditionOf(t, store, test.links...)
			owe(t, store, "wechat:p/GZ-0001", "张三的事", c.now())
			owe(t, store, "wechat:p/GZ-0002", "明天再说", c.now().Add(time.Hour))
			owe(t, store, "notify-a:all", "别处", c.now())
			w := httptest.NewRecorder()
			c.ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
			var h health
			if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.code || h.Status != test.want || h.Waiting != 1 || h.Version != version() || len(h.Links) != len(test.links) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			for i, l := range h.Links {
				if l.Phase != string(test.links[i].Phase) || !l.Since.Equal(test.links[i].Since) || l.Hint != test.links[i].Hint || l.Name != "wechat" {
					t.Errorf("link %+v", l)
				}
			}
			for _, word := range []string{"GZ-", "张三", "〔A〕", "notify"} {
				if strings.Contains(w.Body.String(), word) {
					t.Errorf("%q stands in %s", word, w.Body)
				}
			}
		})
	}
}

func owe(t *testing.T, store storage.Store, to chat.Address, text string, due time.Time) {
	t.Helper()
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := outbox.Put(tx, outbox.Promise{Key: text, To: to, Text: text, Due: due}, due)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A store that does not answer does not hang whoever asks.
func TestHealthWithoutStore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // instead of waiting for the deadline
	w := httptest.NewRecorder()
	conditionOf(t, stuck{mem.New()}).ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil).WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"status":"down"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The demo's page has it too.
func TestHealthOfTheDemo(t *testing.T) {
	n := &sandboxNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 12, 1, 10, 0, 0, 0, calendar.Zone)}}
	n.start(t)
	defer n.stop(t)
	resp, err := http.Get("http://" + n.live.page + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"status":"ok"`) {
		t.Errorf("%d %s %v", resp.StatusCode, body, err)
	}
}

func TestStatusText(t *testing.T) {
	since := time.Date(2026, 12, 1, 9, 30, 0, 0, calendar.Zone)
	c := conditionOf(t, mem.New(), chat.LinkState{Phase: chat.Online, Since: since, Troubles: []chat.Trouble{{Hint: "group-twice", About: "〔A〕"}}})
	got, err := c.text(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := "【状态】12月1日 10:00\n微信：在线，12月1日 09:30起\n要您看一下：有两个群都带“〔A〕”：请把其中一个改名，改好前哪个都不发。\n" +
		"等着发0条，没有发不成的。\n微信断了没有别处告诉您：请管电脑的人在配置里写 alarms。"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
