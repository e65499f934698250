package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fangzhuo/storage/bolt"
)

// databaseFile is the one file that holds everything.
const databaseFile = "fangzhuo.db"

// controlSocket is where a running program takes orders from its own machine
// and user. Only backups are ordered that way: the database file belongs to the
// running process alone.
const controlSocket = "control.sock"

// backup writes a copy of the data to target. If the bot is running it is asked
// to do it.
func backup(ctx context.Context, data, target string, stdout io.Writer) error {
	target, err := filepath.Abs(target)
	if err != nil {
		return fmt.Errorf("find the backup file's path: %w", err)
	}
	file := filepath.Join(data, databaseFile)
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("no data to back up in %s: name the folder with --data", data)
	}
	store, err := bolt.Open(file, bolt.Options{ReadOnly: true, Schema: schema})
	switch {
	case errors.Is(err, bolt.ErrInUse):
		err = askForBackup(ctx, filepath.Join(data, controlSocket), target)
	case err == nil:
		err = errors.Join(store.BackupFile(ctx, target), store.Close())
	}
	if err != nil {
		return err
	}
	if err := bolt.Verify(target); err != nil {
		return fmt.Errorf("verify the backup: %w", err)
	}
	fmt.Fprintf(stdout, "%s: written and verified\n", target)
	return nil
}

// askForBackup asks the running program for a backup.
func askForBackup(ctx context.Context, socket, target string) error {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	address := "http://control/backup?" + url.Values{"file": {target}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
	if err != nil {
		return fmt.Errorf("ask the running bot for a backup: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running bot for a backup: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	why, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return fmt.Errorf("the running bot could not write the backup: %s", strings.TrimSpace(string(why)))
}

// listenForOrders opens the socket in the data folder, for its owner alone, or
// returns nil: without one (the folder's path is too long for it, or its disk
// has none) the bot works on, and backups need a stop.
func listenForOrders(data string, log *slog.Logger) net.Listener {
	socket := filepath.Join(data, controlSocket)
	err := os.Remove(socket) // left by a process that was killed: the database was free
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	var listener net.Listener
	if err == nil {
		listener, err = net.Listen("unix", socket)
	}
	if err == nil {
		if err = os.Chmod(socket, 0o600); err == nil {
			return listener
		}
		err = errors.Join(err, listener.Close())
	}
	log.Warn("no backups can be asked for while the bot runs", "err", err)
	return nil
}

// takeOrders serves the socket until ctx ends.
func takeOrders(ctx context.Context, listener net.Listener, store *bolt.Store) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		if err := store.BackupFile(r.Context(), r.FormValue("file")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // Serve returns what matters
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the control socket: %w", err)
	}
	return nil
}
