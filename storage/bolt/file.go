package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"go.etcd.io/bbolt"
)

// inspect returns the size of the file at path, 0 if it is to be created. It
// refuses a file that bbolt would map, lock and then panic on, keeping both:
// one without a valid meta page, one shorter than its meta page says, one
// without a list of free pages where the meta page says it is.
func inspect(path string, mustExist bool) (size int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !mustExist {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	newest, metaErr := newestMeta(f)
	want := int64(newest.pages) * int64(newest.pageSize)
	// Size after meta: a process that is writing grows the file first.
	info, err := f.Stat()
	switch {
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, errors.New("not a regular file")
	case info.Size() == 0 && !mustExist:
		return 0, nil
	case metaErr != nil:
		return 0, metaErr
	case info.Size() < want:
		return 0, fmt.Errorf("%w: cut short to %d of %d bytes", ErrDamaged, info.Size(), want)
	}
	return info.Size(), checkFreelist(f, newest)
}

// Layout of a bbolt meta page, in the machine's byte order: 16 bytes of page
// header, then
//
//	magic 4, version 4, page size 4, flags 4, root 16, freelist 8, pages 8,
//	transaction 8, FNV-1a of all that 8.
const (
	pageHeader = 16
	metaLength = 64
	metaMagic  = 0xED0CDAED
)

type meta struct {
	pageSize                     uint32
	freelist, pages, transaction uint64
}

// newestMeta returns the valid meta page of the latest transaction.
func newestMeta(r io.ReaderAt) (meta, error) {
	first, ok := metaAt(r, 0)
	sizes := []int64{int64(first.pageSize)}
	if !ok {
		// The second page lies at an unknown page size, from 1 KiB to 16 MiB.
		for n := int64(1 << 10); n <= 16<<20; n *= 2 {
			sizes = append(sizes, n)
		}
	}
	newest := first
	for _, at := range sizes {
		if second, valid := metaAt(r, at); valid && int64(second.pageSize) == at {
			if !ok || second.transaction > newest.transaction {
				newest = second
			}
			ok = true
			break
		}
	}
	if !ok {
		return meta{}, fmt.Errorf("%w: not a bbolt file, or both its meta pages are broken", ErrDamaged)
	}
	if newest.pages > 1<<40 {
		return meta{}, fmt.Errorf("%w: impossible page count %d", ErrDamaged, newest.pages)
	}
	return newest, nil
}

func metaAt(r io.ReaderAt, page int64) (m meta, valid bool) {
	var b [metaLength]byte
	if _, err := r.ReadAt(b[:], page+pageHeader); err != nil {
		return meta{}, false
	}
	order := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(b[:metaLength-8])
	if order.Uint32(b[:]) != metaMagic || order.Uint64(b[metaLength-8:]) != sum.Sum64() {
		return meta{}, false
	}
	return meta{order.Uint32(b[8:]), order.Uint64(b[32:]), order.Uint64(b[40:]), order.Uint64(b[48:])}, true
}

// checkFreelist makes sure that the list of free pages is where the meta page
// says it is.
func checkFreelist(r io.ReaderAt, m meta) error {
	_, _, err := findFreelist(r, m)
	return err
}

// findFreelist looks at the page header (id 8, flags 2, count 2, overflow 4)
// of the list of free pages; a count of 0xffff stands in the next 8 bytes. It
// returns where the numbers of the pages stand, and how many.
func findFreelist(r io.ReaderAt, m meta) (at int64, count uint64, err error) {
	const flag, none, many = 0x10, math.MaxUint64, math.MaxUint16
	if m.freelist == none {
		return 0, 0, nil
	}
	at = int64(m.freelist) * int64(m.pageSize)
	var b [pageHeader + 8]byte
	if m.freelist < m.pages {
		if _, err := r.ReadAt(b[:], at); err != nil {
			return 0, 0, err
		}
	}
	order := binary.NativeEndian
	room := ((1+uint64(order.Uint32(b[12:])))*uint64(m.pageSize) - pageHeader) / 8
	count, at = uint64(order.Uint16(b[10:])), at+pageHeader
	if count == many {
		count, at, room = order.Uint64(b[pageHeader:]), at+8, room-1
	}
	if order.Uint64(b[:]) != m.freelist || order.Uint16(b[8:]) != flag || count > room {
		return 0, 0, fmt.Errorf("%w: no list of free pages", ErrDamaged)
	}
	return at, count, nil
}

// freePages returns the numbers of the pages of the file at path that are free
// after its last commit, or that only open views still read, in rising order.
func freePages(path string) ([]uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := newestMeta(f)
	if err != nil {
		return nil, err
	}
	at, count, err := findFreelist(f, m)
	if err != nil || count == 0 {
		return nil, err
	}
	b := make([]byte, 8*count)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, err
	}
	pages := make([]uint64, count)
	for i := range pages {
		pages[i] = binary.NativeEndian.Uint64(b[8*i:])
	}
	slices.Sort(pages)
	return pages, nil
}

// trim cuts off what lies behind the last page of the file at path: what a
// commit that did not come to its end may have written there.
func trim(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := newestMeta(f)
	if err != nil {
		return err
	}
	end := int64(m.pages) * int64(m.pageSize)
	if info, err := f.Stat(); err != nil || info.Size() <= end {
		return err
	}
	return f.Truncate(end)
}

// openBolt is bbolt.Open that leaves no lock behind when bbolt panics.
func openBolt(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	var file *os.File
	o.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, mode)
		file = f
		return f, err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if errors.Is(err, ErrDamaged) {
			db, err = nil, errors.Join(err, file.Close())
		}
	}()
	defer onDamage(&err)
	return bbolt.Open(path, 0o600, o)
}

// syncDir makes a new name durable. Windows has no such thing.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
