package cases

import (
	"maps"
	"slices"
	"time"
)

// Verb is something that happens to a case.
type Verb string

// The verbs. The Chinese word is the command or the term of the trade.
const (
	Submit     Verb = "submit"     // 提交
	Register   Verb = "register"   // 登记
	Accept     Verb = "accept"     // 受理
	Assign     Verb = "assign"     // 转办
	Sponsor    Verb = "sponsor"    // 包案
	Ask        Verb = "ask"        // 问
	Supplement Verb = "supplement" // 补充
	SignOff    Verb = "sign-off"   // 签收
	Feedback   Verb = "feedback"   // 反馈
	Object     Verb = "object"     // 异议
	Urge       Verb = "urge"       // 催办
	Instruct   Verb = "instruct"   // 批示
	Answer     Verb = "answer"     // 答复
	Close      Verb = "close"      // 办结
	Withdraw   Verb = "withdraw"   // 撤回
	MediaGone  Verb = "media-gone" // 没存下: something sent along could not be kept
	PassOn     Verb = "pass-on"    // 转附件: what was sent along went to the unit
	Open       Verb = "open"       // the sealed part was read, for Text
	Rejoin     Verb = "rejoin"     // 接回: the petitioner goes on from another account
	Recall     Verb = "recall"     // a message was taken back on the network (微信撤回); what it said stays
)

// Event is one thing that happened to a case. Events are only ever appended;
// the case is their fold. The cbor numbers are the stored form.
type Event struct {
	At        time.Time         `cbor:"1,keyasint"`
	Actor     Actor             `cbor:"2,keyasint"`
	Verb      Verb              `cbor:"3,keyasint"`
	Text      string            `cbor:"4,keyasint,omitempty"`
	Category  string            `cbor:"5,keyasint,omitempty"`
	Unit      string            `cbor:"6,keyasint,omitempty"`
	Person    string            `cbor:"7,keyasint,omitempty"`
	Clock     *Clock            `cbor:"8,keyasint,omitempty"`
	Fields    map[string]string `cbor:"9,keyasint,omitempty"`
	Form      string            `cbor:"10,keyasint,omitempty"`
	Channel   Channel           `cbor:"11,keyasint,omitempty"`
	Signature Signature         `cbor:"12,keyasint,omitempty"`
	Sealed    bool              `cbor:"13,keyasint,omitempty"`
	Guarded   bool              `cbor:"14,keyasint,omitempty"`
	Visitors  int               `cbor:"15,keyasint,omitempty"`
	CodeHash  []byte            `cbor:"16,keyasint,omitempty"`
	Media     int               `cbor:"17,keyasint,omitempty"` // pictures and files said with it
	Gone      int               `cbor:"18,keyasint,omitempty"` // of which so many were lost by then
	Of        int               `cbor:"20,keyasint,omitempty"` // of a Recall: the event that the message became
}

// Fold returns the case that the events make, in order.
func Fold(no Number, events []Event) Case {
	c := Case{No: no}
	for _, e := range events {
		c = c.After(e)
	}
	return c
}

// After returns the case as e leaves it. It does not ask whether e is allowed.
func (c Case) After(e Event) Case {
	c.Events++
	c.Clocks = slices.Clone(c.Clocks)
	switch e.Verb {
	case Submit:
		c.Stage, c.ReceivedAt = Received, e.At
		c.Form, c.Channel, c.Signature, c.Visitors = e.Form, e.Channel, e.Signature, e.Visitors
		c.Fields, c.Suggested, c.CodeHash = maps.Clone(e.Fields), e.Category, e.CodeHash
		c.Sealed, c.Guarded, c.Media, c.Gone = e.Sealed, e.Guarded, e.Media, e.Gone
		c.setClock(e.Clock)
	case Register:
		c.Category, c.Lead, c.Sealed = e.Category, e.Unit, e.Sealed
		c.setClock(e.Clock)
		if c.Sealed { // whoever had it is out of it from here on
			c.Leader, c.Note, c.Feedback = "", "", ""
			c.stopClock(TaskClock)
			c.stopClock(LeaderClock)
		}
	case Accept:
		c.AcceptedAt = e.At
		c.setClock(e.Clock)
	case Assign:
		c.Lead, c.Note, c.Feedback, c.SignedAt = e.Unit, e.Text, "", time.Time{}
		c.setClock(e.Clock)
	case Sponsor:
		c.Leader = e.Person
		c.setClock(e.Clock)
	case Ask:
		c.Question = e.Text
	case Supplement:
		c.Question = ""
		c.Supplement++
		c.Media += e.Media
		c.Gone += e.Gone
	case SignOff:
		c.SignedAt = e.At
	case Feedback:
		c.Feedback = e.Text
		c.stopClock(TaskClock)
	case Object:
		c.Note = ""
		c.stopClock(TaskClock)
	case MediaGone:
		c.Gone++
	case Answer:
		c.Answer, c.AnsweredAt, c.Question = e.Text, e.At, ""
		c.Clocks = nil
	case Recall:
		c.Recalls++
	case Close, Withdraw:
		c.ClosedAt, c.Question = e.At, ""
		c.Clocks = nil
	}
	if to := moves[e.Verb].to; to != "" {
		c.Stage = to
	}
	if e.Verb == Object {
		c.Stage = Registered
		if !c.AcceptedAt.IsZero() {
			c.Stage = Accepted
		}
	}
	return c
}

func (c *Case) setClock(k *Clock) {
	if k == nil {
		return
	}
	c.stopClock(k.Kind)
	c.Clocks = append(c.Clocks, *k)
}

func (c *Case) stopClock(kind ClockKind) {
	c.Clocks = slices.DeleteFunc(c.Clocks, func(k Clock) bool { return k.Kind == kind })
}
