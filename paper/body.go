package paper

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// body writes word/document.xml, a line for each paragraph, row and section. How
// a style looks is in parts/styles.xml.
type body struct{ b strings.Builder }

// para writes a paragraph for each line of a text.
func (d *body) para(style, text string) {
	for _, l := range lines(text) {
		d.paraWith(style, l, "")
	}
}

// paraWith writes one paragraph, empty if the text is, with more properties.
func (d *body) paraWith(style, text, properties string) {
	fmt.Fprintf(&d.b, `<w:p><w:pPr><w:pStyle w:val="%s"/>%s</w:pPr>`, style, properties)
	if text = line(text); text != "" {
		d.b.WriteString(`<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">`)
		_ = xml.EscapeText(&d.b, []byte(text)) // a Builder takes everything
		d.b.WriteString(`</w:t></w:r>`)
	}
	d.b.WriteString("</w:p>\n")
}

// The columns of a form: label, value, label, value. Together they are as wide
// as the text, 156 mm; in twentieths of a point.
var columns = []int{1900, 2522, 1900, 2522}

// cell is a label and what stands beside it, nothing where it is written by hand.
type cell struct {
	label, value string
	right        bool // the value stands at the right, after room for a hand
}

// form writes a table, a row for one or two cells each.
func (d *body) form(rows ...formRow) {
	d.b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Form"/><w:tblW w:w="8844" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, c := range columns {
		fmt.Fprintf(&d.b, `<w:gridCol w:w="%d"/>`, c)
	}
	d.b.WriteString("</w:tblGrid>\n")
	for _, r := range rows {
		fmt.Fprintf(&d.b, "<w:tr><w:trPr><w:trHeight w:val=\"%d\" w:hRule=\"atLeast\"/></w:trPr>\n", r.height)
		for _, c := range r.cells {
			style, width, span := "Cell", columns[1], 1
			if c.right {
				style = "ByHand"
			}
			if len(r.cells) == 1 {
				width, span = width+columns[2]+columns[3], 3
			}
			d.cell("Label", c.label, columns[0], 1)
			d.cell(style, c.value, width, span)
		}
		d.b.WriteString("</w:tr>\n")
	}
	d.b.WriteString("</w:tbl>\n")
	d.paraWith("End", "", "") // a table cannot be last; so low that it takes no new page
}

// formRow is one row of a form; height is the least it has, in twentieths of a
// point: long texts make it higher and flow over pages.
type formRow struct {
	height int
	cells  []cell
}

func row(height int, cells ...cell) formRow { return formRow{height, cells} }

func (d *body) cell(style, text string, width, span int) {
	fmt.Fprintf(&d.b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/><w:vAlign w:val="center"/></w:tcPr>`, width, span)
	if len(lines(text)) == 0 { // a cell holds at least one paragraph
		d.paraWith(style, "", "")
	}
	d.para(style, text)
	d.b.WriteString("</w:tc>\n")
}

// page is A4 with the margins of GB/T 9704: 37 mm above, 35 below, 28 left, 26
// right, the page number 7 mm under the text.
const page = `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1191" w:gutter="0"/>`

// numbered and unnumbered are pages with and without a number at the foot. The
// first page of an unnumbered section has a footer of its own, which is none.
const (
	numbered   = `<w:sectPr><w:footerReference w:type="default" r:id="rOdd"/><w:footerReference w:type="even" r:id="rEven"/><w:type w:val="nextPage"/>` + page + `</w:sectPr>`
	unnumbered = `<w:sectPr><w:type w:val="nextPage"/>` + page + `<w:titlePg/></w:sectPr>`
)

// file ends the document with the pages its last section has.
func (d *body) file(pages string) ([]byte, error) {
	return pack(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<w:body>
` + d.b.String() + pages + "\n</w:body>\n</w:document>\n")
}
