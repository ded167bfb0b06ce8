# The tick for which sweep sends one a stream. Ticks may double and overlap; one that is missed is made up for by the next.
resource "google_cloud_scheduler_job" "sweep" {
  name        = "eventmend-sweep"
  description = "Makes Eventmend look for missing events."
  region      = var.region
  schedule    = "* * * * *"
  time_zone   = "Etc/UTC"

  pubsub_target {
    topic_name = google_pubsub_topic.main["sweeps"].id
    # Pub/Sub takes no message without data and attributes. This attribute is nobody's.
    attributes = { by = "scheduler" }
  }

  depends_on = [google_pubsub_topic_iam_member.publisher]
}
