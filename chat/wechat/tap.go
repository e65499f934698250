package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"fangzhuo/chat"

	"github.com/eatmoreapple/openwechat"
)

const (
	pollPace = time.Second // least time from a fruitless long poll to the next
	maxBody  = 64 << 20    // bytes of an answer
)

// tap is the RoundTripper between the library and the network. It makes sure of
// what the library does not: that an answer is one (status, Ret), that messages
// are kept before the cursor moves, that what would make the library panic on
// its own goroutine never reaches it.
type tap struct {
	link *link
	base http.RoundTripper
}

// inspect looks at an answer of one endpoint and may replace its body; its error
// fails the request.
type inspect func(t *tap, ctx context.Context, body []byte) ([]byte, error)

// inspects lists the endpoints that log in or sync, by the last part of the
// path. Only their answers may set cookies: the library's jar has no lock, and
// these requests never overlap, while sends run beside them.
var inspects = map[string]inspect{
	"jslogin":           nil,
	"login":             nil,
	"webwxnewloginpage": (*tap).loginPage,
	"webwxinit":         (*tap).webInit,
	"webwxstatusnotify": nil,
	"synccheck":         (*tap).syncCheck,
	"webwxsync":         (*tap).sync,
}

// RoundTrip implements http.RoundTripper.
func (t *tap) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if !t.link.enter() {
		return nil, errClosed
	}
	defer t.link.leave()
	defer func() {
		if r := recover(); r != nil {
			resp, err = nil, fmt.Errorf("transport panicked: %v", r)
		}
	}()
	endpoint := path.Base(req.URL.Path)
	if endpoint == "synccheck" || endpoint == "login" {
		if err := t.pace(req.Context()); err != nil {
			return nil, err
		}
	}
	resp, err = t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	look, ours := inspects[endpoint]
	if !ours {
		resp.Header.Del("Set-Cookie")
	}
	// The login page answers 301 with a body.
	if resp.StatusCode != http.StatusOK && endpoint != "webwxnewloginpage" {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: http status %d", endpoint, resp.StatusCode)
	}
	if look == nil {
		return resp, nil
	}
	return t.look(look, endpoint, req.Context(), resp)
}

