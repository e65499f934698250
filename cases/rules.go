package cases

import "slices"

// move is a row of the table of steps: from which stages, to which stage.
type move struct {
	from []Stage
	to   Stage // "" leaves the stage as it is
}

var openStages = []Stage{Received, Registered, Accepted, Handling, Answered}

// moves is the one table of steps. Accepting or handing out a matter that was
// only received registers it on the way (the caller adds that event).
var moves = map[Verb]move{
	Submit:     {to: Received},
	Register:   {from: openStages, to: Registered}, // late only to seal: MayRegister
	Accept:     {from: []Stage{Received, Registered}, to: Accepted},
	Assign:     {from: []Stage{Received, Registered, Accepted, Handling}, to: Handling},
	Sponsor:    {from: openStages},
	Ask:        {from: openStages},
	Supplement: {from: openStages},
	SignOff:    {from: []Stage{Handling}},
	Feedback:   {from: []Stage{Handling}},
	Object:     {from: []Stage{Handling}},
	Urge:       {from: []Stage{Received, Registered, Accepted, Handling}},
	Instruct:   {from: openStages},
	Answer:     {from: openStages, to: Answered},
	Close:      {from: []Stage{Answered}, to: Closed},
	Withdraw:   {from: openStages, to: Withdrawn},
	MediaGone:  {from: []Stage{Received, Registered, Accepted, Handling, Answered, Closed, Withdrawn}},
	PassOn:     {from: []Stage{Handling}},
	Open:       {from: []Stage{Received, Registered, Accepted, Handling, Answered, Closed, Withdrawn}},
	Rejoin:     {from: openStages},
	Recall:     {from: []Stage{Received, Registered, Accepted, Handling, Answered, Closed, Withdrawn}},
}

// rights is the one table of who may do what. Whose case it is (own unit, own
// petition) is checked by Visible.
var rights = map[Verb][]Role{
	Submit:     {Staff}, // for somebody else; for oneself everybody may
	Register:   {Staff, Discipline},
	Accept:     {Staff, Discipline},
	Assign:     {Staff},
	Sponsor:    {Staff},
	Ask:        {Staff, Discipline},
	Supplement: {Worker},
	SignOff:    {Liaison},
	Feedback:   {Liaison},
	Object:     {Liaison},
	Urge:       {Staff},
	Instruct:   {Leader},
	Answer:     {Staff, Discipline},
	Close:      {Staff, Discipline},
	Withdraw:   {Worker},
	PassOn:     {Staff},
	Open:       {Staff, Discipline},
	Rejoin:     {Worker},
	Recall:     {Worker},
}

// Who returns the roles that may use the verb.
func Who(v Verb) []Role { return rights[v] }

// Next returns the verbs that the stage allows next, for telling somebody whose
// step was refused what would be possible.
func (s Stage) Next(role Role) []Verb {
	var next []Verb
	for _, v := range []Verb{Register, Accept, Assign, Ask, Answer, Close, SignOff, Feedback, Object, Supplement, Withdraw} {
		late := v == Register && s != Received && s != Registered // only to seal a matter
		if slices.Contains(moves[v].from, s) && slices.Contains(rights[v], role) && !late {
			next = append(next, v)
		}
	}
	return next
}

// Check returns nil when the actor may take the step now. Otherwise it returns
// a *Refusal. A case that the actor may not see is refused as Unknown, exactly
// like a number that does not exist.
func (c Case) Check(a Actor, v Verb) error {
	if a != System && !slices.Contains(rights[v], a.Role) {
		return &Refusal{Code: NotAllowed, Verb: v, No: c.No}
	}
	if !c.Visible(a) {
		return &Refusal{Code: Unknown, Verb: v, No: c.No}
	}
	if !slices.Contains(moves[v].from, c.Stage) {
		return &Refusal{Code: WrongStage, Verb: v, No: c.No, Stage: c.Stage, Next: c.Stage.Next(a.Role)}
	}
	if a.Role == Staff && c.Sealed && v != Register {
		// what looks like an accusation is looked at and handed over, nothing else
		return &Refusal{Code: WrongStage, Verb: v, No: c.No, Stage: c.Stage, Next: []Verb{Register}}
	}
	return nil
}

// MayRegister reports whether the case may get this category now: any while
// nobody has taken it on, later only one that seals it (a matter that turns out
// to be an accusation is taken out of every other hand).
func (c Case) MayRegister(category Category) bool {
	return category.Sealed || c.Stage == Received || c.Stage == Registered
}

// Visible reports whether the actor may see the case at all. Accusations
// (检举控告) are seen by discipline, and by staff only until they are
// registered as such (信访工作条例 art. 30: nothing reaches the accused).
func (c Case) Visible(a Actor) bool {
	if a == System {
		return true
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
		return !c.Sealed && a.Unit != "" && c.Lead == a.Unit && (c.Stage == Handling || c.Stage == Answered || c.Stage == Closed)
	}
	return false
}
