package bot

import (
	"fangzhuo/cases"
	"fangzhuo/intake"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What staff write down for people who do not write to the bot themselves.

// called takes what somebody said on the telephone (来电), wrote what came by
// letter (来信).
func called(t *turn, in input) (reply, error) { return t.writeDown(cases.ByCall, in) }
func wrote(t *turn, in input) (reply, error)  { return t.writeDown(cases.ByLetter, in) }

// handedDown takes what the next level up handed down (上级交办).
func handedDown(t *turn, in input) (reply, error) { return t.writeDown(cases.ByAbove, in) }

// writeDown reads "事由：… 诉求：… 姓名：… 电话：…". Without a label it is asked for,
// for the word may have been meant otherwise ("来电了没").
func (t *turn) writeDown(by cases.Channel, in input) (reply, error) {
	note := intake.Note{Channel: string(by), Text: in.rest.Raw()}
	matter := t.b.notes.Read(note)
	if !t.b.notes.Labelled(note.Text) || matter.Fields[cases.Matter] == "" {
		return says(t.say("take.how", words.Args{"Channel": string(by)}))
	}
	return does(func(tx storage.Tx) (string, error) {
		r, err := t.b.desk.Take(tx, t.actor, matter, t.now)
		if err != nil {
			return "", err
		}
		return t.b.desk.TakenText(r, t.now), nil
	})
}

// contact tells somebody of the office how to reach a petitioner (联系), and for
// what they have to.
func contact(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		c, who, err := t.b.desk.Contact(tx, t.actor, in.no, in.rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		return t.say("contact", t.b.desk.Args(c, t.now, words.Args{"Name": who.Name, "Contact": who.Phone, "Lost": who.Lost})), nil
	})
}
