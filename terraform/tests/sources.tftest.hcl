# The topics and subscriptions of the catalog's sources.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles-with-sources"
  sources = {
    stripe-webhooks = { topic = "projects/payments/topics/webhooks" }
    outbox          = { members = ["serviceAccount:outbox@demo-project.iam.gserviceaccount.com"] }
    old             = { members = ["serviceAccount:old@demo-project.iam.gserviceaccount.com"] }
  }
}

run "a_source_is_read_from_its_topic_under_its_own_path" {
  assert {
    condition     = toset(keys(google_pubsub_topic.source)) == toset(["outbox", "old"])
    error_message = "A topic is made where none is named."
  }
  assert {
    condition     = google_pubsub_subscription.push["validate-source-stripe-webhooks"].topic == "projects/payments/topics/webhooks"
    error_message = "A topic that exists is used as it is, also in another project."
  }
  assert {
    condition = alltrue([
      for name in keys(var.sources) : google_pubsub_subscription.push["validate-source-${name}"].push_config[0].push_endpoint == join("/", [
        google_cloudfunctions2_function.main["validate"].service_config[0].uri, "sources", name,
      ])
    ])
    error_message = "The path names the source, which decides how a message is read."
  }
  assert {
    condition = alltrue([
      for name in keys(var.sources) : google_pubsub_subscription.push["validate-source-${name}"].dead_letter_policy[0].max_delivery_attempts == local.topology.subscriptions["validate-events"].maxDeliveryAttempts
    ])
    error_message = "An outage fills no dead-letter queue: as for events."
  }
  assert {
    condition     = length(setsubtract([for name in keys(var.sources) : "validate-source-${name}"], keys(google_pubsub_subscription_iam_member.dead_lettering))) == 0
    error_message = "Pub/Sub needs a right to move messages to the dead-letter queue."
  }
  assert {
    condition     = keys(google_pubsub_topic_iam_member.source_publisher) == ["outbox/serviceAccount:outbox@demo-project.iam.gserviceaccount.com"]
    error_message = "Members may publish to the topic that is made for them, and nobody to that of a closed source."
  }
  assert {
    condition = toset(keys(google_monitoring_slo.clean_soon)) == toset(concat(
      ["validate-events", "validate-mended-events", "track-validated-events"], [for name in keys(var.sources) : "validate-source-${name}"],
    )) && length(google_monitoring_alert_policy.burn) == 2 * (3 + length(var.sources))
    error_message = "A message of a source that waits makes a minute bad, as one on events does."
  }
}

run "a_source_that_the_catalog_does_not_have_is_refused" {
  command = plan
  variables {
    bundles = "tests/bundles-with-sources"
    sources = { stripe-webhooks = {}, outbox = {}, old = {}, more = {} }
  }
  expect_failures = [var.sources]
}

run "a_source_of_the_catalog_without_a_topic_is_refused" {
  command = plan
  variables {
    bundles = "tests/bundles-with-sources"
    sources = { outbox = {} }
  }
  expect_failures = [var.sources]
}

run "a_topic_that_exists_takes_no_members_here" {
  command = plan
  variables {
    bundles = "tests/bundles-with-sources"
    sources = {
      stripe-webhooks = { topic = "projects/p/topics/t", members = ["user:a@example.com"] }
      outbox          = {}
      old             = {}
    }
  }
  expect_failures = [var.sources]
}

run "a_topic_with_a_name_that_pubsub_keeps_for_itself_is_refused" {
  command = plan
  variables {
    bundles = "tests/bundles-with-reserved-source"
    sources = { goog-orders = {} }
    console = { ingress = "everywhere" }
  }
  expect_failures = [var.sources, var.console]
}
