package storage_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/mem"
)

func TestInChunks(t *testing.T) {
	var mu sync.Mutex
	sizes := map[int]int{} // first item → how many with it
	no := errors.New("not this one")
	errs := storage.InChunks(t.Context(), mem.New(), []int{0, 1, 2, 3, 4, 5, 6}, 3, func(_ storage.Tx, some []int) error {
		mu.Lock()
		defer mu.Unlock()
		sizes[some[0]] = len(some)
		if slices.Contains(some, 4) {
			return no
		}
		return nil
	})
	if len(sizes) != 3 || sizes[0] != 3 || sizes[3] != 3 || sizes[6] != 1 {
		t.Errorf("chunks %v", sizes)
	}
	if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], no) || errs[2] != nil {
		t.Errorf("errors %v", errs)
	}
	if errs := storage.InChunks(t.Context(), mem.New(), []int(nil), 3, func(storage.Tx, []int) error { return no }); len(errs) != 0 {
		t.Errorf("nothing to do ends in %v", errs)
	}
}
