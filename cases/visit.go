package cases

import "time"

// MaxRepresentatives is how many people may speak for a group of visitors
// (信访工作条例 art. 20).
const MaxRepresentatives = 5

// MaxVisitors is more people than one visit brings; beyond it is a slip.
const MaxVisitors = 200

// Outcome is how a visit ended (接访结果).
type Outcome string

// The outcomes at the desk.
const (
	AnsweredThere Outcome = "answered-there" // 当场答复
	SolvedThere   Outcome = "solved-there"   // 当场解决
	TakenOn       Outcome = "taken-on"       // 转入办理
)

// Visit is one group of people received at the table (来访, one 批次).
type Visit struct {
	At       time.Time `cbor:"1,keyasint"`
	Persons  int       `cbor:"2,keyasint"` // 人次
	Outcome  Outcome   `cbor:"3,keyasint"`
	Case     Number    `cbor:"4,keyasint"`
	Reported string    `cbor:"5,keyasint,omitempty"` // whom staff reported to (已报)
	By       string    `cbor:"6,keyasint"`           // person id of who registered it
}
