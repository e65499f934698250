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

// Stale reports whether a message about a case must not go out any more. While it
// waited, for the morning or for a link, the matter turned out to be an
// accusation, or to complain about who would read it: whoever had it is out of it,
// and only hears that. Key is that of
// the message's promise, which ends with who gets it.
func (d *Desk) Stale(ctx context.Context, key string) (stale bool, err error) {
	parts := strings.Split(key, "/")
	if parts[0] != "case" || len(parts) < 3 || slices.Contains(parts, "unit.withdrawn") {
		return false, nil
	}
	p, known := d.Office.Person(parts[len(parts)-1])
	if !known {
		return false, nil
	}
	var no cases.Number
	if _, err := fmt.Sscanf(parts[1], "%d-%d", &no.Year, &no.Seq); err != nil {
		return false, nil
	}
	err = d.view(ctx, func(r storage.Reader) error {
		var c cases.Case
		is, err := record.Load(r, caseTable, numberKey(no), &c)
		stale = is && (c.Recuses(cases.ActorOf(p)) || c.Sealed && (p.Role == cases.Liaison || p.Role == cases.Leader) && !c.Visible(cases.ActorOf(p)))
		return err
	})
	return stale, err
}
