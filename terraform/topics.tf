resource "google_pubsub_topic" "main" {
  for_each = local.topology.topics

  name                       = each.key
  message_retention_duration = local.retention

  depends_on = [google_project_service.main]
}
