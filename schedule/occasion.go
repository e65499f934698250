// Package schedule says what falls due and when, including what fell due while
// the program was down.
//
// Sources say which occasions there are: pure functions of the calendar and the
// rules. The Planner decides each occasion once: it is emitted if it is still
// useful, and otherwise recorded as skipped or merged. The record is permanent
// and written together with what emitting owes, so an occasion goes out once,
// whatever restarts, plans and clocks do. The Runner waits for what is due next
// and can move the clock, firing everything on the way at its own time.
//
// Tables:
//
//	schedule     "place" -> up to where occasions are decided
//	notice       due, key -> the decision
//	notice-key   key -> the verdict
package schedule

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhuo/calendar"
)

// Occasion is one reason to send one message to one target.
type Occasion struct {
	Job    string // what is announced: "reception", the id of a post, a digest
	Stage  Stage  // which of the job's messages for that day
	Target string // to whom: a group or a person, as the caller names them
	// Day is the day the message is about: for a reception day the day it is
	// held, not the day of the message.
	Day calendar.Date
	// Due is when to send it, Until the last instant at which it is useful.
	Due, Until time.Time
	// Said is when somebody gave cause for it; zero if the calendar did.
	Said time.Time
	// Reception is the day announced by a reception notice.
	Reception calendar.ReceptionDay
}

// Key names the occasion for good. Two announcements of the same day made at
// different times are two occasions.
func (o Occasion) Key() string { return o.name(o.Job, o.Day.String(), string(o.Stage), o.Target) }

// Batch names what is announced, whoever it goes to.
func (o Occasion) Batch() string { return o.name(o.Job, o.Day.String(), string(o.Stage)) }

func (o Occasion) name(parts ...string) string {
	if !o.Said.IsZero() {
		parts = append(parts, strconv.FormatInt(o.Said.UnixMilli(), 10))
	}
	return strings.Join(parts, "/")
}

// Source knows occasions. It is pure and may be asked for any span.
type Source interface {
	// Occasions returns those with from < Due <= to, ordered by Due.
	Occasions(from, to time.Time) []Occasion
}

// Target is a receiver of scheduled messages.
type Target struct {
	ID string
	// Times replaces the usual clock time of some stages, because shifts differ.
	Times map[Stage]TimeOfDay
	// Off are the stages that the target does not get, whoever gives cause.
	Off []Stage
}

func (t Target) gets(s Stage) bool { return !slices.Contains(t.Off, s) }

// within returns the occasions with from < Due <= to, ordered by Due.
func within(all []Occasion, from, to time.Time) []Occasion {
	all = slices.DeleteFunc(all, func(o Occasion) bool { return !o.Due.After(from) || o.Due.After(to) })
	slices.SortStableFunc(all, byDue)
	return all
}

func byDue(a, b Occasion) int {
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Job, b.Job))
}
