package cases

import (
	"cmp"
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

	Help     Verb = "help"     // 协办: another unit helps the lead
	Extend   Verb = "extend"   // 延期
	Switch   Verb = "switch"   // 改按普通程序: what was to be handled simply takes longer
	Inform   Verb = "inform"   // 已告知: the petitioner was told otherwise than in chat, with how
	Refer    Verb = "refer"    // 导入法定途径, 不予受理: with where it belongs
	Fulfil   Verb = "fulfil"   // 落实: what the answer grants was done
	Confirm  Verb = "confirm"  // 认可: the petitioner says it is settled
	Dispute  Verb = "dispute"  // 不服
	Rate     Verb = "rate"     // 评价
	Reopen   Verb = "reopen"   // 重办
	Review   Verb = "review"   // 复查, 复核
	Conclude Verb = "conclude" // 复查意见, 复核意见: the next level up has answered
	Finish   Verb = "finish"   // 终结
	Merge    Verb = "merge"    // 合并
	Split    Verb = "split"    // 拆分: a part goes on under a number of its own
	Relate   Verb = "relate"   // 关联
	Correct  Verb = "correct"  // 更正: what was written down wrong; what stood there stays in the history
	Hand     Verb = "hand"     // 交接: another owner or leader
	Recuse   Verb = "recuse"   // 回避: who is complained about
	Waive    Verb = "waive"    // 回避例外: the office head lets them handle it after all, with a reason
	Escalate Verb = "escalate" // 升级: nobody signed in time
	CheckIn  Verb = "check-in" // 回访
	Erase    Verb = "erase"    // 删除资料: who spoke is kept no more
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
	Clocks    []Clock           `cbor:"21,keyasint,omitempty"` // those that the step starts
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
	Procedure Procedure         `cbor:"22,keyasint,omitempty"`
	Reply     *Reply            `cbor:"23,keyasint,omitempty"`
	Other     *Link             `cbor:"24,keyasint,omitempty"` // the other matter
	Grade     Grade             `cbor:"25,keyasint,omitempty"`
	Route     string            `cbor:"26,keyasint,omitempty"`
	Persons   int               `cbor:"27,keyasint,omitempty"`
	Against   []string          `cbor:"28,keyasint,omitempty"` // unit and person ids
	Motive    string            `cbor:"32,keyasint,omitempty"` // of an Open: what the sealed part was opened for (用途)
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
	stops := c.stops(e)
	c.Clocks = slices.DeleteFunc(slices.Clone(c.Clocks), func(k Clock) bool { return slices.Contains(stops, k.Kind) })
	for _, k := range e.Clocks {
		c.stopClock(k.Kind)
		c.Clocks = append(c.Clocks, k)
	}
	switch e.Verb {
	case Submit:
		c.ReceivedAt = e.At
		c.Form, c.Channel, c.Signature, c.Visitors = e.Form, e.Channel, e.Signature, e.Visitors
		c.Fields, c.Suggested, c.CodeHash = maps.Clone(e.Fields), e.Category, e.CodeHash
		c.Sealed, c.Guarded, c.Media, c.Gone = e.Sealed, e.Guarded, e.Media, e.Gone
		c.Against, c.Persons = slices.Clone(e.Against), e.Persons
		if e.Other != nil {
			c.link(*e.Other)
		}
	case Register:
		c.Category, c.Lead, c.Sealed = e.Category, e.Unit, e.Sealed
		c.Owner, c.Procedure = e.Person, e.Procedure
		if c.Sealed { // whoever had it is out of it from here on
			c.Leader, c.Note, c.Feedback, c.Helpers, c.HelpTasks = "", "", "", nil, nil
		}
	case Accept:
		c.AcceptedAt = e.At
		if e.Procedure != "" {
			c.Procedure = e.Procedure
		}
	case Assign:
		c.Lead, c.Note, c.Feedback, c.SignedAt = e.Unit, e.Text, "", time.Time{}
		c.dropHelpers(func(u string) bool { return u == e.Unit })
	case Help:
		if !slices.Contains(c.Helpers, e.Unit) {
			c.Helpers = append(slices.Clone(c.Helpers), e.Unit)
		}
		c.helped(e.Unit, func(t *HelpTask) { *t = HelpTask{Text: e.Text} })
	case Sponsor:
		c.Leader = e.Person
	case Ask:
		c.Question = e.Text
	case Supplement:
		c.Question = ""
		c.Supplement++
		c.Media += e.Media
		c.Gone += e.Gone
	case SignOff:
		if c.Helps(e.Actor) {
			c.helped(e.Actor.Unit, func(t *HelpTask) { t.SignedAt = e.At })
			break
		}
		c.SignedAt = e.At
	case Feedback:
		if c.Helps(e.Actor) { // a helper's word does not end the lead's task
			c.helped(e.Actor.Unit, func(t *HelpTask) { t.Feedback = e.Text })
			break
		}
		c.Feedback = e.Text
	case Object:
		if c.Helps(e.Actor) { // the lead goes on without it
			c.dropHelpers(func(u string) bool { return u == e.Actor.Unit })
			return c
		}
		c.Note = ""
	case MediaGone:
		c.Gone++
	case Switch:
		c.Procedure = Ordinary
	case Extend:
		c.Extended, c.Delay = true, e.Text
	case Answer, Conclude:
		c.Answer, c.Reply, c.AnsweredAt, c.Question = e.Text, e.Reply, e.At, ""
		if e.Reply != nil {
			c.Answer = e.Reply.Opinion
		}
		c.FulfilledAt, c.ConfirmedAt, c.DisputedAt = time.Time{}, time.Time{}, time.Time{}
	case Fulfil:
		c.FulfilledAt = e.At
	case Confirm:
		if e.forOne(c) || e.Other == nil {
			c.ConfirmedAt = e.At
		}
		if !e.forOne(c) {
			c.DisputedAt = time.Time{}
		}
	case Dispute:
		c.DisputedAt, c.ConfirmedAt, c.ClosedAt = e.At, time.Time{}, time.Time{}
	case Rate:
		c.Rating = e.Grade
	case Reopen:
		c.Reply, c.Answer = nil, "" // the next answer is another one
		c.Reopened++
		c.Feedback, c.SignedAt, c.DisputedAt, c.ClosedAt, c.AcceptedAt = "", time.Time{}, time.Time{}, time.Time{}, e.At
		c.Delay, c.Procedure = "", Ordinary // the second time it is not so simple; it is put off once for all (条例 art. 34)
	case Review:
		c.Round++
		c.DisputedAt, c.ClosedAt = time.Time{}, time.Time{}
	case Escalate:
		c.Escalated++
	case Recall:
		c.Recalls++
	case Close, Withdraw, Refer, Finish:
		c.ClosedAt, c.Question, c.DisputedAt, c.Route = e.At, "", time.Time{}, e.Route
	case Merge:
		c.ClosedAt, c.Question, c.Into = e.At, "", e.Other.No
	case Split, Relate:
		c.link(*e.Other)
		if k, ok := c.Clock(HandleClock); ok && k.Extended { // so was one that goes on with it
			c.Extended = true
		}
	case Correct:
		c.correct(e)
	case Hand:
		switch {
		case e.Person == "":
		case e.Text == HandLeader:
			c.Leader = e.Person
		default:
			c.Owner = e.Person
		}
	case Recuse:
		for _, id := range e.Against {
			if !slices.Contains(c.Against, id) {
				c.Against = append(slices.Clone(c.Against), id)
			}
		}
		if slices.Contains(c.Against, c.Leader) {
			c.Leader = ""
		}
		c.dropHelpers(func(u string) bool { return slices.Contains(c.Against, u) })
	case Waive:
		c.Waived = true
		c.Against = slices.DeleteFunc(slices.Clone(c.Against), func(id string) bool { return slices.Contains(e.Against, id) })
	case Erase: // what was said, and what came with it, is kept no more
		c.ErasedAt, c.Signature, c.Media, c.Gone = e.At, Anonymous, 0, 0
		if e.CodeHash != nil { // the way back from here on
			c.CodeHash = e.CodeHash
		}
	}
	c.Stage = rules[e.Verb].leaves(c.Stage)
	if e.Verb == Object || e.Verb == Recuse && c.Stage == Handling && slices.Contains(c.Against, c.Lead) {
		c.Stage, c.Note = Registered, ""
		if !c.AcceptedAt.IsZero() {
			c.Stage = Accepted
		}
	}
	return c
}

