# Values for other configurations. Each output depends on the grants that its use needs.
output "events_topic" {
  description = "The topic to which producers publish."
  value       = google_pubsub_topic.main["events"].id
  depends_on  = [google_pubsub_subscription.push]
}

output "cleaned_events_topic" {
  description = "The topic to which consumers subscribe."
  value       = google_pubsub_topic.main["cleaned-events"].id
}

output "consumer_filter" {
  description = "The filter of a consumer's subscription: it keeps the probe's events out."
  value       = local.consumer_filter
}

output "consumers" {
  description = "By consumer: its subscription, and the one with its dead letters."
  value = {
    for name, subscription in google_pubsub_subscription.consumer :
    name => { subscription = subscription.id, dead_letters = google_pubsub_subscription.consumer_dead_letters[name].id }
  }
  depends_on = [google_pubsub_subscription_iam_member.consumer, google_pubsub_subscription_iam_member.consumer_dead_letters]
}

output "resend_requests" {
  description = "By producer: the subscription from which it pulls requests to resend."
  value       = { for name, subscription in google_pubsub_subscription.resend_requests : name => subscription.id }
  depends_on  = [google_pubsub_subscription_iam_member.resend_requests]
}

output "console_url" {
  description = "The operator's page, if it is deployed. Viewers open it with `gcloud run services proxy console`."
  value       = var.console == null ? null : google_cloudfunctions2_function.main["console"].service_config[0].uri
  depends_on  = [google_cloud_run_v2_service_iam_member.console]
}

output "current_events" {
  description = "The view of BigQuery that shows each clean event once, if it is deployed."
  value       = one([for view in google_bigquery_table.current_events : "${view.dataset_id}.${view.table_id}"])
}
