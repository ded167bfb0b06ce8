# The outputs of the module.

output "events_topic" {
  description = "The topic to which producers publish."
  value       = module.eventmend.events_topic
}

output "cleaned_events_topic" {
  description = "The topic to which consumers subscribe."
  value       = module.eventmend.cleaned_events_topic
}

output "consumer_filter" {
  description = "The filter of a consumer's subscription: it keeps the probe's events out."
  value       = module.eventmend.consumer_filter
}

output "consumers" {
  description = "By consumer: its subscription, and the one with its dead letters."
  value       = module.eventmend.consumers
}

output "resend_requests" {
  description = "By producer: the subscription from which it pulls requests to resend."
  value       = module.eventmend.resend_requests
}

output "console_url" {
  description = "The operator's page, if it is deployed. Viewers open it with `gcloud run services proxy console`."
  value       = module.eventmend.console_url
}

output "current_events" {
  description = "The view of BigQuery that shows each clean event once, if it is deployed."
  value       = module.eventmend.current_events
}

output "recent_events" {
  description = "The view of BigQuery that shows the current events of the last days, and reads their partitions only, if it is deployed."
  value       = module.eventmend.recent_events
}

output "database" {
  description = "The name of the Firestore database: FIRESTORE_DATABASE for the commands."
  value       = module.eventmend.database
}

output "letters_database" {
  description = "The name of the Firestore database of dead letters: FIRESTORE_LETTERS_DATABASE for the commands."
  value       = module.eventmend.letters_database
}

output "name_prefix" {
  description = "What the names of topics, subscriptions and functions begin with: NAME_PREFIX for the commands. Empty with the default prefix."
  value       = module.eventmend.name_prefix
}

output "topics" {
  description = "By its name in shared/topology.json: the id of each topic."
  value       = module.eventmend.topics
}

output "source_topics" {
  description = "By source: the topic to which its producers publish."
  value       = module.eventmend.source_topics
}

output "subscriptions" {
  description = "By name without prefix: the id of each subscription that Eventmend works off, and of the one that keeps dead letters."
  value       = module.eventmend.subscriptions
}

output "function_urls" {
  description = "By function: its address. Only Pub/Sub calls them, and people the console's."
  value       = module.eventmend.function_urls
}

output "accounts" {
  description = "By function, and dataflow: the email address of the account that it runs as. Grant it what a system of record behind IAM needs."
  value       = module.eventmend.accounts
}

output "dashboard_url" {
  description = "The dashboard in Cloud Monitoring."
  value       = module.eventmend.dashboard_url
}

output "alert_policies" {
  description = "By the name of its playbook in terraform/playbooks: the id of each alert."
  value       = module.eventmend.alert_policies
}

output "worker_repository" {
  description = "The repository that takes the image of the worker, if worker is set."
  value       = module.eventmend.worker_repository
}

output "email_channels" {
  description = "By email address of alerts: the id of its notification channel."
  value       = module.eventmend.email_channels
}
