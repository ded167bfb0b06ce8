# The clean events in BigQuery, if wanted: written by Pub/Sub itself, without a function in between.
locals {
  bigquery = toset(var.bigquery == null ? [] : ["bigquery"])
}

resource "google_bigquery_dataset" "main" {
  for_each = local.bigquery

  dataset_id                 = var.bigquery.dataset_id
  location                   = coalesce(var.bigquery.location, var.region)
  description                = "What Eventmend made of the events."
  delete_contents_on_destroy = !var.deletion_protection

  depends_on = [google_project_service.main]
}

# A row a delivery. The names and types of the columns are Pub/Sub's: https://cloud.google.com/pubsub/docs/bigquery
resource "google_bigquery_table" "deliveries" {
  for_each = local.bigquery

  dataset_id          = google_bigquery_dataset.main[each.key].dataset_id
  table_id            = "deliveries"
  description         = "What came on cleaned-events, as it came: an event can be here twice, and one that another superseded still is. Ask current_events instead."
  deletion_protection = var.deletion_protection

  time_partitioning {
    type  = "DAY"
    field = "publish_time"
  }

  schema = jsonencode([
    # Text, not JSON: BigQuery's JSON would round the producer's numbers.
    { name = "data", type = "STRING", mode = "NULLABLE", description = "The event, byte for byte as its producer wrote it." },
    { name = "attributes", type = "JSON", mode = "NULLABLE", description = "See docs/reference/clean-message.md." },
    { name = "publish_time", type = "TIMESTAMP", mode = "REQUIRED", description = "When Eventmend published it." },
    { name = "message_id", type = "STRING", mode = "NULLABLE", description = "Of this copy." },
    { name = "subscription_name", type = "STRING", mode = "NULLABLE", description = "Pub/Sub's." },
  ])
}

resource "google_bigquery_table" "current_events" {
  for_each = local.bigquery

  dataset_id          = google_bigquery_dataset.main[each.key].dataset_id
  table_id            = "current_events"
  description         = "Each event once, with the newest truth about it."
  deletion_protection = false # It holds nothing.

  view {
    query = templatefile("${path.module}/sql/current-events.sql", {
      deliveries = "`${var.project_id}.${google_bigquery_table.deliveries[each.key].dataset_id}.${google_bigquery_table.deliveries[each.key].table_id}`"
    })
    use_legacy_sql = false
  }
}

resource "google_bigquery_table_iam_member" "pubsub" {
  for_each = local.bigquery

  dataset_id = google_bigquery_table.deliveries[each.key].dataset_id
  table_id   = google_bigquery_table.deliveries[each.key].table_id
  role       = "roles/bigquery.dataEditor"
  member     = google_project_service_identity.main["pubsub"].member
}

resource "google_pubsub_subscription" "bigquery" {
  for_each = local.bigquery

  name                       = "bigquery-cleaned-events"
  topic                      = google_pubsub_topic.main["cleaned-events"].id
  filter                     = local.consumer_filter
  ack_deadline_seconds       = 60
  message_retention_duration = local.retention

  bigquery_config {
    table          = "${var.project_id}.${google_bigquery_table.deliveries[each.key].dataset_id}.${google_bigquery_table.deliveries[each.key].table_id}"
    write_metadata = true
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_bigquery_table_iam_member.pubsub]
}
