# The pipeline that watches the clean events for anomalies (optional): dataflow/anomalies.yaml, run by Google's Yaml template.
locals {
  dataflow          = toset(var.dataflow == null ? [] : ["dataflow"])
  dataflow_pipeline = "${path.module}/../dataflow/anomalies.yaml"
  # The subscriptions that only the pipeline reads.
  dataflow_topics = var.dataflow == null ? toset([]) : toset(["cleaned-events", "reported-totals"])
  # What its account may do on each of them. A pipeline reads the settings of its subscriptions before it starts.
  dataflow_grants = {
    for pair in setproduct(local.dataflow_topics, ["roles/pubsub.subscriber", "roles/pubsub.viewer"]) :
    "${pair[0]}/${pair[1]}" => { topic = pair[0], role = pair[1] }
  }
  # In the project as a whole: a worker reports to Dataflow, and writes logs and metrics.
  dataflow_roles = var.dataflow == null ? {} : { "roles/dataflow.worker" = null }
}

resource "google_service_account" "dataflow" {
  for_each = local.dataflow

  project      = var.project_id
  account_id   = "${var.prefix}-dataflow"
  display_name = "${local.title}: what the Dataflow pipeline runs as"

  depends_on = [google_project_service.main]
}

resource "google_pubsub_subscription" "dataflow" {
  for_each = local.dataflow_topics

  project                    = var.project_id
  name                       = "${local.name_prefix}dataflow-${each.key}"
  topic                      = google_pubsub_topic.main[each.key].id
  filter                     = each.key == "cleaned-events" ? local.consumer_filter : null
  ack_deadline_seconds       = 600
  message_retention_duration = local.retention
  labels                     = local.labels

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_subscription_iam_member" "dataflow" {
  for_each = local.dataflow_grants

  subscription = google_pubsub_subscription.dataflow[each.value.topic].id
  role         = each.value.role
  member       = google_service_account.dataflow["dataflow"].member
}

resource "google_project_iam_member" "dataflow" {
  for_each = local.dataflow_roles

  project = var.project_id
  role    = each.key
  member  = google_service_account.dataflow["dataflow"].member
}

# The pipeline and the temporary files of its workers.
resource "google_storage_bucket" "dataflow" {
  for_each = local.dataflow

  project                     = var.project_id
  name                        = "${var.project_id}-${var.prefix}-dataflow"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection
  labels                      = local.labels

  dynamic "encryption" {
    for_each = var.encryption.region == null ? [] : [var.encryption.region]
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.main, google_project_service.main]
}

resource "google_storage_bucket_iam_member" "dataflow" {
  for_each = local.dataflow

  bucket = google_storage_bucket.dataflow[each.key].name
  role   = "roles/storage.objectAdmin"
  member = google_service_account.dataflow[each.key].member
}

# The name has the hash of the content: other content under the same name would not be a change of the job.
resource "google_storage_bucket_object" "dataflow" {
  for_each = local.dataflow

  bucket = google_storage_bucket.dataflow[each.key].name
  name   = "pipelines/anomalies-${filesha256(local.dataflow_pipeline)}.yaml"
  source = local.dataflow_pipeline
}

resource "google_dataflow_flex_template_job" "main" {
  for_each = local.dataflow
  provider = google-beta

  name                    = "${var.prefix}-anomalies"
  project                 = var.project_id
  region                  = var.region
  container_spec_gcs_path = "gs://dataflow-templates-${var.region}/${var.dataflow.template}/flex/Yaml_Template"
  # What is in the windows is judged before the job ends. The default would drop it.
  on_delete               = "drain"
  service_account_email   = google_service_account.dataflow[each.key].email
  temp_location           = "gs://${google_storage_bucket.dataflow[each.key].name}/temp"
  staging_location        = "gs://${google_storage_bucket.dataflow[each.key].name}/staging"
  enable_streaming_engine = true
  machine_type            = var.dataflow.machine_type
  max_workers             = var.dataflow.max_workers
  network                 = var.dataflow.network
  subnetwork              = var.dataflow.subnetwork
  ip_configuration        = var.dataflow.private_workers ? "WORKER_IP_PRIVATE" : null
  labels                  = local.labels
  kms_key_name            = var.encryption.region

  parameters = {
    yaml_pipeline_file = "gs://${google_storage_bucket.dataflow[each.key].name}/${google_storage_bucket_object.dataflow[each.key].name}"
    jinja_variables = jsonencode({
      events         = google_pubsub_subscription.dataflow["cleaned-events"].id
      totals         = google_pubsub_subscription.dataflow["reported-totals"].id
      anomalies      = google_pubsub_topic.main["anomalies"].id
      window_seconds = var.dataflow.window_seconds
      windows        = var.dataflow.windows
      settle_seconds = var.dataflow.settle_seconds
      threshold      = var.dataflow.threshold
      sums           = local.manifest.sums
    })
  }

  # A job that starts without its rights fails, and its name stays taken.
  depends_on = [
    google_project_iam_member.dataflow,
    google_pubsub_subscription_iam_member.dataflow,
    google_pubsub_topic_iam_member.publisher,
    google_storage_bucket_iam_member.dataflow,
    google_project_service.main,
  ]
}
