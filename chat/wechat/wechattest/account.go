package wechattest

import "fmt"

// Account is a WeChat account: its address book, its news, its login.
type Account struct {
	s    *Server
	uin  int64
	nick string

	people  map[string]Person
	groups  map[string]Group
	log     []entry
	texts   map[string][]string // sent, per person or group
	files   map[string][]File
	limit   int // news in one sync; 0 all
	passed  int // news that a client's cursor has been behind
	session *session
}

// AddAccount adds an account that can scan.
func (s *Server) AddAccount(uin int64, nick string) *Account {
	defer s.change()()
	a := &Account{s: s, uin: uin, nick: nick, people: map[string]Person{}, groups: map[string]Group{},
		texts: map[string][]string{}, files: map[string][]File{}}
	s.accounts[uin] = a
	return a
}

// Logout ends the login as the phone or WeChat does, with 1100, 1101 or 1102.
func (a *Account) Logout(ret int) {
	defer a.s.change()()
	if a.session != nil {
		a.session.dead = ret
	}
}

// Secrets returns what must never be seen outside: the login's skey, sid, pass
// ticket, uin and cookies.
func (a *Account) Secrets() []string {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if a.session == nil {
		return nil
	}
	return []string{a.session.skey, a.session.sid, a.session.ticket, a.session.data, fmt.Sprint(a.uin)}
}

// AwaitOnline returns when a login waits for news, or when done is closed.
func (a *Account) AwaitOnline(done <-chan struct{}) bool {
	return a.s.await(done, func() bool { return a.session != nil && a.session.dead == 0 && a.session.polled })
}

// init answers with the account and where news begin.
func (a *Account) init(c *call) {
	if !a.session.begun { // hears only what is said from now on
		a.session.begun, a.session.from = true, len(a.log)
		for i := a.passed; i < len(a.log); i++ {
			a.log[i].lost = true
		}
	}
	a.session.polled = false
	c.ret(0, map[string]any{
		"User":        map[string]any{"Uin": a.uin, "UserName": a.selfName(), "NickName": escape(a.nick)},
		"ContactList": []any{}, "SyncKey": syncKey(len(a.log)), "SKey": a.session.skey, "Count": 0,
	})
}

// Lost reports whether a message was said while nobody was logged in and will
// not be told to the present login: it stands on the phone only.
func (a *Account) Lost(id string) bool {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	lost := false
	for i, e := range a.log {
		if e.msg == nil || fmt.Sprint(e.id) != id {
			continue
		}
		if lost = e.lost && i < a.passed; !lost {
			return false
		}
	}
	return lost
}

func (a *Account) logout(c *call) {
	a.session.dead = 1100
	c.answer = ""
}
