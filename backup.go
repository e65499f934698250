package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"fangzhuo/attach"
	"fangzhuo/storage/bolt"
)

// databaseFile is the one file that holds everything but what people sent along,
// which is in attachmentsFolder. What is said in the sandbox is not the office's,
// no more than what WeChat keeps is: it stands in chatsFile and chatsFolder, and
// is in no backup.
const (
	databaseFile      = "fangzhuo.db"
	attachmentsFolder = "files"
	chatsFile         = "sandbox.db"
	chatsFolder       = "sandbox"
)

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
		_, err = askRunning(ctx, data, "backup?"+url.Values{"file": {target}}.Encode(), nil)
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
	return backupAttachments(data, filepath.Dir(target), stdout)
}

// backupAttachments copies what people sent along into a folder beside the
// backup. What an earlier backup put there need not be copied again.
func backupAttachments(data, beside string, stdout io.Writer) error {
	to := filepath.Join(beside, attachmentsFolder)
	copied, there, err := attach.Copy(filepath.Join(data, attachmentsFolder), to)
	if copied+there > 0 {
		fmt.Fprintf(stdout, "%s: %d pictures and files copied, %d were there; they belong to the backup\n", to, copied, there)
	}
	return err
}
