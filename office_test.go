package main

import (
	"slices"
	"testing"

	"fangzhuo/config"
	"fangzhuo/schedule"
)

// A group whose stages are all off hears of no change either; one with a single
// stage does.
func TestSilentGroupHearsOfNoChange(t *testing.T) {
	cfg, err := config.Read("config/testdata/good-minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, err := understand(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range o.receptionTargets() {
		for _, s := range []schedule.Stage{schedule.Moved, schedule.Cancelled} {
			if silent := target.ID == "jg"; slices.Contains(target.Off, s) != silent {
				t.Errorf("group %s, stage %s: off is %t", target.ID, s, !silent)
			}
		}
	}
}
