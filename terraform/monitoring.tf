# Alerts, each with its playbook. All queries are PromQL. The names of Google's metrics in PromQL:
# https://cloud.google.com/monitoring/promql/promql-mapping
locals {
  metric = {
    for name in concat(tolist(local.counters), keys(local.gauges), keys(local.platform_logs), ["comparison_late_seconds", "errors"]) :
    name => "logging_googleapis_com:user_${replace("${var.prefix}_${name}", "-", "_")}"
  }
  logged    = "monitored_resource=\"cloud_run_revision\""
  watched   = "${local.logged},stream!~\"${join("|", concat(["eventmend-probe"], [for stream in var.alerts.ignored_streams : replace(stream, ".", "\\\\.")]))}\""
  published = "pubsub_googleapis_com:topic_message_sizes_count"
  of_topic = {
    for name in keys(local.topology.topics) : name => "monitored_resource=\"pubsub_topic\",topic_id=\"${local.name_prefix}${name}\""
  }
  worked_off_names = concat(
    [for name in keys(local.pushed) : "${local.name_prefix}${name}"], [for subscription in google_pubsub_subscription.bigquery : subscription.name],
    [for subscription in google_pubsub_subscription.dataflow : subscription.name],
  )
  worked_off  = "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${join("|", local.worked_off_names)}\""
  consumed    = "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${local.name_prefix}(consumer-(${join("|", keys(var.consumers))})(-dead-letters)?|bigquery-cleaned-events-dead-letters)\""
  of_validate = "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${local.name_prefix}(${join("|", concat(keys(local.subscriptions_of["validate"]), values(local.source_names)))})\""
  served      = "${local.logged},service_name=~\"${local.name_prefix}(${join("|", keys(local.functions))})\""

  letters_in_10m = "sum(increase(${local.published}{${local.of_topic["dead-letter-queue"]}}[10m]))"
  events_in_10m  = "sum(increase(${local.published}{${local.of_topic["events"]}}[10m]))"

  requests_in_10m = "sum by (service_name) (increase(run_googleapis_com:request_count{${local.served}}[10m]))"
  errors_in_10m   = "sum by (service_name) (increase(run_googleapis_com:request_count{${local.served},response_code_class=\"5xx\"}[10m]))"

  # The events that came under ids that other events hold: those that track published, and those that it refused.
  published_in_1h = "(sum(increase(${local.metric["published"]}_sum{${local.logged_by["track"]},function=\"track\"}[1h])) or vector(0))"
  revisions_in_1h = "(${join(" + ", [
    for counter in ["revision", "letter-ERR_CONFLICT"] :
    "(sum(increase(${local.metric[counter]}_sum{${local.logged_by["track"]},function=\"track\"}[1h])) or vector(0))"
  ])})"

  # The messages for validate, minus those that it passed on or dead-lettered, that Pub/Sub gave up, and that wait.
  # Each event of a split message counts. A topic of a source may be in another project, whose metrics are not here: so what its
  # subscription delivered is counted.
  validate_received = join(" + ", concat(
    [
      for topic in toset([for subscription in local.subscriptions_of["validate"] : subscription.topic]) :
      "(sum(increase(${local.published}{${local.of_topic[topic]}}[6h])) or vector(0))"
    ],
    ["(sum(increase(${local.metric["split"]}_sum{${local.logged_by["validate"]},function=\"validate\"}[6h])) or vector(0))"],
    [
      for name in values(local.source_names) :
      "(sum(increase(pubsub_googleapis_com:subscription_ack_message_count{monitored_resource=\"pubsub_subscription\",subscription_id=\"${local.name_prefix}${name}\"}[6h])) or vector(0))"
    ],
  ))
  validate_unaccounted = join(" - ", concat(["(${local.validate_received})"], [
    for part in concat(
      ["sum(increase(${local.published}{${local.of_topic["validated-events"]}}[6h]))"],
      ["sum(increase(${local.metric["dropped"]}_sum{${local.logged_by["validate"]},function=\"validate\"}[6h]))"],
      [for code in local.codes : "sum(increase(${local.metric["letter-${code}"]}_sum{${local.logged_by["validate"]},function=\"validate\"}[6h]))"],
      [
        "sum(increase(pubsub_googleapis_com:subscription_dead_letter_message_count{${local.of_validate}}[6h]))",
        "sum(pubsub_googleapis_com:subscription_num_undelivered_messages{${local.of_validate}})",
      ],
    ) : "(${part} or vector(0))"
  ]))

  # The deliveries to track, minus the outcomes that it counted and the deliveries that failed.
  track_received = "(sum(increase(${local.metric["received"]}_sum{${local.logged_by["track"]},function=\"track\"}[6h])) or vector(0))"
  track_unaccounted = join(" - ", concat([local.track_received], [
    for part in concat(
      [
        for counter in concat(["published", "suspect", "applied", "dropped", "unneeded"], [for code in local.codes : "letter-${code}"]) :
        "sum(increase(${local.metric[counter]}_sum{${local.logged_by["track"]},function=\"track\"}[6h]))"
      ],
      ["sum(increase(${local.metric["errors"]}{${local.logged_by["track"]},function=\"track\",message=~\"a delivery (failed|met a bug)\"}[6h]))"],
    ) : "(${part} or vector(0))"
  ]))

  # The alerts by the name of their playbooks. The query of a condition has a result only if there is a problem.
  alerts = {
    dead-letter-rate = {
      title    = "Many events are dead-lettered"
      severity = "WARNING"
      conditions = {
        "a large share of the events of ten minutes" = {
          query    = "(${local.letters_in_10m} > ${var.alerts.least_dead_letters}) and (${local.letters_in_10m} > ${var.alerts.dead_letter_share} * (${local.events_in_10m} or vector(0)))"
          duration = "0s"
        }
      }
    }
    oldest-unacked-message = {
      title    = "Messages wait too long"
      severity = "ERROR"
      conditions = {
        "the oldest message of a subscription is old" = {
          query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{${local.worked_off}}) > ${var.alerts.unacked_seconds}"
          duration = "300s"
        }
      }
    }
    anomalies = {
      title    = "A stream behaves unlike before, or differs from its system of record"
      severity = "WARNING"
      conditions = {
        "the Dataflow pipeline found an anomaly" = {
          query    = "sum(increase(${local.published}{${local.of_topic["anomalies"]}}[10m])) > 0"
          duration = "0s"
        }
      }
    }
    consumer-lags = {
      title    = "A consumer does not keep up"
      severity = "ERROR"
      conditions = {
        "the oldest message of a consumer is old, or a dead letter of it waits" = {
          query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{${local.consumed}}) > ${var.alerts.unacked_seconds}"
          duration = "300s"
        }
      }
    }
    gap-age = {
      title    = "A gap stays open"
      severity = "WARNING"
      conditions = {
        "the oldest gap of a stream is old" = {
          query    = "${local.average["oldest_gap_seconds"]} > ${var.alerts.gap_age_seconds}"
          duration = "0s"
        }
      }
    }
    watermark-lag = {
      title    = "A watermark lags behind"
      severity = "WARNING"
      conditions = {
        "the watermark of a stream is far below its highest id" = {
          query    = "${local.average["watermark_lag"]} > ${var.alerts.watermark_lag_events}"
          duration = "600s"
        }
        "the watermark of a stream has stood for long" = {
          query    = "${local.average["watermark_lag_seconds"]} > ${var.alerts.watermark_lag_seconds}"
          duration = "0s"
        }
      }
    }
    outliers = {
      title    = "Ids are far from all others"
      severity = "WARNING"
      conditions = {
        "many ids of a stream in an hour were far from all others" = {
          query    = "sum by (stream) (increase(${local.metric["new_outliers"]}_sum{${local.watched}}[1h])) > ${var.alerts.least_outliers}"
          duration = "0s"
        }
      }
    }
    late-comparison = {
      title    = "A comparison with a system of record is late"
      severity = "WARNING"
      conditions = {
        "a stream was not compared up to now" = {
          query    = "${local.late_comparison} > ${var.alerts.comparison_late_seconds}"
          duration = "0s"
        }
      }
    }
    mixed-sequence = {
      title    = "Numbering restarted, or producers share a stream"
      severity = "WARNING"
      conditions = {
        "a large share of the events of an hour came under ids that other events hold" = {
          query    = "(${local.revisions_in_1h} > ${var.alerts.least_revisions}) and (${local.revisions_in_1h} > ${var.alerts.revision_share} * ${local.published_in_1h})"
          duration = "0s"
        }
      }
    }
    doubtful-gaps = {
      title    = "Gaps do not look like losses"
      severity = "WARNING"
      conditions = {
        # A slow stream has a doubtful gap only now and then, so the sweeps of an hour count.
        "gaps of a stream were doubtful in the last hour" = {
          query    = "sum by (stream) (increase(${local.metric["doubtful_gaps"]}_sum{${local.watched}}[1h])) > 0"
          duration = "0s"
        }
      }
    }
    too-many-streams = {
      title    = "A source makes too many streams"
      severity = "WARNING"
      conditions = {
        "events that would make more streams than maxStreams were refused" = {
          query    = "sum(increase(${local.metric["stream-refused"]}_sum{${local.logged_by["track"]},function=\"track\"}[10m])) > 0"
          duration = "0s"
        }
      }
    }
    letters-expired = {
      title    = "Open dead letters were discarded"
      severity = "WARNING"
      conditions = {
        "open letters were older than openDays allows" = {
          query    = "sum(increase(${local.metric["expired-letter"]}_sum{${local.logged},function=\"sweep\"}[10m])) > 0"
          duration = "0s"
        }
      }
    }
    books-out-of-balance = {
      title    = "The books do not balance"
      severity = "CRITICAL"
      conditions = {
        "validate passed on fewer messages than it was sent" = {
          query    = "(${local.validate_unaccounted}) > clamp_min(${var.alerts.unaccounted_share} * (${local.validate_received}), ${var.alerts.least_unaccounted})"
          duration = "1800s"
        }
        "track counted other outcomes than deliveries" = {
          query    = "abs(${local.track_unaccounted}) > clamp_min(${var.alerts.unaccounted_share} * ${local.track_received}, ${var.alerts.least_unaccounted})"
          duration = "1800s"
        }
      }
    }
    function-errors = {
      title    = "A function fails"
      severity = "ERROR"
      conditions = merge(local.worker_conditions, {
        "a large share of a function's requests" = {
          query    = "(${local.errors_in_10m} / ${local.requests_in_10m} > ${var.alerts.error_share}) and (${local.errors_in_10m} > ${var.alerts.least_errors})"
          duration = "600s"
        }
        "a system of record that refuses its key" = {
          query    = "sum by (function) (increase(${local.metric["errors"]}{${local.logged},message=\"a system of record refused its key\"}[10m])) > 0"
          duration = "0s"
        }
        "a bug of ours, or a message that nobody can read" = {
          query    = "sum by (function) (increase(${local.metric["errors"]}{${local.logged},message=~\"a delivery met a bug|a message could not be read\"}[10m])) > 0"
          duration = "0s"
        }
      })
    }
  }

  # The mean lateness of each comparison in the last half-hour. A run is due every five minutes.
  late_comparison = join(" / ", [
    for part in ["sum", "count"] : "sum by (stream, list) (increase(${local.metric["comparison_late_seconds"]}_${part}{${local.logged}}[30m]))"
  ])

  # The mean of each gauge of a stream in the last ten minutes.
  average = {
    for gauge in keys(local.gauges) : gauge => join(" / ", [
      for part in ["sum", "count"] : "sum by (stream) (increase(${local.metric[gauge]}_${part}{${local.watched}}[10m]))"
    ])
  }
}

