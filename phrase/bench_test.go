package phrase

import "testing"

// What every message is asked must be small beside keeping it.
func BenchmarkUnderstanding(b *testing.B) {
	for name, f := range map[string]func(string){
		"urgent": func(s string) { Urgent(s) }, "accuses": func(s string) { Accuses(s) }, "split": func(s string) { Split(s) },
		"gist": func(s string) { GistOf(s, dialect) }, "repeats": func(s string) { Repeats("请自查近期考勤，3日内反馈", s) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(wages)
			}
		})
	}
}
