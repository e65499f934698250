package console

import (
	"bytes"
	"fmt"

	"rsc.io/qr"
)

// quiet is the empty margin around a code, in its own units: without it phones
// do not find the code.
const quiet = 4

// draw draws a code as SVG, black on white in light and dark alike.
func draw(c *qr.Code) []byte {
	var b bytes.Buffer
	size := c.Size + 2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, size, size, size, size)
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}
