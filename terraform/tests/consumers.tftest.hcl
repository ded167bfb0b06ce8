# The consumers of clean events, and where messages are stored.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
  consumers = {
    billing = {
      members = ["serviceAccount:billing@shop.iam.gserviceaccount.com", "group:billing@example.com"]
      filter  = "attributes.stream = \"orders\" OR attributes.stream = \"refunds\""
    }
    crm = {
      push                  = { endpoint = "https://crm.example.com/events", service_account = "crm@demo-project.iam.gserviceaccount.com" }
      max_delivery_attempts = 5
      ordered               = true
    }
    search = { filter = " " }
    stock  = { filter = "" }
  }
}

run "a_consumer_has_a_subscription_and_dead_letters_of_its_own" {
  assert {
    condition = { for name, s in google_pubsub_subscription.consumer : name => s.name } == {
      billing = "consumer-billing"
      crm     = "consumer-crm"
      search  = "consumer-search"
      stock   = "consumer-stock"
    } && alltrue([for s in google_pubsub_subscription.consumer : s.topic == google_pubsub_topic.main["cleaned-events"].id])
    error_message = "A subscription to the clean events for each."
  }
  assert {
    condition = { for name, s in google_pubsub_subscription.consumer : name => s.filter } == {
      billing = "NOT attributes.stream = \"eventmend-probe\" AND (attributes.stream = \"orders\" OR attributes.stream = \"refunds\")"
      crm     = "NOT attributes.stream = \"eventmend-probe\""
      search  = "NOT attributes.stream = \"eventmend-probe\""
      stock   = "NOT attributes.stream = \"eventmend-probe\""
    }
    error_message = "The probe's events never reach a consumer, whatever its own filter says."
  }
  assert {
    condition     = alltrue([for s in google_pubsub_subscription.consumer : s.expiration_policy[0].ttl == "" && s.message_retention_duration == local.retention])
    error_message = "It never expires."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.consumer :
      s.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.consumer_dead_letters[name].id
      && google_pubsub_subscription.consumer_dead_letters[name].topic == google_pubsub_topic.consumer_dead_letters[name].id
      && google_pubsub_subscription.consumer_dead_letters[name].expiration_policy[0].ttl == ""
    ]) && google_pubsub_subscription.consumer["crm"].dead_letter_policy[0].max_delivery_attempts == 5
    error_message = "What it refuses is kept for it, apart from Eventmend's own dead letters."
  }
  assert {
    condition = alltrue([
      for name in keys(var.consumers) :
      google_pubsub_topic_iam_member.consumer_dead_letters[name].role == "roles/pubsub.publisher"
      && google_pubsub_topic_iam_member.consumer_dead_letters[name].member == google_project_service_identity.main["pubsub"].member
      && google_pubsub_subscription_iam_member.consumer_dead_lettering[name].role == "roles/pubsub.subscriber"
      && google_pubsub_subscription_iam_member.consumer_dead_lettering[name].subscription == google_pubsub_subscription.consumer[name].id
      && google_pubsub_subscription_iam_member.consumer_dead_lettering[name].member == google_project_service_identity.main["pubsub"].member
    ])
    error_message = "Pub/Sub may move a message to the dead letters, which takes both grants."
  }

  # Who pulls, and who is pushed to.
  assert {
    condition = toset(keys(google_pubsub_subscription_iam_member.consumer)) == toset([
      "billing/serviceAccount:billing@shop.iam.gserviceaccount.com", "billing/group:billing@example.com",
    ]) && toset(keys(google_pubsub_subscription_iam_member.consumer_dead_letters)) == toset(keys(google_pubsub_subscription_iam_member.consumer))
    error_message = "A member pulls the clean events and the dead letters of its own consumer, and of no other."
  }
  assert {
    condition = alltrue([
      for key, grant in google_pubsub_subscription_iam_member.consumer :
      grant.role == "roles/pubsub.subscriber" && grant.subscription == google_pubsub_subscription.consumer[split("/", key)[0]].id
    ])
    error_message = "It may pull, and no more."
  }
  assert {
    condition = (
      length(google_pubsub_subscription.consumer["billing"].push_config) == 0
      && google_pubsub_subscription.consumer["crm"].push_config[0].push_endpoint == "https://crm.example.com/events"
      && google_pubsub_subscription.consumer["crm"].push_config[0].oidc_token[0].service_account_email == "crm@demo-project.iam.gserviceaccount.com"
      && google_pubsub_subscription.consumer["crm"].push_config[0].oidc_token[0].audience == "https://crm.example.com/events"
      && keys(google_service_account_iam_member.consumer_push_token) == ["crm"]
      && google_pubsub_subscription.consumer["crm"].enable_message_ordering
    )
    error_message = "A push is signed as the account that the consumer names."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["consumer-lags"].conditions[0].condition_prometheus_query_language[0].query, "consumer-(billing|crm|search|stock)(-dead-letters)?")
    error_message = "The alert watches both subscriptions of each consumer."
  }
}

