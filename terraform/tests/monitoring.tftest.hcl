# What is measured, and what is asked of it.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
  bigquery   = {}
  alerts     = { emails = ["ops@example.com"], gap_age_seconds = 7200, plan_at_night = true, ignored_streams = ["listed-only", "a.b"] }
}

run "what_is_logged_is_measured_and_has_a_playbook" {
  command = plan

  # Every alert has its playbook.
  assert {
    condition     = toset([for file in fileset(path.module, "playbooks/*.md") : trimsuffix(basename(file), ".md")]) == setunion(keys(google_monitoring_alert_policy.main), ["slow-events"])
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
        for alert in concat(values(google_monitoring_alert_policy.main), values(google_monitoring_alert_policy.late)) : [
          for condition in alert.conditions :
          flatten(regexall("logging_googleapis_com:user_eventmend_(\\w+?)(?:_sum|_count)?\\{", condition.condition_prometheus_query_language[0].query))
        ]
      ]),
      [
        for metric in concat(values(google_logging_metric.count), values(google_logging_metric.gauge), values(google_logging_metric.platform), [google_logging_metric.comparison, google_logging_metric.errors]) :
        replace(trimprefix(metric.name, "eventmend/"), "-", "_")
      ],
    )) == 0
    error_message = "A query names a metric that no google_logging_metric defines."
  }
  assert {
    condition = alltrue(flatten([
      for alert in concat(values(google_monitoring_alert_policy.main), values(google_monitoring_alert_policy.late)) : [
        for condition in alert.conditions :
        length(regexall("\\(", condition.condition_prometheus_query_language[0].query)) == length(regexall("\\)", condition.condition_prometheus_query_language[0].query))
      ]
    ]))
    error_message = "Every bracket of a query is closed."
  }
  # Cloud Monitoring refuses the query of a metric that several kinds of resource could have, if it names none.
  assert {
    condition = length(flatten([
      for alert in concat(values(google_monitoring_alert_policy.main), values(google_monitoring_alert_policy.late)) : [
        for condition in alert.conditions : [
          for selector in regexall("logging_googleapis_com:\\w+(?:\\{[^}]*\\})?", condition.condition_prometheus_query_language[0].query) : selector
          if !strcontains(selector, "{monitored_resource=\"")
        ]
      ]
    ])) == 0
    error_message = "A query of a log-based metric names the kind of resource that logs."
  }
  assert {
    condition = alltrue([
      for kind in ["cloud_run_revision", "cloud_function"] :
      strcontains(google_monitoring_alert_policy.main["failed-rollout"].conditions[0].condition_prometheus_query_language[0].query, "failed_start{monitored_resource=\"${kind}\"}[10m])) or vector(0))")
    ])
    error_message = "A deployment can fail before and after there is a revision."
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

  assert {
    condition = alltrue([
      for alert, query in {
        watermark-lag   = "watermark_lag_seconds_count{monitored_resource=\"cloud_run_revision\",stream!~\"eventmend-probe|a\\\\.b|listed-only\"}[10m])) > 3600"
        outliers        = "new_outliers_sum{monitored_resource=\"cloud_run_revision\",stream!~\"eventmend-probe|a\\\\.b|listed-only\"}[1h])) > 20"
        late-comparison = "comparison_late_seconds_count{monitored_resource=\"cloud_run_revision\"}[30m])) > 7200"
      } : anytrue([for condition in google_monitoring_alert_policy.main[alert].conditions : endswith(condition.condition_prometheus_query_language[0].query, query)])
    ])
    error_message = "A watermark that stands, outliers and a late comparison raise alerts, each above its threshold."
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
    condition = alltrue([
      for tile in jsondecode(google_monitoring_dashboard.main.dashboard_json).mosaicLayout.tiles : length(try(tile.widget.xyChart.dataSets, ["none"])) > 0
    ]) && toset(flatten([for section in local.sections : section.charts])) == toset(keys(local.charts))
    error_message = "Every chart shows something, and is in a section."
  }
  assert {
    condition     = length(regexall("(:0[,}]|:\"\"|:false|:\\[\\]|:null)", google_monitoring_dashboard.main.dashboard_json)) == 0
    error_message = "The API drops what is empty or 0, so each plan would show a change."
  }

  # Nobody looks, if the tick is absent. A query that wants an old tick first would end the alert by itself.
  assert {
    condition = startswith(
      google_monitoring_alert_policy.main["no-sweep"].conditions[0].condition_prometheus_query_language[0].query,
      "absent_over_time(logging_googleapis_com:user_eventmend_tick_sum{",
    )
    error_message = "The absence of the scheduler's tick alone raises the alert."
  }
  # A night without a plan. The lines are those of cloudbuild/plan.yaml, each with the prefix.
  assert {
    condition = (
      contains([for condition in google_monitoring_alert_policy.main["changed-plan"].conditions : condition.condition_prometheus_query_language[0].query], "absent_over_time(logging_googleapis_com:user_eventmend_plan_at_night{monitored_resource=\"build\"}[1h])")
      && alltrue([
        for line in flatten(regexall("(?:textPayload:\\(?|OR )\"([^\"]+)\"", "${google_logging_metric.platform["plan-at-night"].filter} ${google_logging_metric.platform["changed-plan"].filter}")) :
        strcontains(line, " eventmend ") && strcontains(file("cloudbuild/plan.yaml"), replace(line, " eventmend ", " $PREFIX "))
      ])
    )
    error_message = "A plan of the night that never ended raises the alert."
  }
  assert {
    condition     = length(google_monitoring_alert_policy.main["failed-check"].conditions) == 1
    error_message = "A check that is not scheduled is not missed."
  }
  assert {
    condition     = endswith(google_monitoring_alert_policy.main["retention-ends"].conditions[0].condition_prometheus_query_language[0].query, "> ${7 * 43200}")
    error_message = "Half of the retention of topology.json."
  }

  # The objective, by its subscriptions and both speeds.
  assert {
    condition = alltrue([
      for name, slo in google_monitoring_slo.clean_soon :
      slo.goal == 0.995 && slo.windows_based_sli[0].metric_mean_in_range[0].range[0].max == 60
      && strcontains(slo.windows_based_sli[0].metric_mean_in_range[0].time_series, "subscription_id=\"${name}\"")
    ])
    error_message = "A minute is good if nothing waits for a minute."
  }
  assert {
    condition     = toset(keys(google_monitoring_slo.clean_soon)) == toset(["validate-events", "validate-mended-events", "track-validated-events"])
    error_message = "Each subscription on the way of an event counts, and none of the probe's."
  }
  assert {
    condition     = length(google_monitoring_alert_policy.burn) == 6 && alltrue([for alert in google_monitoring_alert_policy.burn : alert.combiner == "AND" && length(alert.conditions) == 2])
    error_message = "A burn counts if it is long, and not over."
  }
  # The share of late events, of direct and of checked ones.
  assert {
    condition = alltrue(flatten([
      for name, burn in { fast = ["14.4", "3600s", "300s"], slow = ["6", "21600s", "1800s"] } : [
        for counter in ["clean_direct", "clean_checked"] : anytrue([
          for condition in google_monitoring_alert_policy.late[name].conditions :
          condition.condition_prometheus_query_language[0].query == join(" and ", concat(
            [
              for time in slice(burn, 1, 3) : "(${join(" / ", [
                for metric in ["${counter}_over_${counter == "clean_direct" ? 60 : 300}s", counter] :
                "(sum(increase(logging_googleapis_com:user_eventmend_${metric}_sum{monitored_resource=\"cloud_run_revision\",function=\"track\"}[${time}])) or vector(0))"
              ])} > ${burn[0]} * (1 - 0.995))"
            ],
            ["((sum(increase(logging_googleapis_com:user_eventmend_${counter}_over_${counter == "clean_direct" ? 60 : 300}s_sum{monitored_resource=\"cloud_run_revision\",function=\"track\"}[${burn[1]}])) or vector(0)) >= 20)"],
          ))
        ])
      ]
    ]))
    error_message = "Events that became clean late burn the budget over both times, unless they are few."
  }
  # At the lowest share that is allowed (the test of variables), 0.05 of the events are the budget.
  assert {
    condition     = alltrue([for burn in local.burns : burn.rate * 0.05 < 1])
    error_message = "A burn that is faster than all events could be never raises an alert."
  }
  assert {
    condition = alltrue([
      for absent in local.absent_for : tonumber(trimsuffix(absent.duration, "s")) <= 84600 && tonumber(trimsuffix(absent.window, "h")) * 3600 + tonumber(trimsuffix(absent.duration, "s")) <= 90000
    ]) && tonumber(trimsuffix(local.absent_for.daily.duration, "s")) + 3600 > 86400
    error_message = "What is absent for more than a day raises an alert, in the 25 hours that Cloud Monitoring looks back."
  }
  assert {
    condition     = google_monitoring_alert_policy.late["fast"].documentation[0].content == local.playbooks["slow-events"] && length(local.playbooks["slow-events"]) < 8192
    error_message = "Both parts of the objective have one playbook."
  }
}

