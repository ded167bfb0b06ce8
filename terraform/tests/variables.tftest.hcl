# What is refused, before anything is made of it. A run gives several variables what each of them must refuse: a run takes seconds.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
}

run "what_is_right_is_taken" {
  command = plan

  variables {
    region    = "us-central1"
    firestore = { database_id = "events", letters_database_id = "letters", point_in_time_recovery = true }
    functions = { validate = { min_instances = 2, max_instances = 2, cpu = "1", memory = "1Gi" }, console = { memory = "512Mi" } }
    settings  = { firestore_timeout_ms = 5000, publish_timeout_ms = 10000, counts_interval_ms = 60000, grace_ms = 0, resend_timeout_ms = 0, min_confidence = 1 }
    producers = { orders = { members = ["serviceAccount:orders@example.iam.gserviceaccount.com"], stream = "Orders.v2_1" } }
    bigquery  = { dataset_id = "clean", location = "EU" }
    console = {
      viewers   = ["domain:example.com", "principalSet://iam.googleapis.com/locations/global/workforcePools/p/*", "serviceAccount:demo.svc.id.goog[a/b]"]
      operators = ["ana@example.com"]
    }
    worker    = { cpu = "8", memory = "4Gi" }
    consumers = { billing = { members = ["group:billing@example.com"], filter = join("", [for i in range(104) : "é"]) } } # 256 bytes, with the clause.
    alerts    = { emails = [for i in range(16) : "ops${i}@example.com"], dead_letter_share = 0.5, clean_share = 0.95 }
  }
}

run "names_that_google_does_not_take_and_everybody" {
  command = plan

  variables {
    project_id = "My Project"
    prefix     = "a-staging-project" # An account's name would be too long.
    labels     = { Team = "payments" }
    region     = "europe-west1-b"
    firestore  = { database_id = "Events" }
    bigquery   = { dataset_id = "event-mend" }
    functions  = { trak = { max_instances = 2 } }
    producers  = { all = { members = ["allUsers"] } }
    console    = { viewers = ["allAuthenticatedUsers"] }
    worker     = { instances = 0 }
    settings   = { firestore_timeout_ms = 30000, publish_timeout_ms = 30000 } # Longer than a delivery may take.
    alerts     = { dead_letter_share = 5 }
  }
  expect_failures = [
    var.project_id, var.prefix, var.labels, var.region, var.firestore, var.bigquery, var.functions, var.producers, var.console, var.settings, var.alerts, var.worker,
  ]
}

run "half_a_cpu_and_half_a_filter" {
  command = plan

  variables {
    console    = { operators = ["user:ana@example.com"] } # It would become user:user:ana@example.com.
    worker     = { memory = "8G" }
    consumers  = { billing = { ack_deadline_seconds = 10.5 } }
    dataflow   = { template = "2026-11-10-00_RC00", windows = 9.5 }
    prefix     = "goog-events" # Pub/Sub keeps such names for itself.
    labels     = { team = "Payments" }
    functions  = { track = { cpu = "0.5" } }
    producers  = { orders = { stream = "orders\" OR attributes:x" } }
    settings   = { publish_timeout_ms = 0 }
    encryption = { region = "projects/keys/locations/us-central1/keyRings/r/cryptoKeys/k" } # Another region.
    alerts     = { gap_age_seconds = 0 }
  }
  expect_failures = [
    var.prefix, var.labels, var.encryption, var.functions, var.producers, var.settings, var.alerts, var.console, var.worker, var.consumers, var.dataflow,
  ]
}

run "no_unit_no_name_and_less_than_nothing" {
  command = plan

  variables {
    console    = { viewers = ["group:"] }
    dataflow   = { template = "2026-11-10-00_RC00", max_workers = 1.5 }
    bigquery   = { recent_days = 0.5 }
    project_id = "example.com:shop" # No bucket could be named for it.
    firestore  = { letters_database_id = "abc" }
    functions  = { track = { memory = "512" } }
    producers  = { "Order Service" = {} }
    settings   = { grace_ms = -1 }
    alerts     = { ignored_streams = ["a|b"] }
  }
  expect_failures = [var.bigquery, var.project_id, var.firestore, var.functions, var.producers, var.settings, var.alerts, var.console, var.dataflow]
}

run "nobody_consumes_and_more_recipients_than_an_alert_has" {
  command = plan

  variables {
    consumers = { billing = { members = ["serviceAccount:"] } }
    alerts    = { emails = [for i in range(16) : "ops${i}@example.com"], notification_channels = ["projects/demo-project/notificationChannels/1"] }
  }
  expect_failures = [var.consumers, var.alerts]
}

run "an_objective_that_no_failure_could_miss_fast_enough" {
  command = plan

  variables {
    alerts = { clean_share = 0.949 }
  }
  expect_failures = [var.alerts]
}

run "an_objective_that_no_slo_takes" {
  command = plan

  variables {
    alerts = { clean_share = 0.99991 }
  }
  expect_failures = [var.alerts]
}

run "more_at_least_than_at_most_and_more_than_certainty" {
  command = plan

  variables {
    functions  = { track = { min_instances = 5, max_instances = 4 } }
    settings   = { min_confidence = 80 }
    alerts     = { clean_seconds = 90 } # track does not count by it.
    consumers  = { billing = { max_delivery_attempts = 5.5 } }
    bigquery   = { location = "EU" }
    encryption = { dataset = "projects/keys/locations/us/keyRings/r/cryptoKeys/k" } # Another continent.
  }
  expect_failures = [var.encryption, var.functions, var.settings, var.consumers, var.alerts]
}

run "bundles_of_other_sources_are_refused" {
  command = plan

  variables {
    bundles = "tests/bundles-of-other-sources"
  }
  expect_failures = [google_storage_bucket_object.function]
}

run "bundles_with_another_catalog_are_refused" {
  command = plan

  variables {
    bundles = null # dist/ of this checkout, with the catalog that was shipped
    catalog = "my-catalog.ts"
  }
  expect_failures = [google_storage_bucket_object.function]
}

run "a_catalog_that_forgets_ids_sooner_than_messages_end_is_refused" {
  command = plan

  variables {
    bundles = "tests/bundles-with-short-windows"
  }
  expect_failures = [google_storage_bucket_object.function]
}

run "bundles_of_these_sources_carry_their_revision" {
  command = plan

  variables {
    bundles = null # dist/ of this checkout
  }

  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.main :
      function.labels.revision == local.manifest.revision && function.service_config[0].environment_variables.REVISION == local.manifest.revision
    ])
    error_message = "Logs and labels tell which sources run."
  }
  assert {
    condition     = local.built_hash == local.source_hash && contains(local.manifest.otherSources, "cli/scheduled-checks.ts")
    error_message = "The build and Terraform hash the same files in the same way."
  }
}
