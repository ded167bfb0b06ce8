-- Each event once, in its newest version. The rows may come in any order, and several times.
--
-- Copies of one event have the same idempotency_key, and the newest one is shown. A superseded event is not shown: another row
-- names its key as supersedes. It does not matter whether that row came earlier or later, or whether that row is itself
-- superseded.
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
