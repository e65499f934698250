// Package chat says what a chat network is: messages, addresses, link states,
// and the Transport that every network implements. It imports nothing of ours
// and does no I/O.
package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Address names one conversation: the private chat with a person, or a group.
// It is opaque: only the transport that made it may read it. It is stored, so
// its form is frozen: the transport's name, a colon, and the transport's own
// part ("sandbox:p-zhang", "wechat:g/〔GZ-A〕").
type Address string

// Transport returns the name of the transport that made the address, or "".
func (a Address) Transport() string {
	name, _, ok := strings.Cut(string(a), ":")
	if !ok {
		return ""
	}
	return name
}

// Local returns the transport's own part of the address.
func (a Address) Local() string {
	_, local, _ := strings.Cut(string(a), ":")
	return local
}

// MessageID identifies a message within its transport. The same message
// delivered twice carries the same id.
type MessageID string

// Message is one message that somebody sent.
type Message struct {
	ID MessageID
	// At is when the network says the message was sent.
	At time.Time
	// From is the private chat with the sender; answers that only the sender
	// may read go there.
	From Address
	// Chat is where the message was said. It equals From in a private chat.
	Chat Address
	// Addressed reports whether the bot was called by name in a group. It is a
	// convenience and proves nothing: anybody can type a name.
	Addressed bool
	// Text is what was said, unchanged except that the call to the bot
	// ("@小信 ") is cut off. It is empty when only media was sent.
	Text string
	// Quoted is the text that this message answers (引用), without its author's
	// name, or "". It was said before and is cut off Text.
	Quoted string
	// Media lists what came with the message; the bytes stay with the transport.
	Media []Media
	// Recalls is set when the sender took an earlier message back (撤回); such a
	// message says nothing else.
	Recalls MessageID
}

// Group reports whether the message was said in a group.
func (m Message) Group() bool { return m.Chat != m.From }

// MediaKind is the kind of a piece of media.
type MediaKind string

// The kinds of media a message may carry.
const (
	Image    MediaKind = "image"
	Voice    MediaKind = "voice"
	Video    MediaKind = "video"
	File     MediaKind = "file"
	Location MediaKind = "location"
	Card     MediaKind = "card"
	Other    MediaKind = "other" // red packets, forwarded records, stickers
)

// Media refers to a piece of media. Ref is opaque: what the transport needs to
// fetch it, for as long as its login lasts.
type Media struct {
	Kind MediaKind
	Ref  string
	Name string
	// Seconds is how long a recording lasts, 0 where nobody says.
	Seconds int
}

// Fetched reports whether there are bytes to fetch: a place, a card or a red
// packet has none.
func (k MediaKind) Fetched() bool {
	switch k {
	case Image, Voice, Video, File:
		return true
	}
	return false
}

// Outgoing is one message to send: a text, or a file.
type Outgoing struct {
	// Key names the message for good; a transport that can, sends a key once.
	Key  string
	To   Address
	Text string
	File *Attachment
}

// Attachment is a file to send: what the reader sees as its name, and where its
// bytes are.
type Attachment struct{ Name, Path string }

// Handler takes messages from a transport. Nil means that every message of the
// batch is safely kept and the transport may move on; an error means that none
// is, and the transport must deliver the batch again. A handler must not call
// back into the transport.
type Handler func(ctx context.Context, batch []Message) error

// Transport joins one chat network.
type Transport interface {
	// Name is the first part of the transport's addresses.
	Name() string
	// Run receives until ctx ends and then returns nil. It calls h serially
	// for each chat.
	Run(ctx context.Context, h Handler) error
	// Send sends one message. Its error answers "was it sent?": nil means yes;
	// ErrOffline, ErrNoAddress, ErrNoFile and *LimitedError mean certainly not;
	// any other error means that nobody can be sure.
	Send(ctx context.Context, m Outgoing) (MessageID, error)
}

// ErrOffline means that the message was certainly not sent because the
// transport has no link; it may be tried again when the transport is online.
var ErrOffline = errors.New("transport is offline")

// ErrNoAddress means that the message was certainly not sent because the
// transport knows no such conversation (any more).
var ErrNoAddress = errors.New("no such address")

// ErrNoFile means that the message was certainly not sent because its file is
// missing, empty, or of a kind or size that the network does not take.
var ErrNoFile = errors.New("no file to send")

// LimitedError means that the message was certainly not sent because the
// network asked us to wait.
type LimitedError struct{ After time.Duration }

// Error implements error.
func (e *LimitedError) Error() string { return fmt.Sprintf("limited for %s", e.After) }

// Phase is what a transport's link is doing.
type Phase string

// The phases of a link.
const (
	LoggedOut   Phase = "logged-out"
	WaitingScan Phase = "waiting-scan"
	Online      Phase = "online"
	Degraded    Phase = "degraded"
	Refused     Phase = "refused"
)

// LinkState is the state of a transport's link and since when it holds.
type LinkState struct {
	Phase Phase
	Since time.Time
	// Hint says what a person can do about it, as a code for the wording.
	Hint string
	// Troubles are what somebody should put right while the link is up.
	Troubles []Trouble
}

// Trouble is one thing that a person should put right in the network's address
// book.
type Trouble struct {
	Hint  string // a code for the wording
	About string // whom it is about: a group's marker, a person's code
}

// Reporter is implemented by transports whose link can go down.
type Reporter interface {
	LinkState() LinkState
}

// Linker is implemented by transports that a person links by scanning a code.
type Linker interface {
	// LinkCode returns the text of the code that waits to be scanned.
	LinkCode() (code string, ok bool)
	// Relink asks for a new code now instead of later. It does nothing while a
	// code waits, while the link is up, or when codes are asked for too often.
	Relink()
}

// Fetcher is implemented by transports that can fetch media.
type Fetcher interface {
	// Fetch opens a piece of media, which the caller closes. ErrOffline means
	// later; ErrGone means never.
	Fetch(ctx context.Context, m Media) (io.ReadCloser, error)
}

// ErrGone means that a piece of media cannot be fetched any more.
var ErrGone = errors.New("media is gone")
