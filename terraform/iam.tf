# Who may do what. Nobody has a role in the whole project that a narrower one could replace.
locals {
  # What each function does in Firestore; verify does nothing there.
  firestore_roles = {
    validate    = "roles/datastore.user" # bodies too large to pass on
    track       = "roles/datastore.user"
    sweep       = "roles/datastore.user"
    reconstruct = "roles/datastore.user"
    archive     = "roles/datastore.user"
    store       = "roles/datastore.user"
    console     = "roles/datastore.viewer"
  }

  # The members behind each name that topology.json has as a publisher, under keys that are known before anything is made.
  publishers = merge(
    { for name in local.left_out : name => {} },
    { for name in keys(local.functions) : name => { (name) = google_service_account.function[name].member } },
    {
      producers = merge([for producer in var.producers : { for member in producer.members : member => member }]...)
      # It runs as whoever deploys, who may do all of that anyway.
      probe     = {}
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

  resend_grants = merge([
    for name, producer in var.producers : {
      for member in producer.members : "${name}/${member}" => { producer = name, member = member }
    }
  ]...)

  build_roles = {
    "roles/artifactregistry.writer" = null
    "roles/logging.logWriter"       = null
    # The sources that the platform has copied, and no other bucket: not that of Terraform's state.
    "roles/storage.objectViewer" = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}

resource "google_service_account" "function" {
  for_each = local.functions

  account_id   = "eventmend-${each.key}"
  display_name = "Eventmend: what ${each.key} runs as"

  depends_on = [google_project_service.main]
}

# Whom Pub/Sub is to a function: one account each, that may call this one function and nothing else.
resource "google_service_account" "push" {
  for_each = local.pushed_to

  account_id   = "eventmend-push-${each.key}"
  display_name = "Eventmend: what Pub/Sub calls ${each.key} as"

  depends_on = [google_project_service.main]
}

resource "google_service_account" "build" {
  account_id   = "eventmend-build"
  display_name = "Eventmend: what builds the functions' images"

  depends_on = [google_project_service.main]
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

# Firestore has no grants on a database, but a condition that names it.
resource "google_project_iam_member" "firestore" {
  for_each = { for name, role in local.firestore_roles : name => role if contains(keys(local.functions), name) }

  project = var.project_id
  role    = each.value
  member  = google_service_account.function[each.key].member

  condition {
    title      = "eventmend-database"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.main.name}\""
  }
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publisher_grants

  topic  = google_pubsub_topic.main[each.value.topic].id
  role   = "roles/pubsub.publisher"
  member = each.value.member
}

# To move a message to the dead-letter queue, Pub/Sub acks it where it comes from.
resource "google_pubsub_subscription_iam_member" "dead_lettering" {
  for_each = { for name, subscription in local.subscriptions : name => subscription if lookup(subscription, "maxDeliveryAttempts", null) != null }

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

# Pub/Sub signs its pushes in the name of the account. Projects from before April 2021 need the grant, and it harms no other.
resource "google_service_account_iam_member" "push_token" {
  for_each = local.pushed_to

  service_account_id = google_service_account.push[each.key].id
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_project_service_identity.main["pubsub"].member
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = local.pushed_to

  location = var.region
  name     = google_cloudfunctions2_function.main[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.push[each.key].member
}

# `gcloud run services proxy`, by which a person gets there, looks the service up first.
resource "google_cloud_run_v2_service_iam_member" "console" {
  for_each = {
    for pair in setproduct(["roles/run.invoker", "roles/run.viewer"], var.console == null ? [] : tolist(var.console.viewers)) :
    "${pair[0]}/${pair[1]}" => { role = pair[0], member = pair[1] }
  }

  location = var.region
  name     = google_cloudfunctions2_function.main["console"].name
  role     = each.value.role
  member   = each.value.member
}
