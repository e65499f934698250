package desk

import (
	"maps"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Done is what a step came to, for the one who took it.
type Done struct {
	Case cases.Case
	// OnTheWay is set when a matter that was only received got registered under
	// its suggested category as part of the step.
	OnTheWay bool
	// Told reports whether the other side could be reached in chat.
	Told bool
	// Lost: the petitioner's account is one of an earlier login; nothing reaches
	// them until they come with number and code.
	Lost bool
}

// Register gives a matter its category and lead unit (登记). An empty unit means
// the category's usual one, and so does an empty procedure.
func (d *Desk) Register(tx storage.Tx, actor cases.Actor, no cases.Number, category, unit string, how cases.Procedure, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Register, actor, now)
	if err != nil {
		return Done{}, err
	}
	if err := s.register(category, unit, how); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.registered", nil)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}

// stepTo begins a step and asks whether it is allowed.
func (d *Desk) stepTo(tx storage.Tx, no cases.Number, verb cases.Verb, actor cases.Actor, now time.Time) (*step, error) {
	return d.begin(tx, no, verb, actor, nil, now)
}

func (s *step) register(category, unit string, how cases.Procedure) error {
	cat, ok := s.d.Office.Category(category)
	if !ok {
		return s.refuse(cases.NoCategory, cases.Register, category)
	}
	if unit == "" {
		unit = cat.Lead
		if chief, ok := s.d.Office.Chief(); ok && chief.Unit != "" && slices.Contains(s.c.Against, unit) {
			unit = chief.Unit // the matter is about who would have it: the office keeps it
		}
	}
	lead, ok := s.d.Office.Unit(unit)
	if !ok {
		return s.refuse(cases.NoUnit, cases.Register, unit)
	}
	if cat.Sealed != lead.Sealed {
		return s.refuse(cases.SealedUnit, cases.Register, lead.Name)
	}
	if slices.Contains(s.c.Against, lead.ID) {
		return s.refuse(cases.Recused, cases.Register, "")
	}
	if !s.c.MayRegister(cat) {
		return &cases.Refusal{Code: cases.WrongStage, Verb: cases.Register, No: s.c.No, Stage: s.c.Stage, Next: s.c.Stage.Next(s.actor.Role)}
	}
	how, err := s.procedure(cat, how)
	if err != nil {
		return err
	}
	was := s.c
	e := cases.Event{Verb: cases.Register, Category: cat.Name, Unit: lead.ID, Sealed: cat.Sealed, Person: s.owner(cat.Sealed), Procedure: how}
	if t, ok := term(cat); ok {
		e.Clocks = []cases.Clock{s.houseClock(t)}
	}
	s.add(e)
	return s.handOver(was)
}

// handOver tells those who get a matter, or lose it, because of what registering
// showed it to be.
func (s *step) handOver(was cases.Case) error {
	if s.c.Sealed {
		if was.Stage == cases.Handling {
			if _, err := s.tellUnit(was.Lead, "unit.withdrawn", nil); err != nil {
				return err
			}
		}
		return s.tellKeepers("discipline.new", nil)
	}
	if was.Sealed && s.actor.Role == cases.Discipline {
		return s.tellOfNew()
	}
	return nil
}

// owner is who looks after the matter from now on: who took it on, or, of the
// people who may, the first.
func (s *step) owner(sealed bool) string {
	role := cases.Staff
	if sealed {
		role = cases.Discipline
	}
	if s.actor.Role == role {
		return s.actor.ID
	}
	for _, p := range s.d.Office.With(role, "") {
		if !s.c.Recuses(cases.ActorOf(p)) {
			return p.ID
		}
	}
	return s.actor.ID // nobody may: `check` warns of that
}

// registerOnTheWay registers a received matter under its suggested category.
func (s *step) registerOnTheWay() (bool, error) {
	if s.c.Stage != cases.Received {
		return false, nil
	}
	return true, s.register(s.categoryOnTheWay(), "", "")
}

func (s *step) categoryOnTheWay() string {
	if s.c.Suggested != "" {
		return s.c.Suggested
	}
	return s.d.Office.Categories[len(s.d.Office.Categories)-1].Name
}

// procedureOnTheWay is how a matter will be handled once it is accepted on the way.
func (s *step) procedureOnTheWay() (cases.Procedure, error) {
	if s.c.Stage == cases.Registered {
		return s.stillSimple(), nil
	}
	cat, _ := s.d.Office.Category(s.categoryOnTheWay())
	return s.procedure(cat, "")
}

// takeOnTheWay registers a matter that was only received, and accepts it.
func (s *step) takeOnTheWay() (registered bool, err error) {
	if registered, err = s.registerOnTheWay(); err != nil {
		return false, err
	}
	if s.c.Stage == cases.Registered {
		s.add(cases.Event{Verb: cases.Accept, Procedure: s.stillSimple()})
	}
	return registered, nil
}

// Accept takes a matter on (受理), by the procedure it was registered with unless
// another is given.
func (d *Desk) Accept(tx storage.Tx, actor cases.Actor, no cases.Number, how cases.Procedure, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Accept, actor, now)
	if err != nil {
		return Done{}, err
	}
	onTheWay, err := s.registerOnTheWay()
	if err != nil {
		return Done{}, err
	}
	if how == "" {
		how = s.stillSimple()
	}
	if err := s.take(cases.Event{Verb: cases.Accept, Procedure: how}); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.accepted", nil)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, OnTheWay: onTheWay, Told: to != "", Lost: s.lost}, s.commit()
}

