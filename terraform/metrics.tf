# What the functions log, as metrics. A line of the log holds a count or a gauge of its own making, so the metrics are distributions
# of these: only their sums and counts are asked for (PromQL: NAME_sum, NAME_count), and one bucket does.
locals {
  # What the functions count: shared/ports.ts, and a letter of each code.
  plain_counters = ["received", "provenance-stripped", "unknown-type", "published", "dropped", "unneeded", "applied", "duplicate", "suspect", "mark-lost"]
  codes = [
    "ERR_UNDECODABLE", "ERR_INVALID_EVENT", "ERR_INVALID_PAYLOAD", "ERR_UNKNOWN_TYPE", "ERR_TOO_LARGE", "ERR_DUPLICATE",
    "ERR_CONFLICT", "ERR_INCORRECT", "ERR_SEQUENCE_JUMP", "ERR_STALE", "ERR_GAP_UNRECOVERABLE", "ERR_DELIVERY",
  ]
  counters = toset(concat(local.plain_counters, [for code in local.codes : "letter-${code}"]))

  # What sweep says of each stream it has swept: the metric, and the member of the log's `sweep`.
  gauges = {
    watermark_lag      = "lag"
    oldest_gap_seconds = "oldestGapSeconds"
    unresolved_gaps    = "unresolvedGaps"
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
  description     = "What sweep says of a stream: ${each.value}."
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
  description = "Errors, which make a message come again."
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
      description = "What failed; one of a few."
    }
  }

  depends_on = [google_project_service.main]
}