locals {
  notification_channels = concat(tolist(var.alerts.notification_channels), [for channel in google_monitoring_notification_channel.email : channel.id])
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alerts.emails

  project      = var.project_id
  display_name = "${local.title}: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
  user_labels  = local.labels
  # An alert that still names the channel would not let it go.
  force_delete = true

  depends_on = [google_project_service.main]
}

resource "google_monitoring_alert_policy" "main" {
  for_each = merge(local.alerts, local.platform_alerts)

  project               = var.project_id
  display_name          = "${local.title}: ${each.value.title}"
  severity              = each.value.severity
  combiner              = "OR"
  notification_channels = local.notification_channels
  user_labels           = local.labels

  dynamic "conditions" {
    for_each = each.value.conditions
    content {
      display_name = conditions.key

      condition_prometheus_query_language {
        query               = conditions.value.query
        duration            = conditions.value.duration
        evaluation_interval = "60s"
        # A log-based metric exists only after the first log entry.
        disable_metric_validation = true
      }
    }
  }

  documentation {
    content   = local.playbooks[each.key]
    mime_type = "text/markdown"

    links {
      display_name = "Dashboard"
      url          = local.dashboard_url
    }
    links {
      display_name = "Errors of the functions"
      url          = "https://console.cloud.google.com/logs/query;query=${urlencode("${local.logs_of_functions} AND severity>=ERROR")}?project=${var.project_id}"
    }
  }

  depends_on = [google_logging_metric.comparison, google_logging_metric.count, google_logging_metric.gauge, google_logging_metric.errors, google_logging_metric.platform]
}
