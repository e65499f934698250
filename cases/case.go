package cases

import (
	"slices"
	"time"
)

// Stage is how far a case has come (状态).
type Stage string

// The stages, in their usual order.
const (
	Received   Stage = "received"   // 已收到: the bot has it, nobody has looked yet
	Registered Stage = "registered" // 已登记: staff gave it a category and a lead
	Accepted   Stage = "accepted"   // 受理: the office takes it on
	Handling   Stage = "handling"   // 办理中: a unit has it
	Answered   Stage = "answered"   // 已答复: the petitioner has the answer
	Closed     Stage = "closed"     // 办结
	Withdrawn  Stage = "withdrawn"  // 已撤回
)

// Open reports whether somebody still has to act.
func (s Stage) Open() bool { return s != Closed && s != Withdrawn }

// Word is what the petitioner is told of a stage: one of five plain words.
type Word string

// The five words: 收到, 已登记, 正在办, 有答复了, 办完了.
const (
	WordReceived   Word = "received"
	WordRegistered Word = "registered"
	WordHandling   Word = "handling"
	WordAnswered   Word = "answered"
	WordDone       Word = "done"
)

// Word returns the plain word for s.
func (s Stage) Word() Word {
	switch s {
	case Received:
		return WordReceived
	case Registered:
		return WordRegistered
	case Accepted, Handling:
		return WordHandling
	case Answered:
		return WordAnswered
	default:
		return WordDone
	}
}

// Signature is how the petitioner wants to be known (署名方式).
type Signature string

// The ways to sign.
const (
	Named     Signature = "named"     // 实名
	Sealed    Signature = "sealed"    // 保密: the name stays in the sealed part
	Anonymous Signature = "anonymous" // 匿名: no name and no account is kept
)

// Channel is the way a matter reached the office (渠道).
type Channel string

// The channels. All but chat are written down by staff.
const (
	ByChat   Channel = "chat"   // 微信: said to the bot
	ByVisit  Channel = "visit"  // 来访
	ByCall   Channel = "call"   // 来电
	ByLetter Channel = "letter" // 来信
	ByPaste  Channel = "paste"  // 微信转录: copied off the phone while the bot was away
)

// WrittenDown reports whether staff write such a matter down (代登).
func (c Channel) WrittenDown() bool {
	return c == ByVisit || c == ByCall || c == ByLetter || c == ByPaste
}

// ClockKind says which promise a clock counts.
type ClockKind string

// The clocks a case can have. The statutory ones are to stand beside these.
const (
	HouseClock  ClockKind = "house"  // the office's own term for the category
	TaskClock   ClockKind = "task"   // what a unit was given (转办)
	LeaderClock ClockKind = "leader" // what a leader took on (包案)
)

// Clock is a running term. From and Due are the first instants of civil days in
// the office's zone; the term is kept up to the end of the day Due.
type Clock struct {
	Kind    ClockKind `cbor:"1,keyasint"`
	From    time.Time `cbor:"2,keyasint"`
	Due     time.Time `cbor:"3,keyasint"`
	Days    int       `cbor:"4,keyasint,omitempty"`
	Working bool      `cbor:"5,keyasint,omitempty"`
}

// Case is one matter, as its events have left it. The cbor numbers are the
// stored form: fields are added with new numbers and never renumbered.
//
// A case holds nothing that says who the petitioner is; that is in the
// identity record, apart.
type Case struct {
	No         Number            `cbor:"1,keyasint"`
	Stage      Stage             `cbor:"2,keyasint"`
	Form       string            `cbor:"3,keyasint,omitempty"` // id of the form it came by
	Channel    Channel           `cbor:"4,keyasint,omitempty"`
	Signature  Signature         `cbor:"5,keyasint,omitempty"`
	Fields     map[string]string `cbor:"6,keyasint,omitempty"` // what was said, by field id
	Suggested  string            `cbor:"7,keyasint,omitempty"` // category suggested by words
	Category   string            `cbor:"8,keyasint,omitempty"`
	Lead       string            `cbor:"9,keyasint,omitempty"`  // unit id (主办)
	Leader     string            `cbor:"10,keyasint,omitempty"` // person id (包案领导)
	Clocks     []Clock           `cbor:"11,keyasint,omitempty"`
	ReceivedAt time.Time         `cbor:"12,keyasint"`
	AcceptedAt time.Time         `cbor:"13,keyasint,omitempty"`
	AnsweredAt time.Time         `cbor:"14,keyasint,omitempty"`
	ClosedAt   time.Time         `cbor:"15,keyasint,omitempty"`
	Question   string            `cbor:"16,keyasint,omitempty"` // open question to the petitioner
	Feedback   string            `cbor:"17,keyasint,omitempty"` // the unit's last word
	Answer     string            `cbor:"18,keyasint,omitempty"`
	Sealed     bool              `cbor:"19,keyasint,omitempty"` // an accusation: discipline only
	Guarded    bool              `cbor:"20,keyasint,omitempty"` // the petitioner fears retaliation
	SignedAt   time.Time         `cbor:"21,keyasint,omitempty"` // the unit took the task (签收)
	Visitors   int               `cbor:"22,keyasint,omitempty"` // persons, for a visit (人次)
	Note       string            `cbor:"23,keyasint,omitempty"` // identity-free task text by staff
	Events     int               `cbor:"24,keyasint"`           // how many events it is made of
	CodeHash   []byte            `cbor:"25,keyasint,omitempty"` // of the receipt code (查询码)
	Media      int               `cbor:"27,keyasint,omitempty"` // pictures and files kept with it
	Gone       int               `cbor:"28,keyasint,omitempty"` // of which so many could not be kept
	Supplement int               `cbor:"26,keyasint,omitempty"` // how often something was added
	Recalls    int               `cbor:"30,keyasint,omitempty"` // messages that were taken back on the network
}

// Due returns the day the office's own promise falls due, or the zero time.
func (c Case) Due() time.Time {
	if k, ok := c.Clock(HouseClock); ok {
		return k.Due
	}
	return time.Time{}
}

// Clock returns the running clock of a kind.
func (c Case) Clock(kind ClockKind) (Clock, bool) {
	i := slices.IndexFunc(c.Clocks, func(k Clock) bool { return k.Kind == kind })
	if i < 0 {
		return Clock{}, false
	}
	return c.Clocks[i], true
}

// ByHand reports whether the petitioner can be told only by telephone, by letter
// or to their face: staff wrote the matter down, and there is no chat to tell
// them in.
func (c Case) ByHand() bool { return c.Channel.WrittenDown() && c.Signature != Anonymous }

// WithUnit reports whether the next step is the lead unit's.
func (c Case) WithUnit() bool { return c.Stage == Handling && c.Feedback == "" }

// CategoryOrSuggested returns the category staff chose, else the suggestion.
func (c Case) CategoryOrSuggested() string {
	if c.Category != "" {
		return c.Category
	}
	return c.Suggested
}
