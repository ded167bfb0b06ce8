locals {
  # The charts by title: the name and the query of each line.
  charts = {
    "Events in and out, a second" = {
      for topic in ["events", "cleaned-events", "dead-letter-queue", "mended-events"] :
      topic => "sum(rate(${local.published}{${local.of_topic[topic]}}[5m]))"
    }
    "Outcomes, a second" = {
      for counter in ["published", "revision", "duplicate", "suspect", "applied", "dropped"] :
      counter => "sum(rate(${local.metric[counter]}_sum{${local.logged_by["track"]},function=\"track\"}[5m]))"
    }
    "Dead letters by code, a minute" = {
      for code in local.codes : code => "60 * (${join(" + ", [
        for by in local.loggers : "(sum(rate(${local.metric["letter-${code}"]}_sum{${by}}[5m])) or vector(0))"
      ])})"
    }
    "Late events, as a share" = {
      for seconds in local.late_after_seconds : "over ${seconds} s" => join(" / ", [
        for counter in ["clean-direct-over-${seconds}s", "clean-direct"] : local.clean_events["600s"][counter]
      ])
    }
    "Late events that verify checked, as a share" = {
      for seconds in local.late_after_seconds : "over ${seconds} s" => join(" / ", [
        for counter in ["clean-checked-over-${seconds}s", "clean-checked"] : local.clean_events["600s"][counter]
      ])
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
      functions = join(" or ", [
        for by in local.loggers : "60 * sum by (function, message) (rate(${local.metric["errors"]}{${by}}[5m]))"
      ])
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

  # The charts by section, in the order of the dashboard.
  sections = [
    { title = "Events", charts = [
      "Events in and out, a second", "Outcomes, a second", "Dead letters by code, a minute", "Late events, as a share", "Late events that verify checked, as a share",
    ] },
    { title = "Waiting and missing", charts = [
      "Oldest message that waits, in seconds", "Watermark lag, in events", "Oldest gap, in seconds", "Gaps that are not settled", "Doubtful gaps, an hour",
      "Without outcome, in six hours",
    ] },
    { title = "Functions and database", charts = [
      "Errors, a minute", "Instances", "Time of a request, 99th percentile, in milliseconds", "Firestore operations, a second",
    ] },
  ]
  # Sizes in units of a grid of 48 columns.
  chart_width    = 16
  chart_height   = 16
  header_height  = 4
  section_height = [for section in local.sections : local.header_height + ceil(length(section.charts) / 3) * local.chart_height]
  section_top    = [for i, section in local.sections : sum(concat([0], slice(local.section_height, 0, i)))]

  # The API drops what is 0 or empty. Configured, it would be a change in every plan, so it is left out.
  tiles = concat(
    flatten([
      for i, section in local.sections : concat(
        [{ x = 0, y = local.section_top[i], width = 48, height = local.header_height, widget = { title = section.title, sectionHeader = { subtitle = "Section ${i + 1}" } } }],
        [
          for j, title in section.charts : {
            x      = (j % 3) * local.chart_width
            y      = local.section_top[i] + local.header_height + floor(j / 3) * local.chart_height
            width  = local.chart_width
            height = local.chart_height
            widget = {
              title = title
              xyChart = {
                dataSets = [
                  for name, query in local.charts[title] : merge(
                    { plotType = "LINE", timeSeriesQuery = { prometheusQuery = query } },
                    length(local.charts[title]) > 1 ? { legendTemplate = name } : {},
                  )
                ]
              }
            }
          }
        ],
      )
    ]),
    [{
      x = 0, y = sum(local.section_height), width = 48, height = 24
      widget = {
        title     = "Errors of the functions"
        logsPanel = { filter = "${local.logs_of_functions} AND severity>=ERROR" }
      }
    }],
  )

  dashboard_url = "https://console.cloud.google.com/monitoring/dashboards/builder/${element(split("/", google_monitoring_dashboard.main.id), -1)}?project=${var.project_id}"
}

resource "google_monitoring_dashboard" "main" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = local.title
    mosaicLayout = {
      columns = 48
      tiles = [
        for tile in local.tiles : merge(
          { width = tile.width, height = tile.height, widget = tile.widget },
          tile.x == 0 ? {} : { xPos = tile.x },
          tile.y == 0 ? {} : { yPos = tile.y },
        )
      ]
    }
  })

  depends_on = [google_logging_metric.count, google_logging_metric.gauge, google_logging_metric.errors]
}
