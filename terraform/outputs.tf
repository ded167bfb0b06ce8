# What others need; each depends on the grants without which it would not work yet.
output "events_topic" {
  description = "Where producers publish."
  value       = google_pubsub_topic.main["events"].id
  depends_on  = [google_pubsub_subscription.push]
}

output "cleaned_events_topic" {
  description = "What consumers subscribe to."
  value       = google_pubsub_topic.main["cleaned-events"].id
}

output "consumer_filter" {
  description = "The filter of a consumer's subscription: it keeps the probe's events out."
  value       = local.consumer_filter
}

output "resend_requests" {
  description = "By producer: the subscription that it pulls requests to publish again from."
  value       = { for name, subscription in google_pubsub_subscription.resend_requests : name => subscription.id }
  depends_on  = [google_pubsub_subscription_iam_member.resend_requests]
}

output "console_url" {
  description = "The operator's page, if it is deployed. `gcloud run services proxy console` opens it for who may look at it."
  value       = var.console == null ? null : google_cloudfunctions2_function.main["console"].service_config[0].uri
  depends_on  = [google_cloud_run_v2_service_iam_member.console]
}

output "current_events" {
  description = "The view of BigQuery that shows each clean event once, if it is deployed."
  value       = one([for view in google_bigquery_table.current_events : "${view.dataset_id}.${view.table_id}"])
}
