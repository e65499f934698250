package wechat

import (
	"slices"
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
	HintLimited      = "limited"       // WeChat says "too often"; it goes on by itself
	HintStore        = "store"         // our own store cannot be read or written
)

// The hints that its Troubles carry.
const (
	HintGroupMissing = "group-missing" // no group has the marker: save it to the address book
	HintGroupTwice   = "group-twice"   // two groups have the same marker
	HintRemarkTwice  = "remark-twice"  // two friends have the same remark code
	HintUnreadable   = "unreadable"    // so many messages could not be read: look at the phone
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
	cur := s.cur
	cur.Troubles = slices.Clone(cur.Troubles)
	return cur
}

// set is called by the goroutine in Run only, so changes are told in order. It
// returns the new state and whether phase or hint changed.
func (s *state) set(p chat.Phase, hint string, troubles ...chat.Trouble) (cur chat.LinkState, changed bool) {
	s.mu.Lock()
	changed = s.cur.Phase != p || s.cur.Hint != hint
	same := !changed && slices.Equal(s.cur.Troubles, troubles)
	if s.cur.Phase != p {
		s.cur.Since = s.now()
	}
	s.cur.Phase, s.cur.Hint, s.cur.Troubles = p, hint, troubles
	cur = s.cur
	s.mu.Unlock()
	if !same {
		s.tell(cur)
	}
	return cur, changed
}

// restore begins with what was kept, since before this process.
func (s *state) restore(cur chat.LinkState) {
	s.mu.Lock()
	if cur.Since.IsZero() {
		cur.Since = s.now()
	}
	s.cur = cur
	s.mu.Unlock()
	s.tell(cur)
}

func (s *state) tell(cur chat.LinkState) {
	if s.told != nil {
		cur.Troubles = slices.Clone(cur.Troubles)
		s.told(cur)
	}
}

// stop marks the link down without telling: the program itself is ending.
func (s *state) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cur = chat.LinkState{Phase: chat.LoggedOut, Since: s.now()}
}
