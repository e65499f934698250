package main

import (
	"context"
	"errors"

	"fangzhuo/storage"
)

// session keeps the WeChat login in the store, whose file only its owner can
// read.
type session struct{ store storage.Store }

const sessionTable storage.Table = "wechat"

var sessionKey = []byte("session")

// Load returns the stored session, or nil.
func (s session) Load(ctx context.Context) (value []byte, err error) {
	err = s.store.View(ctx, func(r storage.Reader) error {
		value, err = r.Get(sessionTable, sessionKey)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		return err
	})
	return value, err
}

// Save replaces the stored session.
func (s session) Save(ctx context.Context, value []byte) error {
	return s.store.Update(ctx, func(tx storage.Tx) error { return tx.Put(sessionTable, sessionKey, value) })
}
