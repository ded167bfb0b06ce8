# What is kept, for how long, and under which key.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id        = "demo-project"
  bundles           = "tests/bundles"
  dataflow          = { template = "2026-11-10-00_RC00" }
  bigquery          = { location = "EU" }
  mode              = "pull"
  build_worker_pool = "projects/builds/locations/europe-west1/workerPools/p"
  worker            = {}
  checks            = { audit = {} }
  consumers         = { billing = {} }
  firestore         = { location = "eur3", daily_backup_days = 7, weekly_backup_weeks = 14 }
  retention         = { dead_letter_days = 14, bigquery_days = 400, bundle_days = 7, image_days = 10 }
  worker_image      = "europe-west1-docker.pkg.dev/demo-project/eventmend-worker/worker:0a1b2c3d4e5f-1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  encryption = {
    region   = "projects/keys/locations/europe-west1/keyRings/r/cryptoKeys/region"
    database = "projects/keys/locations/europe/keyRings/r/cryptoKeys/database"
    dataset  = "projects/keys/locations/europe/keyRings/r/cryptoKeys/dataset"
  }
}

run "everything_has_its_key_and_its_end" {
  command = plan

  # Each key is where its data is, and encrypts all of it.
  assert {
    condition = alltrue([
      for key in concat(
        [for topic in google_pubsub_topic.main : topic.kms_key_name], [for topic in google_pubsub_topic.consumer_dead_letters : topic.kms_key_name],
        [for function in google_cloudfunctions2_function.main : function.kms_key_name], [google_artifact_registry_repository.functions.kms_key_name],
        [google_storage_bucket.functions.encryption[0].default_kms_key_name], [for bucket in google_storage_bucket.dataflow : bucket.encryption[0].default_kms_key_name],
        [for job in google_dataflow_flex_template_job.main : job.kms_key_name],
        [for repository in google_artifact_registry_repository.worker : repository.kms_key_name],
        [for pool in google_cloud_run_v2_worker_pool.main : pool.template[0].encryption_key],
        [for job in google_cloud_run_v2_job.check : job.template[0].template[0].encryption_key],
      ) : key == var.encryption.region
    ])
    error_message = "Messages, bundles, images, functions, worker, checks and the pipeline have the key of the region."
  }
  assert {
    condition = (
      google_firestore_database.main.cmek_config[0].kms_key_name == var.encryption.database
      && google_firestore_database.letters.cmek_config[0].kms_key_name == var.encryption.database
      && google_bigquery_dataset.main["bigquery"].default_encryption_configuration[0].kms_key_name == var.encryption.dataset
      && google_bigquery_table.deliveries["bigquery"].encryption_configuration[0].kms_key_name == var.encryption.dataset
    )
    error_message = "The database and the dataset have keys of their own, since their places differ."
  }
  assert {
    condition = toset(keys(google_kms_crypto_key_iam_member.main)) == toset([
      "database/firestore", "dataset/bigquery", "region/artifactregistry", "region/cloudfunctions", "region/compute", "region/dataflow", "region/eventarc",
      "region/pubsub", "region/run", "region/storage",
    ])
    error_message = "The service agents that encrypt may use their key, and no other one."
  }

  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.main : function.build_config[0].worker_pool == var.build_worker_pool])
    error_message = "Functions are built in the private pool."
  }

  # Everything ends.
  assert {
    condition = (
      google_firestore_backup_schedule.main["state/daily"].retention == "604800s" && length(google_firestore_backup_schedule.main["state/daily"].daily_recurrence) == 1
      && google_firestore_backup_schedule.main["letters/weekly"].retention == "8467200s" && google_firestore_backup_schedule.main["letters/weekly"].weekly_recurrence[0].day == "SUNDAY"
    )
    error_message = "Backups are kept for as long as is said, which is 14 weeks at most."
  }
  assert {
    condition = (
      google_pubsub_subscription.kept_dead_letters.message_retention_duration == "1209600s"
      && google_pubsub_subscription.consumer_dead_letters["billing"].message_retention_duration == "1209600s"
      && google_bigquery_table.deliveries["bigquery"].time_partitioning[0].expiration_ms == 34560000000
    )
    error_message = "Dead letters and rows are kept for as long as is said."
  }
  assert {
    condition = (
      one(one(google_storage_bucket.functions.lifecycle_rule).condition).days_since_noncurrent_time == 7
      && { for policy in google_artifact_registry_repository.functions.cleanup_policies : policy.action => one([for rule in policy.condition : rule.older_than]) }["DELETE"] == "864000s"
    )
    error_message = "Replaced bundles and old images are deleted."
  }

  # Browsers and apps may do nothing.
  assert {
    condition = (
      google_firebaserules_release.deny["state"].name == "cloud.firestore"
      && google_firebaserules_release.deny["letters"].name == "cloud.firestore/eventmend-letters"
      && strcontains(google_firebaserules_ruleset.deny["deny"].source[0].files[0].content, "allow read, write: if false;")
      && length(regexall("allow", google_firebaserules_ruleset.deny["deny"].source[0].files[0].content)) == 1
    )
    error_message = "Rules deny clients everything."
  }
}

run "backups_without_end_and_a_team_without_address_are_refused" {
  command = plan

  variables {
    encryption = {}
    firestore  = { daily_backup_days = 99 }
    retention  = { dead_letter_days = 32 }
    functions  = { track = { min_instances = 1.5 } }
    alerts     = { emails = ["the team"] }
  }
  expect_failures = [var.firestore, var.retention, var.functions, var.alerts]
}

run "a_key_elsewhere_and_half_a_day_are_refused" {
  command = plan

  variables {
    build_worker_pool = "projects/builds/locations/europe-west4/workerPools/p" # Not where the functions are.
    retention         = { image_days = 0.5 }
    encryption        = { database = "projects/keys/locations/europe-west1/keyRings/r/cryptoKeys/k" } # eur3 wants a key in europe.
  }
  expect_failures = [var.retention, var.encryption, var.build_worker_pool]
}

run "memory_that_does_not_fit_its_cpus_is_refused" {
  command = plan

  variables {
    # More than two CPUs take, and less than eight need. Neither sets both: the sizes are merged with the defaults. The others have less
    # than a function needs.
    functions = { track = { memory = "16Gi" }, validate = { cpu = "8" }, archive = { memory = "1000Mi" }, console = { memory = "500Mi" } }
    console   = {}
  }
  expect_failures = [
    google_cloudfunctions2_function.main["track"], google_cloudfunctions2_function.main["validate"],
    google_cloudfunctions2_function.main["archive"], google_cloudfunctions2_function.main["console"],
  ]
}