run "messages_stay_in_the_region" {
  assert {
    condition = alltrue([
      for topic in concat(values(google_pubsub_topic.main), values(google_pubsub_topic.source), values(google_pubsub_topic.consumer_dead_letters)) :
      topic.message_storage_policy[0].allowed_persistence_regions == toset(["europe-west1"]) && topic.message_storage_policy[0].enforce_in_transit == false
    ])
    error_message = "By default Pub/Sub stores messages in the region, and both members are written, since the API fills in what is left out."
  }
}

run "or_where_they_are_told_to" {
  variables {
    storage_regions    = ["europe-west4", "europe-west1"]
    enforce_in_transit = true
  }
  assert {
    condition = alltrue([
      for topic in google_pubsub_topic.main :
      topic.message_storage_policy[0].allowed_persistence_regions == toset(["europe-west1", "europe-west4"]) && topic.message_storage_policy[0].enforce_in_transit
    ])
    error_message = "In the regions that are named, and handled nowhere else."
  }
}

run "a_filter_that_is_too_long_with_the_probes_clause" {
  command = plan
  variables {
    consumers = { billing = { filter = "${join("", [for i in range(104) : "é"])}x" } } # A byte too long, though it has 153 characters.
  }
  expect_failures = [var.consumers]
}

run "a_name_that_is_taken_for_dead_letters" {
  command = plan
  variables {
    consumers = { billing-dead-letters = {} }
  }
  expect_failures = [var.consumers]
}

run "a_consumer_that_pulls_and_is_pushed_to" {
  command = plan
  variables {
    consumers = {
      crm = {
        members = ["group:crm@example.com"]
        push    = { endpoint = "https://crm.example.com", service_account = "crm@demo-project.iam.gserviceaccount.com" }
      }
    }
  }
  expect_failures = [var.consumers]
}

run "a_push_as_an_account_of_another_project" {
  command = plan
  variables {
    consumers = { crm = { push = { endpoint = "https://crm.example.com", service_account = "crm@other-project.iam.gserviceaccount.com" } } }
  }
  expect_failures = [var.consumers]
}

run "a_push_without_encryption" {
  command = plan
  variables {
    consumers = { crm = { push = { endpoint = "http://crm.example.com", service_account = "crm@demo-project.iam.gserviceaccount.com" } } }
  }
  expect_failures = [var.consumers]
}

run "anybody_at_all" {
  command = plan
  variables {
    consumers = { billing = { members = ["allUsers"] } }
  }
  expect_failures = [var.consumers]
}

run "more_attempts_than_pubsub_makes" {
  command = plan
  variables {
    consumers = { billing = { max_delivery_attempts = 101 } }
  }
  expect_failures = [var.consumers]
}

run "a_place_that_is_no_region" {
  command = plan
  variables {
    storage_regions = ["eu"]
  }
  expect_failures = [var.storage_regions]
}
