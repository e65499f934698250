package calendar

import (
	"time"

	lunar "github.com/6tail/lunar-go/calendar"
)

// Short festival names, as notices use them.
const (
	newYear        = "元旦"
	spring         = "春节"
	qingming       = "清明"
	labour         = "劳动节"
	dragonBoat     = "端午"
	midAutumn      = "中秋"
	national       = "国庆"
	nationalAutumn = "国庆中秋"
)

// feasts are the days the seven statutory festivals are named after.
type feasts struct {
	newYear, spring, qingming, labour, dragonBoat, midAutumn, national Date
}

func (f feasts) all() []Date {
	return []Date{f.newYear, f.spring, f.qingming, f.labour, f.dragonBoat, f.midAutumn, f.national}
}

// festivals computes the feasts of a year from 1900 to 2100. A festival in a
// month that is followed by its leap month falls in the first of the two.
func festivals(year int) feasts {
	fromLunar := func(month, day int) Date {
		s := lunar.NewLunarFromYmd(year, month, day).GetSolar()
		return On(s.GetYear(), time.Month(s.GetMonth()), s.GetDay())
	}
	f := feasts{
		newYear:    On(year, time.January, 1),
		spring:     fromLunar(1, 1),
		labour:     On(year, time.May, 1),
		dragonBoat: fromLunar(5, 5),
		midAutumn:  fromLunar(8, 15),
		national:   On(year, time.October, 1),
		qingming:   On(year, time.April, 5), // astronomy moves it by a day at most
	}
	terms := lunar.NewSolarFromYmd(year, 4, 1).GetLunar().GetJieQiTable()
	if s := terms["清明"]; s != nil {
		f.qingming = On(s.GetYear(), time.Month(s.GetMonth()), s.GetDay())
	}
	return f
}

// span is a run of days off.
type span struct {
	name  string
	first Date
	days  int
}

// The festivals grew to today's thirteen statutory days with the decree
// (国务院令第795号, 《全国年节及纪念日放假办法》) in force from this year on.
const newRuleYear = 2025

// expected returns the days off to expect in a year without a notice.
//
// From 2025 it is the principle printed in the notice for that year
// (国办发明电〔2024〕12号): 春节 8 days from New Year's Eve, 国庆 7 days from
// 1 October, 劳动节 5 days, 元旦, 清明, 端午 and 中秋 3 days each but only the
// day itself on a Wednesday, 国庆 and 中秋 together 8 days when they meet.
// "Except in special cases": so every such day is Provisional. Which weekend
// days are worked instead has no rule and is never guessed.
//
// Before 2025 it is the eleven statutory days of the decree of 2013 alone; the
// years from 2002 have their notices.
func expected(year int) []span {
	f := festivals(year)
	if year < newRuleYear {
		return []span{{newYear, f.newYear, 1}, {spring, f.spring, 3}, {qingming, f.qingming, 1},
			{labour, f.labour, 1}, {dragonBoat, f.dragonBoat, 1}, {midAutumn, f.midAutumn, 1}, {national, f.national, 3}}
	}
	spans := []span{expectedNewYear(year), {spring, f.spring.Add(-1), 8}, threeDays(qingming, f.qingming),
		{labour, f.labour, 5}, threeDays(dragonBoat, f.dragonBoat)}
	if f.midAutumn.Before(f.national) {
		return append(spans, threeDays(midAutumn, f.midAutumn), span{national, f.national, 7})
	}
	return append(spans, span{nationalAutumn, f.national, 8}) // 中秋 is never later than 8 October
}

// expectedNewYear is the part of expected that can reach into the December
// before.
func expectedNewYear(year int) span {
	d := On(year, time.January, 1)
	if year < newRuleYear {
		return span{newYear, d, 1}
	}
	return threeDays(newYear, d)
}

// threeDays joins a single feast to its weekend.
func threeDays(name string, feast Date) span {
	switch feast.Weekday() {
	case time.Wednesday:
		return span{name, feast, 1}
	case time.Monday, time.Tuesday: // to the weekend before
		return span{name, feast.Add(-2), 3}
	case time.Sunday: // made up for on Monday
		return span{name, feast.Add(-1), 3}
	}
	return span{name, feast, 3}
}
