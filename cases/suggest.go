package cases

import "strings"

// Suggest returns the category whose words the text holds most of; ties go to
// the earlier one. It is a suggestion to staff and decides nothing, with one
// exception in favour of the petitioner: when a sealed category fits at all, by
// its words or because the text accuses somebody (Accuses), it wins, because a
// matter can be unsealed later but not un-leaked.
func (o *Office) Suggest(text string) (Category, bool) {
	folded := o.fold(text)
	accuses := o.Accuses != nil && o.Accuses(text)
	best, score := Category{}, 0
	for i, c := range o.Categories {
		n := 0
		for _, w := range o.words[i] {
			if strings.Contains(folded, w) {
				n++
			}
		}
		if c.Sealed && (n > 0 || accuses) {
			return c, true
		}
		if n > score {
			best, score = c, n
		}
	}
	return best, score > 0
}
