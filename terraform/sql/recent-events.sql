-- The current events that were published in the last ${days} days. Only the partitions of those days and of ${margin_days} more are read: a
-- row is superseded by one that came later, or at most ${margin_days} days earlier, since no topic keeps a message for longer.
SELECT *
FROM (
${current_events}
)
WHERE publish_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${days} DAY)
