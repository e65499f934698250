package outbox

import (
	"context"
	"fmt"

	"fangzhuo/storage"
)

// maxCount is as far as messages are counted: beyond it the number says nothing
// more.
const maxCount = 9999

// Count returns how many messages are due on the named transports and wait, and
// how many were refused, unsure or expired in the last 30 days; neither more than
// 9,999.
func (q *Queue) Count(ctx context.Context, transports ...string) (waiting, unsettled int, err error) {
	tables, err := q.store.Tables(ctx, prefixUnsettled)
	if err != nil {
		return 0, 0, fmt.Errorf("list outcomes: %w", err)
	}
	by := q.Now().UnixMilli()
	err = q.store.View(ctx, func(r storage.Reader) error {
		waiting, unsettled = 0, 0
		for _, name := range transports {
			from := storage.Key(nil).Text(name)
			for place := range r.Scan(tablePending, from, from.End()) {
				if dueOf(place).UnixMilli() > by || waiting == maxCount {
					break
				}
				waiting++
			}
		}
		for _, t := range tables {
			for range r.Scan(t, nil, nil) {
				if unsettled == maxCount {
					return nil
				}
				unsettled++
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count messages: %w", err)
	}
	return waiting, unsettled, nil
}
