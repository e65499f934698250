package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fangzhuo/storage/bolt"
)

// controlSocket is where a running program takes orders from its own machine
// and user: backups, and matters to register. The database file belongs to the
// running process alone.
const controlSocket = "control.sock"

// answerError is a refusal by the running program, which was reached.
type answerError struct{ why string }

func (e *answerError) Error() string { return e.why }

// askRunning gives the program that runs on the data folder an order and returns
// its answer.
func askRunning(ctx context.Context, data, what string, body io.Reader) (string, error) {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(data, controlSocket))
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/"+what, body)
	if err != nil {
		return "", fmt.Errorf("ask the running bot: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask the running bot, which has the data open: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	switch {
	case err != nil:
		return "", fmt.Errorf("hear the running bot: %w", err)
	case resp.StatusCode != http.StatusOK:
		return "", &answerError{strings.TrimSpace(string(answer))}
	}
	return string(answer), nil
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
	log.Warn("no orders can be given while the bot runs: no backup, no register", "err", err)
	return nil
}

// takeOrders serves the socket until ctx ends.
func takeOrders(ctx context.Context, listener net.Listener, store *bolt.Store, r registrar) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, req *http.Request) {
		if err := store.BackupFile(req.Context(), req.FormValue("file")); err != nil {
			http.Error(w, "the running bot could not write the backup: "+err.Error(), http.StatusInternalServerError)
		}
	})
	mux.Handle("POST /register", r)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // Serve returns what matters
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the control socket: %w", err)
	}
	return nil
}
