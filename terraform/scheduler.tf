# The tick that starts a sweep of every stream. Ticks may be duplicated and may overlap. The next tick makes up for a missed one.
resource "google_cloud_scheduler_job" "sweep" {
  project     = var.project_id
  name        = "${var.prefix}-sweep"
  description = "Makes Eventmend look for missing events."
  region      = var.region
  schedule    = "* * * * *"
  time_zone   = "Etc/UTC"

  pubsub_target {
    topic_name = google_pubsub_topic.main["sweeps"].id
    # Pub/Sub refuses a message without data and attributes. Nobody reads this attribute.
    attributes = { by = "scheduler" }
  }

  depends_on = [google_pubsub_topic_iam_member.publisher]
}
