package wechat

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"fangzhuo/chat"
)

// The kinds of address, see the package comment.
const (
	byCode   = "p/"
	byMarker = "g/"
	byName   = "s/"
	byRoom   = "r/"
)

// Lasting reports whether an address of this or another network outlives a login.
func Lasting(a chat.Address) bool {
	local := a.Local()
	return a.Transport() != name || !strings.HasPrefix(local, byName) && !strings.HasPrefix(local, byRoom)
}

// book knows who today's user names are. A new login gets a new book, because
// user names live for one login.
type book struct {
	self     string // set by login, then only read
	selfName string // likewise
	login    string // likewise: a tag of the login
	markers  []string

	mu        sync.Mutex
	contacts  map[string]contact
	strangers map[string]bool   // asked for in vain
	spoke     map[string]bool   // wrote to us in this login
	details   map[string]bool   // groups asked for one by one
	users     map[string]string // code or marker address → user name; "" when not unique
	addresses map[string]string // user name → code or marker address
}

func newBook(markers []string) *book {
	return &book{
		markers:  markers,
		contacts: map[string]contact{}, strangers: map[string]bool{}, spoke: map[string]bool{}, details: map[string]bool{},
		users: map[string]string{}, addresses: map[string]string{},
	}
}

func isGroup(user string) bool  { return strings.HasPrefix(user, "@@") }
func isPerson(user string) bool { return strings.HasPrefix(user, "@") && !isGroup(user) }

// address names the private chat or group behind a user name.
func (b *book) address(user string) chat.Address {
	b.mu.Lock()
	defer b.mu.Unlock()
	local, ok := b.addresses[user]
	switch {
	case ok:
	case isGroup(user):
		local = byRoom + user
	default:
		local = byName + user
	}
	return chat.Address(name + ":" + local)
}

// user finds today's user name for an address. Not found means that it is
// unknown to this login, or that two claim it.
func (b *book) user(a chat.Address) (string, bool) {
	if a.Transport() != name {
		return "", false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	local := a.Local()
	switch {
	case strings.HasPrefix(local, byCode), strings.HasPrefix(local, byMarker):
		u := b.users[local]
		return u, u != ""
	case strings.HasPrefix(local, byName), strings.HasPrefix(local, byRoom):
		u := local[len(byName):]
		_, listed := b.contacts[u]
		return u, listed || b.spoke[u]
	}
	return "", false
}

// heard notes that a chat is open in this login.
func (b *book) heard(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spoke[user] = true
}

// unknown reports whether asking the server might tell who user is.
func (b *book) unknown(user string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, listed := b.contacts[user]
	return !listed && !b.strangers[user]
}

// givenUp notes that the server did not say who they are.
func (b *book) givenUp(users []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range users {
		if _, listed := b.contacts[u]; !listed {
			b.strangers[u] = true
		}
	}
}

// detailed reports whether a group was asked for: the address book lists groups
// without their members, and so without what the bot is called there.
func (b *book) detailed(group string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.details[group]
}

// asked notes that groups were asked for.
func (b *book) asked(groups []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range groups {
		b.details[g] = true
	}
}

func (b *book) official(user string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.contacts[user].official
}

// replace takes the whole address book. Groups that it does not list stay: the
// server lists only those saved on the phone.
func (b *book) replace(all map[string]contact) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for u, c := range b.contacts {
		if n, listed := all[u]; !listed && isGroup(u) {
			all[u] = c
		} else if listed && n.me == "" {
			n.me = c.me
			all[u] = n
		}
	}
	b.contacts = all
	b.derive()
}

// merge takes news about some contacts.
func (b *book) merge(news map[string]contact) {
	if len(news) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for u, c := range news {
		if c.me == "" {
			c.me = b.contacts[u].me
		}
		b.contacts[u] = c
		delete(b.strangers, u)
	}
	b.derive()
}

func (b *book) remove(users []string) {
	if len(users) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range users {
		delete(b.contacts, u)
		delete(b.spoke, u)
	}
	b.derive()
}

// derive works out which code and marker belongs to exactly one user name.
func (b *book) derive() {
	clear(b.users)
	clear(b.addresses)
	for u, c := range b.contacts {
		local := b.durable(u, c)
		if local == "" {
			continue
		}
		if _, twice := b.users[local]; twice {
			b.users[local] = ""
			continue
		}
		b.users[local] = u
	}
	for local, u := range b.users {
		if u != "" {
			b.addresses[u] = local
		}
	}
}

// remarkCode finds the code that a remark begins with, written as the config
// writes a person's. It refuses GZ-00012 rather than take it for GZ-0001.
var remarkCode = regexp.MustCompile(`^([A-Z]{2,4}-[0-9]{4})(?:[^0-9]|$)`)

// durable returns the address that a contact's remark or name claims, or "".
func (b *book) durable(user string, c contact) string {
	if isGroup(user) {
		held := slices.DeleteFunc(slices.Clone(b.markers), func(m string) bool { return !strings.Contains(c.name, m) })
		if len(held) == 1 {
			return byMarker + held[0]
		}
		return ""
	}
	m := remarkCode.FindStringSubmatch(c.remark)
	if !isPerson(user) || c.official || user == b.self || m == nil {
		return ""
	}
	return byCode + m[1]
}

// troubles lists markers without a group and codes or markers claimed twice.
func (b *book) troubles() []chat.Trouble {
	b.mu.Lock()
	defer b.mu.Unlock()
	var ts []chat.Trouble
	for _, m := range b.markers {
		if u, ok := b.users[byMarker+m]; !ok {
			ts = append(ts, chat.Trouble{Hint: HintGroupMissing, About: m})
		} else if u == "" {
			ts = append(ts, chat.Trouble{Hint: HintGroupTwice, About: m})
		}
	}
	for local, u := range b.users {
		if code, ok := strings.CutPrefix(local, byCode); ok && u == "" {
			ts = append(ts, chat.Trouble{Hint: HintRemarkTwice, About: code})
		}
	}
	slices.SortFunc(ts, func(x, y chat.Trouble) int {
		return cmp.Or(strings.Compare(x.Hint, y.Hint), strings.Compare(x.About, y.About))
	})
	return ts
}

// names returns what the bot is called in a chat.
func (b *book) names(chat string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return []string{b.selfName, b.contacts[chat].me}
}
