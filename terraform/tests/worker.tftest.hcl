# A worker that pulls, in place of pushes to validate and track, and the scheduled checks, which have the same image.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id   = "demo-project"
  bundles      = "tests/bundles"
  alerts       = { emails = ["ops@example.com"] }
  worker_image = "europe-west1-docker.pkg.dev/demo-project/eventmend-worker/worker:0a1b2c3d4e5f-1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "nothing_of_a_worker_is_there_by_default" {
  assert {
    condition     = length(google_cloud_run_v2_worker_pool.main) + length(google_artifact_registry_repository.worker) + length(google_service_account.worker) == 0
    error_message = "Messages are pushed by default."
  }
  assert {
    condition     = alltrue([for s in google_pubsub_subscription.push : length(s.push_config) == 1])
    error_message = "Every subscription pushes."
  }
  assert {
    condition     = length(google_cloud_run_v2_job.check) + length(google_cloud_scheduler_job.check) + length(google_service_account.check) + length(google_service_account.start_checks) == 0
    error_message = "Nothing is checked by default."
  }
}

run "the_checks_run_on_a_schedule" {
  variables {
    prefix = "staging"
    checks = { audit = {}, probe = { schedule = "5 */2 * * *" } }
  }
  assert {
    condition = alltrue([
      for name, job in google_cloud_run_v2_job.check :
      job.template[0].template[0].containers[0].image == "europe-west1-docker.pkg.dev/demo-project/eventmend-worker/worker@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
      && job.template[0].template[0].containers[0].args[0] == name
      && job.template[0].template[0].max_retries == 0
      && job.template[0].template[0].service_account == google_service_account.check[name].email
      && job.deletion_protection == false && job.labels["revision"] == local.revision
      && { for env in job.template[0].template[0].containers[0].env : env.name => env.value if env.name == "NAME_PREFIX" } == { NAME_PREFIX = "staging-" }
    ]) && toset(keys(google_cloud_run_v2_job.check)) == toset(["audit", "probe"])
    error_message = "A job for each check, in the image, as an account of its own. It is not tried again: its failure is to be seen."
  }
  assert {
    condition = (
      { for name, job in google_cloud_scheduler_job.check : name => job.schedule } == { audit = "17 * * * *", probe = "5 */2 * * *" }
      && alltrue([
        for name, job in google_cloud_scheduler_job.check :
        job.http_target[0].uri == "https://run.googleapis.com/v2/${google_cloud_run_v2_job.check[name].id}:run"
        && job.http_target[0].oauth_token[0].service_account_email == google_service_account.start_checks["main"].email
        && google_cloud_run_v2_job_iam_member.start_checks[name].role == "roles/run.invoker"
      ])
    )
    error_message = "The scheduler starts them, as an account that may start these jobs."
  }

  # What they may do.
  assert {
    condition = { for key, grant in google_project_iam_member.check : "${key} ${grant.condition[0].expression}" => grant.role } == {
      "audit/state resource.name == \"projects/demo-project/databases/staging-events\""    = "roles/datastore.viewer"
      "audit/letters resource.name == \"projects/demo-project/databases/staging-letters\"" = "roles/datastore.viewer"
      "probe/state resource.name == \"projects/demo-project/databases/staging-events\""    = "roles/datastore.viewer"
      "probe/letters resource.name == \"projects/demo-project/databases/staging-letters\"" = "roles/datastore.user"
    }
    error_message = "The audit reads. The probe writes letters only."
  }
  assert {
    condition = toset([
      for key, grant in google_pubsub_topic_iam_member.publisher : key if grant.member == google_service_account.check["probe"].member
    ]) == toset(["events/probe", "mended-events/probe", "probe-poison/probe"])
    error_message = "The probe publishes where the topology says."
  }
  assert {
    condition = (
      [for name, s in google_pubsub_subscription.probe : s.filter] == ["attributes.stream = \"eventmend-probe\""]
      && [for name, s in google_pubsub_subscription.probe : s.name] == ["staging-${local.check_arguments.probe[3]}"]
      && [for grant in google_pubsub_subscription_iam_member.probe : grant.role] == ["roles/pubsub.subscriber"]
      && toset(keys(google_pubsub_subscription_iam_member.probed)) == toset(keys(google_pubsub_subscription.push))
      && alltrue([for grant in google_pubsub_subscription_iam_member.probed : grant.role == "roles/pubsub.viewer"])
    )
    error_message = "It takes its own events only, and sees the settings of the others."
  }

  # Who hears of a failure.
  assert {
    condition = anytrue([
      for condition in google_monitoring_alert_policy.main["failed-check"].conditions :
      strcontains(condition.condition_prometheus_query_language[0].query, "job_name=~\"staging-(audit|probe)\",result=\"failed\"")
    ])
    error_message = "A job that ends with an error raises the alert."
  }
  # A run each hour is missed for three hours, others for 26.5.
  assert {
    condition = {
      for condition in google_monitoring_alert_policy.main["failed-check"].conditions :
      condition.condition_prometheus_query_language[0].query => condition.condition_prometheus_query_language[0].duration
      if startswith(condition.condition_prometheus_query_language[0].query, "absent")
      } == {
      "absent_over_time(run_googleapis_com:job_completed_execution_count{monitored_resource=\"cloud_run_job\",job_name=\"staging-audit\"}[1h])" = "7200s"
      "absent_over_time(run_googleapis_com:job_completed_execution_count{monitored_resource=\"cloud_run_job\",job_name=\"staging-probe\"}[1h])" = "84600s"
    }
    error_message = "A check that does not run raises the alert."
  }
  assert {
    condition     = strcontains(google_logging_metric.platform["failed-tick"].filter, "job_id=(\"staging-sweep\" OR \"staging-audit\" OR \"staging-probe\")")
    error_message = "A check that cannot be started raises an alert too."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.main["undeliverable"].conditions[0].condition_prometheus_query_language[0].query, "subscription_id!=\"staging-validate-probe-poison\"")
    error_message = "What the probe has given up on purpose is no alarm."
  }
}

