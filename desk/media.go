package desk

import (
	"fmt"
	"time"

	"fangzhuo/attach"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// keepMedia makes what came with the words a matter's own for good. It returns
// how many there are, and how many of them are known to be lost.
func keepMedia(tx storage.Tx, no cases.Number, said []Said, nameless bool) (media, gone int, err error) {
	for _, m := range said {
		media += len(m.Media)
		if err := attach.Belong(tx, m.Media, no.String(), nameless); err != nil {
			return 0, 0, err
		}
		for _, a := range m.Media {
			if !a.Kind.Fetched() {
				continue
			}
			item, err := attach.Get(tx, a.Ref)
			if err != nil {
				return 0, 0, err
			}
			if item.State == attach.Gone || item.State == attach.TooBig {
				gone++
			}
		}
	}
	return media, gone, nil
}

// unnamed is media without the names of files, which may name people.
func unnamed(media []chat.Media) []chat.Media {
	var all []chat.Media
	for _, m := range media {
		if m.Kind.Fetched() {
			m.Name = ""
		}
		all = append(all, m)
	}
	return all
}

// MediaGone notes that something which somebody sent along could not be kept,
// and asks them to send it again or to say what it was. Of several that came in
// one minute it asks once. The office is told too if it belonged to a matter,
// which is returned if it is theirs.
func (d *Desk) MediaGone(tx storage.Tx, l attach.Loss, now time.Time) (cases.Number, error) {
	no, _ := cases.ParseNumber(l.Owner) // of a draft there is none
	if !no.IsZero() {
		if err := d.mediaGone(tx, no, now); err != nil {
			return no, err
		}
	}
	if l.From == "" {
		return no, nil
	}
	minute := d.Veil(fmt.Appendf(nil, "%s %s %d", l.State, l.From, l.At.Unix()/60))
	text := d.say("media.gone", words.Args{"Kind": string(l.Kind), "TooBig": l.State == attach.TooBig, "HasNo": !no.IsZero(), "Short": ShortNumber(no, now)})
	m := outbox.Promise{Key: fmt.Sprintf("media/%x", minute), To: l.From, Text: text, Due: now, Repeat: true, Kind: answer,
		Awake: now.Sub(l.At) < time.Hour}
	if _, err := outbox.Put(tx, m, now); err != nil {
		return no, fmt.Errorf("promise a message: %w", err)
	}
	if no.IsZero() {
		return no, nil
	}
	own, err := owns(tx, l.From, no)
	if err == nil && !own {
		own, err = joined(tx, l.From, no)
	}
	if err != nil || !own { // somebody else who has the code
		return cases.Number{}, err
	}
	return no, nil
}

// mediaGone notes it with the matter and tells the office, once for those that
// go within ten minutes.
func (d *Desk) mediaGone(tx storage.Tx, no cases.Number, now time.Time) error {
	s, err := d.stepTo(tx, no, cases.MediaGone, cases.System, now)
	if err != nil {
		return err
	}
	s.add(cases.Event{Verb: cases.MediaGone})
	if err := s.tellOnce("staff.media-gone", nil); err != nil {
		return err
	}
	return s.commit()
}

// tellOnce tells those in the office something about the matter that may happen
// many times in a row: once for all that happens within ten minutes.
func (s *step) tellOnce(key string, args words.Args) error {
	m := outbox.Promise{Key: fmt.Sprintf("case/%s/%s/%d", s.c.No, key, s.now.Unix()/600), Text: s.d.say(key, s.caseArgs(args)), Kind: notice}
	_, err := s.d.promiseAll(s.tx, s.keepers(), m, s.now)
	return err
}
