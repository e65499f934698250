package main

import (
	"context"
	"errors"
	"time"

	"fangzhuo/attach"
	"fangzhuo/bot"
	"fangzhuo/calendar"
)

// sweeper drops what the conversation need not remember and what came with
// drafts that were given up, once a day. Its time need not be kept: one sweep
// more does no harm.
type sweeper struct {
	bot    *bot.Bot
	keeper *attach.Keeper
	at     time.Time
}

// sweptAt is the hour of the daily sweep.
const sweptAt = 4

// Next returns when the next sweep is due. After a start that is at once.
func (s *sweeper) Next(context.Context) (time.Time, bool, error) { return s.at, true, nil }

// Fire sweeps and sets the next time.
func (s *sweeper) Fire(ctx context.Context, now time.Time) error {
	s.at = calendar.DateOf(now).Add(1).At(sweptAt, 0)
	return errors.Join(s.bot.Sweep(ctx, now), s.keeper.Sweep(ctx, s.bot.Holds))
}
