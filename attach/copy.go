package attach

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Copy copies what a keeper has in one folder into another, and leaves out what
// is there already: the same bytes have the same name for good. The keeper may
// be at work. What is damaged is named in the error, and the rest is copied.
func Copy(from, to string) (copied, there int, err error) {
	if same(from, to) {
		return 0, 0, nil
	}
	folders, err := namesIn(from)
	if err != nil {
		return 0, 0, fmt.Errorf("copy attachments: %w", err)
	}
	var faults []error
	for _, folder := range folders {
		if len(folder) != 2 {
			continue
		}
		names, err := namesIn(filepath.Join(from, folder))
		if err != nil {
			return copied, there, fmt.Errorf("copy attachments: %w", err)
		}
		for _, name := range names {
			if hash, err := hex.DecodeString(name); err != nil || len(hash) != sha256.Size {
				continue // just coming
			}
			fresh, err := copyFile(filepath.Join(from, folder, name), filepath.Join(to, folder, name), name)
			switch {
			case errors.Is(err, fs.ErrNotExist): // swept meanwhile: nothing speaks of it
			case err != nil:
				faults = append(faults, fmt.Errorf("copy an attachment: %w", err))
			case fresh:
				copied++
			default:
				there++
			}
		}
	}
	return copied, there, errors.Join(faults...)
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// copyFile copies a file, durably, unless the copy is there in full.
func copyFile(from, to, name string) (fresh bool, err error) {
	f, err := os.Open(from)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if old, err := os.Stat(to); err == nil && old.Size() == info.Size() {
		return false, nil
	}
	folder := filepath.Dir(to)
	if err := makeFolder(folder); err != nil {
		return false, err
	}
	temp, hash := to+".part", sha256.New()
	err = writeFile(temp, io.TeeReader(f, hash))
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != name {
		err = fmt.Errorf("%s is damaged: put back an older copy of it", from)
	}
	if err == nil {
		err = moveDated(temp, to, info.ModTime())
	}
	if err != nil {
		return false, errors.Join(err, remove(temp))
	}
	return true, syncFolder(folder)
}
