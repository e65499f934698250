package cases

import (
	"slices"
	"time"
)

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
	ByAbove  Channel = "above"  // 上级交办: handed down by the next level up
	ByPaste  Channel = "paste"  // 微信转录: copied off the phone while the bot was away
)

// WrittenDown reports whether staff write such a matter down (代登).
func (c Channel) WrittenDown() bool {
	return c == ByVisit || c == ByCall || c == ByLetter || c == ByAbove || c == ByPaste
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
	Helpers    []string          `cbor:"33,keyasint,omitempty"` // unit ids (协办)
	Owner      string            `cbor:"31,keyasint,omitempty"` // person id of who looks after it in the office (经办人)
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

	Procedure   Procedure `cbor:"32,keyasint,omitempty"`
	Against     []string  `cbor:"34,keyasint,omitempty"` // unit and person ids complained about: they neither handle nor read (回避)
	Reply       *Reply    `cbor:"35,keyasint,omitempty"`
	Extended    bool      `cbor:"36,keyasint,omitempty"` // handling was put off once (延期)
	FulfilledAt time.Time `cbor:"37,keyasint,omitempty"` // what the answer grants was done (落实)
	ConfirmedAt time.Time `cbor:"38,keyasint,omitempty"` // the petitioner says it is settled (认可)
	DisputedAt  time.Time `cbor:"39,keyasint,omitempty"` // the petitioner says it is not, and nothing came of that yet (不服)
	Rating      Grade     `cbor:"40,keyasint,omitempty"` // the latest; who handled the matter does not read it
	Round       int       `cbor:"41,keyasint,omitempty"` // 1 reviewed (复查), 2 reviewed again (复核)
	Reopened    int       `cbor:"42,keyasint,omitempty"` // how often it was handled anew (重办)
	Links       []Link    `cbor:"43,keyasint,omitempty"`
	Into        Number    `cbor:"44,keyasint,omitempty"` // the matter that this one was merged into
	Route       string    `cbor:"45,keyasint,omitempty"` // id of the statutory route it was referred to
	ErasedAt    time.Time `cbor:"46,keyasint,omitempty"` // who spoke was erased at their wish (删除资料)
	Persons     int       `cbor:"47,keyasint,omitempty"` // who speak together (联名); 0 is one
	Delay       string    `cbor:"50,keyasint,omitempty"` // why handling was put off, as the petitioner was told
	Escalated   int       `cbor:"51,keyasint,omitempty"` // how often nobody had signed for a danger in time

	Waived    bool                `cbor:"61,keyasint,omitempty"` // somebody complained about may handle it (回避例外)
	HelpTasks map[string]HelpTask `cbor:"60,keyasint,omitempty"` // of the helpers, by unit id
}

// Due returns the day by which the office must take the next step that ends the
// matter, or the zero time when it owes none: the house's own term or the law's
// for handling, whichever is first, before them the one for telling, and after
// the answer the end of the petitioner's window.
func (c Case) Due() time.Time { return c.DueClock().Due }

// DueClock returns the clock that Due is of, or none.
func (c Case) DueClock() Clock {
	for _, kinds := range [][]ClockKind{{HouseClock, HandleClock, ReviewClock}, {DecideClock, NoticeClock}, {WindowClock}} {
		var first Clock
		for _, k := range c.Clocks {
			if slices.Contains(kinds, k.Kind) && (first.Due.IsZero() || k.Due.Before(first.Due)) {
				first = k
			}
		}
		if !first.Due.IsZero() {
			return first
		}
	}
	return Clock{}
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

// Guards reports whether who spoke is opened by the keepers only, and only for a
// motive: of everybody who did not sign with their name, who is afraid, and of
// accusations. Who signs with their name (实名) gives it to the office to use for
// their matter; that it was looked up stands in the history all the same
// (domain.md §3.8).
func (c Case) Guards() bool { return c.Signature != Named || c.Guarded || c.Sealed }

// Veiled reports whether nothing of how the petitioner said it may reach the unit
// that handles the matter: of somebody who is afraid, or who said nothing of who
// they are (domain.md §1.6, scenario S9), and where who is complained about handles it
// after all. Of a danger the unit has to know all.
func (c Case) Veiled() bool {
	return c.Guarded || c.Waived || c.Signature == Anonymous && !c.Danger()
}

// Danger reports whether the matter is a danger that is there now (险情).
func (c Case) Danger() bool { return c.Procedure == Emergency }

// WithUnit reports whether the next step is the lead unit's.
func (c Case) WithUnit() bool { return c.Stage == Handling && c.Feedback == "" }

// Recuses reports whether the matter complains about somebody: who is complained
// about neither handles nor reads it (信访工作条例 art. 28).
func (c Case) Recuses(a Actor) bool {
	return a.ID != "" && slices.Contains(c.Against, a.ID) || a.Role == Liaison && slices.Contains(c.Against, a.Unit)
}

// CategoryOrSuggested returns the category staff chose, else the suggestion.
func (c Case) CategoryOrSuggested() string {
	if c.Category != "" {
		return c.Category
	}
	return c.Suggested
}
