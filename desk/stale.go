package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// farewells are the sentences that tell a unit that it is out of a matter: they go
// out although it may not see it any more.
var farewells = []string{"unit.withdrawn", "unit.merged", "unit.referred", "unit.closed", "unit.help-over"}

// aboutCases begin the keys of messages that are about one case, whose number
// follows: of steps, of terms, of the sealed part.
var aboutCases = []string{"case", "push", "alert.soon", "alert.over", "open"}

// Stale reports whether a message about a case must not go out any more. While it
// waited, for the morning or for a link, the matter was taken out of its reader's
// hands: it turned out to be an accusation, or to complain about them, or it was
// taken back. Whoever had it only hears that. Nor does anything go out any more to
// who had themselves erased. Key is that of the message's promise, which ends with
// who gets it.
func (d *Desk) Stale(ctx context.Context, key string) (stale bool, err error) {
	parts := strings.Split(key, "/")
	if len(parts) < 3 || !slices.Contains(aboutCases, parts[0]) ||
		slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(farewells, part) }) {
		return false, nil
	}
	var no cases.Number
	if _, err := fmt.Sscanf(parts[1], "%d-%d", &no.Year, &no.Seq); err != nil {
		return false, nil
	}
	last := parts[len(parts)-1]
	p, known := d.Office.Person(last)
	err = d.view(ctx, func(r storage.Reader) error {
		var c cases.Case
		is, err := record.Load(r, caseTable, numberKey(no), &c)
		switch a := cases.ActorOf(p); {
		case err != nil || !is:
		case !known:
			stale = strings.HasPrefix(last, "worker.") && last != "worker.erased" && !c.ErasedAt.IsZero()
		case c.Recuses(a):
			stale = true
		case p.Role == cases.Staff, p.Role == cases.Liaison, p.Role == cases.Leader:
			stale = !c.Visible(a)
		}
		return err
	})
	return stale, err
}
