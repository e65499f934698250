package yardstick

import (
	"encoding/binary"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// ticking is a clock that goes on by a millisecond each time it is asked.
func ticking() Clock {
	var n atomic.Int64
	return func() time.Time { return time.UnixMilli(n.Add(1)) }
}

func TestGroupCommit(t *testing.T) {
	dir := t.TempDir()
	var asked atomic.Int64
	rate, err := GroupCommit(ticking(), dir, 4, 100, func(i int) []KV {
		asked.Add(1)
		return []KV{{"a", binary.BigEndian.AppendUint64(nil, uint64(i)), []byte("v")}}
	})
	if err != nil || rate != 100/0.001 || asked.Load() != 100 {
		t.Errorf("%v operations/s of %d, %v; by this clock they took a millisecond", rate, asked.Load(), err)
	}
	if _, err := GroupCommit(ticking(), dir, 1, 1, func(int) []KV { return []KV{{"a", nil, nil}} }); err == nil {
		t.Error("a put without a key: no error")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFdatasync(t *testing.T) {
	if p50, err := Fdatasync(ticking(), t.TempDir(), 5); err != nil || p50 != time.Millisecond {
		t.Errorf("%v, %v; by this clock each took a millisecond", p50, err)
	}
}

func TestSpread(t *testing.T) {
	var sum atomic.Int64
	odd := errors.New("odd")
	err := Spread(3, 10, func(i int) error {
		sum.Add(int64(i))
		if i == 7 {
			return odd
		}
		return nil
	})
	if err != odd || sum.Load() != 45 {
		t.Errorf("sum %d, error %v", sum.Load(), err)
	}
}

func TestMedian(t *testing.T) {
	if m := Median([]int{5, 1, 3}); m != 3 {
		t.Error(m)
	}
}
