# One push subscription a function and topic, as topology.json has it.
#
# A subscription that is replaced (its filter, name or topic changed) loses what waits in it: see docs/deploy.md, "Upgrading".
resource "google_pubsub_subscription" "push" {
  for_each = local.subscriptions

  name                       = each.key
  topic                      = google_pubsub_topic.main[each.value.topic].id
  filter                     = lookup(each.value, "filter", null)
  ack_deadline_seconds       = each.value.ackDeadlineSeconds
  message_retention_duration = local.retention

  push_config {
    # The path names the topic: only what comes by way of mended-events is believed about where it comes from.
    push_endpoint = "${google_cloudfunctions2_function.main[each.value.function].service_config[0].uri}/${each.value.topic}"

    oidc_token {
      service_account_email = google_service_account.push[each.value.function].email
      # Without it the audience would be the whole address, path and all, which Cloud Run does not accept.
      audience = google_cloudfunctions2_function.main[each.value.function].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.backoffSeconds.min}s"
    maximum_backoff = "${each.value.backoffSeconds.max}s"
  }

  dynamic "dead_letter_policy" {
    for_each = lookup(each.value, "maxDeliveryAttempts", null) == null ? [] : [each.value.maxDeliveryAttempts]
    content {
      dead_letter_topic     = google_pubsub_topic.main["dead-letter-queue"].id
      max_delivery_attempts = dead_letter_policy.value
    }
  }

  expiration_policy {
    ttl = ""
  }

  # Pushing starts when the subscription is there: by then it must be allowed.
  depends_on = [
    google_cloud_run_v2_service_iam_member.push,
    google_pubsub_topic_iam_member.publisher,
    google_service_account_iam_member.push_token,
  ]
}

# What a producer is asked to publish again; it pulls, whenever it can. Unanswered, a request is past its deadline in minutes.
resource "google_pubsub_subscription" "resend_requests" {
  for_each = var.producers

  name  = "resend-requests-${each.key}"
  topic = google_pubsub_topic.main["reprocess-requests"].id
  filter = join(" AND ", concat(
    ["attributes.phase = \"resend\""],
    each.value.stream == null ? [local.consumer_filter] : ["attributes.stream = \"${each.value.stream}\""],
  ))
  ack_deadline_seconds       = 60
  message_retention_duration = local.retention

  expiration_policy {
    ttl = ""
  }
}

# Keeps the dead letters as they were published, for as long as Pub/Sub can, whatever becomes of archive and of Firestore. Nobody
# pulls: `gcloud pubsub subscriptions pull` shows what is there, `seek` brings it back.
resource "google_pubsub_subscription" "kept_dead_letters" {
  name                       = "kept-dead-letter-queue"
  topic                      = google_pubsub_topic.main["dead-letter-queue"].id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s" # 31 days, the most that Pub/Sub allows
  retain_acked_messages      = true

  expiration_policy {
    ttl = ""
  }
}
