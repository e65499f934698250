package attach

import (
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameLength is how many characters of a file's name are kept.
const nameLength = 80

// CleanName is a file's name as its reader may be shown it and may save it under
// on any system: without a folder, without what does not print or turns the
// writing round, not too long. It may be "".
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if over := utf8.RuneCountInString(name) - nameLength; over > 0 {
		ext := filepath.Ext(name)
		if utf8.RuneCountInString(ext) > 10 {
			ext = ""
		}
		stem := []rune(strings.TrimSuffix(name, ext))
		name = string(stem[:len(stem)-over]) + ext
	}
	return name
}
