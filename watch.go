package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"fangzhuo/chat"
)

// offlineFor is how long a link may be down before somebody is told.
const offlineFor = 10 * time.Minute

// watch tells people when a network has been down too long: on the terminal at
// once, and the staff in chat when that works again, so that they know what to
// ask for anew. It alarms once for each outage.
type watch struct {
	link    chat.Reporter
	now     func() time.Time
	out     io.Writer
	tell    func(ctx context.Context, since time.Time) error
	alarmed time.Time // the outage that was told, by its beginning
	down    time.Time // since when the link has been down; zero while it is up
}

// Next returns when the present outage is to be told.
func (w *watch) Next(context.Context) (time.Time, bool, error) {
	if w.link.LinkState().Phase == chat.Online {
		w.down = time.Time{}
		return time.Time{}, false, nil
	}
	if w.down.IsZero() {
		w.down = w.now()
	}
	return w.down.Add(offlineFor), !w.alarmed.Equal(w.down), nil
}

// Fire tells of the outage.
func (w *watch) Fire(ctx context.Context, _ time.Time) error {
	if err := w.tell(ctx, w.down); err != nil {
		return err
	}
	fmt.Fprintln(w.out, "机器人离线超过10分钟，请改用电话登记。 Offline for over 10 minutes: take matters by phone.")
	w.alarmed = w.down
	return nil
}
