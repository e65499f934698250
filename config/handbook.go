package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// Card is one answer of the handbook file (手册、条例).
type Card struct {
	ID       string
	Title    string
	Kind     string    // 手册 or 条例
	Words    []string  // what people call it
	Articles []Article // where it is written; a card of kind 条例 has one
	Text     string    // with the placeholders of Placeholders
	Route    string    // the way to go
	Deadline string    // what is lost when it is late
	Call     string    // whom to telephone
	Confirm  bool      // its numbers are still to be confirmed by the mine
}

// Article is a place in a law, written 条例第34条 or 工伤保险条例第17条.
type Article struct {
	Law string // 条例 is the 信访工作条例
	No  int
}

var articles = regexp.MustCompile(`^(\p{Han}+?)第([1-9][0-9]{0,2})条$`)

func (a *Article) parse(text string) error {
	m := articles.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
	if m == nil {
		return fmt.Errorf("%q is not an article: write it like 条例第34条 or 工伤保险条例第17条", text)
	}
	a.Law = m[1]
	if a.Law == "信访工作条例" {
		a.Law = "条例"
	}
	a.No, _ = strconv.Atoi(m[2]) // which are digits
	return nil
}

// The kinds a card can have.
const (
	GuideCard = "手册"
	RuleCard  = "条例"
)

// Placeholders are what a card may leave for the office's own facts.
var Placeholders = []string{"office", "bot", "phone", "dispatch", "place", "hours"}

// cardsTheProgramShows are the cards that commands of their own lead to.
var cardsTheProgramShows = map[string]string{"terms": "期限", "steps": "流程", "lines": "渠道"}

const (
	maxTitle = 12 // characters; a list shows all titles
	maxLines = 6  // of a text
)

// ReadHandbook loads the handbook file at path, as LoadHandbook does. A file that
// cannot be read is an ordinary error.
func ReadHandbook(path string) ([]Card, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the handbook: %w", err)
	}
	return LoadHandbook(filepath.Base(path), data)
}

// LoadHandbook reads the cards of a handbook file. A non-nil error is a Problems,
// everything wrong with the file at once.
func LoadHandbook(name string, data []byte) ([]Card, error) {
	var file struct{ Cards []Card }
	c := &Config{notes: newNotes(name)} // for its notes alone
	d := decoder{c, "handbook.yaml"}
	if body := d.document(data); body != nil {
		if body.Type() != ast.MappingType {
			d.noSections()
		} else {
			d.value("", body, reflect.ValueOf(&file).Elem())
			c.checkCards(file.Cards)
		}
	}
	return file.Cards, c.Err()
}

func (c *Config) checkCards(cards []Card) {
	if len(cards) == 0 {
		c.Problem("cards", "is empty: list the cards as in handbook.yaml")
		return
	}
	for i, card := range cards {
		c.checkCard(entry("cards", i), card)
	}
	c.once(each(cards, func(k Card) string { return k.ID }), part("cards", "id"))
	c.once(each(cards, func(k Card) string { return k.Title }), part("cards", "title"))
	for id, command := range cardsTheProgramShows {
		if !slices.ContainsFunc(cards, func(k Card) bool { return k.ID == id }) {
			c.Problem("cards", "lacks the card with id %s, which %q answers with: copy it from handbook.yaml", id, command)
		}
	}
}

func (c *Config) checkCard(path string, card Card) {
	c.ident(path+".id", card.ID)
	c.need(path+".title", card.Title, "a short title")
	if n := utf8.RuneCountInString(card.Title); n > maxTitle && !isLatinText(card.Title) {
		c.Problem(path+".title", "has %d characters: write at most %d, all titles stand in one list", n, maxTitle)
	}
	c.oneOf(path+".kind", card.Kind, GuideCard, RuleCard)
	if len(card.Words) == 0 {
		c.Problem(path+".words", "is empty: write the words people use for it")
	}
	for i, w := range card.Words {
		c.need(entry(path+".words", i), w, "a word or remove it")
	}
	c.once(card.Words, func(i int) string { return entry(path+".words", i) })
	if card.Kind == RuleCard && len(card.Articles) == 0 {
		c.Problem(path+".articles", "is empty: a card of kind 条例 names its article, like [条例第34条]")
	}
	c.need(path+".text", card.Text, "the answer in your own words")
	if n := strings.Count(strings.TrimSpace(card.Text), "\n") + 1; n > maxLines {
		c.Problem(path+".text", "has %d lines: write at most %d, people read it on a telephone", n, maxLines)
	}
	c.placeholders(path+".text", card.Text)
	c.placeholders(path+".route", card.Route)
	c.placeholders(path+".deadline", card.Deadline)
	c.placeholders(path+".call", card.Call)
}

// isLatinText reports whether text is written in letters, of which a word takes
// many.
func isLatinText(text string) bool { return len(text) < 2*utf8.RuneCountInString(text) }

var braces = regexp.MustCompile(`\{[^{}\n]*\}`)

func (c *Config) placeholders(path, text string) {
	for _, found := range braces.FindAllString(text, -1) {
		if name := found[1 : len(found)-1]; !slices.Contains(Placeholders, name) {
			c.Problem(path, "has %s, which stands for nothing: %s", found, didYouMean(name, Placeholders))
		}
	}
}
