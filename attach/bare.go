package attach

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// bare takes out of a picture what does not belong to the picture: where and
// when it was taken, with which phone, by whom, a small copy of what was cut
// off. The picture itself is not touched. ok is false for what it does not know
// how to read; whole is false when the picture breaks off.
func bare(b []byte, kind string) (out []byte, whole, ok bool) {
	switch kind {
	case "image/jpeg":
		return bareJPEG(b)
	case "image/png":
		return barePNG(b)
	case "image/webp":
		return bareWebP(b)
	}
	return b, true, false
}

// The markers of a JPEG that matter here (ITU-T T.81, table B.1).
const (
	jpegRST0 = 0xd0 // to 0xd7: within the data of the picture
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda // the data of the picture follow
	jpegTEM  = 0x01
	jpegAPP0 = 0xe0 // to 0xef: everybody's own
	jpegAPPf = 0xef
	jpegCOM  = 0xfe
)

func bareJPEG(b []byte) (out []byte, whole, ok bool) {
	if len(b) < 2 || b[0] != 0xff || b[1] != jpegSOI {
		return b, true, false
	}
	out = append(make([]byte, 0, len(b)), b[:2]...)
	for pos := 2; ; {
		for pos+1 < len(b) && b[pos] == 0xff && b[pos+1] == 0xff {
			pos++ // filling
		}
		if pos+2 > len(b) {
			return out, false, true
		}
		if b[pos] != 0xff {
			return b, true, false
		}
		marker := b[pos+1]
		if marker == jpegEOI { // what stands behind it is no part of the picture
			return append(out, 0xff, jpegEOI), true, true
		}
		if marker == jpegTEM || marker >= jpegRST0 && marker < jpegSOI {
			out = append(out, 0xff, marker)
			pos += 2
			continue
		}
		if pos+4 > len(b) {
			return out, false, true
		}
		end := pos + 2 + int(binary.BigEndian.Uint16(b[pos+2:]))
		if end < pos+4 {
			return b, true, false
		}
		if end > len(b) {
			return out, false, true
		}
		segment := b[pos:end]
		if jpegKeeps(marker, segment[4:]) {
			out = append(out, withoutThumbnail(segment)...)
		} else if turned := orientation(segment[4:]); marker == jpegAPP0+1 && turned > 1 {
			out = append(out, onlyOrientation(turned)...)
		}
		pos = end
		if marker == jpegSOS {
			pos += scanLength(b[pos:])
			out = append(out, b[end:pos]...)
		}
	}
}

// jpegKeeps reports whether a segment is needed to show the picture as it is.
func jpegKeeps(marker byte, body []byte) bool {
	switch {
	case marker == jpegCOM:
		return false
	case marker < jpegAPP0 || marker > jpegAPPf:
		return true
	}
	for _, needed := range []struct {
		marker byte
		name   string
	}{{jpegAPP0, "JFIF\x00"}, {jpegAPP0 + 2, "ICC_PROFILE\x00"}, {jpegAPP0 + 14, "Adobe"}} {
		if marker == needed.marker && bytes.HasPrefix(body, []byte(needed.name)) {
			return true
		}
	}
	return false
}

// jfifLength is how long a JFIF segment is that has no small copy (thumbnail).
const jfifLength = 18

// withoutThumbnail is a segment without the small copy that a JFIF header may
// hold: its width and height are the last two bytes of what stays.
func withoutThumbnail(segment []byte) []byte {
	if segment[1] != jpegAPP0 || len(segment) <= jfifLength {
		return segment
	}
	short := slices.Clone(segment[:jfifLength])
	binary.BigEndian.PutUint16(short[2:], jfifLength-2)
	short[jfifLength-2], short[jfifLength-1] = 0, 0
	return short
}

// scanLength is how far the data of the picture go: to the next marker.
func scanLength(b []byte) int {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0xff && b[i+1] != 0 && b[i+1] != 0xff && (b[i+1] < jpegRST0 || b[i+1] >= jpegSOI) {
			return i
		}
	}
	return len(b)
}

const exifHead = "Exif\x00\x00"

// orientation reads which way up a picture is to be shown, 1 to 8, out of its
// Exif (TIFF tag 0x0112), or 0.
func orientation(body []byte) uint16 {
	tiff, ok := bytes.CutPrefix(body, []byte(exifHead))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	for n, entry := int(order.Uint16(tiff[at:])), at+2; n > 0 && entry+12 <= uint64(len(tiff)); n, entry = n-1, entry+12 {
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if turned := order.Uint16(tiff[entry+8:]); turned >= 1 && turned <= 8 {
				return turned
			}
		}
	}
	return 0
}

// onlyOrientation is a segment that says which way up and nothing else.
func onlyOrientation(turned uint16) []byte {
	body := append([]byte(exifHead), "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"...)
	body = binary.BigEndian.AppendUint16(body, turned)
	body = append(body, make([]byte, 6)...) // the rest of the value, and no next directory
	return append(binary.BigEndian.AppendUint16([]byte{0xff, jpegAPP0 + 1}, uint16(len(body)+2)), body...)
}

const pngHead = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that show the picture: its data, colours, movement.
var pngKept = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI",
	"sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT"}

func barePNG(b []byte) (out []byte, whole, ok bool) {
	rest, ok := bytes.CutPrefix(b, []byte(pngHead))
	if !ok {
		return b, true, false
	}
	out = append(make([]byte, 0, len(b)), pngHead...)
	for len(rest) >= 12 {
		size := 12 + uint64(binary.BigEndian.Uint32(rest))
		if size > uint64(len(rest)) {
			break
		}
		name := string(rest[4:8])
		if slices.Contains(pngKept, name) {
			out = append(out, rest[:size]...)
		}
		if name == "IEND" {
			return out, true, true
		}
		rest = rest[size:]
	}
	return out, false, true
}

// webpKept are the chunks that show the picture.
var webpKept = []string{"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"}

// webpHas are the flags of a VP8X chunk that announce Exif and XMP.
const webpHas = 0x08 | 0x04

func bareWebP(b []byte) (out []byte, whole, ok bool) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return b, true, false
	}
	out = append(make([]byte, 0, len(b)), b[:12]...)
	announced := uint64(binary.LittleEndian.Uint32(b[4:])) + 8
	whole = announced <= uint64(len(b))
	rest := b[12:min(uint64(len(b)), max(announced, 12))]
	for len(rest) >= 8 {
		size := 8 + uint64(binary.LittleEndian.Uint32(rest[4:]))
		size += size % 2
		if size > uint64(len(rest)) {
			whole = false
			break
		}
		if slices.Contains(webpKept, string(rest[:4])) {
			out = append(out, rest[:size]...)
			if string(rest[:4]) == "VP8X" && size > 8 {
				out[len(out)-int(size)+8] &^= webpHas
			}
		}
		rest = rest[size:]
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, whole, true
}
