// Package testoffice is the small petition office that the tests of several packages
// work in.
package testoffice

import (
	"testing"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// Office is the directory of the office, with its calendar, its book of sentences and
// the facts that these rest on.
type Office struct {
	*cases.Office
	Calendar *calendar.Calendar
	Words    *words.Book
	Facts    words.Args
}

// Open opens an office that speaks the language.
func Open(t testing.TB, language string) Office {
	t.Helper()
	book, err := words.Open(language)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := cases.NewOffice(
		[]cases.Unit{{ID: "hq", Name: "后勤服务中心", Aliases: []string{"后勤"}}, {ID: "jd", Name: "机电队", Aliases: []string{"机电"}},
			{ID: "xf", Name: "信访办"}, {ID: "dd", Name: "调度室", Urgent: true}, {ID: "jw", Name: "纪委", Sealed: true}},
		[]cases.Category{{Name: "宿舍澡堂", Lead: "hq", Words: []string{"澡堂"}, Days: 5, Working: true},
			{Name: "安全隐患", Lead: "jd", Words: []string{"瓦斯"}, Urgent: true, Days: 1},
			{Name: "检举控告", Lead: "jw", Words: []string{"倒卖"}, Sealed: true}, {Name: "其他", Lead: "xf", Days: 15}},
		[]cases.Person{{ID: "wang", Name: "王慧", Role: cases.Staff, Chief: true}, {ID: "zhou", Name: "周敏", Role: cases.Staff},
			{ID: "mei", Name: "梅芳", Role: cases.Liaison, Unit: "hq"}, {ID: "shi", Name: "石磊", Role: cases.Liaison, Unit: "jd"},
			{ID: "tang", Name: "唐静", Role: cases.Liaison, Unit: "dd"}, {ID: "qin", Name: "秦卫东", Title: "矿长", Role: cases.Leader},
			{ID: "fan", Name: "范玉林", Title: "党委副书记", Role: cases.Leader}, {ID: "ji", Name: "季明", Role: cases.Discipline, Unit: "jw"},
			{ID: "root", Name: "管理", Role: cases.Admin}},
		phrase.Fold)
	o.Routes = []cases.Route{{Name: "劳动仲裁", Where: "矿区仲裁委", Phone: "12333", Deadline: "一年内申请"}, {Name: "工伤认定", Where: "社保局", Deadline: "一年内申请"}}
	return Office{o, cal, book, words.Args{"Office": "信访办", "Bot": "小信", "Phone": "8001", "Dispatch": "8119", "StaffReads": 2, "KeepYears": 3}}
}

// At is where the people with these ids, or all of them, are reached on a network.
func (o Office) At(network string, ids ...string) map[string]chat.Address {
	at := map[string]chat.Address{}
	if len(ids) == 0 {
		for _, p := range o.People {
			ids = append(ids, p.ID)
		}
	}
	for _, id := range ids {
		at[id] = chat.Address(network + ":" + id)
	}
	return at
}
