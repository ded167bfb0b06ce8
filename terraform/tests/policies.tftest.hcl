# What the organisation does not allow is refused by the plan, and not half-way through the apply.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
  region     = "europe-west1"
}

run "what_the_policies_allow_is_taken" {
  command = plan

  variables {
    policies        = { member_domains = ["example.com"], locations = ["europe-west1", "europe-west4", "eur3", "EU"] }
    storage_regions = ["europe-west4"]
    firestore       = { location = "eur3" }
    bigquery        = { location = "EU" }
    producers       = { orders = { members = ["group:orders@Example.com"] } }
    # Whose a service account or a principal is, the plan does not know.
    consumers = { billing = { members = ["group:orders@Example.com", "serviceAccount:billing@another.iam.gserviceaccount.com", "domain:example.com"] } }
    console   = { viewers = ["principalSet://iam.googleapis.com/locations/global/workforcePools/p/*"], operators = ["ana@example.com"] }
  }
}

run "a_member_of_another_domain_is_refused" {
  command = plan
  variables {
    policies  = { member_domains = ["example.com"] }
    producers = { orders = { members = ["group:orders@example.com", "user:bo@notexample.com"] } }
  }
  expect_failures = [var.policies]
}

run "an_operator_of_another_domain_is_refused" {
  command = plan
  variables {
    policies = { member_domains = ["example.com"] }
    console  = { operators = ["ana@example.org"] }
  }
  expect_failures = [var.policies]
}

run "another_domain_is_refused" {
  command = plan
  variables {
    policies  = { member_domains = ["example.com"] }
    consumers = { billing = { members = ["domain:sub.example.com"] } }
  }
  expect_failures = [var.policies]
}

run "a_region_that_is_not_allowed_is_refused" {
  command = plan
  variables {
    policies = { locations = ["europe-west4"] }
  }
  expect_failures = [var.policies]
}

run "a_place_of_messages_that_is_not_allowed_is_refused" {
  command = plan
  variables {
    policies        = { locations = ["europe-west1"] }
    storage_regions = ["europe-west1", "us-central1"]
  }
  expect_failures = [var.policies]
}

run "a_place_of_the_database_that_is_not_allowed_is_refused" {
  command = plan
  variables {
    policies  = { locations = ["europe-west1"] }
    firestore = { location = "eur3" }
  }
  expect_failures = [var.policies]
}

run "a_place_of_the_dataset_that_is_not_allowed_is_refused" {
  command = plan
  variables {
    policies = { locations = ["europe-west1"] }
    bigquery = { location = "EU" }
  }
  expect_failures = [var.policies]
}

run "a_group_of_locations_is_refused" {
  command = plan
  variables {
    policies = { locations = ["in:europe-west1-locations"], member_domains = ["C0abc123"] }
  }
  expect_failures = [var.policies]
}
