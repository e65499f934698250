package words

import "testing"

// BenchmarkTrack is the wording's part of a look-up.
func BenchmarkTrack(b *testing.B) {
	facts := Args{"No": "2026-0047", "Short": "0047", "Stage": "handling", "Word": "handling", "Full": true,
		"Matter": "副井澡堂更衣柜锁坏了，下班没地方放东西", "Chosen": true, "HasUnit": true, "Unit": "后勤服务中心", "HasDue": true,
		"Due": noon, "Office": "信访办", "Question": "是哪一排柜子？", "Answer": ""}
	for _, lang := range languages {
		book := open(b, lang)
		b.Run(lang, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				book.Say("track", facts)
			}
		})
	}
}
