locals {
  # The charts by title: the name and the query of each line.
  charts = {
    "Events in and out, a second" = {
      for topic in ["events", "cleaned-events", "dead-letter-queue", "mended-events"] :
      topic => "sum(rate(${local.published}{${local.of_topic[topic]}}[5m]))"
    }
    "Outcomes, a second" = {
      for counter in ["published", "revision", "duplicate", "suspect", "applied", "dropped"] :
      counter => "sum(rate(${local.metric[counter]}_sum{${local.logged},function=\"track\"}[5m]))"
    }
    "Dead letters by code, a minute" = {
      for code in local.codes : code => "60 * sum(rate(${local.metric["letter-${code}"]}_sum{${local.logged}}[5m]))"
    }
    "Oldest message that waits, in seconds" = {
      subscriptions = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{${local.worked_off}})"
    }
    "Watermark lag, in events"  = { streams = local.average["watermark_lag"] }
    "Oldest gap, in seconds"    = { streams = local.average["oldest_gap_seconds"] }
    "Gaps that are not settled" = { streams = local.average["unresolved_gaps"] }
    "Doubtful gaps, an hour" = {
      streams = "sum by (stream) (increase(${local.metric["doubtful_gaps"]}_sum{${local.watched}}[1h]))"
    }
    "Without outcome, in six hours" = {
      validate = local.validate_unaccounted
      track    = local.track_unaccounted
    }
    "Errors, a minute" = {
      functions = "60 * sum by (function, message) (rate(${local.metric["errors"]}{${local.logged}}[5m]))"
    }
    "Instances" = {
      functions = "sum by (service_name) (run_googleapis_com:container_instance_count{${local.served}})"
    }
    "Time of a request, 99th percentile, in milliseconds" = {
      functions = "histogram_quantile(0.99, sum by (service_name, le) (rate(run_googleapis_com:request_latencies_bucket{${local.served}}[5m])))"
    }
    "Firestore operations, a second" = {
      reads  = "sum(rate(firestore_googleapis_com:document_read_ops_count[5m]))"
      writes = "sum(rate(firestore_googleapis_com:document_write_ops_count[5m]))"
    }
  }
}

resource "google_monitoring_dashboard" "main" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = local.title
    gridLayout = {
      columns = "3"
      widgets = [
        for title, lines in local.charts : {
          title = title
          xyChart = {
            dataSets = [
              for name, query in lines : {
                plotType        = "LINE"
                legendTemplate  = length(lines) > 1 ? name : ""
                timeSeriesQuery = { prometheusQuery = query }
              }
            ]
          }
        }
      ]
    }
  })

  depends_on = [google_logging_metric.count, google_logging_metric.gauge, google_logging_metric.errors]
}
