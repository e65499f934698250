package desk

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/attach"
	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
)

// scene is one matter on its way through the office.
type scene struct {
	t     *testing.T
	d     *Desk
	store *mem.Store
	tx    storage.Tx
	no    cases.Number
	code  string
	now   time.Time
}

func newScene(t *testing.T) *scene {
	d, store := open(t)
	d.Lasts = func(a chat.Address) bool { return !strings.HasPrefix(a.Local(), "s/") }
	return &scene{t: t, d: d, store: store, now: monday}
}

// play lets happen what went before: luo handed in a sealed matter himself, unless it
// began otherwise.
func (s *scene) play(before []moment) error {
	if len(before) == 0 {
		return byLuo.happens(s)
	}
	if _, begun := before[0].(begins); !begun {
		before = slices.Insert(slices.Clone(before), 0, moment(byLuo))
	}
	for _, m := range before {
		if err := m.happens(s); err != nil {
			return err
		}
	}
	return nil
}

// moment is what happens in a scene.
type moment interface{ happens(*scene) error }

// taken is a step that somebody takes, within s.tx.
type taken func(s *scene) error

func (take taken) happens(s *scene) error {
	s.now = s.now.Add(time.Hour)
	return s.store.Update(s.t.Context(), func(tx storage.Tx) error {
		s.tx = tx
		return take(s)
	})
}

// begins is a step that brings the matter in that the scene is of from then on.
type begins func(s *scene) (Receipt, error)

func (begin begins) happens(s *scene) error { return taken(begin.within).happens(s) }

func (begin begins) within(s *scene) error {
	r, err := begin(s)
	s.no, s.code = r.Case.No, r.Code
	return err
}

// passes is time in which nobody does anything.
type passes time.Duration

func (p passes) happens(s *scene) error {
	s.now = s.now.Add(time.Duration(p))
	return s.d.Fire(s.t.Context(), s.now)
}

// freshLogin ends the names of the last one.
type freshLogin struct{}

func (freshLogin) happens(s *scene) error { return s.d.ForgetSession(s.t.Context(), s.now) }

// fetched brings what was sent along here.
type fetched struct{}

func (fetched) happens(s *scene) error {
	o := attach.Options{Dir: s.t.TempDir(), Sources: map[string]chat.Fetcher{"test": one{}}, MaxBytes: 100, Now: func() time.Time { return s.now }}
	return attach.New(s.store, o).Fire(s.t.Context(), s.now)
}

func days(n int) passes { return passes(time.Duration(n) * 24 * time.Hour) }

func times(n int, m moment) []moment { return slices.Repeat([]moment{m}, n) }

// after lists what went before.
func after(all ...moment) []moment { return all }

// alone is the error of a use-case, whatever else it returns.
func alone[T any](_ T, err error) error { return err }

var (
	own     = Claim{From: "test:luo"}
	chief   = cases.Actor{ID: "qin", Role: cases.Leader}
	lodging = cases.Actor{ID: "mei", Role: cases.Liaison, Unit: "hq"}
	rest    = cases.Reply{Opinion: "换好了", Basis: "维修单"}
)

// How matters begin.
var (
	byLuo       = begunBy("test:luo", "澡堂锁坏了")
	endangered  = begunBy("test:luo", "皮带机尾瓦斯探头被人包住了")
	fromALogin  = begunBy("wx:s/luo", "路灯不亮")
	byBai       = taken(begunBy("test:bai", "澡堂的锁又坏了").within) // another one beside it
	writtenDown = begins(func(s *scene) (Receipt, error) {
		in := Intake{Submission: submission("路灯不亮"), Channel: cases.ByCall}
		in.From = ""
		return s.d.Take(s.tx, staff, in, s.now)
	})
)

func begunBy(from chat.Address, matter string) begins {
	return func(s *scene) (Receipt, error) {
		in := submission(matter)
		in.From = from
		return s.d.Submit(s.tx, in, s.now)
	}
}

// Steps of the office.
var (
	registers       = registersAs("宿舍澡堂", "")
	registersSimply = registersAs("宿舍澡堂", cases.Simple)
	seals           = registersAs("检举控告", "")

	accepts taken = func(s *scene) error { return alone(s.d.Accept(s.tx, staff, s.no, "", s.now)) }
	helps   taken = func(s *scene) error { return alone(s.d.Help(s.tx, staff, s.no, "后勤", "腾出柜子", s.now)) }
	asks    taken = func(s *scene) error { _, _, err := s.d.Ask(s.tx, staff, s.no, "哪个月？", s.now); return err }
	extends taken = func(s *scene) error {
		return alone(s.d.Extend(s.tx, staff, s.no, Extension{Days: 30, Approver: "秦矿长", Reason: "等配件"}, s.now))
	}
	switches taken = func(s *scene) error { return alone(s.d.Switch(s.tx, staff, s.no, s.now)) }
	informs        = worded((*Desk).Inform)
	answers  taken = func(s *scene) error { return alone(s.d.Answer(s.tx, staff, s.no, rest, s.now)) }
	refers   taken = func(s *scene) error {
		_, _, err := s.d.Refer(s.tx, staff, s.no, "劳动仲裁", "", s.now)
		return err
	}
	fulfils         = worded((*Desk).Fulfil)
	closes          = worded((*Desk).Close)
	reopens         = worded((*Desk).Reopen)
	reviews         = worded((*Desk).Review)
	concludes taken = func(s *scene) error { return alone(s.d.Conclude(s.tx, staff, s.no, rest, s.now)) }
	finishes        = worded((*Desk).Finish)
	urges           = worded((*Desk).Urge)
	sponsors        = sponsorsBy("秦矿长")
	merges    taken = func(s *scene) error { return alone(s.d.Merge(s.tx, staff, s.no, firstNo, s.now)) }
	splits    taken = func(s *scene) error {
		_, _, err := s.d.Split(s.tx, staff, s.no, "还要一个柜子", s.now)
		return err
	}
	relates  taken = func(s *scene) error { return alone(s.d.Relate(s.tx, staff, s.no, firstNo, cases.SameMatter, s.now)) }
	corrects taken = func(s *scene) error {
		return alone(s.d.Correct(s.tx, staff, s.no, Correction{Fields: map[string]string{cases.Place: "副井"}}, s.now))
	}
	waives taken = func(s *scene) error {
		return alone(s.d.Waive(s.tx, staff, s.no, "后勤", "只有他们会修", s.now))
	}
	passesOn taken = func(s *scene) error {
		return alone(s.d.PassOn(s.tx, staff, s.no, nil, "", true, s.now))
	}
	opens      taken = func(s *scene) error { _, _, err := s.d.Contact(s.tx, staff, s.no, "回电话", s.now); return err }
	erasesThem taken = func(s *scene) error { return alone(s.d.EraseFor(s.tx, staff, s.no, "他来电话要求", s.now)) }
)

