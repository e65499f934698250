package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A backup holds what people sent along, and what is put back from it is whole.
func TestBackupHoldsAttachments(t *testing.T) {
	n := openMine(t, t.TempDir(), noon)
	n.say(t, "luo", "", "反映 事由：副井澡堂更衣柜锁坏了 署名：保密")
	n.attach(t, "luo", "image", file{"锁.jpg", contentOf("image", "锁.jpg", true)})
	n.stop(t)
	stick := t.TempDir()
	for i, want := range []string{"1 pictures and files copied, 0 were there", "0 pictures and files copied, 1 were there"} {
		target := filepath.Join(stick, string(rune('a'+i))+".db")
		code, stdout, stderr := command(t, "backup", "--data", n.data, target)
		if code != exitOK || !strings.Contains(stdout, target+": written and verified\n") || !strings.Contains(stdout, want) {
			t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
		}
	}
	data := t.TempDir()
	if err := os.Rename(filepath.Join(stick, "a.db"), filepath.Join(data, databaseFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(stick, attachmentsFolder), filepath.Join(data, attachmentsFolder)); err != nil {
		t.Fatal(err)
	}
	back := openMine(t, data, noon)
	defer back.stop(t)
	back.say(t, "wang", "", "附件 1 1 核实现场")
	got := back.files(t, "wang")
	if len(got) != 1 || got[0].name != "0001-1.jpg" || !bytes.Equal(got[0].data, contentOf("image", "锁.jpg", false)) {
		t.Errorf("put back, it is %d files", len(got))
	}
}

// What came with a draft that was given up is deleted with the next sweep, and
// what has become part of a matter stays.
func TestSweepsWhatDraftsLeave(t *testing.T) {
	n := openMine(t, t.TempDir(), noon)
	defer n.stop(t)
	n.attach(t, "luo", "image", file{"a.jpg", contentOf("image", "a.jpg", true)})
	n.say(t, "luo", "", "取消")
	n.attach(t, "bai", "image", file{"b.jpg", contentOf("image", "b.jpg", true)})
	n.say(t, "bai", "", "反映 事由：路灯不亮 署名：保密")
	n.say(t, "bai", "", "撤回 1")
	n.attach(t, "hou", "image", file{"c.jpg", contentOf("image", "c.jpg", true)}) // still a draft
	kept := func() int {
		files, err := filepath.Glob(filepath.Join(n.data, attachmentsFolder, "??", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if got := kept(); got != 3 {
		t.Fatalf("%d files are kept, want 3", got)
	}
	n.move(t, noon.AddDate(0, 0, 1))
	if got := kept(); got != 2 {
		t.Errorf("after the sweep %d files are kept, want that of the withdrawn matter and that of the draft", got)
	}
	n.move(t, noon.AddDate(0, 0, 10))
	if got := kept(); got != 1 {
		t.Errorf("after the draft has expired %d files are kept, want that of the matter", got)
	}
	n.say(t, "wang", "", "附件 1 1 核实现场")
	if got := n.files(t, "wang"); len(got) != 1 || !bytes.Equal(got[0].data, contentOf("image", "b.jpg", false)) {
		t.Errorf("of the withdrawn matter %d files are left", len(got))
	}
}
