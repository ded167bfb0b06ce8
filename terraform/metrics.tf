# Metrics from the functions' logs. A log line holds a count or a gauge, so the metrics are distributions. Queries use only their
# sums and counts (PromQL: NAME_sum, NAME_count), so one bucket is enough.
locals {
  # The counters of shared/ports.ts, and one for the letters of each code.
  plain_counters = ["received", "attribute-renamed", "split", "unknown-type", "published", "dropped", "unneeded", "applied", "duplicate", "suspect", "revision", "overtaken", "recovered", "timestamp-ahead", "stream-refused", "expired-letter", "front-dropped", "mark-lost"]
  codes = [
    "ERR_UNDECODABLE", "ERR_INVALID_EVENT", "ERR_INVALID_PAYLOAD", "ERR_UNKNOWN_TYPE", "ERR_TOO_LARGE", "ERR_DUPLICATE",
    "ERR_CONFLICT", "ERR_INCORRECT", "ERR_SEQUENCE_JUMP", "ERR_STALE", "ERR_GAP_UNRECOVERABLE", "ERR_DELIVERY",
  ]
  counters = toset(concat(local.plain_counters, [for code in local.codes : "letter-${code}"]))

  # The gauges that sweep logs for each stream: the metric, and the member of the log's `sweep`.
  gauges = {
    watermark_lag      = "lag"
    oldest_gap_seconds = "oldestGapSeconds"
    unresolved_gaps    = "unresolvedGaps"
    doubtful_gaps      = "doubtfulGaps"
  }
}

resource "google_logging_metric" "count" {
  for_each = local.counters

  name            = "eventmend/${each.key}"
  description     = "Events counted as ${each.key}."
  filter          = "resource.type=\"cloud_run_revision\" AND jsonPayload.message=\"counts\" AND jsonPayload.counts.\"${each.key}\">0"
  value_extractor = "EXTRACT(jsonPayload.counts.\"${each.key}\")"

  label_extractors = { function = "EXTRACT(jsonPayload.function)" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"

    labels {
      key         = "function"
      value_type  = "STRING"
      description = "The function that counted."
    }
  }

  bucket_options {
    explicit_buckets {
      bounds = [1]
    }
  }

  depends_on = [google_project_service.main]
}

resource "google_logging_metric" "gauge" {
  for_each = local.gauges

  name            = "eventmend/${each.key}"
  description     = "The ${each.value} of a stream, as sweep logs it."
  filter          = "resource.type=\"cloud_run_revision\" AND jsonPayload.message=\"swept\" AND jsonPayload.sweep.${each.value}>=0"
  value_extractor = "EXTRACT(jsonPayload.sweep.${each.value})"

  label_extractors = { stream = "EXTRACT(jsonPayload.sweep.stream)" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"

    labels {
      key         = "stream"
      value_type  = "STRING"
      description = "The stream that was swept."
    }
  }

  bucket_options {
    explicit_buckets {
      bounds = [1]
    }
  }

  depends_on = [google_project_service.main]
}

resource "google_logging_metric" "errors" {
  name        = "eventmend/errors"
  description = "Errors that the functions logged."
  filter      = "resource.type=\"cloud_run_revision\" AND severity>=ERROR AND jsonPayload.function:*"

  label_extractors = {
    function = "EXTRACT(jsonPayload.function)"
    message  = "EXTRACT(jsonPayload.message)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key         = "function"
      value_type  = "STRING"
      description = "The function that failed."
    }
    labels {
      key         = "message"
      value_type  = "STRING"
      description = "The kind of failure."
    }
  }

  depends_on = [google_project_service.main]
}