// Assign hands a matter to a unit with a term (转办). The unit is told what is to
// be done and never who spoke.
func (d *Desk) Assign(tx storage.Tx, actor cases.Actor, no cases.Number, unit string, t calendar.Term, note string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Assign, actor, now)
	if err != nil {
		return Done{}, err
	}
	lead, ok := d.Office.Unit(unit)
	if !ok {
		return Done{}, s.refuse(cases.NoUnit, cases.Assign, unit)
	}
	if lead.Sealed || s.c.Sealed {
		return Done{}, s.refuse(cases.SealedUnit, cases.Assign, lead.Name)
	}
	if t.N <= 0 {
		return Done{}, s.refuse(cases.NoTerm, cases.Assign, "")
	}
	onTheWay, err := s.takeOnTheWay()
	if err != nil {
		return Done{}, err
	}
	clock := d.clock(cases.TaskClock, now, t)
	task, err := s.task(note)
	if err != nil {
		return Done{}, err
	}
	if err := s.takeBack(lead.ID); err != nil {
		return Done{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Assign, Unit: lead.ID, Text: task, Clocks: []cases.Clock{*clock}}); err != nil {
		return Done{}, err
	}
	told, err := s.tellUnit(lead.ID, "unit.task", words.Args{"Task": task, "TaskDue": clock.Due})
	if err != nil {
		return Done{}, err
	}
	if _, err := s.tellPetitioner("worker.handling", nil); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, OnTheWay: onTheWay, Told: told, Lost: s.lost}, s.commit()
}

// takeBack tells the unit that has had the task until now to stop, and the rest
// of the office that it has changed hands.
func (s *step) takeBack(next string) error {
	if s.c.Stage != cases.Handling || s.c.Lead == next {
		return nil
	}
	if _, err := s.tellUnit(s.c.Lead, "unit.withdrawn", nil); err != nil {
		return err
	}
	return s.tellKeepers("staff.reassigned", words.Args{"By": s.d.PersonName(s.actor.ID), "Next": s.d.UnitName(next)})
}

// SignOff is the unit taking its task (签收).
func (d *Desk) SignOff(tx storage.Tx, actor cases.Actor, no cases.Number, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.SignOff, actor, now)
	if err != nil {
		return Done{}, err
	}
	if err := s.take(cases.Event{Verb: cases.SignOff}); err != nil {
		return Done{}, err
	}
	if s.c.Danger() {
		err = s.standDown()
	} else {
		err = s.unitSaid("staff.signed", cases.Event{Verb: cases.SignOff}, s.unitOf(actor))
	}
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: true}, s.commit()
}

// Feedback is the unit's report on its task (反馈). The next step is the office's.
func (d *Desk) Feedback(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	return d.unitStep(tx, actor, no, cases.Event{Verb: cases.Feedback, Text: text}, "staff.feedback", now)
}

// Object is the unit saying that the matter is not its own (异议); the office
// hands it out anew. The law gives five working days (信访工作条例 art. 23).
func (d *Desk) Object(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	return d.unitStep(tx, actor, no, cases.Event{Verb: cases.Object, Text: text}, "staff.objection", now)
}

func (d *Desk) unitStep(tx storage.Tx, actor cases.Actor, no cases.Number, e cases.Event, key string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, e.Verb, actor, now)
	if err != nil {
		return Done{}, err
	}
	if e.Text == "" {
		return Done{}, s.refuse(cases.NoText, e.Verb, "")
	}
	unit := s.unitOf(actor)
	if err := s.take(e); err != nil {
		return Done{}, err
	}
	if err := s.unitSaid(key, e, unit); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: true}, s.commit()
}