func (t *tap) look(look inspect, endpoint string, ctx context.Context, resp *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("%s: read answer: %w", endpoint, err)
	}
	body, err = look(t, ctx, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", endpoint, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// pace holds back a long poll that follows a fruitless one too closely: the
// library itself never pauses.
func (t *tap) pace(ctx context.Context) error {
	l := t.link
	l.mu.Lock()
	now := l.a.opt.Now()
	d := l.nextPoll.Sub(now)
	l.nextPoll = now.Add(max(d, 0) + pollPace)
	l.mu.Unlock()
	if d > 0 && !l.a.wait(ctx, d) {
		return ctx.Err()
	}
	return nil
}

// loginPage reads who scanned, before anything of the login is kept.
func (t *tap) loginPage(_ context.Context, body []byte) ([]byte, error) {
	var page openwechat.LoginInfo
	if err := xml.Unmarshal(body, &page); err != nil {
		// A bare redirect: accounts that may not use the web end here.
		return nil, &refusedError{"no login page"}
	}
	t.link.hideWords(page.SKey, page.WxSid, page.PassTicket, strconv.FormatInt(page.WxUin, 10))
	if page.Ret != 0 {
		return nil, &refusedError{fmt.Sprintf("%d %s", page.Ret, page.Message)}
	}
	if want := t.link.kept.Uin; want != 0 && page.WxUin != want {
		return nil, errWrongAccount
	}
	return body, nil
}

// webInit reads the account's own name and first contacts.
func (t *tap) webInit(_ context.Context, body []byte) ([]byte, error) {
	var init struct {
		BaseResponse struct{ Ret openwechat.Ret }
		User         *struct{ UserName, NickName string }
		ContactList  []json.RawMessage
	}
	if err := json.Unmarshal(body, &init); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	if init.BaseResponse.Ret != 0 {
		return body, nil // the library makes the error
	}
	if init.User == nil || init.User.UserName == "" {
		return nil, errors.New("no user")
	}
	b := t.link.book
	b.self = init.User.UserName
	b.merge(t.contacts(init.ContactList))
	b.selfName = plain(init.User.NickName)
	t.link.heardNews()
	return withSyncKey(body)
}

// contacts decodes contacts one by one: an odd one costs only itself.
func (t *tap) contacts(raws []json.RawMessage) map[string]contact {
	cs := map[string]contact{}
	for _, raw := range raws {
		var w wireContact
		if err := json.Unmarshal(raw, &w); err != nil || w.UserName == "" {
			t.link.a.log.Warn("contact not understood")
			continue
		}
		cs[w.UserName] = w.contact(t.link.book.self)
	}
	return cs
}

// withSyncKey returns an answer whose SyncKey the library can use: it panics on
// one that is missing or whose Count is wrong. Count 0 keeps the old one.
func withSyncKey(body []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	var key openwechat.SyncKey
	if json.Unmarshal(fields["SyncKey"], &key) != nil {
		key = openwechat.SyncKey{}
	}
	key.Count = len(key.List)
	raw, err := json.Marshal(key)
	if err != nil {
		return nil, fmt.Errorf("encode sync key: %w", err)
	}
	fields["SyncKey"] = raw
	return json.Marshal(fields)
}

var syncCode = regexp.MustCompile(`retcode:"(\d+)",selector:"(\d+)"`)

// syncCheck notices the end of the login. The library acts on it as well, but
// only the link knows what comes next.
func (t *tap) syncCheck(_ context.Context, body []byte) ([]byte, error) {
	m := syncCode.FindSubmatch(body)
	if m == nil {
		return nil, errors.New("answer not understood")
	}
	code, _ := strconv.Atoi(string(m[1]))
	if ret := openwechat.Ret(code); endsSession(ret) {
		t.link.end(ret)
	}
	if code == 0 && string(m[2]) == "0" {
		t.link.heardNews()
		t.link.retry.Reset()
		t.link.lastError = ""
	}
	return body, nil
}

// syncAnswer is what matters of a webwxsync answer.
type syncAnswer struct {
	BaseResponse   struct{ Ret openwechat.Ret }
	AddMsgList     []json.RawMessage
	ModContactList []json.RawMessage
	DelContactList []struct{ UserName string }
	SyncKey        json.RawMessage
}

// sync delivers a batch. Only when the handler has kept it does the library get
// an answer, and with it the new cursor; the messages themselves it never sees,
// since its own processing of them is slow, lossy and may panic.
func (t *tap) sync(ctx context.Context, body []byte) ([]byte, error) {
	var in syncAnswer
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	l := t.link
	if ret := in.BaseResponse.Ret; ret != 0 {
		if endsSession(ret) {
			l.end(ret)
		}
		return nil, ret
	}
	l.heardNews()
	l.book.merge(t.contacts(in.ModContactList))
	var gone []string
	for _, c := range in.DelContactList {
		gone = append(gone, c.UserName)
	}
	l.book.remove(gone)
	if err := t.deliver(ctx, in.AddMsgList); err != nil {
		return nil, err
	}
	l.retry.Reset()
	l.lastError = ""
	return t.answer(in.SyncKey)
}

// answer is what the library gets to see: a cursor and no messages.
func (t *tap) answer(key json.RawMessage) ([]byte, error) {
	if len(key) == 0 {
		key = json.RawMessage("null")
	}
	body, err := json.Marshal(map[string]any{
		"BaseResponse": map[string]any{"Ret": 0}, "AddMsgList": []any{}, "SyncKey": key})
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	if t.link.cursor != string(key) {
		t.link.cursor = string(key)
		t.link.mu.Lock()
		t.link.nextPoll = time.Time{} // the cursor moved: what follows is news
		t.link.mu.Unlock()
	}
	return withSyncKey(body)
}

// deliver hands a batch to the handler, once it is known who speaks.
func (t *tap) deliver(ctx context.Context, raws []json.RawMessage) error {
	l := t.link
	var heard []heardMessage
	for _, raw := range raws {
		var w wireMessage
		if err := json.Unmarshal(raw, &w); err != nil {
			l.a.log.Error("message not understood")
			continue
		}
		if m, ok := split(w, l.book.self); ok {
			heard = append(heard, m)
		}
	}
	if len(heard) == 0 {
		return nil
	}
	select {
	case <-l.ready:
	case <-l.ended:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	t.learn(ctx, heard)
	var batch []chat.Message
	for _, m := range heard {
		if l.book.official(m.sender) {
			continue
		}
		l.book.heard(m.chat)
		batch = append(batch, m.message(l.book, l.names(m.chat)...))
	}
	if len(batch) == 0 {
		return nil
	}
	if err := l.h(ctx, batch); err != nil {
		return fmt.Errorf("batch not kept: %w", err)
	}
	return nil
}

// names returns what the bot is called in a chat.
func (l *link) names(chat string) []string {
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	return []string{l.book.selfName, l.book.contacts[chat].me}
}

// learn asks the server, through the owner, about those whom the address book
// does not know: about each once, and not often.
func (t *tap) learn(ctx context.Context, heard []heardMessage) {
	l := t.link
	var people, groups []string
	for _, m := range heard {
		if isGroup(m.chat) && !l.book.detailed(m.chat) && !slices.Contains(groups, m.chat) {
			groups = append(groups, m.chat)
		}
		// Whoever writes in private is a friend, perhaps a new one; those who
		// are only met in groups the server does not know either.
		if m.sender == m.chat && l.book.unknown(m.sender) {
			people = append(people, m.sender)
		}
	}
	if len(people)+len(groups) == 0 {
		return
	}
	l.do(ctx, func() {
		if len(people) > 0 && l.a.opt.Now().Sub(l.lastRead) >= askAgain {
			l.reread()
			l.book.givenUp(people)
		}
		l.readGroups(ctx, groups)
		l.online()
	})
}

// heardNews notes that the server made sense.
func (l *link) heardNews() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastNews = l.a.opt.Now()
}
