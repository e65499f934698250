// Command fangzhuo (方桌) is a chat bot for the work groups of a mine: workers say
// what is wrong, petition staff follow it up, leaders ask how it stands. See
// README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"fangzhuo/calendar"
	"fangzhuo/config"
)

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // something went wrong, or the config has problems
	exitUsage   = 2 // the command line is not one
)

// gcPercent lets the heap grow to four times what lives on it: a few megabytes
// more, and look-ups that are a third faster (docs/performance.md).
const gcPercent = 300

func main() {
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// wall is the office's clock, the one place where the time comes in.
func wall() time.Time { return time.Now().In(calendar.Zone) }

// run is the program without its process: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := commandLine(ctx, stdin, stdout, stderr)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	var bad *runError
	var problems config.Problems
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &problems): // each line begins with its place in the file
		fmt.Fprintln(stderr, problems)
		return exitFailure
	case errors.As(err, &bad):
		fmt.Fprintln(stderr, "fangzhuo:", bad.err)
		return exitFailure
	}
	fmt.Fprintf(stderr, "fangzhuo: %v\nhint: %s --help\n", err, cmd.CommandPath())
	return exitUsage
}

// runError marks an error of the work itself, as against one of the command
// line.
type runError struct{ err error }

func (e *runError) Error() string { return e.err.Error() }
func (e *runError) Unwrap() error { return e.err }

func works(err error) error {
	if err == nil {
		return nil
	}
	return &runError{err}
}

// commandLine is the whole command line; cobra adds help and completion.
func commandLine(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "fangzhuo",
		Short:         "The square table: a petition office's bot for work groups (方桌)",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetContext(ctx)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(demoCommand(stdout, stderr), runCommand(stdout, stderr), registerCommand(stdin, stdout, stderr),
		checkCommand(stdout), backupCommand(stdout), newAccountCommand(stdout), versionCommand(stdout))
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil { // without a run it takes any shell and exits with 0
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	return root
}

func demoCommand(stdout, stderr io.Writer) *cobra.Command {
	var s setup
	var now string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try everything in a browser: no account, no config (试用)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if now != "" {
				at, err := time.Parse(time.RFC3339, now)
				if err != nil {
					return fmt.Errorf("--now %q is not a time: write it like 2026-12-07T08:00:00+08:00", now)
				}
				s.start = at.In(calendar.Zone)
			}
			return works(demo(cmd.Context(), s, stdout, stderr))
		},
	}
	cmd.Flags().StringVar(&s.listen, "listen", "", "address of the page (default 127.0.0.1:8080)")
	cmd.Flags().StringVar(&s.data, "data", "", "folder that keeps the state (default: a temporary one, removed at the end)")
	cmd.Flags().StringVar(&now, "now", "", "where the clock starts, like 2026-12-07T08:00:00+08:00")
	return cmd
}

func runCommand(stdout, stderr io.Writer) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "run --config config.yaml",
		Short: "Do the office's work (正式运行)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return works(runOffice(cmd.Context(), file, stdout, stderr))
		},
	}
	withConfig(cmd, &file)
	return cmd
}

func registerCommand(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	a := asking{in: stdin, out: stdout}
	cmd := &cobra.Command{
		Use:   "register --config config.yaml",
		Short: "Write a matter down for somebody, with or without the bot (登记来电、来访、来信)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if isTerminal(stdin) {
				a.prompt = stderr
			}
			err := a.run(cmd.Context())
			var usage usageError
			if errors.As(err, &usage) {
				return err
			}
			return works(err)
		},
	}
	withConfig(cmd, &a.config)
	cmd.Flags().StringVar(&a.Channel, "channel", "", "how it came: 来电, 来访, 来信 or 微信")
	cmd.Flags().StringVar(&a.Name, "name", "", "who it is from, if they want to be known")
	cmd.Flags().StringVar(&a.Contact, "contact", "", "how to reach them")
	cmd.Flags().StringVar(&a.Signature, "sign", "", "实名, 保密 or 匿名 (default: what the text says, else 保密)")
	cmd.Flags().IntVar(&a.Persons, "persons", 0, "how many came, for a visit")
	cmd.Flags().StringVar(&a.As, "as", "", "the id of whoever of the staff writes it down")
	return cmd
}

// isTerminal reports whether somebody sits at the input.
func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func checkCommand(stdout io.Writer) *cobra.Command {
	var file string
	var alarm bool
	cmd := &cobra.Command{
		Use:   "check --config config.yaml",
		Short: "Check a config; print the next reception days and what is sent next (检查配置)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := check(file, wall(), stdout)
			if err == nil && alarm {
				err = tryAlarms(cmd.Context(), file, wall, stdout)
			}
			return works(err)
		},
	}
	cmd.Flags().BoolVar(&alarm, "alarm", false, "send a test message to each of the alarms (试发一条)")
	withConfig(cmd, &file)
	return cmd
}

func backupCommand(stdout io.Writer) *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of all data, also while the bot runs (备份)",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name one file to write the backup to")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return works(backup(cmd.Context(), data, args[0], stdout))
		},
	}
	cmd.Flags().StringVar(&data, "data", "data", "folder that keeps the state")
	return cmd
}

func newAccountCommand(stdout io.Writer) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "new-account --config config.yaml",
		Short: "Let another WeChat account log in, when the old one is banned (换微信号)",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return works(newAccount(cmd.Context(), file, stdout)) },
	}
	withConfig(cmd, &file)
	return cmd
}

func versionCommand(stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version (版本)",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { fmt.Fprintln(stdout, "fangzhuo", version()) },
	}
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "unreleased"
}

func withConfig(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "config", "config.yaml", "the configuration file")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml") // fails only for a flag that is not there
}
