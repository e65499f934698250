package calendar

// NextWorking returns d if it is a working day, otherwise the next one.
func (c *Calendar) NextWorking(d Date) Date {
	for !c.Working(d) {
		d = d.Add(1)
	}
	return d
}

// PrevWorking returns d if it is a working day, otherwise the one before.
func (c *Calendar) PrevWorking(d Date) Date {
	for !c.Working(d) {
		d = d.Add(-1)
	}
	return d
}

// AddWorking returns the nth working day after d; d itself is not counted. A
// negative n counts back, zero returns d.
func (c *Calendar) AddWorking(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.Add(step)
		if c.Working(d) {
			n--
		}
	}
	return d
}

// WorkingBetween counts the working days after a up to and including b, as
// AddWorking does: with b = AddWorking(a, n) it is n. It is negative when b is
// before a, counting from b.
func (c *Calendar) WorkingBetween(a, b Date) int {
	if b.Before(a) {
		return -c.WorkingBetween(b, a)
	}
	n := 0
	for i := range b.Sub(a) {
		if c.Working(a.Add(i + 1)) {
			n++
		}
	}
	return n
}
