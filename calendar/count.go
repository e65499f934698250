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
