package desk

import (
	"encoding/binary"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// The tables the desk keeps. The first ones are keyed by number, so that new
// cases are appended.
const (
	caseTable     storage.Table = "case"     // number → cases.Case
	eventTable    storage.Table = "event"    // number, n → cases.Event
	identityTable storage.Table = "identity" // number → identity, the sealed part
	saidTable     storage.Table = "said"     // number, n → Said, the petitioner's words
	seqTable      storage.Table = "seq"      // year → last running number

	openTable   storage.Table = "open"   // stage, due, number: open cases; accusations apart; see untoldKey
	unitTable   storage.Table = "unit"   // unit, number: tasks of a unit
	leaderTable storage.Table = "leader" // person, number: open cases of a leader
	ownerTable  storage.Table = "owner"  // person, number: open cases somebody in the office looks after
	leaveTable  storage.Table = "leave"  // person → leave: who stands in for them
	handTable   storage.Table = "hand"   // from, to → numbers: handed over so far, while it goes on
	fromTable   storage.Table = "from"   // address, number: a petitioner's cases
	checkTable  storage.Table = "check"  // number → check: whether speaking up did any harm (回访)
	joinedTable storage.Table = "joined" // address, number: cases gone on with from another account (接回)
	dueTable    storage.Table = "due"    // instant, clock, number → clock: next pushes
	countTable  storage.Table = "count"  // counters, kept in the transaction

	onceTable storage.Table = "once" // hash of a form's key → number: what was done from pages

	visitTable storage.Table = "visit" // instant, number → cases.Visit
	moveTable  storage.Table = "move"  // month, instant → moved reception day
	bindTable  storage.Table = "bind"  // bindings of people and groups, by person and by address
)

func numberKey(n cases.Number) storage.Key {
	return storage.Key(nil).Uint16(uint16(n.Year)).Uint32(uint32(n.Seq))
}

func eventKey(n cases.Number, i int) storage.Key { return numberKey(n).Uint32(uint32(i)) }

func withNumber(k storage.Key, n cases.Number) storage.Key { return append(k, numberKey(n)...) }

// numberAtEnd reads the number that withNumber appended.
func numberAtEnd(key []byte) cases.Number {
	if len(key) < 6 {
		return cases.Number{}
	}
	b := key[len(key)-6:]
	return cases.Number{Year: int(binary.BigEndian.Uint16(b)), Seq: int(binary.BigEndian.Uint32(b[2:]))}
}

// stageKey begins the list of a stage. Accusations have lists of their own: who
// may not see them does not even count them.
func stageKey(s cases.Stage, sealed bool) storage.Key {
	if sealed {
		return storage.Key(nil).Text("sealed " + string(s))
	}
	return storage.Key(nil).Text(string(s))
}

// untoldKey begins the list of registered cases whose petitioner is still to be
// told, by the day until which: of received ones the list of their stage is that.
func untoldKey(sealed bool) storage.Key { return stageKey("untold", sealed) }

func fromKey(a chat.Address) storage.Key { return storage.Key(nil).Text(string(a)) }

// never stands for "no due date" and sorts behind all dates.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
