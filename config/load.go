package config

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed default.yaml
var builtIn []byte

// Read loads the file at path. Its problems are named after the file without
// its folder. An unreadable file is an ordinary error and no Config.
func Read(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Load(filepath.Base(path), data)
}

// Load reads a configuration. A non-nil error is a Problems; the Config is then
// returned too, as far as it could be understood, so that a caller can add its
// own findings and report Config.Err once.
func Load(name string, data []byte) (*Config, error) {
	c := blankConfig("default.yaml (built in)")
	decode(c, builtIn)
	faults := c.notes.problems // none, a test says so
	c.notes = blankConfig(name).notes
	c.notes.problems = faults
	decode(c, data)
	return c, c.Err()
}

func blankConfig(file string) *Config {
	return &Config{notes: notes{file: file, at: map[string]place{}, broken: map[string]bool{}}}
}
