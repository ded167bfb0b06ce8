# The subscriptions of consumers to cleaned-events (variable consumers). Each has dead letters of its own: what a consumer cannot
# handle is kept for it, and Eventmend's own dead-letter queue holds only events that are wrong.
locals {
  # The probe's events reach cleaned-events, so subscriptions of consumers exclude its stream.
  consumer_filter = "NOT attributes.stream = \"eventmend-probe\""
  consumer_filters = {
    for name, consumer in var.consumers :
    name => trimspace(coalesce(consumer.filter, " ")) == "" ? local.consumer_filter : "${local.consumer_filter} AND (${consumer.filter})"
  }
  consumer_grants = merge([
    for name, consumer in var.consumers : { for member in consumer.members : "${name}/${member}" => { consumer = name, member = member } }
  ]...)
  # By consumer: the name of its subscription. That of BigQuery has a key that no consumer can have.
  dead_lettered = merge(
    { for name in keys(var.consumers) : name => "consumer-${name}" },
    { for key, _ in local.bigquery : "/${key}" => "bigquery-cleaned-events" },
  )
  consumer_push = { for name, consumer in var.consumers : name => consumer.push if consumer.push != null }
}

resource "google_pubsub_subscription" "consumer" {
  for_each = var.consumers

  project                    = var.project_id
  name                       = "${local.name_prefix}consumer-${each.key}"
  topic                      = google_pubsub_topic.main["cleaned-events"].id
  filter                     = local.consumer_filters[each.key]
  ack_deadline_seconds       = each.value.ack_deadline_seconds
  message_retention_duration = local.retention
  enable_message_ordering    = each.value.ordered
  labels                     = local.labels

  dynamic "push_config" {
    for_each = each.value.push == null ? [] : [each.value.push]
    content {
      push_endpoint = push_config.value.endpoint

      oidc_token {
        service_account_email = push_config.value.service_account
        audience              = coalesce(push_config.value.audience, push_config.value.endpoint)
      }
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.consumer_dead_letters[each.key].id
    max_delivery_attempts = each.value.max_delivery_attempts
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_pubsub_topic_iam_member.consumer_dead_letters]
}

resource "google_pubsub_topic" "consumer_dead_letters" {
  for_each = local.dead_lettered

  project                    = var.project_id
  name                       = "${local.name_prefix}${each.value}-dead-letters"
  message_retention_duration = local.retention
  labels                     = local.labels
  kms_key_name               = var.encryption.region

  message_storage_policy {
    allowed_persistence_regions = local.storage_regions
    enforce_in_transit          = var.enforce_in_transit
  }

  depends_on = [google_kms_crypto_key_iam_member.main, google_project_service.main]
}

# Keeps the consumer's dead letters until somebody pulls them.
resource "google_pubsub_subscription" "consumer_dead_letters" {
  for_each = local.dead_lettered

  project                    = var.project_id
  name                       = "${local.name_prefix}${each.value}-dead-letters"
  topic                      = google_pubsub_topic.consumer_dead_letters[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = local.longest_retention
  labels                     = local.labels

  expiration_policy {
    ttl = ""
  }
}

# With these two grants Pub/Sub moves a message to the dead letters: it publishes there, and acks here.
resource "google_pubsub_topic_iam_member" "consumer_dead_letters" {
  for_each = local.dead_lettered

  topic  = google_pubsub_topic.consumer_dead_letters[each.key].id
  role   = "roles/pubsub.publisher"
  member = google_project_service_identity.main["pubsub"].member
}

resource "google_pubsub_subscription_iam_member" "consumer_dead_lettering" {
  for_each = local.dead_lettered

  subscription = startswith(each.key, "/") ? google_pubsub_subscription.bigquery[trimprefix(each.key, "/")].id : google_pubsub_subscription.consumer[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = google_project_service_identity.main["pubsub"].member
}

# A member, who may belong to another project, pulls the clean events and the dead letters of its consumer.
resource "google_pubsub_subscription_iam_member" "consumer" {
  for_each = local.consumer_grants

  subscription = google_pubsub_subscription.consumer[each.value.consumer].id
  role         = "roles/pubsub.subscriber"
  member       = each.value.member
}

resource "google_pubsub_subscription_iam_member" "consumer_dead_letters" {
  for_each = local.consumer_grants

  subscription = google_pubsub_subscription.consumer_dead_letters[each.value.consumer].id
  role         = "roles/pubsub.subscriber"
  member       = each.value.member
}

# Pub/Sub signs a consumer's pushes as the account that the consumer names.
resource "google_service_account_iam_member" "consumer_push_token" {
  for_each = local.consumer_push

  service_account_id = "projects/${var.project_id}/serviceAccounts/${each.value.service_account}"
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_project_service_identity.main["pubsub"].member
}
