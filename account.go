package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fangzhuo/config"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// newAccount lets another WeChat account log in (换号), for the day on which the
// old one is banned: until then a scan with any other is refused. Matters,
// people and groups stay; they do not hang on the account.
func newAccount(ctx context.Context, file string, stdout io.Writer) (err error) {
	cfg, err := config.Read(file)
	if err != nil {
		return err
	}
	database := filepath.Join(cfg.Data, databaseFile)
	if _, err := os.Stat(database); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(stdout, "no account has logged in yet: start the bot and scan")
		return nil
	}
	store, err := bolt.Open(database, bolt.Options{Schema: schema})
	if errors.Is(err, bolt.ErrInUse) {
		return errors.New("the bot is running: stop it first, then change the account")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	err = store.Update(ctx, func(tx storage.Tx) error { return tx.Delete(sessionTable, sessionKey) })
	if err != nil {
		return fmt.Errorf("forget the account: %w", err)
	}
	fmt.Fprintln(stdout, "the old account is forgotten. Start the bot and scan with the new one; then set the remarks and save the groups on its phone (docs/wechat.md)")
	return nil
}
