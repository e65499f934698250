package attach_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fangzhuo/attach"
	"fangzhuo/storage/mem"
)

func TestCopy(t *testing.T) {
	o := newOffice(t, mem.New(), func(ref string, _ int) (io.Reader, error) { return bytes.NewReader(picture(int(ref[0]))), nil })
	to := filepath.Join(t.TempDir(), "stick", "files")
	copied := func(wantCopied, wantThere int, wantErr string) {
		t.Helper()
		copied, there, err := attach.Copy(o.dir, to)
		if copied != wantCopied || there != wantThere || wantErr == "" && err != nil || wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)) {
			t.Errorf("copied %d, there %d, %v; want %d, %d, %q", copied, there, err, wantCopied, wantThere, wantErr)
		}
	}
	copied(0, 0, "") // nothing was ever sent along
	a, b := o.send(photo("a"))[0], o.send(photo("b"))[0]
	o.through()
	if err := os.WriteFile(filepath.Join(o.dir, "new", "x.part"), []byte("coming"), 0o600); err != nil {
		t.Fatal(err)
	}
	copied(2, 0, "")
	restored := *o
	restored.dir = to
	restored.restart()
	if !bytes.Equal(restored.content(a), picture('a')) || !bytes.Equal(restored.content(b), picture('b')) || len(restored.files()) != 2 {
		t.Errorf("the copy holds %v", restored.files())
	}
	c := o.send(photo("c"))[0]
	o.through()
	path, _ := o.Path(o.item(b).Ref())
	if err := os.WriteFile(path, []byte("the disk rots"), 0o600); err != nil {
		t.Fatal(err)
	}
	copied(1, 1, "is damaged")
	if !bytes.Equal(restored.content(c), picture('c')) || !bytes.Equal(restored.content(b), picture('b')) {
		t.Error("a damaged file replaces a good copy, or keeps others back")
	}
	if n, m, err := attach.Copy(o.dir, o.dir); n != 0 || m != 0 || err != nil {
		t.Errorf("into itself: %d, %d, %v", n, m, err)
	}
}