run "the_repository_comes_before_the_image" {
  variables {
    worker       = {}
    worker_image = null
  }
  assert {
    condition     = length(google_artifact_registry_repository.worker) == 1 && length(google_cloud_run_v2_worker_pool.main) == 0
    error_message = "An image needs a repository, and a pool needs an image."
  }
}

run "a_worker_pulls_for_validate_and_track" {
  variables {
    mode   = "pull"
    worker = {}
  }

  assert {
    condition = alltrue([
      for alert in google_monitoring_alert_policy.late : alltrue([
        for condition in alert.conditions : strcontains(condition.condition_prometheus_query_language[0].query, "_sum{monitored_resource=\"cloud_run_worker_pool\",function=\"track\"}[")
      ])
    ])
    error_message = "Late events are counted where track logs."
  }
  # It pulls what was pushed to the two functions, and nothing else.
  assert {
    condition = toset([for name, s in google_pubsub_subscription.push : name if length(s.push_config) == 0]) == toset([
      for name, subscription in local.topology.subscriptions : name if contains(["validate", "track"], subscription.function)
    ])
    error_message = "The other functions are pushed to."
  }
  assert {
    condition = toset(split(",", one([
      for env in google_cloud_run_v2_worker_pool.main["main"].template[0].containers[0].env : env.value if env.name == "SUBSCRIPTIONS"
    ]))) == toset([for name, s in google_pubsub_subscription.push : name if length(s.push_config) == 0])
    error_message = "The worker is told every subscription that does not push."
  }
  # A subscription differs in nothing else.
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push :
      s.ack_deadline_seconds == local.topology.subscriptions[name].ackDeadlineSeconds
      && s.retry_policy[0].minimum_backoff == "${local.topology.subscriptions[name].backoffSeconds.min}s"
      && length(s.dead_letter_policy) == (can(local.topology.subscriptions[name].maxDeliveryAttempts) ? 1 : 0)
    ])
    error_message = "Deadlines, backoff and attempts are those of the topology."
  }

  # The pool.
  assert {
    condition     = google_cloud_run_v2_worker_pool.main["main"].template[0].containers[0].image == "europe-west1-docker.pkg.dev/demo-project/eventmend-worker/worker@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" && google_cloud_run_v2_worker_pool.main["main"].scaling[0].manual_instance_count == 1
    error_message = "One instance of the image."
  }
  assert {
    condition     = google_cloud_run_v2_worker_pool.main["main"].deletion_protection == false && google_cloud_run_v2_worker_pool.main["main"].labels["revision"] == local.revision
    error_message = "It can be removed, and tells which sources run."
  }

  # Its rights: those of its functions.
  assert {
    condition = toset(keys(google_pubsub_topic_iam_member.worker)) == toset([
      for topic, settings in local.topology.topics : topic if length(setintersection(settings.publishers, ["validate", "track"])) > 0
    ])
    error_message = "It publishes where validate and track do."
  }
  assert {
    condition     = toset(keys(google_pubsub_subscription_iam_member.worker)) == toset([for name, s in google_pubsub_subscription.push : name if length(s.push_config) == 0])
    error_message = "It pulls its own subscriptions only."
  }
  assert {
    condition = (
      alltrue([for grant in google_project_iam_member.worker : grant.role == "roles/datastore.user" && length(grant.condition) == 1])
      && strcontains(google_project_iam_member.worker["database"].condition[0].expression, google_firestore_database.main.name)
      && strcontains(google_project_iam_member.worker["letters"].condition[0].expression, google_firestore_database.letters.name)
    )
    error_message = "It may use the two databases, and no other."
  }

  # What it logs is measured, and its failures raise the alert.
  assert {
    condition     = alltrue([for metric in google_logging_metric.count : strcontains(metric.filter, "cloud_run_worker_pool") && strcontains(metric.filter, "cloud_run_revision")])
    error_message = "The counts of the worker are counted too."
  }
  assert {
    condition     = length([for condition in google_monitoring_alert_policy.main["function-errors"].conditions : condition if strcontains(condition.condition_prometheus_query_language[0].query, "cloud_run_worker_pool")]) == 2
    error_message = "The worker has an alert for a share of failures, and one for a bug."
  }
  assert {
    condition = alltrue([
      for kind in ["cloud_run_revision", "cloud_run_worker_pool"] :
      strcontains(google_monitoring_alert_policy.main["out-of-memory"].conditions[0].condition_prometheus_query_language[0].query, "{monitored_resource=\"${kind}\"}")
    ])
    error_message = "A worker that was ended for its memory raises the alert, as a function does."
  }
  assert {
    condition = alltrue([
      for condition in google_monitoring_alert_policy.main["books-out-of-balance"].conditions :
      !strcontains(condition.condition_prometheus_query_language[0].query, "cloud_run_revision")
    ])
    error_message = "The books of validate and track are those of the worker."
  }
}

