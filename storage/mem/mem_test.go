package mem_test

import (
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/storagetest"
)

func TestSuite(t *testing.T) {
	storagetest.Run(t, func(testing.TB) storage.Store { return mem.New() })
}
