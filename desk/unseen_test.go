package desk

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fangzhuo/cases"
)

// Whoever is complained about reads figures as if the matter were not there, wherever
// it stands, and the others read all.
func TestFiguresWithoutWhatComplains(t *testing.T) {
	figures := func(s *scene, who string) Overview {
		t.Helper()
		p, _ := s.d.Office.Person(who)
		o, err := s.d.Overview(t.Context(), cases.ActorOf(p), s.now)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Overview{}, "DueSoon", "Overdue", "Untold"),
		cmpopts.IgnoreMapEntries(func(_ cases.Stage, n int) bool { return n == 0 })}
	other := after(byBai, assigns("机电"), answers)
	without := newScene(t)
	if err := without.play(other); err != nil { // luo's own stays as it came
		t.Fatal(err)
	}
	for _, way := range [][]moment{nil, {registers}, {accepts}, {assigns("机电")}, {assigns("机电"), answers, rates}, {answers, fulfils, closes}, {withdraws},
		{answers, closes, disputes}} {
		s := newScene(t)
		err := s.play(other)
		for _, m := range append(after(begunBy("test:luo", "手套没发"), recuses("秦矿长")), way...) {
			if err == nil {
				err = m.happens(s)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(figures(without, "qin"), figures(s, "qin"), same); diff != "" {
			t.Errorf("%d steps on, who is complained about reads other figures (-want +got):\n%s", len(way), diff)
		}
		if cmp.Equal(figures(without, "fan"), figures(s, "fan"), same) {
			t.Errorf("%d steps on, the others read nothing of it", len(way))
		}
	}
}