// unitOf is the unit for which somebody speaks: one that helps, or else the lead.
func (s *step) unitOf(actor cases.Actor) string {
	if s.c.Helps(actor) {
		return actor.Unit
	}
	return s.c.Lead
}

// unitSaid tells the office what a unit did or said, and of a helper who leads too.
func (s *step) unitSaid(key string, e cases.Event, unit string) error {
	args := words.Args{"Text": e.Text, "Unit": s.d.UnitName(unit)}
	if err := s.tellKeepers(key, args); err != nil || unit == s.c.Lead {
		return err
	}
	_, err := s.tellUnit(s.c.Lead, "unit.helper-said", merged(args, words.Args{"Verb": string(e.Verb)}))
	return err
}

// Urge pushes whoever has the matter (催办): the unit as long as it is handling
// it, though it may have reported; the rest of the office otherwise.
func (d *Desk) Urge(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Urge, actor, now)
	if err != nil {
		return Done{}, err
	}
	if text != "" {
		if text, err = s.task(text); err != nil {
			return Done{}, err
		}
	}
	s.add(cases.Event{Verb: cases.Urge, Text: text})
	who := s.keepers()
	if s.c.Stage == cases.Handling {
		who = d.Office.With(cases.Liaison, s.c.Lead)
	}
	told, err := s.tell(except(who, actor.ID), "push.urged", words.Args{"Text": text})
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: told > 0}, s.commit()
}

// mustAct returns who has to take the next step: the unit while it has the
// task, the office otherwise.
func (s *step) mustAct() []cases.Person {
	if s.c.WithUnit() {
		if people := s.unaccused(s.d.Office.With(cases.Liaison, s.c.Lead)); len(people) > 0 {
			return people
		}
	}
	return s.keepers()
}

// Sponsor puts a matter into a leader's hands with a term (包案).
func (d *Desk) Sponsor(tx storage.Tx, actor cases.Actor, no cases.Number, leader string, t calendar.Term, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Sponsor, actor, now)
	if err != nil {
		return Done{}, err
	}
	p, ok := d.Office.FindLeader(leader)
	if !ok {
		return Done{}, s.refuse(cases.NoLeader, cases.Sponsor, leader)
	}
	if s.c.Sealed {
		return Done{}, s.refuse(cases.SealedUnit, cases.Sponsor, p.Name)
	}
	if t.N <= 0 {
		return Done{}, s.refuse(cases.NoTerm, cases.Sponsor, "")
	}
	clock := d.clock(cases.LeaderClock, now, t)
	if k, ok := s.c.Clock(cases.LeaderClock); ok && s.c.Leader == p.ID && k.Due.Equal(clock.Due) {
		return Done{Case: s.c, Told: true}, nil // it is so already
	}
	if err := s.take(cases.Event{Verb: cases.Sponsor, Person: p.ID, Clocks: []cases.Clock{*clock}}); err != nil {
		return Done{}, err
	}
	told, err := s.tell([]cases.Person{p}, "leader.sponsors", merged(d.Plain(s.c), words.Args{"LeaderDue": clock.Due}))
	if err != nil {
		return Done{}, err
	}
	if was, ok := d.Office.Person(s.before.Leader); ok && was.ID != p.ID {
		gave := words.Args{"To": p.Name, "N": 1, "Numbers": ShortNumbers([]cases.Number{s.c.No}, now), "More": false, "Leads": true}
		if _, err := s.tell([]cases.Person{was}, "hand.gave", gave); err != nil {
			return Done{}, err
		}
	}
	return Done{Case: s.c, Told: told > 0}, s.commit()
}

// releaseLeader tells who leads the matter that it ends without an answer.
func (s *step) releaseLeader() error {
	p, ok := s.d.Office.Person(s.c.Leader)
	if _, led := s.before.Clock(cases.LeaderClock); !ok || !led {
		return nil
	}
	_, err := s.tell([]cases.Person{p}, "leader.over", nil)
	return err
}

// merged are the facts of both, the latter first.
func merged(a, b words.Args) words.Args {
	maps.Copy(a, b)
	return a
}

// Instruct is a leader's instruction on a matter (批示). It goes to the office,
// which passes on what is to be passed on.
func (d *Desk) Instruct(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Instruct, actor, now)
	if err != nil {
		return Done{}, err
	}
	if text == "" {
		return Done{}, s.refuse(cases.NoText, cases.Instruct, "")
	}
	s.add(cases.Event{Verb: cases.Instruct, Text: text})
	if err := s.tellKeepers("staff.instruction", words.Args{"Text": text, "By": d.PersonName(actor.ID)}); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: true}, s.commit()
}
