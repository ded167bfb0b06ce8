# What is measured, and what is asked of it.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
  bigquery   = {}
  alerts     = { emails = ["ops@example.com"], gap_age_seconds = 7200, ignored_streams = ["listed-only", "a.b"] }
}

run "what_is_logged_is_measured_and_has_a_playbook" {
  command = plan

  # Every alert has its playbook.
  assert {
    condition     = toset([for file in fileset(path.module, "playbooks/*.md") : trimsuffix(basename(file), ".md")]) == toset(keys(google_monitoring_alert_policy.main))
    error_message = "There is a playbook for each alert, and an alert for each playbook."
  }
  assert {
    condition     = alltrue([for alert in google_monitoring_alert_policy.main : length(alert.documentation[0].content) > 200 && length(alert.documentation[0].content) < 8192])
    error_message = "Its text goes with the alert, and Cloud Monitoring takes 8 KB."
  }

  # An alert asks for metrics that there are.
  assert {
    condition = length(setsubtract(
      flatten([
        for alert in google_monitoring_alert_policy.main : [
          for condition in alert.conditions :
          flatten(regexall("logging_googleapis_com:user_eventmend_(\\w+?)(?:_sum|_count)?\\{", condition.condition_prometheus_query_language[0].query))
        ]
      ]),
      [
        for metric in concat(values(google_logging_metric.count), values(google_logging_metric.gauge), [google_logging_metric.errors]) :
        replace(trimprefix(metric.name, "eventmend/"), "-", "_")
      ],
    )) == 0
    error_message = "A query names a metric that no google_logging_metric defines."
  }
  assert {
    condition = alltrue(flatten([
      for alert in google_monitoring_alert_policy.main : [
        for condition in alert.conditions :
        length(regexall("\\(", condition.condition_prometheus_query_language[0].query)) == length(regexall("\\)", condition.condition_prometheus_query_language[0].query))
      ]
    ]))
    error_message = "Every bracket of a query is closed."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["gap-age"].conditions[0].condition_prometheus_query_language[0].query, "> 7200")
    error_message = "The threshold is the one that was given."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["gap-age"].conditions[0].condition_prometheus_query_language[0].query, "stream!~\"eventmend-probe|a\\\\.b|listed-only\"")
    error_message = "Streams that are to be ignored are."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["oldest-unacked-message"].conditions[0].condition_prometheus_query_language[0].query, "bigquery-cleaned-events")
    error_message = "BigQuery's subscription is watched like the functions'."
  }
  assert {
    condition     = !strcontains(google_monitoring_alert_policy.main["oldest-unacked-message"].conditions[0].condition_prometheus_query_language[0].query, "kept-dead-letter-queue")
    error_message = "What nobody takes away waits for ever, and is no alarm."
  }

  assert {
    condition = alltrue([
      for counter in ["revision", "letter_ERR_CONFLICT"] :
      strcontains(google_monitoring_alert_policy.main["mixed-sequence"].conditions[0].condition_prometheus_query_language[0].query, "eventmend_${counter}_sum{")
    ])
    error_message = "An event under an id that others hold is published or refused, and both count."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["doubtful-gaps"].conditions[0].condition_prometheus_query_language[0].query, "eventmend_doubtful_gaps_sum{monitored_resource=\"cloud_run_revision\",stream!~\"eventmend-probe|a\\\\.b|listed-only\"}[1h])) > 0")
    error_message = "Doubtful gaps of an hour raise an alert, and those of ignored streams do not."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["too-many-streams"].conditions[0].condition_prometheus_query_language[0].query, "eventmend_stream_refused_sum{monitored_resource=\"cloud_run_revision\",function=\"track\"}[10m])) > 0")
    error_message = "A single event that may not make its stream raises an alert."
  }

  # Counts are taken from where the functions log them.
  assert {
    condition = alltrue([
      for counter, metric in google_logging_metric.count : metric.value_extractor == "EXTRACT(jsonPayload.counts.\"${counter}\")"
      && strcontains(metric.filter, "jsonPayload.counts.\"${counter}\">0")
      && metric.metric_descriptor[0].value_type == "DISTRIBUTION"
    ])
    error_message = "A count is a number in jsonPayload.counts."
  }
  assert {
    condition     = alltrue([for widget in jsondecode(google_monitoring_dashboard.main.dashboard_json).gridLayout.widgets : length(widget.xyChart.dataSets) > 0])
    error_message = "Every chart of the dashboard shows something."
  }
}
