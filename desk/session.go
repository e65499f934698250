package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// A network may know somebody by a name that is good for one login only
// (Options.Lasts tells which). A new login ends what hangs on such a name:
// bindings are cleared, and a petitioner is not reached any more until somebody
// shows number and code (see Rejoin).

// askedFor is how long it is worth asking a group to say something again.
const askedFor = 12 * time.Hour

// perUpdate is how many groups are written to, or bindings cleared, in one
// transaction.
const perUpdate = 10

// AskAgain asks every group, once a day at most, to say again what was said to
// the bot since the link was last good: after a fresh login that never arrives.
// A zero since means that nobody knows when that was.
func (d *Desk) AskAgain(ctx context.Context, since, now time.Time) error {
	text := d.say("ask-again", words.Args{"Known": !since.IsZero(), "At": since, "Till": now, "Today": dateOf(since) == dateOf(now)})
	day := dateOf(now).String()
	errs := storage.InChunks(ctx, d.store, d.Groups, perUpdate, func(tx storage.Tx, groups []Group) error {
		for _, g := range groups {
			to, _, err := d.groupAddress(tx, g.ID)
			if err != nil {
				return err
			}
			if to == "" {
				continue
			}
			p := outbox.Promise{Key: "ask-again/" + day + "/" + g.ID, To: to, Text: text, Due: now, Until: now.Add(askedFor), Kind: ToGroup}
			if _, err := outbox.Put(tx, p, now); err != nil {
				return fmt.Errorf("ask a group again: %w", err)
			}
		}
		return nil
	})
	return errors.Join(errs...)
}

// ended is since when the names of earlier logins are void.
type ended struct {
	At time.Time `cbor:"1,keyasint"`
}

func voidKey() []byte { return storage.Key(nil).Text("void") }

// ForgetSession ends what hangs on the names of earlier logins. It may be called
// again for the same login. The office is told whose bindings are gone.
func (d *Desk) ForgetSession(ctx context.Context, now time.Time) error {
	gone, err := d.passing(ctx)
	if err != nil {
		return err
	}
	err = d.store.Update(ctx, func(tx storage.Tx) error {
		if err := record.Save(tx, bindTable, voidKey(), ended{now}); err != nil || len(gone) == 0 {
			return err
		}
		return d.tellUnbound(tx, gone, now)
	})
	if err != nil {
		return fmt.Errorf("end a login: %w", err)
	}
	errs := storage.InChunks(ctx, d.store, gone, perUpdate, func(tx storage.Tx, some []binding) error {
		for _, b := range some {
			if err := b.clear(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("clear the bindings of a login: %w", err)
	}
	return nil
}

// binding is a record of bindTable that leads to an address.
type binding struct{ key, to []byte }

// passing lists the bindings to addresses that are good for one login only.
func (d *Desk) passing(ctx context.Context) (gone []binding, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		gone = nil
		for _, kind := range []string{"person", "group"} {
			prefix := storage.Key(nil).Text(kind)
			for key, to := range r.Scan(bindTable, prefix, prefix.End()) {
				if !d.Lasting(chat.Address(to)) {
					gone = append(gone, binding{key, to})
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list bindings: %w", err)
	}
	return gone, nil
}

// whom returns the kind of a binding and the id of who has it.
func (b binding) whom() (kind, id string) {
	parts := bytes.Split(b.key, []byte{0})
	return string(parts[0]), string(parts[1])
}

// clear takes the binding away, unless there is a new one.
func (b binding) clear(tx storage.Tx) error {
	is, err := tx.Get(bindTable, b.key)
	if err != nil || !bytes.Equal(is, b.to) {
		return ignoreAbsent(err)
	}
	return errors.Join(tx.Delete(bindTable, b.key), tx.Delete(bindTable, whoKey(chat.Address(b.to))))
}

// tellUnbound tells staff who has to be bound anew, once for the same list.
func (d *Desk) tellUnbound(tx storage.Tx, gone []binding, now time.Time) error {
	var people, groups []string
	sum := sha256.New()
	for _, b := range gone {
		sum.Write(b.key)
		sum.Write(b.to)
		switch kind, id := b.whom(); kind {
		case "person":
			people = append(people, d.PersonName(id))
		case "group":
			groups = append(groups, d.groupName(id))
		}
	}
	return d.Alarm(tx, fmt.Sprintf("unbound-login/%x", sum.Sum(nil)[:8]), "staff.new-login", words.Args{"People": people, "Groups": groups}, now)
}

func (d *Desk) groupName(id string) string {
	for _, g := range d.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return id
}

// Lasting reports whether an address is good for more than one login.
func (d *Desk) Lasting(a chat.Address) bool { return d.Lasts == nil || d.Lasts(a) }

// void reports whether an address that was good at since leads nowhere any more.
func (d *Desk) void(g storage.Getter, a chat.Address, since time.Time) (bool, error) {
	if a == "" || d.Lasting(a) {
		return false, nil
	}
	var login ended
	is, err := record.Load(g, bindTable, voidKey(), &login)
	return is && since.Before(login.At), err
}

// Lost reports whether the petitioner of a case cannot be reached since the latest
// login; it does not say who that is.
func (d *Desk) Lost(ctx context.Context, c cases.Case) (lost bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		lost, err = d.lost(r, c)
		return err
	})
	return lost, err
}

// lost reports whether the petitioner handed the case in from an account that
// leads nowhere any more.
func (d *Desk) lost(g storage.Getter, c cases.Case) (bool, error) {
	if c.Signature == cases.Anonymous || c.Channel != cases.ByChat {
		return false, nil
	}
	var id identity
	if _, err := record.Load(g, identityTable, numberKey(c.No), &id); err != nil {
		return false, err
	}
	return d.void(g, id.From, id.since(c))
}
