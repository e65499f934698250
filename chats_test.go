package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/sandbox"
)

// A data folder of a release that kept the sandbox's chats in the database: they
// are moved out of it, nothing of them is left there, and the chats go on. Where
// the sandbox is off they are moved too.
func TestChatsMoveOutOfTheDatabase(t *testing.T) {
	for _, on := range []bool{true, false} {
		n := &sandboxNetwork{program: program{data: t.TempDir(), wall: time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)}}
		n.start(t)
		n.say(t, "luo", "", "反映 事由：更衣柜锁坏了 署名：保密")
		before := n.sent(t, "luo")
		n.stop(t)
		toOldRelease(t, n.data)
		if on {
			n.start(t)
			if after := n.sent(t, "luo"); len(before) == 0 || !slices.Equal(after, before) {
				t.Errorf("luo reads %q, before it was %q", after, before)
			}
			n.say(t, "luo", "", "查询 1")
			if text := last(n.sent(t, "luo")); !strings.Contains(text, "收到") {
				t.Errorf("luo is told %q", text)
			}
			n.move(t, n.now().Add(2*time.Minute))
		} else {
			cfg := n.config(t)
			cfg.Sandbox.Listen = ""
			n.begin(t, cfg, world{})
			n.move(t, n.now().Add(2*time.Minute))
		}
		n.stop(t)
		raw, err := os.ReadFile(filepath.Join(n.data, databaseFile))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("sandbox/messages")) || bytes.Contains(raw, []byte("编号2026-0001，查询码")) {
			t.Error("something of the chats is left in the database")
		}
		if raw, err = os.ReadFile(filepath.Join(n.data, chatsFile)); err != nil || !bytes.Contains(raw, []byte("编号2026-0001，查询码")) {
			t.Errorf("the chats are not in their own file: %v", err)
		}
	}
}

// toOldRelease puts the chats back into the database.
func toOldRelease(t *testing.T, data string) {
	t.Helper()
	file := openDatabase(t, filepath.Join(data, databaseFile), schema)
	chats := openDatabase(t, filepath.Join(data, chatsFile), chatsSchema)
	err := errors.Join(sandbox.MoveLog(t.Context(), chats, file), file.Close(), chats.Close(), os.Remove(filepath.Join(data, chatsFile)))
	if err != nil {
		t.Fatal(err)
	}
}
