package calendar

// Term is a time limit (期限) of N days, at least 1 (less counts as 1).
// The Regulation counts calendar days except where it says working days
// (工作日).
type Term struct {
	N       int
	Working bool
}

// Due returns the last day of a term that began with something done on from.
// The day after from is the first (民法典 §201); the last day of a calendar-day
// term that is a day off rolls to the next working day (§203).
func (c *Calendar) Due(from Date, t Term) Date {
	n := max(t.N, 1)
	if t.Working {
		return c.AddWorking(from, n)
	}
	return c.NextWorking(from.Add(n))
}

// Marks returns the days on which the one who must act is reminded: when half
// and when four fifths of the term have passed (a begun day counts as passed),
// the last working day before the end, and the end itself. All are working days
// with from < half ≤ fourFifths ≤ dayBefore ≤ due: a mark that falls on a day
// off moves to the working day before, or to the first working day after from
// if there is none. In short terms several marks fall together.
func (c *Calendar) Marks(from Date, t Term) (half, fourFifths, dayBefore, due Date) {
	due = c.Due(from, t)
	first := c.AddWorking(from, 1)
	n := max(t.N, 1)
	mark := func(percent int) Date {
		days := (n*percent + 99) / 100
		if t.Working {
			return c.AddWorking(from, days)
		}
		return later(first, c.PrevWorking(from.Add(days)))
	}
	dayBefore = later(first, c.AddWorking(due, -1))
	fourFifths = earlier(mark(80), dayBefore)
	half = earlier(mark(50), fourFifths)
	return half, fourFifths, dayBefore, due
}

func earlier(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}
