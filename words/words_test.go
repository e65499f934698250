package words_test

import (
	"testing"

	"fangzhuo/words"
)

func TestChineseOpens(t *testing.T) {
	if _, err := words.Open(words.Chinese); err != nil {
		t.Fatal(err)
	}
}
