package cases

import "slices"

// Need is something that must come with a step.
type Need string

// What steps need, and the refusal when it is missing (see Permit).
const (
	NeedText     Need = "text"     // words: a question, a report, a reason
	NeedUnit     Need = "unit"     // to whom
	NeedCategory Need = "category" // what kind of matter
	NeedOwner    Need = "owner"    // who looks after it (经办人)
	NeedTerm     Need = "term"     // by when
	NeedPerson   Need = "person"   // which leader, or who
	NeedApprover Need = "approver" // who approved (批准人)
	NeedBasis    Need = "basis"    // 依据
	NeedCode     Need = "code"     // the outcome: one that fits a request, a suggestion, or an accusation
	NeedFacts    Need = "facts"    // what was found, where somebody must have looked into it (see Investigated)
	NeedOther    Need = "other"    // the other matter
	NeedGrade    Need = "grade"    // 满意, 基本满意, 不满意
	NeedAgainst  Need = "against"  // who is complained about
	NeedFields   Need = "fields"   // what is to be put right
)

// Party is somebody who may hear of a step: where it concerns them.
type Party string

// The parties. Who acts is never told by a message, but by the reply.
const (
	ToPetitioner Party = "petitioner" // in their own chat; an anonymous one finds it with number and code
	ToKeepers    Party = "keepers"    // the office: staff, or discipline for an accusation
	ToUnit       Party = "unit"       // the lead unit, and the one that had it before
	ToHelper     Party = "helper"     // the helping unit
	ToLeader     Party = "leader"     // the leader it concerns
)

// Rule is a row of the table of steps (办理规则).
type Rule struct {
	Verb Verb
	// From are the stages in which it may be taken, To the one it leads to, ""
	// where it leaves the stage as it is.
	From []Stage
	To   Stage
	// By are the roles that may. Whose case it is (own unit, own petition, nobody
	// complained about) is checked by Visible.
	By []Role
	// Needs must come with it.
	Needs []Need
	// Starts and Stops are clocks. One that starts anew is stopped first; some of
	// those in Stops go on where what they count does (see stops).
	Starts, Stops []ClockKind
	// Tells are those who hear of it.
	Tells []Party
}

var (
	office    = []Role{Staff, Discipline} // the petition office; discipline for accusations alone
	clock     = []Role{Program}           // because time passed
	orClock   = []Role{Staff, Discipline, Program}
	beforeEnd = []Stage{Received, Registered, Accepted, Handling, Answered}
	untilThen = []Stage{Received, Registered, Accepted, Handling} // before the answer
	given     = []Stage{Answered, Closed}
	ended     = []Stage{Closed, Referred, Merged, Withdrawn, Final}
	binding   = []ClockKind{NoticeClock, DecideClock, HandleClock, ObjectClock, HouseClock, TaskClock, LeaderClock, HazardClock}
)

