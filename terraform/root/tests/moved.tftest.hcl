# A deployment from before terraform/ was a module is carried over: the same state, planned by the root. `node .ci/check-plans.mjs`
# reads these plans, and says what `eventmend check-plan` makes of them.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {
  # The bundles do not change.
  mock_data "archive_file" {
    defaults = { output_sha256 = "0123456789abcdef", output_path = ".build/bundle.zip" }
  }
}

variables {
  project_id = "demo-project"
  bundles    = "../tests/bundles"
  dataflow   = { template = "2026-11-10-00_RC00" }
  store      = true
  console    = { operators = ["ana@example.com"] }
  bigquery   = {}
  firestore  = { point_in_time_recovery = true }
  producers  = { orders = { members = ["serviceAccount:orders@example.iam.gserviceaccount.com"] }, crm = { stream = "crm" } }
  consumers  = { billing = { members = ["serviceAccount:billing@example.iam.gserviceaccount.com"] } }
  alerts     = { emails = ["ops@example.com"] }
}

run "a_deployment_without_a_module" {
  state_key = "deployment"

  module {
    source = "../"
  }
}

run "is_carried_over" {
  state_key = "deployment"
  command   = plan

  # The id of what is made anew would not be known before an apply.
  assert {
    condition     = output.topics == run.a_deployment_without_a_module.topics
    error_message = "Every topic is the one that there was."
  }
}

run "loses_a_consumer_and_the_old_versions_of_the_database" {
  state_key = "deployment"
  command   = plan

  variables {
    consumers = {}
    firestore = {}

    # The options of the whole project, which are no part of the module.
    audit_logs        = true
    pager_service_key = "0123456789abcdef0123456789abcdef"
    budget            = { billing_account = "01A2B3-4C5D6E-7F8A9B", amount = 500 }
  }

  assert {
    condition = (
      google_project_iam_audit_config.firestore["DATA_READ"].service == "datastore.googleapis.com"
      && google_billing_budget.main["main"].amount[0].specified_amount[0].units == "500"
      && length(google_monitoring_notification_channel.pager) == 1
    )
    error_message = "Audit logs, a budget and a pager are there if they are asked for."
  }
  assert {
    condition     = google_billing_budget.main["main"].all_updates_rule[0].monitoring_notification_channels == tolist(values(module.eventmend.email_channels))
    error_message = "The budget tells the addresses of the alerts. It would take no pager."
  }
}

run "a_budget_tells_five_addresses_at_most" {
  command = plan

  variables {
    budget = { billing_account = "01A2B3-4C5D6E-7F8A9B", amount = 500 }
    alerts = { emails = [for n in range(6) : "operator-${n}@example.com"] }
  }
  expect_failures = [var.budget]
}
