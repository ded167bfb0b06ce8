# Before there was a module, terraform/ itself was applied, and its resources had no module in their addresses. These blocks carry the
# state of such a deployment over, so that nothing is destroyed. There is one for each resource of then: those that hold data in
# moved-data.tf. A newer resource needs none.

moved {
  from = google_artifact_registry_repository_iam_member.build
  to   = module.eventmend.google_artifact_registry_repository_iam_member.build
}

moved {
  from = google_bigquery_table_iam_member.pubsub
  to   = module.eventmend.google_bigquery_table_iam_member.pubsub
}

moved {
  from = google_cloud_run_v2_job.check
  to   = module.eventmend.google_cloud_run_v2_job.check
}

moved {
  from = google_cloud_run_v2_job_iam_member.start_checks
  to   = module.eventmend.google_cloud_run_v2_job_iam_member.start_checks
}

moved {
  from = google_cloud_run_v2_service_iam_member.console
  to   = module.eventmend.google_cloud_run_v2_service_iam_member.console
}

moved {
  from = google_cloud_run_v2_service_iam_member.push
  to   = module.eventmend.google_cloud_run_v2_service_iam_member.push
}

moved {
  from = google_cloud_run_v2_worker_pool.main
  to   = module.eventmend.google_cloud_run_v2_worker_pool.main
}

moved {
  from = google_cloud_scheduler_job.check
  to   = module.eventmend.google_cloud_scheduler_job.check
}

moved {
  from = google_cloud_scheduler_job.sweep
  to   = module.eventmend.google_cloud_scheduler_job.sweep
}

moved {
  from = google_cloudfunctions2_function.main
  to   = module.eventmend.google_cloudfunctions2_function.main
}

moved {
  from = google_dataflow_flex_template_job.main
  to   = module.eventmend.google_dataflow_flex_template_job.main
}

moved {
  from = google_kms_crypto_key_iam_member.main
  to   = module.eventmend.google_kms_crypto_key_iam_member.main
}

moved {
  from = google_logging_metric.comparison
  to   = module.eventmend.google_logging_metric.comparison
}

moved {
  from = google_logging_metric.count
  to   = module.eventmend.google_logging_metric.count
}

moved {
  from = google_logging_metric.errors
  to   = module.eventmend.google_logging_metric.errors
}

moved {
  from = google_logging_metric.gauge
  to   = module.eventmend.google_logging_metric.gauge
}

moved {
  from = google_logging_metric.platform
  to   = module.eventmend.google_logging_metric.platform
}

moved {
  from = google_monitoring_alert_policy.burn
  to   = module.eventmend.google_monitoring_alert_policy.burn
}

moved {
  from = google_monitoring_alert_policy.main
  to   = module.eventmend.google_monitoring_alert_policy.main
}

moved {
  from = google_monitoring_custom_service.main
  to   = module.eventmend.google_monitoring_custom_service.main
}

moved {
  from = google_monitoring_dashboard.main
  to   = module.eventmend.google_monitoring_dashboard.main
}

moved {
  from = google_monitoring_notification_channel.email
  to   = module.eventmend.google_monitoring_notification_channel.email
}

moved {
  from = google_monitoring_slo.clean_soon
  to   = module.eventmend.google_monitoring_slo.clean_soon
}

moved {
  from = google_project_iam_member.build
  to   = module.eventmend.google_project_iam_member.build
}

moved {
  from = google_project_iam_member.check
  to   = module.eventmend.google_project_iam_member.check
}

moved {
  from = google_project_iam_member.dataflow
  to   = module.eventmend.google_project_iam_member.dataflow
}

moved {
  from = google_project_iam_member.firestore
  to   = module.eventmend.google_project_iam_member.firestore
}

moved {
  from = google_project_iam_member.letters
  to   = module.eventmend.google_project_iam_member.letters
}

moved {
  from = google_project_iam_member.worker
  to   = module.eventmend.google_project_iam_member.worker
}

moved {
  from = google_project_service.main
  to   = module.eventmend.google_project_service.main
}

moved {
  from = google_project_service_identity.main
  to   = module.eventmend.google_project_service_identity.main
}

moved {
  from = google_pubsub_subscription_iam_member.consumer
  to   = module.eventmend.google_pubsub_subscription_iam_member.consumer
}

moved {
  from = google_pubsub_subscription_iam_member.consumer_dead_lettering
  to   = module.eventmend.google_pubsub_subscription_iam_member.consumer_dead_lettering
}

moved {
  from = google_pubsub_subscription_iam_member.consumer_dead_letters
  to   = module.eventmend.google_pubsub_subscription_iam_member.consumer_dead_letters
}

moved {
  from = google_pubsub_subscription_iam_member.dataflow
  to   = module.eventmend.google_pubsub_subscription_iam_member.dataflow
}

moved {
  from = google_pubsub_subscription_iam_member.dead_lettering
  to   = module.eventmend.google_pubsub_subscription_iam_member.dead_lettering
}

moved {
  from = google_pubsub_subscription_iam_member.probe
  to   = module.eventmend.google_pubsub_subscription_iam_member.probe
}

moved {
  from = google_pubsub_subscription_iam_member.probed
  to   = module.eventmend.google_pubsub_subscription_iam_member.probed
}

moved {
  from = google_pubsub_subscription_iam_member.resend_requests
  to   = module.eventmend.google_pubsub_subscription_iam_member.resend_requests
}

moved {
  from = google_pubsub_subscription_iam_member.worker
  to   = module.eventmend.google_pubsub_subscription_iam_member.worker
}

moved {
  from = google_pubsub_topic_iam_member.consumer_dead_letters
  to   = module.eventmend.google_pubsub_topic_iam_member.consumer_dead_letters
}

moved {
  from = google_pubsub_topic_iam_member.publisher
  to   = module.eventmend.google_pubsub_topic_iam_member.publisher
}

moved {
  from = google_pubsub_topic_iam_member.source_publisher
  to   = module.eventmend.google_pubsub_topic_iam_member.source_publisher
}

moved {
  from = google_pubsub_topic_iam_member.worker
  to   = module.eventmend.google_pubsub_topic_iam_member.worker
}

moved {
  from = google_secret_manager_secret_iam_member.asking
  to   = module.eventmend.google_secret_manager_secret_iam_member.asking
}

moved {
  from = google_service_account.build
  to   = module.eventmend.google_service_account.build
}

moved {
  from = google_service_account.check
  to   = module.eventmend.google_service_account.check
}

moved {
  from = google_service_account.dataflow
  to   = module.eventmend.google_service_account.dataflow
}

moved {
  from = google_service_account.function
  to   = module.eventmend.google_service_account.function
}

moved {
  from = google_service_account.push
  to   = module.eventmend.google_service_account.push
}

moved {
  from = google_service_account.start_checks
  to   = module.eventmend.google_service_account.start_checks
}

moved {
  from = google_service_account.worker
  to   = module.eventmend.google_service_account.worker
}

moved {
  from = google_service_account_iam_member.consumer_push_token
  to   = module.eventmend.google_service_account_iam_member.consumer_push_token
}

moved {
  from = google_service_account_iam_member.push_token
  to   = module.eventmend.google_service_account_iam_member.push_token
}

moved {
  from = google_storage_bucket_iam_member.dataflow
  to   = module.eventmend.google_storage_bucket_iam_member.dataflow
}

moved {
  from = terraform_data.key_at_creation
  to   = module.eventmend.terraform_data.key_at_creation
}
