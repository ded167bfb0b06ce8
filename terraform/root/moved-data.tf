# As moved.tf: the part for what holds data. To destroy one of these would lose messages, events, letters or bundles.

moved {
  from = google_artifact_registry_repository.functions
  to   = module.eventmend.google_artifact_registry_repository.functions
}

moved {
  from = google_artifact_registry_repository.worker
  to   = module.eventmend.google_artifact_registry_repository.worker
}

moved {
  from = google_bigquery_dataset.main
  to   = module.eventmend.google_bigquery_dataset.main
}

moved {
  from = google_bigquery_table.current_events
  to   = module.eventmend.google_bigquery_table.current_events
}

moved {
  from = google_bigquery_table.deliveries
  to   = module.eventmend.google_bigquery_table.deliveries
}

moved {
  from = google_bigquery_table.recent_events
  to   = module.eventmend.google_bigquery_table.recent_events
}

moved {
  from = google_firebaserules_release.deny
  to   = module.eventmend.google_firebaserules_release.deny
}

moved {
  from = google_firebaserules_ruleset.deny
  to   = module.eventmend.google_firebaserules_ruleset.deny
}

moved {
  from = google_firestore_backup_schedule.main
  to   = module.eventmend.google_firestore_backup_schedule.main
}

moved {
  from = google_firestore_database.letters
  to   = module.eventmend.google_firestore_database.letters
}

moved {
  from = google_firestore_database.main
  to   = module.eventmend.google_firestore_database.main
}

moved {
  from = google_firestore_field.expiry
  to   = module.eventmend.google_firestore_field.expiry
}

moved {
  from = google_firestore_field.indexed
  to   = module.eventmend.google_firestore_field.indexed
}

moved {
  from = google_firestore_field.unindexed
  to   = module.eventmend.google_firestore_field.unindexed
}

moved {
  from = google_firestore_index.block_totals
  to   = module.eventmend.google_firestore_index.block_totals
}

moved {
  from = google_firestore_index.event_totals
  to   = module.eventmend.google_firestore_index.event_totals
}

moved {
  from = google_firestore_index.late_answers
  to   = module.eventmend.google_firestore_index.late_answers
}

moved {
  from = google_firestore_index.letters
  to   = module.eventmend.google_firestore_index.letters
}

moved {
  from = google_firestore_index.long_gaps
  to   = module.eventmend.google_firestore_index.long_gaps
}

moved {
  from = google_pubsub_subscription.bigquery
  to   = module.eventmend.google_pubsub_subscription.bigquery
}

moved {
  from = google_pubsub_subscription.consumer
  to   = module.eventmend.google_pubsub_subscription.consumer
}

moved {
  from = google_pubsub_subscription.consumer_dead_letters
  to   = module.eventmend.google_pubsub_subscription.consumer_dead_letters
}

moved {
  from = google_pubsub_subscription.dataflow
  to   = module.eventmend.google_pubsub_subscription.dataflow
}

moved {
  from = google_pubsub_subscription.kept_dead_letters
  to   = module.eventmend.google_pubsub_subscription.kept_dead_letters
}

moved {
  from = google_pubsub_subscription.probe
  to   = module.eventmend.google_pubsub_subscription.probe
}

moved {
  from = google_pubsub_subscription.push
  to   = module.eventmend.google_pubsub_subscription.push
}

moved {
  from = google_pubsub_subscription.resend_requests
  to   = module.eventmend.google_pubsub_subscription.resend_requests
}

moved {
  from = google_pubsub_topic.consumer_dead_letters
  to   = module.eventmend.google_pubsub_topic.consumer_dead_letters
}

moved {
  from = google_pubsub_topic.main
  to   = module.eventmend.google_pubsub_topic.main
}

moved {
  from = google_pubsub_topic.source
  to   = module.eventmend.google_pubsub_topic.source
}

moved {
  from = google_storage_bucket.dataflow
  to   = module.eventmend.google_storage_bucket.dataflow
}

moved {
  from = google_storage_bucket.functions
  to   = module.eventmend.google_storage_bucket.functions
}

moved {
  from = google_storage_bucket_object.dataflow
  to   = module.eventmend.google_storage_bucket_object.dataflow
}

moved {
  from = google_storage_bucket_object.function
  to   = module.eventmend.google_storage_bucket_object.function
}
