# The objective: events become clean soon. It has two parts, since an event that never becomes clean has no time.
#
# 1. Of the events that became clean, alerts.clean_share did so within alerts.clean_seconds of their producer's publish, or
#    within alerts.checked_clean_seconds if verify was asked. track counts them (shared/tracking/time-to-clean.ts).
# 2. In alerts.clean_share of all minutes, no message of a subscription on their way has waited for longer than
#    alerts.clean_seconds at its end.
#
# The first is a query and no google_monitoring_slo. An SLO counts the points of a log-based metric, which are lines of the log, and
# not the events that a line sums. And the API refuses an SLO on a metric that it does not know yet, so the first apply would fail:
# https://github.com/GoogleCloudPlatform/cloud-ops-sandbox/issues/896
locals {
  # Those of validate and track, which every event passes, without that of messages that the probe has given up on purpose.
  objective_subscriptions = toset([
    for name, subscription in local.pushed : name
    if contains(["validate", "track"], subscription.function) && name != "validate-probe-poison"
  ])
  # By speed: the share of the month's budget of bad minutes that is used up in the long window, and both windows. As in Google's book on
  # reliability: two days' worth of budget in an hour, five in six hours.
  burns = {
    fast = { rate = 14.4, long = "3600s", short = "300s" }
    slow = { rate = 6, long = "21600s", short = "1800s" }
  }

  # By whether verify was asked: after how many seconds an event is late.
  late_after = { direct = var.alerts.clean_seconds, checked = var.alerts.checked_clean_seconds }
  # The counts of track in a time, by the name of the counter.
  clean_events = {
    for time in concat(["600s"], flatten([for burn in local.burns : [burn.long, burn.short]])) : time => {
      for counter in local.clean_counters :
      counter => "(sum(increase(${local.metric[counter]}_sum{${local.logged_by["track"]},function=\"track\"}[${time}])) or vector(0))"
    }
  }
  late_conditions = {
    for name, burn in local.burns : name => {
      for way, seconds in local.late_after :
      "events that took longer than ${seconds} s${way == "checked" ? ", with verify," : ""} burn the budget ${burn.rate} times too fast" => join(" and ", concat(
        [
          for time in [burn.long, burn.short] :
          "(${local.clean_events[time]["clean-${way}-over-${seconds}s"]} / ${local.clean_events[time]["clean-${way}"]} > ${burn.rate} * (1 - ${var.alerts.clean_share}))"
        ],
        ["(${local.clean_events[burn.long]["clean-${way}-over-${seconds}s"]} >= ${var.alerts.least_late})"],
      ))
    }
  }
}

resource "google_monitoring_alert_policy" "late" {
  for_each = local.burns

  project               = var.project_id
  display_name          = "${local.title}: Events became clean too late (${each.key})"
  severity              = each.value.rate > 10 ? "CRITICAL" : "WARNING"
  combiner              = "OR"
  notification_channels = local.notification_channels
  user_labels           = local.labels

  dynamic "conditions" {
    for_each = local.late_conditions[each.key]
    content {
      display_name = conditions.key

      condition_prometheus_query_language {
        query               = conditions.value
        duration            = "0s"
        evaluation_interval = "60s"
        # A log-based metric exists only after the first log entry.
        disable_metric_validation = true
      }
    }
  }

  documentation {
    content   = local.playbooks["slow-events"]
    mime_type = "text/markdown"

    links {
      display_name = "Dashboard"
      url          = local.dashboard_url
    }
  }

  depends_on = [google_logging_metric.count]
}

resource "google_monitoring_custom_service" "main" {
  project      = var.project_id
  service_id   = "${var.prefix}-pipeline"
  display_name = local.title
  user_labels  = local.labels

  depends_on = [google_project_service.main]
}

resource "google_monitoring_slo" "clean_soon" {
  for_each = local.objective_subscriptions

  project             = var.project_id
  service             = google_monitoring_custom_service.main.service_id
  slo_id              = "${var.prefix}-${each.key}"
  display_name        = "${var.alerts.clean_share * 100} % of minutes: no message of ${each.key} waits for ${var.alerts.clean_seconds} s"
  goal                = var.alerts.clean_share
  rolling_period_days = 28
  user_labels         = local.labels

  windows_based_sli {
    window_period = "60s"
    metric_mean_in_range {
      time_series = join(" AND ", [
        "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"",
        "resource.type=\"pubsub_subscription\"",
        "resource.labels.subscription_id=\"${local.name_prefix}${each.key}\"",
      ])
      range {
        max = var.alerts.clean_seconds
      }
    }
  }

  depends_on = [google_pubsub_subscription.push]
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = { for pair in setproduct(local.objective_subscriptions, keys(local.burns)) : "${pair[0]}/${pair[1]}" => { subscription = pair[0], burn = local.burns[pair[1]] } }

  project               = var.project_id
  display_name          = "${local.title}: Events wait for too long (${each.key})"
  severity              = each.value.burn.rate > 10 ? "CRITICAL" : "WARNING"
  combiner              = "AND"
  notification_channels = local.notification_channels
  user_labels           = local.labels

  # The short window ends the alert soon after the cause has ended.
  dynamic "conditions" {
    for_each = [each.value.burn.long, each.value.burn.short]
    content {
      display_name = "the budget of bad minutes burns ${each.value.burn.rate} times too fast, over ${conditions.value}"

      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.clean_soon[each.value.subscription].id}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = each.value.burn.rate
        duration        = "0s"
      }
    }
  }

  documentation {
    content   = local.playbooks["slow-events"]
    mime_type = "text/markdown"
  }
}
