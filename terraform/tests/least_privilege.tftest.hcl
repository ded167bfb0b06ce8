# Who may do what, and that nobody may do more.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  dataflow   = { template = "2026-11-10-00_RC00" }
  bundles    = "tests/bundles"
  store      = true
  bigquery   = {}
  console    = { viewers = ["group:operators@example.com"] }
  producers = {
    crm     = { members = ["serviceAccount:crm@example.iam.gserviceaccount.com"] }
    website = { members = ["serviceAccount:web@example.iam.gserviceaccount.com"] }
  }
}

run "nobody_may_do_more_than_it_needs" {
  # A topic is published to by whom the topology names.
  assert {
    condition = toset(keys(google_pubsub_topic_iam_member.publisher)) == toset(flatten([
      for topic, settings in local.topology.topics : [
        for publisher in settings.publishers : publisher == "producers"
        ? ["${topic}/serviceAccount:crm@example.iam.gserviceaccount.com", "${topic}/serviceAccount:web@example.iam.gserviceaccount.com"]
        : contains(["probe", "reporters"], publisher) ? [] : ["${topic}/${publisher}"]
      ]
    ]))
    error_message = "A grant for each publisher of topology.json, and no other."
  }
  assert {
    condition = alltrue([
      for key, grant in google_pubsub_topic_iam_member.publisher :
      grant.role == "roles/pubsub.publisher" && grant.topic == google_pubsub_topic.main[split("/", key)[0]].id
    ])
    error_message = "It is a grant to publish there."
  }
  assert {
    condition = alltrue([
      for key, grant in google_pubsub_topic_iam_member.publisher :
      grant.member == google_service_account.function[split("/", key)[1]].member
      if contains(keys(local.topology.functions), split("/", key)[1])
    ])
    error_message = "A function publishes as its own account."
  }

  # Producers publish to events alone.
  assert {
    condition = [
      for key, grant in google_pubsub_topic_iam_member.publisher : split("/", key)[0] if startswith(grant.member, "serviceAccount:crm@")
    ] == ["events"]
    error_message = "Whoever may publish elsewhere could have its word about provenance believed."
  }
  assert {
    condition = toset(keys(google_pubsub_subscription_iam_member.resend_requests)) == toset([
      "crm/serviceAccount:crm@example.iam.gserviceaccount.com", "website/serviceAccount:web@example.iam.gserviceaccount.com",
    ])
    error_message = "A producer pulls its own requests, and nobody else's."
  }
  assert {
    condition = alltrue([
      for key, grant in google_pubsub_subscription_iam_member.resend_requests :
      grant.role == "roles/pubsub.subscriber" && grant.subscription == google_pubsub_subscription.resend_requests[split("/", key)[0]].id
    ])
    error_message = "From the subscription that is named for it."
  }

  # A function is called by its own account alone.
  assert {
    condition     = toset(keys(google_cloud_run_v2_service_iam_member.push)) == toset([for s in local.topology.subscriptions : s.function])
    error_message = "What is pushed to is called by Pub/Sub, and nothing else is."
  }
  assert {
    condition = { for grant in google_cloud_run_v2_service_iam_member.console : grant.role => grant.member } == {
      "roles/run.invoker" = "group:operators@example.com"
      "roles/run.viewer"  = "group:operators@example.com"
    }
    error_message = "The console is looked up and opened by whoever was named."
  }
  assert {
    condition = toset([
      for name, f in google_cloudfunctions2_function.main : name if f.service_config[0].ingress_settings != "ALLOW_INTERNAL_ONLY"
    ]) == toset(["console"])
    error_message = "Nothing but the console is reached from outside."
  }

  # Firestore is open to whom it concerns, by database.
  assert {
    condition = { for name, grant in google_project_iam_member.firestore : name => grant.role } == {
      track = "roles/datastore.user", sweep = "roles/datastore.user", reconstruct = "roles/datastore.user", archive = "roles/datastore.user",
      store = "roles/datastore.user", console = "roles/datastore.user", recheck = "roles/datastore.user",
    }
    error_message = "verify has no business there, and validate, which reads hostile input, has no right on the blocks."
  }
  assert {
    condition = { for name, grant in google_project_iam_member.letters : name => grant.role } == {
      validate = "roles/datastore.user", track = "roles/datastore.user", sweep = "roles/datastore.user", archive = "roles/datastore.user",
      console  = "roles/datastore.user",
    }
    error_message = "Letters and kept messages are read and written by these functions."
  }
  assert {
    condition = (
      alltrue([for grant in google_project_iam_member.firestore : grant.condition[0].expression == "resource.name == \"projects/demo-project/databases/(default)\""])
      && alltrue([for grant in google_project_iam_member.letters : grant.condition[0].expression == "resource.name == \"projects/demo-project/databases/eventmend-letters\""])
    )
    error_message = "A grant is for one database."
  }
  assert {
    condition = alltrue([
      for name, member in merge(
        { for name, grant in google_project_iam_member.firestore : "state/${name}" => grant.member },
        { for name, grant in google_project_iam_member.letters : "letters/${name}" => grant.member },
      ) : member == google_service_account.function[split("/", name)[1]].member
    ])
    error_message = "And for this function."
  }
  assert {
    condition = [
      for grant in concat(values(google_project_iam_member.firestore), values(google_project_iam_member.letters), values(google_project_iam_member.build)) :
      try(grant.condition[0].expression, "the whole project") if grant.member == google_service_account.function["validate"].member
    ] == ["resource.name == \"projects/demo-project/databases/eventmend-letters\""]
    error_message = "validate reads hostile input: in the project it has one grant, on the letters' database."
  }

  # What builds images reads sources and no other bucket.
  assert {
    condition     = toset(keys(google_project_iam_member.build)) == toset(["roles/logging.logWriter", "roles/storage.objectViewer"])
    error_message = "It writes logs, and reads the copied sources."
  }
  assert {
    condition = (
      google_artifact_registry_repository_iam_member.build.repository == google_artifact_registry_repository.functions.name
      && google_artifact_registry_repository_iam_member.build.role == "roles/artifactregistry.writer"
      && alltrue([for function in google_cloudfunctions2_function.main : function.build_config[0].docker_repository == google_artifact_registry_repository.functions.id])
    )
    error_message = "It writes images into the repository of the functions only."
  }
  assert {
    condition     = google_project_iam_member.build["roles/storage.objectViewer"].condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
    error_message = "The state of Terraform is none of its business."
  }

  # Pubsub may move what it gives up.
  assert {
    condition = toset(keys(google_pubsub_subscription_iam_member.dead_lettering)) == toset([
      for name, s in google_pubsub_subscription.push : name if length(s.dead_letter_policy) > 0
    ])
    error_message = "From every subscription that has a dead-letter policy, and from no other."
  }
  assert {
    condition = alltrue([
      for name, grant in google_pubsub_subscription_iam_member.dead_lettering :
      grant.subscription == google_pubsub_subscription.push[name].id
      && grant.role == "roles/pubsub.subscriber"
      && grant.member == google_project_service_identity.main["pubsub"].member
    ])
    error_message = "It acks there."
  }
  assert {
    condition     = google_pubsub_topic_iam_member.publisher["dead-letter-queue/pubsub"].member == google_project_service_identity.main["pubsub"].member
    error_message = "And publishes to the dead-letter queue."
  }
  assert {
    condition     = google_pubsub_topic_iam_member.publisher["sweeps/scheduler"].member == google_project_service_identity.main["cloudscheduler"].member
    error_message = "The scheduler publishes ticks."
  }
  assert {
    condition = (
      google_bigquery_table_iam_member.pubsub["bigquery"].member == google_project_service_identity.main["pubsub"].member
      && google_bigquery_table_iam_member.pubsub["bigquery"].table_id == google_bigquery_table.deliveries["bigquery"].table_id
    )
    error_message = "Pub/Sub writes to the one table of BigQuery."
  }

  # No account is anybodys but its own.
  assert {
    condition = length(distinct(concat(
      [for account in google_service_account.function : account.account_id],
      [for account in google_service_account.push : account.account_id],
      [google_service_account.build.account_id],
    ))) == length(google_service_account.function) + length(google_service_account.push) + 1
    error_message = "Every function, every push and the build have an account each."
  }
}