run "a_source_is_pulled_too" {
  variables {
    mode    = "pull"
    worker  = {}
    sources = { stripe-webhooks = {}, outbox = {}, old = {} }
    bundles = "tests/bundles-with-sources"
  }
  assert {
    condition     = length(google_pubsub_subscription.push["validate-source-outbox"].push_config) == 0 && contains(keys(google_pubsub_subscription_iam_member.worker), "validate-source-outbox")
    error_message = "A source is one of validate's."
  }
}

run "pull_needs_an_image" {
  command = plan
  variables {
    mode         = "pull"
    worker       = {}
    worker_image = null
  }
  expect_failures = [var.mode]
}

run "a_worker_with_less_memory_than_its_cpus_need_is_refused" {
  command = plan
  variables {
    mode   = "pull"
    worker = { cpu = "8", memory = "512Mi" }
  }
  expect_failures = [google_cloud_run_v2_worker_pool.main["main"]]
}

run "pull_needs_a_worker" {
  command = plan
  variables {
    mode = "pull"
  }
  expect_failures = [var.worker]
}

run "an_image_is_named_by_its_digest" {
  command = plan
  variables {
    worker       = {}
    worker_image = "europe-west1-docker.pkg.dev/demo-project/eventmend-worker/worker:latest"
  }
  expect_failures = [var.worker_image]
}

run "an_image_of_other_sources_is_refused" {
  command = plan
  variables {
    bundles = "tests/bundles-of-other-sources"
    worker  = {}
  }
  # The sources of these bundles are not those of the checkout either.
  expect_failures = [var.worker_image, google_storage_bucket_object.function]
}

run "an_image_of_the_sources_of_the_bundles_is_taken" {
  command = plan
  variables {
    bundles      = "tests/bundles-of-other-sources"
    worker       = {}
    worker_image = "europe-west1-docker.pkg.dev/demo-project/eventmend-worker/worker:000000000000-1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }
  # Only the bundles are refused.
  expect_failures = [google_storage_bucket_object.function]
}

run "checks_need_an_image_and_a_schedule" {
  command = plan
  variables {
    checks       = { audit = {} }
    worker_image = null
  }
  expect_failures = [var.checks]
}

run "a_schedule_has_five_fields" {
  command = plan
  variables {
    checks = { audit = { schedule = "hourly" } }
  }
  expect_failures = [var.checks]
}

run "a_schedule_has_values_that_there_are" {
  command = plan
  variables {
    checks = { audit = { schedule = "61 * * * *" } }
  }
  expect_failures = [var.checks]
}

run "a_schedule_has_ranges_steps_and_names" {
  command = plan
  variables {
    checks = { audit = { schedule = "*/15,7 0-23/2 1,15 jan-MAR 1-5" }, probe = { schedule = "59 23 31 12 7" } }
  }
  assert {
    condition     = google_cloud_scheduler_job.check["audit"].schedule == "*/15,7 0-23/2 1,15 jan-MAR 1-5"
    error_message = "The schedule is the one that was given."
  }
}
