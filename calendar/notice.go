package calendar

import "github.com/6tail/lunar-go/HolidayUtil"

// noticed returns the days of the year that the State Council's yearly notices
// (国务院办公厅关于部分节假日安排的通知) make off or worked. The days around
// New Year come from two notices: late December belongs to the next year's.
//
// HolidayUtil.Fix could add years to the library's data, but changes them for
// the whole process; overrides do that here.
func noticed(year int) []Override {
	var days []Override
	list := HolidayUtil.GetHolidaysByYear(year)
	for e := list.Front(); e != nil; e = e.Next() {
		h, ok := e.Value.(*HolidayUtil.Holiday)
		if !ok {
			continue
		}
		d, err := ParseDate(h.GetDay())
		if err != nil {
			continue
		}
		days = append(days, Override{Date: d, Working: h.IsWork(), Name: shortName(h.GetName())})
	}
	return days
}

// hasNotice reports whether the year's own notice is among the data. Entries
// for the year prove nothing: its December may be in the next year's notice, as
// 2001 is. National Day can only be in its own.
func hasNotice(year int) bool {
	h := HolidayUtil.GetHolidayByYmd(year, 10, 1)
	return h != nil && !h.IsWork()
}

// shortNames has the festivals' names as notices and the library write them.
var shortNames = map[string]string{
	"元旦节": newYear, "除夕": spring, "清明节": qingming, "端午节": dragonBoat, "中秋节": midAutumn, "国庆节": national,
	"国庆节、中秋节": nationalAutumn, "中秋节、国庆节": nationalAutumn,
}

// shortName returns a festival's name as people use it in a sentence: 国庆 for
// 国庆节. Other names stay as they are.
func shortName(name string) string {
	if s, ok := shortNames[name]; ok {
		return s
	}
	return name
}
