package wechat

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/eatmoreapple/openwechat"
)

// The looks of the endpoints, in the order of a login. Each gives the library
// what it needs in the types it expects, and nothing else: of its own parsing one
// odd field would cost the whole answer.

// parseAnswer reads a JSON answer. A code in its BaseResponse that is not zero is
// the error; said reports whether there was one at all.
func parseAnswer(body []byte) (in answer, said bool, err error) {
	if in, err = parse(body); err == nil {
		said, err = in.ret()
	}
	return in, said, err
}

var newCode = regexp.MustCompile(`uuid = "([^"]+)"`)

// newCode counts the code before anybody sees it: a program that dies and starts
// again must not show the next one sooner.
func (t *tap) newCode(ctx context.Context, _ int, body []byte) ([]byte, error) {
	a := t.link.a
	if !newCode.Match(body) {
		return nil, fmt.Errorf("%w: no code to scan", errNoAnswer)
	}
	now := a.opt.Now()
	if err := a.record.change(ctx, func(k *kept) { k.Scan.shown(now) }); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnsaved, err)
	}
	a.asked() // this is it
	t.link.codeEnds = a.after(codeLife)
	return body, nil
}

var scanCode = regexp.MustCompile(`window\.code=(\d+)`)

// pollCode lets only answers through that the library knows: with any other it
// polls on for ever.
func (t *tap) pollCode(_ context.Context, _ int, body []byte) ([]byte, error) {
	m := scanCode.FindSubmatch(body)
	if m == nil {
		return nil, fmt.Errorf("%w: no scan code", errNoAnswer)
	}
	switch code := openwechat.LoginCode(m[1]); code {
	case openwechat.LoginCodeSuccess, openwechat.LoginCodeScanned, openwechat.LoginCodeTimeout, openwechat.LoginCodeWait:
		t.link.retry.Reset()
		return body, nil
	default:
		return nil, fmt.Errorf("%w: scan code %q", errNoAnswer, string(code))
	}
}

// loginPage reads who scanned, before anything of the login is kept.
func (t *tap) loginPage(_ context.Context, status int, body []byte) ([]byte, error) {
	var page openwechat.LoginInfo
	if err := xml.Unmarshal(body, &page); err != nil {
		if status == http.StatusOK {
			return nil, fmt.Errorf("%w: no login page", errNoAnswer)
		}
		// A bare redirect: accounts that may not use the web end here.
		return nil, &refusedError{"no login page"}
	}
	t.link.hideWords(page.SKey, page.WxSid, page.PassTicket, strconv.FormatInt(page.WxUin, 10))
	if page.Ret != 0 {
		return nil, &refusedError{fmt.Sprintf("%d %s", page.Ret, page.Message)}
	}
	t.link.book.login = loginTag(page.WxSid)
	return body, t.rightAccount(page.WxUin)
}

// rightAccount refuses an account that is not the one kept.
func (t *tap) rightAccount(uin int64) error {
	if want := t.link.kept.Uin; want != 0 && uin != want {
		return errWrongAccount
	}
	return nil
}

// webInit reads the account's own name and first contacts.
func (t *tap) webInit(_ context.Context, _ int, body []byte) ([]byte, error) {
	in, _, err := parseAnswer(body)
	if err != nil {
		return nil, err
	}
	user := in.object("User")
	self, nick := user.text("UserName"), user.text("NickName")
	if !isPerson(self) {
		return nil, fmt.Errorf("%w: no user", errNoAnswer)
	}
	if uin := user.number("Uin"); uin != 0 {
		if err := t.rightAccount(uin); err != nil {
			return nil, err
		}
	}
	b := t.link.book
	b.self, b.selfName = self, plain(nick)
	b.merge(t.contacts(in.list("ContactList")))
	t.link.heardNews()
	return json.Marshal(map[string]any{"BaseResponse": openwechat.BaseResponse{},
		"User": map[string]any{"UserName": self, "NickName": nick}, "SyncKey": in.syncKey()})
}

// notified reads what the phone's notification came to.
func (t *tap) notified(_ context.Context, _ int, body []byte) ([]byte, error) {
	if _, _, err := parseAnswer(body); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"BaseResponse": openwechat.BaseResponse{}})
}

// addressBook reads a page of the address book.
func (t *tap) addressBook(_ context.Context, _ int, body []byte) ([]byte, error) {
	return t.contactList(body, "MemberList")
}

// groupDetails reads groups with their members.
func (t *tap) groupDetails(_ context.Context, _ int, body []byte) ([]byte, error) {
	return t.contactList(body, "ContactList")
}

