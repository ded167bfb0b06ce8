# The clean events in BigQuery (optional). Pub/Sub writes them itself, without a function.
locals {
  bigquery = toset(var.bigquery == null ? [] : ["bigquery"])

  # By resource: the name of the table in SQL.
  deliveries = { for name, table in google_bigquery_table.deliveries : name => "`${var.project_id}.${table.dataset_id}.${table.table_id}`" }
  # Messages wait at most for the retention of the topics, so the order of rows is wrong by that much at most.
  recent_days = try(var.bigquery.recent_days, 0)
  read_days   = local.recent_days + local.topology.retentionDays
}

resource "google_bigquery_dataset" "main" {
  for_each = local.bigquery

  project                    = var.project_id
  dataset_id                 = coalesce(var.bigquery.dataset_id, replace(var.prefix, "-", "_"))
  location                   = coalesce(var.bigquery.location, var.region)
  description                = "The clean events of Eventmend."
  delete_contents_on_destroy = !var.deletion_protection
  labels                     = local.labels

  dynamic "default_encryption_configuration" {
    for_each = var.encryption.dataset == null ? [] : [var.encryption.dataset]
    content {
      kms_key_name = default_encryption_configuration.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.main, google_project_service.main]
}

# One row for each delivery. Pub/Sub sets the names and types of the columns: https://cloud.google.com/pubsub/docs/bigquery
resource "google_bigquery_table" "deliveries" {
  for_each = local.bigquery

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.main[each.key].dataset_id
  table_id            = "deliveries"
  description         = "The messages on cleaned-events. An event can be here twice, and superseded events are here too. Query current_events instead."
  deletion_protection = var.deletion_protection
  labels              = local.labels

  time_partitioning {
    type          = "DAY"
    field         = "publish_time"
    expiration_ms = var.retention.bigquery_days == null ? null : var.retention.bigquery_days * 86400000
  }

  dynamic "encryption_configuration" {
    for_each = var.encryption.dataset == null ? [] : [var.encryption.dataset]
    content {
      kms_key_name = encryption_configuration.value
    }
  }

  # Many queries ask for some minutes of a day. The stream and the type are in attributes, whose type BigQuery does not cluster by, and
  # Pub/Sub writes them to no column of their own. A change is made in place, and clusters new rows.
  clustering = ["publish_time"]

  schema = jsonencode([
    # Text, not JSON: BigQuery's JSON would round the producer's numbers.
    { name = "data", type = "STRING", mode = "NULLABLE", description = "The event, byte for byte as its producer wrote it." },
    { name = "attributes", type = "JSON", mode = "NULLABLE", description = "See docs/reference/clean-message.md." },
    { name = "publish_time", type = "TIMESTAMP", mode = "REQUIRED", description = "When Eventmend published it." },
    { name = "message_id", type = "STRING", mode = "NULLABLE", description = "The message id of this copy." },
    { name = "subscription_name", type = "STRING", mode = "NULLABLE", description = "The subscription that wrote the row." },
  ])
}

resource "google_bigquery_table" "current_events" {
  for_each = local.bigquery

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.main[each.key].dataset_id
  table_id            = "current_events"
  description         = "Each event once, with the newest truth about it."
  deletion_protection = false # It holds nothing.
  labels              = local.labels

  view {
    query          = templatefile("${path.module}/sql/current-events.sql", { deliveries = local.deliveries[each.key] })
    use_legacy_sql = false
  }
}

# A filter on current_events cannot say which partitions are read: any row can decide which version of an event is the newest. So this
# view has its filter inside.
resource "google_bigquery_table" "recent_events" {
  for_each = local.bigquery

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.main[each.key].dataset_id
  table_id            = "recent_events"
  description         = "The current events that were published in the last ${local.recent_days} days. A query reads the partitions of ${local.read_days} days only."
  deletion_protection = false # It holds nothing.
  labels              = local.labels

  view {
    query = templatefile("${path.module}/sql/recent-events.sql", {
      days        = local.recent_days
      margin_days = local.topology.retentionDays
      current_events = templatefile("${path.module}/sql/current-events.sql", {
        deliveries = "(SELECT * FROM ${local.deliveries[each.key]} WHERE publish_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${local.read_days} DAY))"
      })
    })
    use_legacy_sql = false
  }
}

resource "google_bigquery_table_iam_member" "pubsub" {
  for_each = local.bigquery

  project    = var.project_id
  dataset_id = google_bigquery_table.deliveries[each.key].dataset_id
  table_id   = google_bigquery_table.deliveries[each.key].table_id
  role       = "roles/bigquery.dataEditor"
  member     = google_project_service_identity.main["pubsub"].member
}

resource "google_pubsub_subscription" "bigquery" {
  for_each = local.bigquery

  project                    = var.project_id
  name                       = "${local.name_prefix}bigquery-cleaned-events"
  topic                      = google_pubsub_topic.main["cleaned-events"].id
  filter                     = local.consumer_filter
  ack_deadline_seconds       = 60
  message_retention_duration = local.retention
  labels                     = local.labels

  bigquery_config {
    table          = "${var.project_id}.${google_bigquery_table.deliveries[each.key].dataset_id}.${google_bigquery_table.deliveries[each.key].table_id}"
    write_metadata = true
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # Rows that BigQuery refuses are kept, as those of a consumer. A hundred attempts take some fifteen hours, so an outage makes none.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.consumer_dead_letters["/${each.key}"].id
    max_delivery_attempts = 100
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_bigquery_table_iam_member.pubsub, google_pubsub_topic_iam_member.consumer_dead_letters]
}
