package desk

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The kinds of messages, as the outbox keeps them.
const (
	ToGroup = "group"  // to a work group
	notice  = "notice" // to a person, outside of a conversation
	answer  = "answer" // to a petitioner, about their matter
)

// address returns where a person is reached, or false.
func (d *Desk) address(g storage.Getter, person string) (chat.Address, bool, error) {
	b, err := g.Get(bindTable, boundKey(person))
	if err == nil {
		return chat.Address(b), true, nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return "", false, fmt.Errorf("read a binding: %w", err)
	}
	if a, ok := d.Addresses[person]; ok && a != "" {
		return a, true, nil
	}
	return "", false, nil
}

// tellAll promises a message to each of the people who can be reached, and
// returns how many that were.
func (d *Desk) tellAll(tx storage.Tx, people []cases.Person, key, text string, now time.Time) (int, error) {
	return d.promiseAll(tx, people, outbox.Promise{Key: key, Text: text, Kind: notice}, now)
}

func (d *Desk) promiseAll(tx storage.Tx, people []cases.Person, m outbox.Promise, now time.Time) (int, error) {
	key := m.Key
	m.Due, m.Repeat = now, true
	reached := 0
	for _, p := range people {
		to, ok, err := d.address(tx, p.ID)
		if err != nil {
			return reached, err
		}
		if !ok {
			continue
		}
		m.Key, m.To = key+"/"+p.ID, to
		if _, err := outbox.Put(tx, m, now); err != nil {
			return reached, fmt.Errorf("promise a message: %w", err)
		}
		reached++
	}
	return reached, nil
}

// key names the messages that the step's latest event owes.
func (s *step) key() string { return fmt.Sprintf("case/%s/%d", s.c.No, s.c.Events) }

// caseArgs are the facts of the case that any reader of it may be told.
func (s *step) caseArgs(more words.Args) words.Args { return s.d.Args(s.c, s.now, more) }

// tell promises a sentence about the case to people. Of an accusation leaders
// hear nothing, and staff nothing once it is handed over, whatever list they
// stand on.
func (s *step) tell(people []cases.Person, key string, args words.Args) (int, error) {
	people, err := s.d.withStandIns(s.tx, people, s.now)
	if err != nil {
		return 0, err
	}
	people = slices.DeleteFunc(s.unaccused(people), func(p cases.Person) bool {
		return s.c.Sealed && p.Role != cases.Liaison && !s.c.Visible(cases.ActorOf(p))
	})
	category, _ := s.d.Office.Category(s.c.CategoryOrSuggested())
	return s.d.promiseAll(s.tx, people, outbox.Promise{Key: s.key() + "/" + key, Text: s.d.say(key, s.caseArgs(args)), Kind: notice,
		Awake: category.Urgent}, s.now) // a hazard does not wait for the morning
}

// keepers are those in the office who look after the case: discipline for a
// sealed one that staff have handed over, staff for all others.
func (s *step) keepers() []cases.Person {
	staff := s.unaccused(s.d.Office.With(cases.Staff, ""))
	if s.c.Sealed && (s.c.Stage != cases.Received || len(staff) == 0) { // of a complaint about the whole office too
		return s.unaccused(s.d.Office.With(cases.Discipline, ""))
	}
	return staff
}

// unaccused are the people without those whom the matter complains about: they
// hear of nothing in it (信访工作条例 art. 28).
func (s *step) unaccused(people []cases.Person) []cases.Person {
	return slices.DeleteFunc(slices.Clone(people), func(p cases.Person) bool { return s.c.Recuses(cases.ActorOf(p)) })
}

// tellKeepers tells those in the office except the one who acts.
func (s *step) tellKeepers(key string, args words.Args) error {
	_, err := s.tell(except(s.keepers(), s.actor.ID), key, args)
	return err
}

// except returns the people without the one with that id.
func except(people []cases.Person, id string) []cases.Person {
	return slices.DeleteFunc(slices.Clone(people), func(p cases.Person) bool { return p.ID == id })
}

// tellUnit tells the lead unit's liaisons and reports whether one was reached.
func (s *step) tellUnit(unit, key string, args words.Args) (bool, error) {
	n, err := s.tell(s.d.Office.With(cases.Liaison, unit), key, args)
	return n > 0, err
}

// tellPetitioner tells the person behind the case and returns where that is,
// or "" when there is no way back. An account of an earlier login is noted in
// s.lost.
func (s *step) tellPetitioner(key string, args words.Args) (chat.Address, error) {
	if err := s.tellMerged(key, args); err != nil {
		return "", err
	}
	return s.tellAs(s.c, key, args)
}

// tellAs is tellPetitioner with the case as it is to be shown.
func (s *step) tellAs(shown cases.Case, key string, args words.Args) (chat.Address, error) {
	if s.c.Signature == cases.Anonymous || s.c.Channel != cases.ByChat {
		return "", nil
	}
	purpose := "tell " + key
	if len(s.events) > 0 {
		purpose = "tell " + string(s.events[len(s.events)-1].Verb)
	}
	id, err := s.identity(purpose)
	if err != nil {
		return "", err
	}
	return s.tellAt(shown, id, key, args)
}

// tellAt tells the petitioner where they are, with the case as it is to be shown.
func (s *step) tellAt(shown cases.Case, id identity, key string, args words.Args) (to chat.Address, err error) {
	if id.From == "" {
		return "", nil
	}
	if s.lost, err = s.d.void(s.tx, id.From, id.since(s.c)); err != nil || s.lost {
		return "", err
	}
	m := outbox.Promise{Key: s.key() + "/" + key, To: id.From, Text: s.d.say(key, s.d.Args(shown, s.now, args)),
		Due: s.now, Repeat: true, Kind: answer}
	if _, err := outbox.Put(s.tx, m, s.now); err != nil {
		return "", fmt.Errorf("promise a message: %w", err)
	}
	return id.From, nil
}
