# The objective: events become clean soon. A minute is good if no message of the subscription has waited for longer than
# alerts.clean_seconds at its end. An event passes validate and track on its way, whatever it came from.
locals {
  # All subscriptions of both, without that of messages that the probe has given up on purpose.
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
  display_name          = "${local.title}: Events become clean too late (${each.key})"
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