func registersAs(category string, how cases.Procedure) taken {
	return func(s *scene) error { return alone(s.d.Register(s.tx, staff, s.no, category, "", how, s.now)) }
}

func assigns(unit string) taken {
	return func(s *scene) error {
		return alone(s.d.Assign(s.tx, staff, s.no, unit, calendar.Term{N: 3}, "", s.now))
	}
}

func sponsorsBy(leader string) taken {
	return func(s *scene) error {
		return alone(s.d.Sponsor(s.tx, staff, s.no, leader, calendar.Term{N: 15}, s.now))
	}
}

func handsTo(id string) taken {
	return func(s *scene) error {
		to, _ := s.d.Office.Person(id)
		return alone(s.d.Hand(s.tx, staff, s.no, to, s.now))
	}
}

func recuses(who string) taken {
	return func(s *scene) error { return alone(s.d.Recuse(s.tx, staff, s.no, who, s.now)) }
}

func worded(take func(*Desk, storage.Tx, cases.Actor, cases.Number, string, time.Time) (Done, error)) taken {
	return said(take, staff, "再看一遍")
}

func said(take func(*Desk, storage.Tx, cases.Actor, cases.Number, string, time.Time) (Done, error), by cases.Actor, text string) taken {
	return func(s *scene) error { return alone(take(s.d, s.tx, by, s.no, text, s.now)) }
}

// Steps of units, leaders and petitioners.
var (
	signsOff              = signsOffAs(unit)
	helperSignsOff        = signsOffAs(lodging)
	feedsBack             = said((*Desk).Feedback, unit, "换好了")
	helperFeedsBack       = said((*Desk).Feedback, lodging, "腾好了")
	objects               = said((*Desk).Object, unit, "不归我们")
	helperObjects         = said((*Desk).Object, lodging, "不归我们")
	instructs             = said((*Desk).Instruct, chief, "快办")
	supplements     taken = func(s *scene) error {
		return alone(s.d.Supplement(s.tx, s.no, own, chat.Message{At: s.now}, "皮带机尾又冒烟了", s.now))
	}
	addsPicture taken = func(s *scene) error {
		m := chat.Message{From: "test:luo", At: s.now, Media: []chat.Media{{Kind: chat.File, Ref: "1", Name: "锁.txt"}}}
		named, pieces, err := attach.Rename(bytes.NewReader(make([]byte, 8)), m.Media)
		if err != nil {
			return err
		}
		if err := attach.Want(s.tx, m, pieces); err != nil {
			return err
		}
		m.Media = named
		return alone(s.d.Supplement(s.tx, s.no, own, m, "", s.now))
	}
	withdraws taken = func(s *scene) error { return alone(s.d.Withdraw(s.tx, s.no, own, s.now)) }
	confirms  taken = func(s *scene) error { return alone(s.d.Confirm(s.tx, s.no, own, s.now)) }
	disputes  taken = func(s *scene) error { return alone(s.d.Dispute(s.tx, s.no, own, "还是坏的", s.now)) }
	mediates  taken = func(s *scene) error { return alone(s.d.Mediate(s.tx, s.no, own, s.now)) }
	rates     taken = func(s *scene) error {
		return alone(s.d.Rate(s.tx, s.no, own, cases.Unsatisfied, "拖了点", s.now))
	}
	rejoins taken = func(s *scene) error {
		return alone(s.d.Rejoin(s.tx, s.no, Claim{From: "wx:s/luo2", Code: s.code}, s.now))
	}
	recalls taken = func(s *scene) error { return alone(s.d.Recall(s.tx, s.no, own.From, 0, s.now)) }
	erases  taken = func(s *scene) error { return alone(s.d.Erase(s.tx, s.no, own, s.now)) }
	loses   taken = func(s *scene) error {
		return alone(s.d.MediaGone(s.tx, attach.Loss{Kind: chat.Image, State: attach.Gone, From: own.From, Owner: s.no.String(), At: s.now}, s.now))
	}
)

func signsOffAs(by cases.Actor) taken {
	return func(s *scene) error { return alone(s.d.SignOff(s.tx, by, s.no, s.now)) }
}
