package wechat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat/wechat/wechattest"
)

// No value of a wrong JSON type, in whatever answer, makes the program fall over,
// lose what others say or send something twice. A message that is itself odd may
// be lost: there is nothing in it to go by.
func TestAnyValueOfAWrongType(t *testing.T) {
	for _, endpoint := range []string{"webwxinit", "webwxstatusnotify", "webwxgetcontact", "webwxbatchgetcontact", "webwxsync", "webwxsendmsg"} {
		var paths []string
		inOffice(t, func(t *testing.T, o *office) {
			o.server.Next(endpoint, wechattest.Fault{Change: func(path string, v any) any {
				paths = append(paths, path)
				return v
			}})
			talk(t, o)
		})
		if len(paths) < 2 {
			t.Fatalf("%s has the values %q", endpoint, paths)
		}
		for _, odd := range paths {
			t.Run(endpoint+"/"+odd, func(t *testing.T) {
				inOffice(t, func(t *testing.T, o *office) {
					o.server.Next(endpoint, wechattest.Fault{Change: func(path string, v any) any {
						if path == odd {
							return wechattest.Odd(v)
						}
						return v
					}})
					heard := talk(t, o)
					if !slices.Contains(heard, "二") || !slices.Contains(heard, "一") && !strings.HasPrefix(odd, "AddMsgList") {
						t.Errorf("heard %q; log:\n%s", heard, o.log)
					}
					sent := o.server.Sent("zhang")
					if n := len(sent) - len(slices.Compact(sent)); n > 0 || !slices.Contains(sent, "收到二") {
						t.Errorf("sent %q; log:\n%s", sent, o.log)
					}
				})
			})
		}
	}
}

// talk has two people say something, each of whom is answered.
func talk(t *testing.T, o *office) (heard []string) {
	o.start()
	o.pass(contactsLife)
	o.server.Say("zhang", "team", "一")
	o.pass(askAgain)
	_, _ = o.send("wechat:p/GZ-0001", "收到一")
	o.pass(contactsLife)
	o.server.Say("zhang", "", "二")
	o.pass(contactsLife)
	if _, err := o.send("wechat:p/GZ-0001", "收到二"); err != nil {
		t.Errorf("Send = %v; log:\n%s", err, o.log)
	}
	for len(o.got) > 0 {
		heard = append(heard, (<-o.got).Text)
	}
	return heard
}

// The rhythm of link.go: when the address book is read again, and how long a
// question that failed rests.
const (
	contactsLife = 11 * time.Minute
	askAgain     = time.Minute
)
