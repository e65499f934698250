package wechat

import (
	"sync"
	"time"

	"fangzhuo/chat"
)

// The hints that LinkState carries.
const (
	HintScan         = "scan"          // scan the code with the office's phone
	HintConfirm      = "confirm"       // scanned; confirm on the phone
	HintExpired      = "expired"       // nobody scanned; a new code comes later
	HintLoggedOut    = "logged-out"    // ended from the phone or by WeChat
	HintKicked       = "kicked"        // thrown out right after the scan: likely banned
	HintRefused      = "refused"       // WeChat does not let this account in
	HintWrongAccount = "wrong-account" // another account scanned
	HintNetwork      = "network"       // no answer, or none that makes sense
	HintSilent       = "silent"        // the server stopped answering
	HintStore        = "store"         // the kept session cannot be read or written
	HintGroupMissing = "group-missing" // no group has the marker: save it to the address book
	HintGroupTwice   = "group-twice"   // two groups have the same marker
	HintRemarkTwice  = "remark-twice"  // two friends have the same remark code
)

// state holds the link state and tells each change once, in order.
type state struct {
	now  func() time.Time
	told func(chat.LinkState)

	mu  sync.Mutex
	cur chat.LinkState
}

func (s *state) get() chat.LinkState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cur.Phase == "" {
		return chat.LinkState{Phase: chat.LoggedOut}
	}
	return s.cur
}

// set is called by the goroutine in Run only, so changes are told in order.
func (s *state) set(p chat.Phase, hint string) {
	s.mu.Lock()
	if s.cur.Phase == p && s.cur.Hint == hint {
		s.mu.Unlock()
		return
	}
	since := s.cur.Since
	if s.cur.Phase != p {
		since = s.now()
	}
	s.cur = chat.LinkState{Phase: p, Since: since, Hint: hint}
	cur := s.cur
	s.mu.Unlock()
	if s.told != nil {
		s.told(cur)
	}
}

// stop marks the link down without telling: the program itself is ending.
func (s *state) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cur = chat.LinkState{Phase: chat.LoggedOut, Since: s.now()}
}
