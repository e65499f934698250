// Package handbook holds the cards that a consultation is answered from (手册,
// 条例), in the office's own words, and finds the one that is asked for. It knows
// no rule of its own: every number and article stands on a card.
// The package is pure: no clock, no I/O.
package handbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Kind is what a card explains.
type Kind string

// The kinds.
const (
	Guide Kind = "guide" // 手册: how it is done here
	Rule  Kind = "rule"  // 条例: what the Regulation on petitions says
)

// Regulation is the name of the 信访工作条例, as cards cite it.
const Regulation = "条例"

// Article is a place in a law.
type Article struct {
	Law string // its name, or Regulation
	No  int    // from 1
}

// String returns 条例第34条.
func (a Article) String() string { return fmt.Sprintf("%s第%d条", a.Law, a.No) }

// Card answers one question in a few lines.
type Card struct {
	ID       string
	Title    string // a few characters, for lists
	Kind     Kind
	Words    []string // what people call it, everyday and dialect words too
	Articles []Article
	Text     string
	// The signposts, each "" where there is none.
	Route    string // the way to go
	Deadline string // what is lost when it is late
	Call     string // whom to telephone
	Confirm  bool   // holds numbers that the mine has still to confirm
}

// Book is the cards, ready to be looked up. It is safe for concurrent use. A nil
// Book has no cards.
type Book struct {
	cards []Card
	keys  []keys
	fold  func(string) string
}

// keys are what is compared of a card.
type keys struct {
	title string
	words [][]rune // the title too, longest first
	text  string
}

// New returns the book of the cards. Fold brings what is typed and what is
// written on a card to one form.
func New(cards []Card, fold func(string) string) *Book {
	b := &Book{cards: cards, fold: fold}
	for _, c := range cards {
		k := keys{title: b.key(c.Title), text: b.key(c.Text)}
		for _, w := range append([]string{c.Title}, c.Words...) {
			if key := b.key(w); key != "" {
				k.words = append(k.words, []rune(key))
			}
		}
		slices.SortStableFunc(k.words, func(a, b []rune) int { return len(b) - len(a) })
		b.keys = append(b.keys, k)
	}
	return b
}

// key returns s folded, without anything but letters and digits.
func (b *Book) key(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, b.fold(s))
}

// Card returns the card with that id.
func (b *Book) Card(id string) (Card, bool) {
	if b == nil {
		return Card{}, false
	}
	i := slices.IndexFunc(b.cards, func(c Card) bool { return c.ID == id })
	if i < 0 {
		return Card{}, false
	}
	return b.cards[i], true
}

// Of returns all cards of a kind, in the order of the file.
func (b *Book) Of(kind Kind) []Card {
	return b.where(func(i int) bool { return b.cards[i].Kind == kind })
}

// Article returns the cards that name the article: those of the Regulation, or
// of the law whose name ends in law.
func (b *Book) Article(law string, no int) []Card {
	return b.where(func(i int) bool {
		return slices.ContainsFunc(b.cards[i].Articles, func(a Article) bool {
			if law == "" {
				return a.No == no && a.Law == Regulation
			}
			return a.No == no && strings.HasSuffix(b.key(a.Law), b.key(law))
		})
	})
}

func (b *Book) where(fits func(i int) bool) (list []Card) {
	if b == nil {
		return nil
	}
	for i := range b.cards {
		if fits(i) {
			list = append(list, b.cards[i])
		}
	}
	return list
}
