package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/storage"
)

// Todo is what waits for the one who asks (待办), in the order in which it is to
// be done.
type Todo struct {
	New      []cases.Case // received, nobody has looked yet
	Waiting  []cases.Case // the office's own next step
	WithUnit []cases.Case // a unit has it
	Answered []cases.Case // answered and not disputed, to be closed
}

// Todo lists the office's open cases.
func (d *Desk) Todo(ctx context.Context, actor cases.Actor) (Todo, error) {
	var t Todo
	for _, stage := range Stages {
		for _, sealed := range shelves(actor, stage) {
			list, err := d.list(ctx, openTable, stageKey(stage, sealed), listedAtMost, false)
			if err != nil {
				return Todo{}, err
			}
			t.add(visible(list, actor))
		}
	}
	sortByDue(t.Waiting)
	sortByDue(t.WithUnit)
	return t, nil
}

func (t *Todo) add(list []cases.Case) {
	for _, c := range list {
		switch {
		case c.Stage == cases.Received:
			t.New = append(t.New, c)
		case c.WithUnit():
			t.WithUnit = append(t.WithUnit, c)
		case c.Stage == cases.Answered && c.DisputedAt.IsZero():
			t.Answered = append(t.Answered, c)
		default:
			t.Waiting = append(t.Waiting, c)
		}
	}
}

// Stages are those in which somebody still has to act, in their usual order.
var Stages = []cases.Stage{cases.Received, cases.Registered, cases.Accepted, cases.Handling, cases.Answered, cases.Reviewing}

// Open lists the office's open cases at a stage, or at all of them for "": the
// new ones first, then by the day the answer is due, at most n of each stage.
// It reports whether there are more.
func (d *Desk) Open(ctx context.Context, actor cases.Actor, stage cases.Stage, n int) (all []cases.Case, more bool, err error) {
	for _, at := range Stages {
		if stage != "" && at != stage {
			continue
		}
		for _, sealed := range shelves(actor, at) {
			list, err := d.list(ctx, openTable, stageKey(at, sealed), n+1, false)
			if err != nil {
				return nil, false, err
			}
			more = more || len(list) > n
			all = append(all, visible(list[:min(len(list), n)], actor)...)
		}
	}
	sortByDue(all)
	isNew := func(c cases.Case) bool { return c.Stage == cases.Received }
	return slices.Concat(only(all, isNew), only(all, func(c cases.Case) bool { return !isNew(c) })), more, nil
}

func only(list []cases.Case, which func(cases.Case) bool) []cases.Case {
	return slices.DeleteFunc(slices.Clone(list), func(c cases.Case) bool { return !which(c) })
}

// Tasks lists what a unit has in hand.
func (d *Desk) Tasks(ctx context.Context, actor cases.Actor) ([]cases.Case, error) {
	list, err := d.list(ctx, unitTable, storage.Key(nil).Text(actor.Unit), listedAtMost, false)
	return visible(list, actor), err
}

// Sponsored lists the open cases a leader has taken on (我包的).
func (d *Desk) Sponsored(ctx context.Context, leader cases.Actor) ([]cases.Case, error) {
	list, err := d.list(ctx, leaderTable, storage.Key(nil).Text(leader.ID), listedAtMost, false)
	return visible(list, leader), err
}

// visible are the cases of a list that the actor may see: none that complains
// about them.
func visible(list []cases.Case, actor cases.Actor) []cases.Case {
	return slices.DeleteFunc(list, func(c cases.Case) bool { return !c.Visible(actor) })
}

func sortByDue(list []cases.Case) {
	slices.SortStableFunc(list, func(a, b cases.Case) int {
		due := func(c cases.Case) int64 {
			if c.Due().IsZero() {
				return never.Unix()
			}
			return c.Due().Unix()
		}
		return cmp.Or(cmp.Compare(due(a), due(b)), cmp.Compare(a.No.Year, b.No.Year), cmp.Compare(a.No.Seq, b.No.Seq))
	})
}

// most sorts counts, most first.
func most(m map[string]int) []Counted {
	list := make([]Counted, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, Counted{name, m[name]})
	}
	slices.SortStableFunc(list, func(a, b Counted) int { return cmp.Or(b.N-a.N, strings.Compare(a.Name, b.Name)) })
	return list
}