// Table is the one table of steps, in the order in which they are offered.
// Accepting, handing out or answering a matter that was only received registers,
// and accepts, it on the way (the caller adds those events).
var Table = []Rule{
	{Verb: Submit, To: Received, By: []Role{Staff}, Starts: []ClockKind{NoticeClock}, Tells: []Party{ToKeepers}}, // for oneself everybody may
	// later than Registered only to seal: MayRegister
	{Verb: Register, From: beforeEnd, To: Registered, By: orClock, Needs: []Need{NeedCategory, NeedUnit, NeedOwner},
		Starts: []ClockKind{HouseClock, DecideClock}, Stops: []ClockKind{DecideClock, TaskClock, ObjectClock, LeaderClock, HazardClock, WindowClock},
		Tells: []Party{ToPetitioner, ToKeepers, ToUnit, ToHelper}},
	{Verb: Accept, From: []Stage{Registered}, To: Accepted, By: orClock,
		Starts: []ClockKind{HandleClock}, Stops: []ClockKind{NoticeClock, DecideClock, HouseClock}, Tells: []Party{ToPetitioner}},
	{Verb: Assign, From: []Stage{Accepted, Handling}, To: Handling, By: []Role{Staff, Program}, Needs: []Need{NeedUnit, NeedText, NeedTerm},
		Starts: []ClockKind{TaskClock, ObjectClock, HazardClock}, Tells: []Party{ToUnit, ToPetitioner, ToKeepers}},
	{Verb: Help, From: []Stage{Handling}, By: []Role{Staff, Program}, Needs: []Need{NeedUnit, NeedText}, Tells: []Party{ToHelper, ToUnit}},
	{Verb: Ask, From: beforeEnd, By: office, Needs: []Need{NeedText}, Tells: []Party{ToPetitioner}},
	{Verb: Extend, From: []Stage{Accepted, Handling}, By: office, Needs: []Need{NeedTerm, NeedApprover, NeedText},
		Starts: []ClockKind{HandleClock, TaskClock}, Stops: []ClockKind{HouseClock}, Tells: []Party{ToPetitioner, ToUnit}},
	{Verb: Switch, From: []Stage{Accepted, Handling}, By: office, Starts: []ClockKind{HandleClock}, Tells: []Party{ToPetitioner}},
	{Verb: Inform, From: append(slices.Clone(beforeEnd), Reviewing, Closed, Referred), By: office, Needs: []Need{NeedText}},
	{Verb: Answer, From: []Stage{Accepted, Handling, Answered}, To: Answered, By: office, Needs: []Need{NeedText, NeedBasis, NeedCode, NeedFacts},
		Starts: []ClockKind{WindowClock}, Stops: binding, Tells: []Party{ToPetitioner, ToUnit, ToHelper, ToLeader}},
	{Verb: Refer, From: []Stage{Registered, Accepted, Handling}, To: Referred, By: office, Needs: []Need{NeedText},
		Stops: binding, Tells: []Party{ToPetitioner, ToUnit, ToHelper, ToLeader}},
	{Verb: Fulfil, From: given, By: office, Tells: []Party{ToPetitioner}},
	{Verb: Close, From: []Stage{Answered}, To: Closed, By: orClock, Starts: []ClockKind{CheckClock}, Stops: []ClockKind{DecideClock}, Tells: []Party{ToPetitioner, ToUnit}},
	{Verb: Reopen, From: []Stage{Answered, Closed, Referred}, To: Accepted, By: orClock, Needs: []Need{NeedText},
		Starts: []ClockKind{HandleClock}, Stops: []ClockKind{WindowClock, DecideClock, CheckClock}, Tells: []Party{ToPetitioner, ToKeepers}},
	{Verb: Review, From: given, To: Reviewing, By: office, Starts: []ClockKind{ReviewClock},
		Stops: []ClockKind{WindowClock, DecideClock, CheckClock}, Tells: []Party{ToPetitioner}},
	{Verb: Conclude, From: []Stage{Reviewing}, To: Answered, By: office, Needs: []Need{NeedText, NeedBasis, NeedFacts},
		Starts: []ClockKind{WindowClock, DecideClock}, Stops: []ClockKind{ReviewClock}, Tells: []Party{ToPetitioner}},
	{Verb: Finish, From: given, To: Final, By: office, Needs: []Need{NeedText}, Stops: []ClockKind{WindowClock, DecideClock, CheckClock}, Tells: []Party{ToPetitioner}},
	{Verb: Urge, From: untilThen, By: []Role{Staff}, Tells: []Party{ToUnit, ToKeepers}},
	{Verb: Sponsor, From: beforeEnd, By: []Role{Staff}, Needs: []Need{NeedPerson, NeedTerm}, Starts: []ClockKind{LeaderClock}, Tells: []Party{ToLeader}},
	{Verb: Merge, From: untilThen, To: Merged, By: []Role{Staff}, Needs: []Need{NeedOther}, Stops: binding,
		Tells: []Party{ToPetitioner, ToUnit, ToHelper, ToLeader, ToKeepers}},
	{Verb: Split, From: untilThen, By: []Role{Staff}, Needs: []Need{NeedOther}, Tells: []Party{ToPetitioner, ToUnit}},
	{Verb: Relate, From: Stages, By: []Role{Staff}, Needs: []Need{NeedOther}},
	{Verb: Correct, From: append(slices.Clone(beforeEnd), Reviewing, Closed), By: office, Needs: []Need{NeedFields},
		Tells: []Party{ToUnit, ToHelper, ToKeepers}},
	{Verb: Hand, From: append(slices.Clone(beforeEnd), Reviewing), By: orClock, Needs: []Need{NeedPerson}, Tells: []Party{ToLeader, ToKeepers}}, // by itself when its owner is kept out,
	{Verb: Recuse, From: beforeEnd, By: office, Needs: []Need{NeedAgainst},
		Stops: []ClockKind{TaskClock, ObjectClock, LeaderClock}, Tells: []Party{ToUnit, ToHelper}},
	{Verb: Waive, From: beforeEnd, By: []Role{Staff}, Needs: []Need{NeedAgainst, NeedText}, Tells: []Party{ToKeepers}},
	{Verb: PassOn, From: []Stage{Handling}, By: []Role{Staff}, Tells: []Party{ToUnit}},
	{Verb: Open, From: Stages, By: office, Tells: []Party{ToKeepers}},

	// units
	// of a danger whoever is there first may sign, and all who were called hear of it
	{Verb: SignOff, From: []Stage{Handling}, By: []Role{Liaison, Leader, Staff}, Stops: []ClockKind{HazardClock},
		Tells: []Party{ToKeepers, ToUnit, ToHelper, ToLeader, ToPetitioner}},
	{Verb: Feedback, From: []Stage{Handling}, By: []Role{Liaison}, Needs: []Need{NeedText}, Stops: []ClockKind{TaskClock}, Tells: []Party{ToKeepers, ToUnit}},
	{Verb: Object, From: []Stage{Handling}, By: []Role{Liaison}, Needs: []Need{NeedText}, Stops: []ClockKind{TaskClock, ObjectClock},
		Tells: []Party{ToKeepers, ToUnit, ToHelper}}, // back to Accepted

	// leaders
	{Verb: Instruct, From: beforeEnd, By: []Role{Leader}, Needs: []Need{NeedText}, Tells: []Party{ToKeepers}},

	// the petitioner
	// what is added to a danger goes to those who are there
	{Verb: Supplement, From: append(slices.Clone(beforeEnd), Reviewing, Merged), By: []Role{Worker}, Tells: []Party{ToKeepers, ToUnit, ToHelper}},
	{Verb: Withdraw, From: beforeEnd, To: Withdrawn, By: []Role{Worker}, Stops: append(slices.Clone(binding), WindowClock),
		Tells: []Party{ToKeepers, ToUnit, ToHelper, ToLeader}},
	{Verb: Confirm, From: given, By: []Role{Worker}, Stops: []ClockKind{DecideClock}, Tells: []Party{ToKeepers}},
	{Verb: Dispute, From: given, To: Answered, By: []Role{Worker}, Starts: []ClockKind{DecideClock}, Stops: []ClockKind{CheckClock}, Tells: []Party{ToKeepers}},
	{Verb: Rate, From: []Stage{Answered, Closed, Referred, Final}, By: []Role{Worker}, Needs: []Need{NeedGrade}},
	{Verb: Rejoin, From: append(slices.Clone(beforeEnd), Reviewing, Closed), By: []Role{Worker}, Tells: []Party{ToKeepers}},
	{Verb: Recall, From: Stages, By: []Role{Worker}, Tells: []Party{ToKeepers}},
	// the office at the wish of who is not in chat, the program when the time of
	// keeping is over
	{Verb: Erase, From: Stages, By: []Role{Worker, Staff, Discipline, Program}, Stops: []ClockKind{CheckClock}, Tells: []Party{ToKeepers, ToPetitioner}},

	// what happens because time passed
	{Verb: Escalate, From: []Stage{Accepted, Handling}, By: clock, Starts: []ClockKind{HazardClock}, Stops: []ClockKind{HazardClock},
		Tells: []Party{ToLeader, ToKeepers, ToUnit, ToHelper}},
	{Verb: CheckIn, From: ended, By: clock, Starts: []ClockKind{CheckClock}, Stops: []ClockKind{CheckClock}, Tells: []Party{ToPetitioner, ToKeepers}},
	{Verb: MediaGone, From: Stages, By: clock, Tells: []Party{ToKeepers, ToPetitioner}},
}

