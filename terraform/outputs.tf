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

output "recent_events" {
  description = "The view of BigQuery that shows the current events of the last days, and reads their partitions only, if it is deployed."
  value       = one([for view in google_bigquery_table.recent_events : "${view.dataset_id}.${view.table_id}"])
}

output "database" {
  description = "The name of the Firestore database: FIRESTORE_DATABASE for the commands."
  value       = google_firestore_database.main.name
}

output "letters_database" {
  description = "The name of the Firestore database of dead letters: FIRESTORE_LETTERS_DATABASE for the commands."
  value       = google_firestore_database.letters.name
}

output "name_prefix" {
  description = "What the names of topics, subscriptions and functions begin with: NAME_PREFIX for the commands. Empty with the default prefix."
  value       = local.name_prefix
}

output "topics" {
  description = "By its name in shared/topology.json: the id of each topic."
  value       = { for name, topic in google_pubsub_topic.main : name => topic.id }
  depends_on  = [google_pubsub_topic_iam_member.publisher]
}

output "source_topics" {
  description = "By source: the topic to which its producers publish."
  value       = local.source_topics
  depends_on  = [google_pubsub_topic_iam_member.source_publisher]
}

output "subscriptions" {
  description = "By name without prefix: the id of each subscription that Eventmend works off, and of the one that keeps dead letters."
  value = merge(
    { for name, subscription in google_pubsub_subscription.push : name => subscription.id },
    { for subscription in google_pubsub_subscription.bigquery : "bigquery-cleaned-events" => subscription.id },
    { for name, subscription in google_pubsub_subscription.dataflow : "dataflow-${name}" => subscription.id },
    { kept-dead-letter-queue = google_pubsub_subscription.kept_dead_letters.id },
  )
}

output "function_urls" {
  description = "By function: its address. Only Pub/Sub calls them, and people the console's."
  value       = { for name, function in google_cloudfunctions2_function.main : name => function.service_config[0].uri }
  depends_on  = [google_cloud_run_v2_service_iam_member.push]
}

output "accounts" {
  description = "By function, worker, check, and dataflow: the email address of the account that it runs as. Grant it what a system of record behind IAM needs."
  value = merge(
    { for name, account in google_service_account.function : name => account.email },
    { for account in google_service_account.worker : "worker" => account.email },
    { for name, account in google_service_account.check : name => account.email },
    { for name, account in google_service_account.dataflow : name => account.email },
  )
}

output "dashboard_url" {
  description = "The dashboard in Cloud Monitoring."
  value       = local.dashboard_url
}

output "alert_policies" {
  description = "By the name of its playbook in terraform/playbooks: the id of each alert."
  value = merge(
    { for name, policy in google_monitoring_alert_policy.main : name => policy.id },
    { for name, policy in google_monitoring_alert_policy.late : "slow-events/late/${name}" => policy.id },
    { for name, policy in google_monitoring_alert_policy.burn : "slow-events/${name}" => policy.id },
  )
}

output "email_channels" {
  description = "By email address of alerts: the id of its notification channel."
  value       = { for email, channel in google_monitoring_notification_channel.email : email => channel.id }
}
