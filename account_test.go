package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// officeFile writes the sample mine's config with its data in a folder.
func officeFile(t *testing.T, data string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := "data: " + data + "\n" + string(demoConfig)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// On the day the account is banned, another may take its place: not before the
// office says so, and without losing a matter.
func TestNewAccount(t *testing.T) {
	data := t.TempDir()
	file := officeFile(t, data)
	code, stdout, _ := command(t, "new-account", "--config", file)
	if code != exitOK || !strings.Contains(stdout, "no account has logged in yet") {
		t.Errorf("before the first login: exit %d, %q", code, stdout)
	}

	store := openDatabase(t, filepath.Join(data, databaseFile), schema)
	if err := (session{store}).Save(t.Context(), []byte("old")); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := command(t, "new-account", "--config", file)
	if code != exitFailure || !strings.Contains(stderr, "stop it first") {
		t.Errorf("while the bot runs: exit %d, %q", code, stderr)
	}
	oneLine(t, stderr)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	if code, stdout, stderr := command(t, "new-account", "--config", file); code != exitOK || !strings.Contains(stdout, "scan with the new one") {
		t.Errorf("at rest: exit %d, %q, %q", code, stdout, stderr)
	}
	store = openDatabase(t, filepath.Join(data, databaseFile), schema)
	defer store.Close()
	if kept, err := (session{store}).Load(t.Context()); err != nil || kept != nil {
		t.Errorf("the session is still there: %q, %v", kept, err)
	}
}
