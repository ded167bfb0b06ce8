# Metrics from the functions' logs. A log line holds a count or a gauge, so the metrics are distributions. Queries use only their
# sums and counts (PromQL: NAME_sum, NAME_count), so one bucket is enough.
locals {
  # The logs of the functions of this deployment, and of its worker: a project can hold several.
  logs_of_services  = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${join(" OR ", [for name in keys(local.functions) : "\"${local.name_prefix}${name}\""])})"
  logs_of_worker    = "resource.type=\"cloud_run_worker_pool\" AND resource.labels.worker_pool_name=\"${var.prefix}-worker\""
  logs_of_functions = var.mode == "push" ? local.logs_of_services : "((${local.logs_of_services}) OR (${local.logs_of_worker}))"

  # The counters of shared/ports.ts, one for the letters of each code, and those of shared/tracking/time-to-clean.ts.
  plain_counters = ["received", "tick", "attribute-renamed", "split", "unknown-type", "published", "dropped", "unneeded", "applied", "duplicate", "suspect", "revision", "overtaken", "recovered", "timestamp-ahead", "stream-refused", "expired-letter", "front-dropped", "mark-lost"]
  codes = [
    "ERR_UNDECODABLE", "ERR_INVALID_EVENT", "ERR_INVALID_PAYLOAD", "ERR_UNKNOWN_TYPE", "ERR_TOO_LARGE", "ERR_DUPLICATE",
    "ERR_CONFLICT", "ERR_INCORRECT", "ERR_SEQUENCE_JUMP", "ERR_STALE", "ERR_GAP_UNRECOVERABLE", "ERR_DELIVERY",
  ]
  late_after_seconds = [1, 5, 15, 60, 300, 900, 3600]
  clean_counters = flatten([
    for way in ["direct", "checked"] : concat(["clean-${way}"], [for seconds in local.late_after_seconds : "clean-${way}-over-${seconds}s"])
  ])
  counters = toset(concat(local.plain_counters, [for code in local.codes : "letter-${code}"], local.clean_counters))

  # The gauges that sweep logs for each stream: the metric, and the member of the log's `sweep`.
  gauges = {
    watermark_lag         = "lag"
    watermark_lag_seconds = "lagSeconds"
    new_outliers          = "newOutliers"
    oldest_gap_seconds    = "oldestGapSeconds"
    unresolved_gaps       = "unresolvedGaps"
    doubtful_gaps         = "doubtfulGaps"
  }
}

resource "google_logging_metric" "count" {
  for_each = local.counters

  project         = var.project_id
  name            = "${var.prefix}/${each.key}"
  description     = "Events counted as ${each.key}."
  filter          = "${local.logs_of_functions} AND jsonPayload.message=\"counts\" AND jsonPayload.counts.\"${each.key}\">0"
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

  project         = var.project_id
  name            = "${var.prefix}/${each.key}"
  description     = "The ${each.value} of a stream, as sweep logs it."
  filter          = "${local.logs_of_functions} AND jsonPayload.message=\"swept\" AND jsonPayload.sweep.${each.value}>=0"
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

resource "google_logging_metric" "comparison" {
  project         = var.project_id
  name            = "${var.prefix}/comparison_late_seconds"
  description     = "By how much the comparison of a stream with a list of a system of record is late, as sweep logs it."
  filter          = "${local.logs_of_functions} AND jsonPayload.message=\"compared\" AND jsonPayload.comparison.lateSeconds>=0"
  value_extractor = "EXTRACT(jsonPayload.comparison.lateSeconds)"

  label_extractors = {
    stream = "EXTRACT(jsonPayload.comparison.stream)"
    list   = "EXTRACT(jsonPayload.comparison.list)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"

    labels {
      key         = "stream"
      value_type  = "STRING"
      description = "The stream that is compared."
    }
    labels {
      key         = "list"
      value_type  = "STRING"
      description = "The list of the system of record."
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
  project     = var.project_id
  name        = "${var.prefix}/errors"
  description = "Errors that the functions logged."
  filter      = "${local.logs_of_functions} AND severity>=ERROR AND jsonPayload.function:*"

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
