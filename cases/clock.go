package cases

import (
	"slices"
	"time"
)

// ClockKind says which promise a clock counts.
type ClockKind string

// The clocks a case can have: those the law starts, then the office's own.
const (
	NoticeClock ClockKind = "notice" // 受理告知: tell the petitioner who handles it and how (条例 art. 23)
	DecideClock ClockKind = "decide" // 决定: say whether it is taken on, or what comes of a dispute (简易办理: 3 working days)
	HandleClock ClockKind = "handle" // 办理: answer (条例 art. 34; 简易办理: 10 working days)
	ObjectClock ClockKind = "object" // 异议: the unit may say that it is not the one (条例 art. 23)
	WindowClock ClockKind = "window" // 申请复查复核: the petitioner may ask the next level up (条例 art. 35, 36)
	ReviewClock ClockKind = "review" // 复查复核: the next level up answers (条例 art. 35, 36)

	HouseClock  ClockKind = "house"  // the office's own term for the category, inside the law's
	TaskClock   ClockKind = "task"   // what a unit was given (转办)
	LeaderClock ClockKind = "leader" // what a leader took on (包案)
	HazardClock ClockKind = "hazard" // 险情: minutes until somebody must have signed
	CheckClock  ClockKind = "check"  // 回访: ask whether speaking up did any harm
	KeepClock   ClockKind = "keep"   // 保存期: how long it is kept who spoke; it stands in no case, it begins when one ends
)

// Procedure is the way a matter is handled (办理程序).
type Procedure string

// The procedures.
const (
	Ordinary Procedure = "ordinary" // 普通程序: sixty days and a written opinion
	Simple   Procedure = "simple"   // 简易办理: clear, small, nobody disputes it
	// Emergency is that of a danger that is there now (险情): who can act has it at
	// once, and the law's sixty days are no term for it (安全生产法 art. 59).
	Emergency Procedure = "emergency"
)

// Why a matter cannot be handled simply (信访事项简易办理办法; domain.md §2.2).
const (
	FromAbove    = "above"    // 上级交办
	Joint        = "joint"    // 联名, 集体访
	SeveralUnits = "units"    // more than one unit is responsible
	NotFirst     = "return"   // 重复信访
	Accusation   = "sealed"   // 检举控告
	PutOff       = "extended" // 已延期
)

// BarsSimple returns why the matter cannot be handled simply (简易办理), or "".
func (c Case) BarsSimple() string {
	switch {
	case c.Sealed:
		return Accusation
	case c.Extended:
		return PutOff
	case c.Channel == ByAbove:
		return FromAbove
	case c.Persons > 1 || c.Visitors > 1:
		return Joint
	case len(c.Helpers) > 0:
		return SeveralUnits
	case slices.ContainsFunc(c.Links, func(l Link) bool { return l.Kind == ReturnOf }) || c.Reopened > 0 || c.Extended:
		return NotFirst
	}
	return ""
}

// Limit is a term that the law sets.
type Limit struct {
	Days    int
	Working bool // working days (工作日), not calendar days
}

// The law's terms (domain.md §2.2 has the sources). Extension is no clock of its
// own: it puts the end of handling off.
var (
	noticeLimit   = Limit{Days: 15}               // 信访工作条例 art. 23
	objectLimit   = Limit{Days: 5, Working: true} // art. 23
	handleLimit   = Limit{Days: 60}               // art. 34
	reviewLimit   = Limit{Days: 30}               // art. 35, 36: to ask, and to answer
	decideLimit   = Limit{Days: 3, Working: true} // 信访事项简易办理办法
	simpleLimit   = Limit{Days: 10, Working: true}
	ExtensionDays = 30 // art. 34: at most, and once
)

// Limit returns the law's term of a clock, or false for the office's own.
func (k ClockKind) Limit(p Procedure) (Limit, bool) {
	switch k {
	case NoticeClock:
		return noticeLimit, true
	case ObjectClock:
		return objectLimit, true
	case HandleClock:
		switch p {
		case Simple:
			return simpleLimit, true
		case Emergency:
			return Limit{}, false // a day of the house's own, see desk
		}
		return handleLimit, true
	case WindowClock, ReviewClock:
		return reviewLimit, true
	case DecideClock:
		return decideLimit, true
	}
	return Limit{}, false
}

// Clock is a running term. From and Due are the first instants of civil days in
// the office's zone; the term is kept up to the end of the day Due. Only a
// HazardClock counts minutes: its From and Due are instants.
type Clock struct {
	Kind    ClockKind `cbor:"1,keyasint"`
	From    time.Time `cbor:"2,keyasint"`
	Due     time.Time `cbor:"3,keyasint"`
	Days    int       `cbor:"4,keyasint,omitempty"`
	Working bool      `cbor:"5,keyasint,omitempty"`
	// Extended: Due was put off lawfully (延期), which is no breach.
	Extended bool `cbor:"6,keyasint,omitempty"`
}

// Over reports whether the term has run out by then.
func (k Clock) Over(at time.Time) bool {
	if k.Kind == HazardClock {
		return !at.Before(k.Due)
	}
	return !at.Before(k.Due.AddDate(0, 0, 1))
}
