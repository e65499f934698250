package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"fangzhuo/chat"
)

// kept is what outlives the process; fields are added, never renamed.
type kept struct {
	Version int `json:"version"`
	// Uin is the account; it stays when the login is wiped, so that another
	// account that scans is noticed.
	Uin int64 `json:"uin,omitempty"`
	// Login is what the library needs for a hot login, or nothing.
	Login *loginState `json:"login,omitempty"`
	// Self is the account's user name under Login, or under the one before.
	Self string `json:"self,omitempty"`
	// Told is the login that Options.OnLogin has not yet taken.
	Told *toldLogin `json:"told,omitempty"`

	// The link: what it last did, and when it last was good.
	Phase chat.Phase `json:"phase,omitempty"`
	Hint  string     `json:"hint,omitempty"`
	Since time.Time  `json:"since,omitzero"`
	Good  time.Time  `json:"good,omitzero"`

	Scan  scanRecord  `json:"scan,omitzero"`
	Limit limitRecord `json:"limit,omitzero"`
}

// toldLogin is a login and whether the account had been online before it.
type toldLogin struct {
	Before   bool      `json:"before,omitempty"`
	Fresh    bool      `json:"fresh,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	NewNames bool      `json:"new_names,omitempty"`
}

// record keeps what outlives the process, for the owner's goroutine and the
// library's. Memory comes first: while the store cannot be written, this process
// still knows.
type record struct {
	session Session

	mu sync.Mutex
	k  kept
}

// load reads what is kept. What cannot be understood counts as nothing.
func (r *record) load(ctx context.Context) (understood bool, err error) {
	raw, err := r.session.Load(ctx)
	if err != nil {
		return true, fmt.Errorf("load session: %w", err)
	}
	k := kept{Version: 1}
	understood = len(raw) == 0 || json.Unmarshal(raw, &k) == nil && k.Version == 1
	if !understood {
		k = kept{Version: 1}
	}
	if !k.Login.complete() {
		k.Login = nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.k = k
	return understood, nil
}

// get returns a copy. What it points to is never changed.
func (r *record) get() kept {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.k
}

// change changes what is kept and saves all of it. An error means that it is
// only known to this process, until the next change.
func (r *record) change(ctx context.Context, change func(*kept)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.k)
	r.k.Version = 1
	raw, err := json.Marshal(r.k)
	if err != nil {
		return fmt.Errorf("encode session: %w", err)
	}
	if err := r.session.Save(ctx, raw); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// keep changes what is kept, and only logs when it cannot be saved.
func (a *Account) keep(ctx context.Context, change func(*kept)) {
	if err := a.record.change(ctx, change); err != nil && ctx.Err() == nil {
		a.log.Error("session not saved", "err", err)
	}
}

// forget wipes the login and keeps the rest, in one step: an account that is
// lost here would not be told from another one that scans.
func (a *Account) forget(ctx context.Context) {
	a.keep(ctx, func(k *kept) { k.Login = nil })
}
