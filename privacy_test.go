package main

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// gone reads every file of the program byte by byte for what somebody said and
// for who they are.
func (s *script) gone(rest string) {
	who, words, _ := strings.Cut(rest, ": ")
	looked := s.net.account(s.t, who)
	for _, part := range strings.Split(words, " | ") {
		if part != "" {
			looked = append(looked, s.fill(part))
		}
	}
	for path, data := range programFiles(s) {
		for _, what := range looked {
			for _, form := range writings(what) {
				if at := bytes.Index(data, form); at >= 0 {
					s.t.Errorf("%s: %s holds %q, as %q, at %d: %q", s.where, path, what, form, at, data[max(0, at-60):min(len(data), at+len(form)+60)])
				}
			}
		}
	}
}

// programFiles are the files in the data folder, under their names there, but
// for what is the network's own; a file's name is read too.
func programFiles(s *script) map[string][]byte {
	files, folder := map[string][]byte{}, s.net.folder()
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == chatsFile {
			return err
		}
		if d.IsDir() && path == chatsFolder {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(filepath.Join(folder, path))
		files[path] = slices.Concat(data, []byte("\n"+path))
		return err
	})
	if err != nil || len(files) == 0 {
		s.t.Fatalf("%s: read the data folder: %v", s.where, err)
	}
	return files
}

// writings are the ways in which something can stand in a file and be found by
// whoever knows what to look for: as it is, and as a hash without a key.
func writings(what string) [][]byte {
	b := []byte(what)
	sum1, sum256, sum5 := sha1.Sum(b), sha256.Sum256(b), md5.Sum(b)
	all := [][]byte{b, []byte(base64.RawStdEncoding.EncodeToString(b)), []byte(hex.EncodeToString(b))}
	for _, sum := range [][]byte{sum1[:8], sum256[:8], sum5[:8]} {
		all = append(all, sum, []byte(hex.EncodeToString(sum)))
	}
	return all
}
