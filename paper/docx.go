package paper

import (
	"archive/zip"
	"bytes"
	"embed"
	"fmt"
	"time"
)

//go:embed parts/*.xml
var parts embed.FS

// The places of the parts in the archive; the first is what tells programs what
// kind of file it is. There are no docProps: they would name an author.
var places = []struct{ place, part string }{
	{"[Content_Types].xml", "content_types.xml"},
	{"_rels/.rels", "rels.xml"},
	{"word/document.xml", ""},
	{"word/_rels/document.xml.rels", "document_rels.xml"},
	{"word/styles.xml", "styles.xml"},
	{"word/settings.xml", "settings.xml"},
	{"word/fontTable.xml", "fontTable.xml"},
	{"word/footer_odd.xml", "footer_odd.xml"},
	{"word/footer_even.xml", "footer_even.xml"},
}

// noTime stands at every part: an archive has to say some time.
var noTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// pack puts a document and what it looks like into one file.
func pack(document string) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range places {
		content := []byte(document)
		if p.part != "" {
			var err error
			if content, err = parts.ReadFile("parts/" + p.part); err != nil {
				return nil, fmt.Errorf("read part %s: %w", p.part, err)
			}
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.place, Method: zip.Deflate, Modified: noTime})
		if err != nil {
			return nil, fmt.Errorf("begin %s: %w", p.place, err)
		}
		if _, err := w.Write(content); err != nil {
			return nil, fmt.Errorf("write %s: %w", p.place, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("end the archive: %w", err)
	}
	return out.Bytes(), nil
}
