package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// writerEnv holds the file that a child process of the crash test writes.
const writerEnv = "BOLT_TEST_WRITE"

func TestMain(m *testing.M) {
	for env, work := range map[string]func(path string) error{writerEnv: writeForever, scrubberEnv: scrubForever} {
		if path := os.Getenv(env); path != "" {
			fmt.Fprintln(os.Stderr, work(path))
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForever prints each number after it is acknowledged.
func writeForever(path string) error {
	s, err := bolt.Open(path, bolt.Options{Schema: 1})
	if err != nil {
		return err
	}
	var print sync.Mutex
	errs := make(chan error)
	for worker := range 4 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d/%d/%06d", os.Getpid(), worker, i)
				if err := s.Update(context.Background(), func(tx storage.Tx) error { return putPair(tx, key) }); err != nil {
					errs <- err
				}
				print.Lock()
				fmt.Println(key)
				print.Unlock()
			}
		}()
	}
	return <-errs
}

// putPair writes a record and its event, which must come or go together.
func putPair(tx storage.Tx, key string) error {
	if err := tx.Put("cases", []byte(key), make([]byte, 600)); err != nil {
		return err
	}
	return tx.Put("events", []byte(key), []byte(key))
}

// Said is kept: what was acknowledged is there after kill -9 at any moment.
func TestKilledWriterLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	var said []string
	for round := range 10 {
		said = append(said, killedAfter(t, path, 20+37*round, writerEnv)...)
		s := open(t, path)
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := s.View(t.Context(), func(r storage.Reader) error { return allKept(r, said) }); err != nil {
			t.Fatalf("round %d, %d acknowledged: %v", round, len(said), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func allKept(r storage.Reader, said []string) error {
	for _, key := range said {
		if _, err := r.Get("cases", []byte(key)); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	for key := range r.Scan("cases", nil, nil) {
		if _, err := r.Get("events", key); err != nil {
			return fmt.Errorf("half of %s: %w", key, err)
		}
	}
	return nil
}

// killedAfter runs a child process, the one that env stands for, until it has
// said n lines, kills it, and returns all it said.
func killedAfter(t *testing.T, path string, n int, env string) (said []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), env+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // the pipe is read to its end: said before death counts
			break
		}
		if said = append(said, strings.TrimSuffix(line, "\n")); len(said) == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(said) < n {
		t.Fatalf("writer ended by itself after %d lines: %v", len(said), err)
	}
	return said
}
