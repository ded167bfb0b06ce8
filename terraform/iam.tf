# All grants. No grant is on the whole project if a narrower one is possible.
locals {
  # The Firestore role of each function, by database. verify needs none.
  firestore_roles = {
    state = {
      track       = "roles/datastore.user"
      sweep       = "roles/datastore.user"
      reconstruct = "roles/datastore.user"
      archive     = "roles/datastore.user"
      store       = "roles/datastore.user" # clean events
      recheck     = "roles/datastore.user" # anomalies
      console     = "roles/datastore.user"
    }
    letters = {
      validate = "roles/datastore.user" # messages too large to pass on
      track    = "roles/datastore.user" # the records of replays
      sweep    = "roles/datastore.user"
      archive  = "roles/datastore.user"
      console  = "roles/datastore.user" # changes of dead letters, and the audit trail
    }
  }

  # The members of each publisher in topology.json. The keys must be known before anything is created.
  publishers = merge(
    { for name in local.left_out : name => {} },
    { for name in keys(local.functions) : name => { (name) = google_service_account.function[name].member } },
    {
      producers = merge([for producer in var.producers : { for member in producer.members : member => member }]...)
      dataflow  = { for name, account in google_service_account.dataflow : name => account.member }
      reporters = var.dataflow == null ? {} : { for member in var.dataflow.reporters : member => member }
      # Without the scheduled probe: the person who deploys and probes has these rights already.
      probe     = { for name, account in google_service_account.check : name => account.member if name == "probe" }
      pubsub    = { pubsub = google_project_service_identity.main["pubsub"].member }
      scheduler = { scheduler = google_project_service_identity.main["cloudscheduler"].member }
    },
  )
  publisher_grants = merge(flatten([
    for topic, settings in local.topology.topics : [
      for publisher in settings.publishers : {
        for key, member in local.publishers[publisher] : "${topic}/${key}" => { topic = topic, member = member }
      }
    ]
  ])...)

  # A topic that exists already has its publishers.
  source_grants = merge([
    for name, source in var.sources : {
      for member in source.members : "${name}/${member}" => { source = name, member = member }
    } if source.topic == null && !try(local.catalog_sources[name].closed, false)
  ]...)

  resend_grants = merge([
    for name, producer in var.producers : {
      for member in producer.members : "${name}/${member}" => { producer = name, member = member }
    }
  ]...)

  build_roles = {
    "roles/logging.logWriter" = null
    # Only the bucket with the copied sources, and not the bucket of Terraform's state.
    "roles/storage.objectViewer" = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}

resource "google_service_account" "function" {
  for_each = local.functions

  project      = var.project_id
  account_id   = "${var.prefix}-${each.key}"
  display_name = "${local.title}: what ${each.key} runs as"

  depends_on = [google_project_service.main]
}

# The identity with which Pub/Sub calls a function. Each account may call one function and nothing else.
resource "google_service_account" "push" {
  for_each = local.pushed_to

  project      = var.project_id
  account_id   = "${var.prefix}-push-${each.key}"
  display_name = "${local.title}: what Pub/Sub calls ${each.key} as"

  depends_on = [google_project_service.main]
}

resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "${var.prefix}-build"
  display_name = "${local.title}: what builds the functions' images"

  depends_on = [google_project_service.main]
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project_id
  location   = google_artifact_registry_repository.functions.location
  repository = google_artifact_registry_repository.functions.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

resource "google_project_iam_member" "build" {
  for_each = local.build_roles

  project = var.project_id
  role    = each.key
  member  = google_service_account.build.member

  dynamic "condition" {
    for_each = each.value == null ? [] : [each.value]
    content {
      title      = "eventmend-function-sources"
      expression = condition.value
    }
  }
}

# Firestore has no grants on a single database, so a condition names the database.
resource "google_project_iam_member" "firestore" {
  for_each = { for name, role in local.firestore_roles.state : name => role if contains(keys(local.functions), name) }

  project = var.project_id
  role    = each.value
  member  = google_service_account.function[each.key].member

  condition {
    title      = "eventmend-database"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.main.name}\""
  }
}

resource "google_project_iam_member" "letters" {
  for_each = { for name, role in local.firestore_roles.letters : name => role if contains(keys(local.functions), name) }

  project = var.project_id
  role    = each.value
  member  = google_service_account.function[each.key].member

  condition {
    title      = "eventmend-letters"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.letters.name}\""
  }
}

# The keys of the systems of record. Only the functions that ask them may read them.
resource "google_secret_manager_secret_iam_member" "asking" {
  for_each = {
    for pair in setproduct(local.asking_systems, keys(local.used_secrets)) : "${pair[0]}/${pair[1]}" => { function = pair[0], secret = local.used_secrets[pair[1]] }
  }

  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.value.function].member

  depends_on = [google_project_service.main]
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publisher_grants

  topic  = google_pubsub_topic.main[each.value.topic].id
  role   = "roles/pubsub.publisher"
  member = each.value.member
}

resource "google_pubsub_topic_iam_member" "source_publisher" {
  for_each = local.source_grants

  topic  = google_pubsub_topic.source[each.value.source].id
  role   = "roles/pubsub.publisher"
  member = each.value.member
}

# Pub/Sub needs this role to ack a message that it moves to the dead-letter queue.
resource "google_pubsub_subscription_iam_member" "dead_lettering" {
  for_each = { for name, subscription in local.pushed : name => subscription if lookup(subscription, "maxDeliveryAttempts", null) != null }

  subscription = google_pubsub_subscription.push[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = google_project_service_identity.main["pubsub"].member
}

resource "google_pubsub_subscription_iam_member" "resend_requests" {
  for_each = local.resend_grants

  subscription = google_pubsub_subscription.resend_requests[each.value.producer].id
  role         = "roles/pubsub.subscriber"
  member       = each.value.member
}

# Pub/Sub signs its pushes as the account. Projects from before April 2021 need this grant, and it does no harm in others.
resource "google_service_account_iam_member" "push_token" {
  for_each = local.pushed_to

  service_account_id = google_service_account.push[each.key].id
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_project_service_identity.main["pubsub"].member
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = local.pushed_to

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.main[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.push[each.key].member
}

# `gcloud run services proxy`, with which a person opens the console, reads the service first, so the viewer role is needed too.
resource "google_cloud_run_v2_service_iam_member" "console" {
  for_each = {
    for pair in setproduct(["roles/run.invoker", "roles/run.viewer"], var.console == null ? [] : tolist(setunion(var.console.viewers, [for email in var.console.operators : "user:${email}"]))) :
    "${pair[0]}/${pair[1]}" => { role = pair[0], member = pair[1] }
  }

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.main["console"].name
  role     = each.value.role
  member   = each.value.member
}
