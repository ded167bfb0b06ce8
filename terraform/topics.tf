resource "google_pubsub_topic" "main" {
  for_each = local.topology.topics

  project                    = var.project_id
  name                       = "${local.name_prefix}${each.key}"
  message_retention_duration = local.retention
  labels                     = local.labels
  kms_key_name               = var.encryption.region

  message_storage_policy {
    allowed_persistence_regions = local.storage_regions
    enforce_in_transit          = var.enforce_in_transit
  }

  depends_on = [google_kms_crypto_key_iam_member.main, google_project_service.main]
}

# The topics of sources that do not exist yet.
resource "google_pubsub_topic" "source" {
  for_each = { for name, source in var.sources : name => source if source.topic == null }

  project                    = var.project_id
  name                       = "${local.name_prefix}${each.key}"
  message_retention_duration = local.retention
  labels                     = local.labels
  kms_key_name               = var.encryption.region

  message_storage_policy {
    allowed_persistence_regions = local.storage_regions
    enforce_in_transit          = var.enforce_in_transit
  }

  depends_on = [google_kms_crypto_key_iam_member.main, google_project_service.main]
}