// contactList reads the contacts under key. An answer without any is none: taken
// for an empty address book it would make everybody a stranger.
func (t *tap) contactList(body []byte, key string) ([]byte, error) {
	in, _, err := parseAnswer(body)
	if err != nil {
		return nil, err
	}
	raws := in.list(key)
	if raws == nil {
		return nil, fmt.Errorf("%w: no contacts", errNoAnswer)
	}
	list := []wireContact{}
	for _, raw := range raws {
		if w, ok := readContact(raw); ok {
			list = append(list, w)
			continue
		}
		t.link.a.log.Warn("contact not understood")
	}
	if len(list) == 0 && len(raws) > 0 {
		return nil, fmt.Errorf("%w: no contact is understood", errNoAnswer)
	}
	return json.Marshal(map[string]any{"BaseResponse": openwechat.BaseResponse{}, "Seq": in.number("Seq"), key: list})
}

// contacts reads contacts that came unasked.
func (t *tap) contacts(raws []json.RawMessage) map[string]contact {
	cs := map[string]contact{}
	for _, raw := range raws {
		w, ok := readContact(raw)
		if !ok {
			t.link.a.log.Warn("contact not understood")
			continue
		}
		cs[w.UserName] = w.contact(t.link.book.self)
	}
	return cs
}

var syncCode = regexp.MustCompile(`retcode\s*:\s*["']?(-?\d+)["']?\s*,\s*selector\s*:\s*["']?(\d+)`)

// syncCheck reads whether there is news.
func (t *tap) syncCheck(_ context.Context, _ int, body []byte) ([]byte, error) {
	m := syncCode.FindSubmatch(body)
	if m == nil {
		return nil, fmt.Errorf("%w: no sync code", errNoAnswer)
	}
	if code, _ := strconv.Atoi(string(m[1])); code != 0 {
		return nil, openwechat.Ret(code)
	}
	if string(m[2]) == "0" {
		t.link.syncWorks()
	}
	return fmt.Appendf(nil, `window.synccheck={retcode:"0",selector:"%s"}`, m[2]), nil
}

// sync delivers a batch. Only when the handler has kept it does the library get
// an answer, and with it the new cursor; the messages themselves it never sees,
// since its own processing of them is slow, lossy and may panic.
func (t *tap) sync(ctx context.Context, _ int, body []byte) ([]byte, error) {
	l := t.link
	in, said, err := parseAnswer(body)
	if err != nil {
		return nil, err
	}
	if _, has := in["AddMsgList"]; !said && !has {
		return nil, fmt.Errorf("%w: no news", errNoAnswer)
	}
	l.heardNews()
	l.book.merge(t.contacts(in.list("ModContactList")))
	var gone []string
	for _, raw := range in.list("DelContactList") {
		if w, ok := readContact(raw); ok {
			gone = append(gone, w.UserName)
		}
	}
	l.book.remove(gone)
	l.touch()
	if err := t.deliver(ctx, in.list("AddMsgList")); err != nil {
		return nil, err
	}
	l.syncWorks()
	return t.moved(in)
}

// moved is what the library gets to see of a batch: a cursor and no messages.
func (t *tap) moved(in answer) ([]byte, error) {
	key := in.syncKey()
	cursor, err := json.Marshal(key)
	if err != nil {
		return nil, fmt.Errorf("encode cursor: %w", err)
	}
	if key.Count > 0 && t.link.cursor != string(cursor) {
		t.link.cursor = string(cursor)
		t.link.nextPoll = nil // what follows is news
	}
	return json.Marshal(map[string]any{"BaseResponse": openwechat.BaseResponse{}, "AddMsgList": []any{}, "SyncKey": key})
}

// accepted reads whether a message was taken. Without a code nobody can tell.
func (t *tap) accepted(_ context.Context, _ int, body []byte) ([]byte, error) {
	in, said, err := parseAnswer(body)
	if err != nil {
		return nil, err
	}
	if !said {
		return nil, fmt.Errorf("%w: no code", errNoAnswer)
	}
	return json.Marshal(map[string]any{"BaseResponse": openwechat.BaseResponse{}, "MsgID": in.text("MsgID"), "LocalID": ""})
}

// uploaded reads what became of an upload, or of a part of one.
func (t *tap) uploaded(_ context.Context, _ int, body []byte) ([]byte, error) {
	in, said, err := parseAnswer(body)
	if err != nil {
		return nil, err
	}
	if !said && in.text("MediaId") == "" {
		return nil, fmt.Errorf("%w: no code", errNoAnswer)
	}
	return json.Marshal(map[string]any{"BaseResponse": openwechat.BaseResponse{}, "MediaId": in.text("MediaId"),
		"AESKey": in.text("AESKey"), "Signature": in.text("Signature")})
}
