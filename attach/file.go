package attach

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// incoming is the folder of what is coming.
const incoming = "new"

// Path returns where the bytes lie that an item's Ref names, if they do.
func (k *Keeper) Path(ref string) (path string, ok bool) {
	if hash, err := hex.DecodeString(ref); err != nil || len(hash) != 32 {
		return "", false
	}
	path = filepath.Join(k.Dir, ref[:2], ref)
	_, err := os.Stat(path)
	return path, err == nil
}

// receive writes what comes into a file that has its whole name only when it
// is complete and durable.
func (k *Keeper) receive(id string, body io.Reader) (err error) {
	folder := filepath.Join(k.Dir, incoming)
	if err := makeFolder(folder); err != nil {
		return err
	}
	part := filepath.Join(folder, id+".part")
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	n, err := io.Copy(f, io.LimitReader(body, k.MaxBytes+1))
	if err == nil {
		switch {
		case n > k.MaxBytes:
			err = errTooBig
		case n == 0:
			err = errEmpty
		default:
			err = f.Sync()
		}
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, filepath.Join(folder, id)); err != nil {
		return err
	}
	return syncFolder(folder)
}

// place puts bytes under their final name, durably. The same bytes are kept
// once. The file does not tell at what minute it came.
func (k *Keeper) place(hash []byte, write func(to string) error) error {
	name := hex.EncodeToString(hash)
	folder := filepath.Join(k.Dir, name[:2])
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := makeFolder(folder); err != nil {
		return err
	}
	temp := path + ".part"
	if err := write(temp); err != nil {
		return err
	}
	if err := moveDated(temp, path, k.Now().UTC().Truncate(24*time.Hour)); err != nil {
		return err
	}
	return syncFolder(folder)
}

// Put keeps bytes that the office itself made, until the next sweep: they are made
// anew when they are asked for again. Ref names them.
func (k *Keeper) Put(content []byte) (ref string, err error) {
	k.files.Lock()
	defer k.files.Unlock()
	hash := sha256.Sum256(content)
	err = k.place(hash[:], func(to string) error { return writeFile(to, bytes.NewReader(content)) })
	if err != nil {
		return "", fmt.Errorf("keep a paper: %w", err)
	}
	return hex.EncodeToString(hash[:]), nil
}

// moveDated gives a file its final name, once it has the time that it is to show.
func moveDated(temp, path string, at time.Time) error {
	if err := os.Chtimes(temp, at, at); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// writeFile writes a file durably.
func writeFile(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// makeFolder makes a folder and those it is in, durably, for their owner alone.
func makeFolder(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	parent := filepath.Dir(path)
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

// syncFolder makes the names in a folder durable. Windows has no such thing.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
