# The subscriptions of functions: those of topology.json, and one for each source of the catalog. They push, unless a worker pulls them
# (worker.tf): a change of mode changes them in place, and no message is lost.
#
# If a subscription is replaced (because its filter, name or topic changed), its waiting messages are lost: see docs/deploy.md,
# "Upgrading".
resource "google_pubsub_subscription" "push" {
  for_each = local.pushed

  project                    = var.project_id
  name                       = "${local.name_prefix}${each.key}"
  topic                      = each.value.topic_id
  filter                     = lookup(each.value, "filter", null)
  ack_deadline_seconds       = each.value.ackDeadlineSeconds
  message_retention_duration = local.retention
  labels                     = local.labels

  # A worker pulls the others.
  dynamic "push_config" {
    for_each = contains(local.pulled_functions, each.value.function) ? [] : [each.value.function]
    content {
      # The path names the topic, because provenance is trusted on mended-events only. That of a source decides how a message is read and
      # which streams it may be in.
      push_endpoint = "${google_cloudfunctions2_function.main[each.value.function].service_config[0].uri}/${each.value.path}"

      oidc_token {
        service_account_email = google_service_account.push[each.value.function].email
        # By default the audience would be the whole URL with its path, which Cloud Run does not accept.
        audience = google_cloudfunctions2_function.main[each.value.function].service_config[0].uri
      }
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

  # Pub/Sub pushes as soon as the subscription exists, so the grants must exist before.
  depends_on = [
    google_cloud_run_v2_service_iam_member.push,
    google_pubsub_topic_iam_member.publisher,
    google_service_account_iam_member.push_token,
  ]
}

# The requests to resend, one subscription for each producer, which pulls them. An unanswered request passes its deadline in
# minutes.
resource "google_pubsub_subscription" "resend_requests" {
  for_each = var.producers

  project = var.project_id
  name    = "${local.name_prefix}resend-requests-${each.key}"
  topic   = google_pubsub_topic.main["reprocess-requests"].id
  labels  = local.labels
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

# Keeps the published dead letters for as long as Pub/Sub can, as a backup of archive and Firestore. No program pulls them.
# `gcloud pubsub subscriptions pull` shows them, and `seek` restores them.
resource "google_pubsub_subscription" "kept_dead_letters" {
  project                    = var.project_id
  name                       = "${local.name_prefix}kept-dead-letter-queue"
  topic                      = google_pubsub_topic.main["dead-letter-queue"].id
  ack_deadline_seconds       = 60
  message_retention_duration = local.longest_retention
  retain_acked_messages      = true
  labels                     = local.labels

  expiration_policy {
    ttl = ""
  }
}