var rules = func() map[Verb]Rule {
	m := make(map[Verb]Rule, len(Table))
	for _, r := range Table {
		m[r.Verb] = r
	}
	return m
}()

// RuleOf returns the row of a verb.
func RuleOf(v Verb) Rule { return rules[v] }

func (r Rule) leaves(s Stage) Stage {
	if r.To == "" {
		return s
	}
	return r.To
}

// Who returns the roles of the people that may use the verb.
func Who(v Verb) []Role {
	return slices.DeleteFunc(slices.Clone(rules[v].By), func(r Role) bool { return r == Program })
}

// offered are the steps that somebody who was refused may be shown.
var offered = []Verb{Register, Accept, Assign, Ask, Extend, Answer, Refer, Close, Reopen, Review, Conclude,
	SignOff, Feedback, Object, Supplement, Withdraw, Confirm, Dispute, Rate}

// Next returns the verbs that the stage allows next, for telling somebody whose
// step was refused what would be possible.
func (s Stage) Next(role Role) []Verb {
	var next []Verb
	for _, v := range offered {
		r := rules[v]
		late := v == Register && s != Received && s != Registered // only to seal a matter
		if (slices.Contains(r.From, s) || Case{Stage: s}.onTheWay(v)) && slices.Contains(r.By, role) && !late {
			next = append(next, v)
		}
	}
	return next
}

