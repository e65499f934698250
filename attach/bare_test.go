package attach

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// segment is a piece of a JPEG.
func segment(marker byte, body string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
}

// exif is what a phone writes: which way up, its make, and where it was.
func exif(order binary.AppendByteOrder, mark string, turned uint16) string {
	b := append([]byte(exifHead), mark...)
	b = order.AppendUint32(order.AppendUint16(b, 42), 8)
	b = order.AppendUint16(b, 3)
	entry := func(tag, kind uint16, n, value uint32) {
		b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), n), value)
	}
	entry(0x010f, 2, 6, 50)
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3)
	b = order.AppendUint16(order.AppendUint16(order.AppendUint32(b, 1), turned), 0)
	entry(0x8825, 4, 1, 60)
	return string(order.AppendUint32(b, 0)) + "HUAWEI GPS 35.07N 109.03E"
}

func photograph(t testing.TB) (image.Image, []byte) {
	img := image.NewRGBA(image.Rect(0, 0, 33, 21))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return img, b.Bytes()
}

func TestBareJPEG(t *testing.T) {
	_, plain := photograph(t)
	for _, test := range []struct {
		name   string
		in     [][]byte
		turned uint16
	}{
		{"a phone's", [][]byte{segment(0xe1, exif(binary.LittleEndian, "II", 6)), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:GPS 35.07N/>"),
			segment(0xed, "Photoshop 3.0\x00HUAWEI"), segment(0xe2, "MPF\x00HUAWEI"), segment(0xfe, "GPS by HUAWEI")}, 6},
		{"a camera's", [][]byte{segment(0xe1, exif(binary.BigEndian, "MM", 3))}, 3},
		{"upright", [][]byte{segment(0xe1, exif(binary.BigEndian, "MM", 1))}, 0},
		{"with a small copy", [][]byte{segment(0xe0, "JFXX\x00\x10HUAWEI")}, 0},
		{"with a small copy in its header", [][]byte{segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x02\x01HUAWEI")}, 0},
		{"nothing", nil, 0},
	} {
		in := slices.Concat(plain[:2], bytes.Join(test.in, nil), plain[2:], []byte("\xff\xd8HUAWEI moving GPS"))
		out, whole, ok := bare(in, "image/jpeg")
		if !whole || !ok || bytes.Contains(out, []byte("HUAWEI")) || bytes.Contains(out, []byte("GPS")) {
			t.Errorf("%s: whole %t, known %t, %q", test.name, whole, ok, out[:min(len(out), 200)])
		}
		if !samePicture(t, out, plain) {
			t.Errorf("%s: it is another picture", test.name)
		}
		turned := uint16(0)
		for at := range out {
			if bytes.HasPrefix(out[at:], []byte(exifHead)) {
				turned = orientation(out[at:])
			}
		}
		if turned != test.turned {
			t.Errorf("%s: it is to be turned by %d, want %d", test.name, turned, test.turned)
		}
		if again, _, _ := bare(out, "image/jpeg"); !bytes.Equal(again, out) {
			t.Errorf("%s: what is bare changes again", test.name)
		}
	}
	if out, _, _ := bare(plain, "image/jpeg"); !bytes.Equal(out, plain) {
		t.Error("a picture with nothing beside it is changed")
	}
	for _, icc := range []string{"ICC_PROFILE\x00\x01\x01colours"} {
		in := slices.Concat(plain[:2], segment(0xe2, icc), plain[2:])
		if out, _, _ := bare(in, "image/jpeg"); !bytes.Equal(out, in) {
			t.Error("its colours are gone")
		}
	}
	for cut := 3; cut < len(plain)-1; cut += 7 {
		if _, whole, _ := bare(plain[:cut], "image/jpeg"); whole {
			t.Fatalf("cut off at %d it counts as whole", cut)
		}
	}
}

func samePicture(t *testing.T, a, b []byte) bool {
	t.Helper()
	x, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatalf("it cannot be shown any more: %v", err)
	}
	y, _, err := image.Decode(bytes.NewReader(b))
	if err != nil || x.Bounds() != y.Bounds() {
		return false
	}
	for i := range x.Bounds().Dy() {
		for j := range x.Bounds().Dx() {
			if x.At(j, i) != y.At(j, i) {
				return false
			}
		}
	}
	return true
}

func chunk(name, body string) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name+body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func TestBarePNG(t *testing.T) {
	img, _ := photograph(t)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	in := slices.Concat(plain[:33], chunk("eXIf", "HUAWEI"), chunk("tEXt", "Author\x00HUAWEI"), chunk("tIME", "HUAWEI."), plain[33:], []byte("HUAWEI"))
	out, whole, ok := bare(in, "image/png")
	if !whole || !ok || !bytes.Equal(out, plain) || !samePicture(t, out, plain) {
		t.Errorf("whole %t, known %t, the same %t", whole, ok, bytes.Equal(out, plain))
	}
	if _, whole, _ := bare(plain[:len(plain)-5], "image/png"); whole {
		t.Error("cut off it counts as whole")
	}
}

func riff(chunks ...string) []byte {
	body := "WEBP"
	for i := 0; i < len(chunks); i += 2 {
		c := chunks[i] + string(binary.LittleEndian.AppendUint32(nil, uint32(len(chunks[i+1])))) + chunks[i+1]
		if len(chunks[i+1])%2 == 1 {
			c += "\x00"
		}
		body += c
	}
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body)
}

func TestBareWebP(t *testing.T) {
	in := riff("VP8X", "\x2c\x00\x00\x00\x01\x00\x00\x01\x00\x00", "ICCP", "colours", "VP8 ", "the picture", "EXIF", "HUAWEI.", "XMP ", "HUAWEI")
	want := riff("VP8X", "\x20\x00\x00\x00\x01\x00\x00\x01\x00\x00", "ICCP", "colours", "VP8 ", "the picture")
	out, whole, ok := bare(slices.Concat(in, []byte("HUAWEI")), "image/webp")
	if !whole || !ok || !bytes.Equal(out, want) {
		t.Errorf("whole %t, known %t, %q", whole, ok, out)
	}
	if _, whole, _ := bare(in[:len(in)-9], "image/webp"); whole {
		t.Error("cut off it counts as whole")
	}
}

// FuzzBare shows that nothing that strangers send confuses bare, and that what
// is bare stays as it is.
func FuzzBare(f *testing.F) {
	img, photo := photograph(f)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		f.Fatal(err)
	}
	f.Add(slices.Concat(photo[:2], segment(0xe1, exif(binary.LittleEndian, "II", 6)), photo[2:]))
	f.Add(b.Bytes())
	f.Add(riff("VP8X", "\x0c123456789", "VP8 ", "odd", "EXIF", "x"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Add([]byte("\xff\xd8\xff\xff\xff\xd9"))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, kind := range []string{"image/jpeg", "image/png", "image/webp"} {
			out, whole, ok := bare(in, kind)
			if len(out) > len(in)+34 {
				t.Fatalf("%s: %d bytes became %d", kind, len(in), len(out))
			}
			again, whole2, ok2 := bare(out, kind)
			if whole && ok && (!bytes.Equal(again, out) || !whole2 || !ok2) {
				t.Fatalf("%s: what is bare changes again", kind)
			}
		}
	})
}
