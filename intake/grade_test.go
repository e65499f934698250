package intake

import (
	"testing"

	"fangzhuo/cases"
	"fangzhuo/phrase"
)

func TestGrade(t *testing.T) {
	for typed, want := range map[string]struct {
		grade cases.Grade
		text  string
	}{
		"满意":           {cases.Satisfied, ""},
		"基本满意 就是拖了点":   {cases.Fair, "就是拖了点"},
		"还行吧就是慢":       {cases.Fair, "就是慢"},
		"办得快，挺好的":      {cases.Satisfied, "办得快，挺好的"},
		"給個好評":         {cases.Satisfied, "給個好評"},
		"撩扎咧":          {cases.Satisfied, "撩扎咧"},
		"👍":            {cases.Satisfied, "👍"},
		"马马虎虎吧":        {cases.Fair, "马马虎虎吧"},
		"来回推来推去，太差劲":   {cases.Unsatisfied, "来回推来推去，太差劲"},
		"我不滿意，還是壞的":    {cases.Unsatisfied, "我不滿意，還是壞的"},
		"给你们差评":        {cases.Unsatisfied, "给你们差评"},
		"态度很好，事没解决":    {},
		"嗯":            {},
		"":             {},
		"随便":           {},
		"谢谢，就是不咋快 不满意": {},
	} {
		grade, text, ok := Grade(phrase.Read(typed))
		if ok != (want.grade != "") || ok && (grade != want.grade || text != want.text) {
			t.Errorf("%q: %s %q %v", typed, grade, text, ok)
		}
	}
}
