package cases

import (
	"maps"
	"slices"
	"time"
)

// One unit leads (主办) and answers for the matter; others help it (协办). Where
// several are concerned they agree on who leads (信访工作条例 art. 24).

// HelpTask is what a helping unit was asked to do, and how far it is.
type HelpTask struct {
	Text     string    `cbor:"1,keyasint"` // identity-free, as it was told
	SignedAt time.Time `cbor:"2,keyasint,omitempty"`
	Feedback string    `cbor:"3,keyasint,omitempty"`
}

// Helps reports whether somebody speaks for a unit that helps with the matter.
func (c Case) Helps(a Actor) bool {
	return a.Unit != "" && a.Unit != c.Lead && slices.Contains(c.Helpers, a.Unit)
}

// helped changes what a helping unit has in hand.
func (c *Case) helped(unit string, change func(*HelpTask)) {
	c.HelpTasks = maps.Clone(c.HelpTasks)
	if c.HelpTasks == nil {
		c.HelpTasks = map[string]HelpTask{}
	}
	task := c.HelpTasks[unit]
	change(&task)
	c.HelpTasks[unit] = task
}

// dropHelpers lets units go that helped.
func (c *Case) dropHelpers(goes func(unit string) bool) {
	c.Helpers = slices.DeleteFunc(slices.Clone(c.Helpers), goes)
	if len(c.HelpTasks) == 0 {
		return
	}
	c.HelpTasks = maps.Clone(c.HelpTasks)
	maps.DeleteFunc(c.HelpTasks, func(unit string, _ HelpTask) bool { return goes(unit) })
}
