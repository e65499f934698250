package bot

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/words"
)

// batchesShown is how many notices are shown with how far they are.
const batchesShown = 5

// batchLine is a notice to many groups and how far it has come.
type batchLine struct {
	At                                        time.Time
	About                                     string
	Promised, Sent, Waiting, NotSent, Unclear int
	Minutes                                   int       // that the rest takes, if it is within the hour
	Done                                      time.Time // when the rest is through
	Later                                     bool      // which is not within the hour
	Offline                                   bool
}

// progress tells staff how far the last notices are (进度). With a number it is
// about a matter, as it is for everybody else.
func progress(t *turn, in input) (reply, error) {
	if !in.no.IsZero() || t.actor.Role != cases.Staff {
		return track(t, in)
	}
	all, err := t.b.Batches(t.ctx, batchesShown)
	if err != nil {
		return reply{}, err
	}
	var lines []batchLine
	doubt := false
	for _, b := range all {
		l := batchLine{At: b.At, About: b.About, Promised: b.Promised, Sent: b.Sent, Waiting: b.Waiting(),
			NotSent: b.Refused + b.Expired, Unclear: b.Unsure, Offline: b.Offline, Done: t.now.Add(b.Left)}
		if b.Left > time.Hour {
			l.Later = true
		} else {
			l.Minutes = int((b.Left + time.Minute - 1) / time.Minute)
		}
		lines = append(lines, l)
		doubt = doubt || l.NotSent+l.Unclear > 0
	}
	return says(t.say("progress", words.Args{"Lines": lines, "Doubt": doubt}))
}
