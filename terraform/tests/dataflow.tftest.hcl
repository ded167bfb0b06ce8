# The Dataflow pipeline: off by default, and what it runs on and may do.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
}

run "without_the_variable_nothing_of_it_is_there" {
  assert {
    condition = length(concat(
      values(google_dataflow_flex_template_job.main), values(google_pubsub_subscription.dataflow), values(google_storage_bucket.dataflow),
      values(google_service_account.dataflow),
    )) == 0
    error_message = "The pipeline costs money all day: it is off by default."
  }
}

run "the_job_runs_the_tested_file_and_is_drained" {
  variables {
    dataflow = {
      template  = "2026-11-10-00_RC00"
      reporters = ["serviceAccount:crm@example.iam.gserviceaccount.com"]
    }
  }

  assert {
    condition     = google_dataflow_flex_template_job.main["dataflow"].on_delete == "drain"
    error_message = "A job that is cancelled loses what is in its windows."
  }
  assert {
    condition     = strcontains(google_dataflow_flex_template_job.main["dataflow"].container_spec_gcs_path, "/2026-11-10-00_RC00/flex/Yaml_Template")
    error_message = "The template is a dated one."
  }
  assert {
    condition     = strcontains(google_storage_bucket_object.dataflow["dataflow"].name, filesha256("../dataflow/anomalies.yaml"))
    error_message = "Another pipeline has another name, or the job would not change."
  }
  assert {
    condition     = endswith(google_dataflow_flex_template_job.main["dataflow"].parameters.yaml_pipeline_file, google_storage_bucket_object.dataflow["dataflow"].name)
    error_message = "The job runs the file of this repository."
  }
  # An undefined variable of Jinja ends the job at its start.
  assert {
    condition = toset(keys(jsondecode(google_dataflow_flex_template_job.main["dataflow"].parameters.jinja_variables))) == toset([
      "events", "totals", "anomalies", "window_seconds", "windows", "settle_seconds", "threshold", "sums",
    ])
    error_message = "The job has every variable of the pipeline."
  }
  assert {
    condition     = jsondecode(google_dataflow_flex_template_job.main["dataflow"].parameters.jinja_variables).sums == { Paid = "/data/amount" }
    error_message = "What is added up is what the catalog says."
  }

  # Subscriptions of its own.
  assert {
    condition     = { for topic, s in google_pubsub_subscription.dataflow : topic => s.name } == { "cleaned-events" = "dataflow-cleaned-events", "reported-totals" = "dataflow-reported-totals" }
    error_message = "It takes no message from anybody else's subscription."
  }
  assert {
    condition     = google_pubsub_subscription.dataflow["cleaned-events"].filter == local.consumer_filter
    error_message = "The probe's events are not watched."
  }
  assert {
    condition     = toset([for grant in google_pubsub_subscription_iam_member.dataflow : grant.subscription]) == toset([for s in google_pubsub_subscription.dataflow : s.id])
    error_message = "Its account reads these subscriptions, and no other."
  }
  assert {
    condition = [
      for key, grant in google_pubsub_topic_iam_member.publisher : split("/", key)[0]
      if grant.member == google_service_account.dataflow["dataflow"].member
    ] == ["anomalies"]
    error_message = "It publishes anomalies, and nothing else."
  }
  assert {
    condition = [
      for key, grant in google_pubsub_topic_iam_member.publisher : split("/", key)[0] if startswith(grant.member, "serviceAccount:crm@")
    ] == ["reported-totals"]
    error_message = "A reporter reports totals, and nothing else."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["oldest-unacked-message"].conditions[0].condition_prometheus_query_language[0].query, "dataflow-cleaned-events")
    error_message = "A pipeline that does not keep up is noticed."
  }
}

run "a_template_has_a_date" {
  command = plan
  variables {
    dataflow = { template = "latest" }
  }
  expect_failures = [var.dataflow]
}

run "a_window_settles_for_whole_windows" {
  command = plan
  variables {
    dataflow = { template = "2026-11-10-00_RC00", window_seconds = 300, settle_seconds = 400 }
  }
  expect_failures = [var.dataflow]
}