// forOne reports whether the petitioner of c accepts an answer that somebody whose
// matter goes on with it does not: of two the one says nothing for the other. With
// the number of that other it is they who do not any longer.
func (e Event) forOne(c Case) bool {
	return e.Verb == Confirm && e.Other != nil && e.Other.No == c.No
}

// stops are the clocks that a step stops: those of its row, but for what goes on.
func (c Case) stops(e Event) []ClockKind {
	stops := slices.Clone(rules[e.Verb].Stops)
	goOn := func(kinds ...ClockKind) {
		stops = slices.DeleteFunc(stops, func(k ClockKind) bool { return slices.Contains(kinds, k) })
	}
	against := slices.Concat(c.Against, e.Against)
	switch e.Verb {
	case Register:
		if !e.Sealed { // who has it keeps it
			goOn(TaskClock, ObjectClock, LeaderClock, HazardClock, WindowClock)
		}
	case Accept:
		if cmp.Or(e.Procedure, c.Procedure) != Simple { // else its ten working days are the promise
			goOn(HouseClock)
		}
	case Feedback, Object:
		if c.Helps(e.Actor) { // the lead goes on without it
			return nil
		}
	case Confirm:
		if c.Round >= 2 || e.forOne(c) { // it is still to be ended (终结, or 办结)
			goOn(DecideClock)
		}
	case Recuse:
		if c.Stage != Handling || !slices.Contains(against, c.Lead) {
			goOn(TaskClock, ObjectClock)
		}
		if !slices.Contains(against, c.Leader) {
			goOn(LeaderClock)
		}
	}
	return stops
}

// HandLeader is the Text of a Hand that puts the case into another leader's
// hands; without it the owner changes.
const HandLeader = "leader"

// correct puts what was written down right.
func (c *Case) correct(e Event) {
	c.Fields = maps.Clone(c.Fields)
	if c.Fields == nil {
		c.Fields = map[string]string{}
	}
	maps.Copy(c.Fields, e.Fields)
	if e.Category != "" {
		c.Category = e.Category
	}
	if e.Signature != "" {
		c.Signature = e.Signature
	}
	if e.Persons != 0 {
		c.Persons = e.Persons
	}
	if e.Guarded {
		c.Guarded = true
	}
}

func (c *Case) link(l Link) {
	if !slices.Contains(c.Links, l) {
		c.Links = append(slices.Clone(c.Links), l)
	}
}

func (c *Case) stopClock(kind ClockKind) {
	c.Clocks = slices.DeleteFunc(c.Clocks, func(k Clock) bool { return k.Kind == kind })
}
