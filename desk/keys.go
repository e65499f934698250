package desk

import (
	"encoding/binary"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// The tables the desk keeps. Numbers come first in their keys, so that new
// cases are appended.
const (
	caseTable     storage.Table = "case"     // number → cases.Case
	eventTable    storage.Table = "event"    // number, n → cases.Event
	identityTable storage.Table = "identity" // number → identity, the sealed part
	seqTable      storage.Table = "seq"      // year → last running number

	openTable   storage.Table = "open"   // stage, due, number: open cases
	unitTable   storage.Table = "unit"   // unit, number: tasks of a unit
	leaderTable storage.Table = "leader" // person, number: open cases of a leader
	fromTable   storage.Table = "from"   // address, number: a petitioner's cases
	dueTable    storage.Table = "due"    // instant, number, clock → clock: next pushes
	countTable  storage.Table = "count"  // counters, kept in the transaction

	lockTable  storage.Table = "lock"  // address, number → wrong codes
	visitTable storage.Table = "visit" // instant, n → cases.Visit
	moveTable  storage.Table = "move"  // month → moved reception day
	bindTable  storage.Table = "bind"  // bindings of people and groups
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

func stageKey(s cases.Stage) storage.Key { return storage.Key(nil).Text(string(s)) }

func fromKey(a chat.Address) storage.Key { return storage.Key(nil).Text(string(a)) }

// never stands for "no due date" and sorts behind all dates.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