// Check returns nil when the actor may take the step now. Otherwise it returns
// a *Refusal. A case that the actor may not see is refused as Unknown, exactly
// like a number that does not exist.
func (c Case) Check(a Actor, v Verb) error {
	if !slices.Contains(rules[v].By, a.Role) {
		return &Refusal{Code: NotAllowed, Verb: v, No: c.No}
	}
	if !c.Visible(a) {
		return &Refusal{Code: Unknown, Verb: v, No: c.No}
	}
	if !slices.Contains(rules[v].From, c.Stage) && !c.onTheWay(v) {
		return c.wrongStage(a, v)
	}
	if a.Role == Staff && c.Sealed && v != Register {
		// what looks like an accusation is looked at and handed over, nothing else
		return &Refusal{Code: WrongStage, Verb: v, No: c.No, Stage: c.Stage, Next: []Verb{Register}}
	}
	return nil
}

func (c Case) wrongStage(a Actor, v Verb) *Refusal {
	return &Refusal{Code: WrongStage, Verb: v, No: c.No, Stage: c.Stage, Next: c.Stage.Next(a.Role)}
}

// onTheWay reports whether the office registers, and accepts, the matter on the
// way to a step that needs that.
func (c Case) onTheWay(v Verb) bool {
	switch v {
	case Accept, Refer:
		return c.Stage == Received
	case Assign, Answer:
		return c.Stage == Received || c.Stage == Registered
	}
	return false
}

// MayRegister reports whether the case may get this category now: any while
// nobody has taken it on, later only one that seals it (a matter that turns out
// to be an accusation is taken out of every other hand).
func (c Case) MayRegister(category Category) bool {
	return category.Sealed || c.Stage == Received || c.Stage == Registered
}

// Visible reports whether the actor may see the case at all. Accusations
// (检举控告) are seen by discipline, and by staff only until they are
// registered as such (信访工作条例 art. 30: nothing reaches the accused). Who is
// complained about sees nothing (art. 28).
func (c Case) Visible(a Actor) bool {
	if a == System {
		return true
	}
	if c.Recuses(a) {
		return false
	}
	switch a.Role {
	case Worker: // the caller has matched the petitioner by account or code
		return true
	case Staff:
		return !c.Sealed || c.Stage == Received
	case Discipline:
		return c.Sealed
	case Leader:
		return !c.Sealed
	case Liaison:
		return !c.Sealed && a.Unit != "" && (c.Lead == a.Unit || slices.Contains(c.Helpers, a.Unit)) &&
			slices.Contains([]Stage{Handling, Answered, Reviewing, Closed}, c.Stage)
	}
	return false
}