run "playbooks_name_what_there_is" {
  variables {
    prefix   = "staging"
    console  = { viewers = ["group:support@example.com"] }
    bigquery = {}
  }

  # Each code span, and each bold name. Names of functions without a hyphen are words of the sentence too: only commands count.
  assert {
    condition = length(flatten([
      for playbook in local.playbooks : [
        for span in regexall("`[^`]+`|\\*\\*[a-z-]+\\*\\*", playbook) : [
          for name in regexall("[A-Za-z0-9-]+", span) : "${name} in ${span}"
          if contains(concat(keys(local.topology.subscriptions), ["kept-dead-letter-queue"]), name)
          || can(regex("^(consumer|resend-requests|validate-source|bigquery-cleaned-events)(-|$)", name)) && name != "consumer-lags"
          || can(regex("^eventmend-(sweep|audit|probe|letters)$", name))
          || (startswith(span, "`gcloud ") && contains(concat(keys(local.topology.topics), keys(local.topology.functions)), name))
        ]
      ]
    ])) == 0
    error_message = "A playbook has a name without the prefix."
  }
  assert {
    condition = alltrue([
      for alert in google_monitoring_alert_policy.main : alltrue([
        for line in [
          "gcloud config set project demo-project",
          "export GOOGLE_CLOUD_PROJECT='demo-project' NAME_PREFIX='staging-' FIRESTORE_DATABASE='staging-events' FIRESTORE_LETTERS_DATABASE='staging-letters'",
          "gcloud run services proxy staging-console --region europe-west1 --port 8080",
        ] : strcontains(alert.documentation[0].content, line)
      ]) && length(alert.documentation[0].content) <= 8192
    ])
    error_message = "Each alert says how its commands find the deployment."
  }
  assert {
    condition     = strcontains(local.playbooks["no-sweep"], "scheduler jobs run staging-sweep --location europe-west1") && strcontains(local.playbooks["books-out-of-balance"], "seek staging-validate-events")
    error_message = "Commands have the names and the region of the deployment."
  }
}
