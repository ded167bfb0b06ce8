-- Each event once, with the newest truth about it, from rows that come in any order and any number of times.
--
-- Copies of one event carry the same idempotency_key: the newest is shown. An event that another came in place of (the original in
-- place of the inferred, a replacement in place of the replaced) is not: the other names its key as supersedes. Whether that row
-- came earlier or later, and whether it has itself been superseded since, makes no difference.
WITH events AS (
  SELECT
    JSON_VALUE(attributes, '$.idempotency_key') AS idempotency_key,
    JSON_VALUE(attributes, '$.supersedes') AS supersedes,
    JSON_VALUE(attributes, '$.stream') AS stream,
    CAST(JSON_VALUE(attributes, '$.event_id') AS INT64) AS event_id,
    JSON_VALUE(attributes, '$.type') AS type,
    JSON_VALUE(attributes, '$.origin') AS origin,
    CAST(JSON_VALUE(attributes, '$.confidence') AS FLOAT64) AS confidence,
    JSON_VALUE(attributes, '$.method') AS method,
    JSON_VALUE(attributes, '$.verification') AS verification,
    data,
    attributes,
    publish_time,
    message_id
  FROM ${deliveries}
),
ranked AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY idempotency_key ORDER BY publish_time DESC, message_id DESC) AS newest
  FROM events
),
superseded AS (
  SELECT DISTINCT supersedes AS idempotency_key FROM events WHERE supersedes IS NOT NULL
)
SELECT
  ranked.idempotency_key,
  ranked.stream,
  ranked.event_id,
  ranked.type,
  ranked.origin,
  ranked.confidence,
  ranked.method,
  ranked.verification,
  ranked.supersedes,
  ranked.data,
  ranked.attributes,
  ranked.publish_time,
  ranked.message_id
FROM ranked
LEFT JOIN superseded ON superseded.idempotency_key = ranked.idempotency_key
WHERE ranked.newest = 1 AND superseded.idempotency_key IS NULL
