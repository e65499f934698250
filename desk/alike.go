package desk

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// The same matter again. What is compared are matters, by a fingerprint of what was
// said (phrase.Gist), never people: nothing is counted about anybody, and no list of
// them exists (domain.md §2.4). Accusations are compared with nothing.

const (
	returnsWithin = 180 * 24 * time.Hour // domain.md §3.4, formula 9
	justSaid      = 10 * time.Minute     // somebody knows what they said so long ago
	ownCompared   = 10                   // matters of one account, newest first
	gistsKept     = 1000                 // of a year, the newest: what a new matter is compared with
	likeliest     = 3
)

// gistTable holds the fingerprint of each of the newest matters, by number. It goes
// when the matter is sealed or its petitioner is erased.
const gistTable storage.Table = "gist"

// story is what a matter is compared by.
func story(fields map[string]string) string {
	return strings.TrimSpace(fields[cases.Matter] + "\n" + fields[cases.Want])
}

// keepGist keeps the fingerprint of a matter that was just opened, and lets an old
// one go.
func (s *step) keepGist() error {
	gist := phrase.GistOf(story(s.c.Fields), s.d.Dialect)
	if s.c.Sealed || len(gist) == 0 {
		return nil
	}
	if old := s.c.No.Seq - gistsKept; old > 0 {
		if err := s.tx.Delete(gistTable, numberKey(cases.Number{Year: s.c.No.Year, Seq: old})); err != nil {
			return fmt.Errorf("let a fingerprint go: %w", err)
		}
	}
	if err := s.tx.Put(gistTable, numberKey(s.c.No), gist); err != nil {
		return fmt.Errorf("keep a fingerprint: %w", err)
	}
	return nil
}

// dropGist lets the fingerprint of a matter go that nothing is compared with any
// more.
func (s *step) dropGist() error {
	if s.before.Events > 0 && (s.c.Sealed && !s.before.Sealed || !s.c.ErasedAt.IsZero() && s.before.ErasedAt.IsZero()) {
		return s.tx.Delete(gistTable, numberKey(s.c.No))
	}
	return nil
}

// Again returns the matter of the same account, of the last 180 days, that the
// story seems to tell once more. It is for a question: nothing is refused because
// of it.
func (d *Desk) Again(ctx context.Context, from chat.Address, fields map[string]string, now time.Time) (found cases.Case, ok bool, err error) {
	own, err := d.handedIn(ctx, from, ownCompared)
	if err != nil {
		return cases.Case{}, false, err
	}
	told, most := phrase.GistOf(story(fields), d.Dialect), phrase.AskAlike
	for _, c := range own {
		age := now.Sub(c.ReceivedAt)
		if c.Sealed || c.Stage == cases.Withdrawn || !c.ErasedAt.IsZero() || age < justSaid || age > returnsWithin || otherNumbers(story(fields), story(c.Fields)) {
			continue
		}
		if like := phrase.GistOf(story(c.Fields), d.Dialect).Alike(told); like >= most {
			found, ok, most = c, true, like
		}
	}
	return found, ok, nil
}

var digits = regexp.MustCompile(`\d+(\.\d+)?`)

// otherNumbers reports whether both tell numbers and none is the same: another
// locker, another month's pay.
func otherNumbers(a, b string) bool {
	of := digits.FindAllString(phrase.Fold(a), -1)
	with := digits.FindAllString(phrase.Fold(b), -1)
	return len(of) > 0 && len(with) > 0 && !slices.ContainsFunc(of, func(n string) bool { return slices.Contains(with, n) })
}

// Likely returns the open matters, whoever's they are, that a case may be the same
// as, the likeliest first.
func (d *Desk) Likely(ctx context.Context, actor cases.Actor, no cases.Number, now time.Time) (found []cases.Number, err error) {
	type candidate struct {
		no   cases.Number
		like float64
	}
	err = d.view(ctx, func(r storage.Reader) error {
		found = nil
		c, err := d.Stands(r, actor, no, now)
		if err != nil || c.Events == 0 || c.Sealed {
			return err
		}
		told := phrase.GistOf(story(c.Fields), d.Dialect)
		var all []candidate
		n := 0
		for key, gist := range r.Back(gistTable, nil, nil) {
			if n++; n > gistsKept {
				break
			}
			if like := phrase.Gist(gist).Alike(told); like >= phrase.AskAlike && numberAtEnd(key) != c.No {
				all = append(all, candidate{numberAtEnd(key), like})
			}
		}
		slices.SortStableFunc(all, func(a, b candidate) int { return int((b.like - a.like) * 1000) })
		for _, k := range all[:min(len(all), 10)] {
			var o cases.Case
			if _, err := record.Load(r, caseTable, numberKey(k.no), &o); err != nil {
				return err
			}
			tied := slices.ContainsFunc(c.Links, func(l cases.Link) bool { return l.No == o.No })
			if o.Stage.Open() && o.Visible(actor) && !o.Sealed && !tied && now.Sub(o.ReceivedAt) <= returnsWithin &&
				!otherNumbers(story(c.Fields), story(o.Fields)) && len(found) < likeliest {
				found = append(found, o.No)
			}
		}
		return nil
	})
	return found, err
}
