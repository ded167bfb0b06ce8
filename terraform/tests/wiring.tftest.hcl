# How topics, subscriptions and functions hang together: as shared/topology.json has it.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  dataflow   = { template = "2026-11-10-00_RC00" }
  bundles    = "tests/bundles"
  store      = true
  console    = {}
  bigquery   = {}
  alerts     = { emails = ["ops@example.com"] }
}

run "everything_hangs_together_as_the_topology_says" {
  # Every subscription of the topology is there and no other pushes.
  assert {
    condition     = toset(keys(google_pubsub_subscription.push)) == toset(keys(local.topology.subscriptions))
    error_message = "The push subscriptions are those of topology.json."
  }
  assert {
    condition     = toset(keys(google_pubsub_topic.main)) == toset(keys(local.topology.topics))
    error_message = "The topics are those of topology.json."
  }
  assert {
    condition     = toset(keys(google_cloudfunctions2_function.main)) == toset(keys(local.topology.functions))
    error_message = "The functions are those of topology.json."
  }
  assert {
    condition     = alltrue([for name, topic in google_pubsub_topic.main : topic.name == name && topic.message_retention_duration == "${local.topology.retentionDays * 86400}s"])
    error_message = "Every topic keeps its messages for as long as topology.json says."
  }

  # A subscription pushes to its function at the path of its topic.
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push : s.push_config[0].push_endpoint == join("/", [
        google_cloudfunctions2_function.main[local.topology.subscriptions[name].function].service_config[0].uri,
        local.topology.subscriptions[name].topic,
      ])
    ])
    error_message = "The address is the function's own, and the path names the topic."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push : s.topic == google_pubsub_topic.main[local.topology.subscriptions[name].topic].id
    ])
    error_message = "A subscription is of its topic."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push :
      s.push_config[0].oidc_token[0].audience == google_cloudfunctions2_function.main[local.topology.subscriptions[name].function].service_config[0].uri
    ])
    error_message = "The audience is the bare address, without the path."
  }
  assert {
    condition     = length(distinct([for f in google_cloudfunctions2_function.main : f.service_config[0].uri])) == length(google_cloudfunctions2_function.main)
    error_message = "The functions' addresses must differ here, or the assertions above say nothing."
  }

  # A subscription identifies itself by an account that may call its function.
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push :
      s.push_config[0].oidc_token[0].service_account_email == google_service_account.push[local.topology.subscriptions[name].function].email
    ])
    error_message = "Pub/Sub calls a function as the account made for that."
  }
  assert {
    condition = alltrue([
      for name in toset([for s in local.topology.subscriptions : s.function]) :
      google_cloud_run_v2_service_iam_member.push[name].member == google_service_account.push[name].member
      && google_cloud_run_v2_service_iam_member.push[name].role == "roles/run.invoker"
      && google_cloud_run_v2_service_iam_member.push[name].name == name
    ])
    error_message = "That account may call the function."
  }
  assert {
    condition = alltrue([
      for name in toset([for s in local.topology.subscriptions : s.function]) :
      google_service_account_iam_member.push_token[name].service_account_id == google_service_account.push[name].id
      && google_service_account_iam_member.push_token[name].member == google_project_service_identity.main["pubsub"].member
    ])
    error_message = "Pub/Sub may speak for that account."
  }

  # A subscription is as patient as the topology says.
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push : s.ack_deadline_seconds == local.topology.subscriptions[name].ackDeadlineSeconds
    ])
    error_message = "The ack deadline is the topology's."
  }
  assert {
    condition = alltrue([
      for name, f in google_cloudfunctions2_function.main : f.service_config[0].timeout_seconds == (
        name == "console" ? 60 : min([for s in local.topology.subscriptions : s.ackDeadlineSeconds if s.function == name]...)
      )
    ])
    error_message = "A function may take as long as its delivery, and is ended before that is made again."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push :
      s.retry_policy[0].minimum_backoff == "${local.topology.subscriptions[name].backoffSeconds.min}s"
      && s.retry_policy[0].maximum_backoff == "${local.topology.subscriptions[name].backoffSeconds.max}s"
    ])
    error_message = "The backoff is the topology's."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push :
      (s.filter == null ? "" : s.filter) == lookup(local.topology.subscriptions[name], "filter", "")
    ])
    error_message = "The filter is the topology's."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.push :
      [for policy in s.dead_letter_policy : policy.max_delivery_attempts]
      == [for attempts in [lookup(local.topology.subscriptions[name], "maxDeliveryAttempts", null)] : attempts if attempts != null]
    ])
    error_message = "A subscription has a dead-letter policy where the topology gives it attempts, and none elsewhere: an outage must fill no dead-letter queue."
  }
  assert {
    condition = alltrue(flatten([
      for s in google_pubsub_subscription.push : [for policy in s.dead_letter_policy : policy.dead_letter_topic == google_pubsub_topic.main["dead-letter-queue"].id]
    ]))
    error_message = "What is given up goes to the dead-letter queue."
  }

  # No subscription expires.
  assert {
    condition = alltrue([
      for s in concat(
        values(google_pubsub_subscription.push), values(google_pubsub_subscription.resend_requests),
        values(google_pubsub_subscription.bigquery), [google_pubsub_subscription.kept_dead_letters],
      ) : s.expiration_policy[0].ttl == ""
    ])
    error_message = "A subscription that is quiet for a month would be gone, and what comes after that lost."
  }

  # Dead letters are kept for as long as pubsub can.
  assert {
    condition = (
      google_pubsub_subscription.kept_dead_letters.topic == google_pubsub_topic.main["dead-letter-queue"].id
      && google_pubsub_subscription.kept_dead_letters.message_retention_duration == "2678400s"
      && length(google_pubsub_subscription.kept_dead_letters.push_config) == 0
    )
    error_message = "31 days, and nobody takes them away."
  }

  # A function runs from its own bundle as its own account.
  assert {
    condition = alltrue([
      for name, f in google_cloudfunctions2_function.main : f.name == name && f.build_config[0].entry_point == name && f.build_config[0].runtime == "nodejs24"
    ])
    error_message = "A function is called as its folder, and so is its entry point."
  }
  assert {
    condition = alltrue([
      for name, f in google_cloudfunctions2_function.main :
      f.build_config[0].source[0].storage_source[0].object == google_storage_bucket_object.function[name].name
      && data.archive_file.function[name].source_dir == "tests/bundles/${name}"
    ])
    error_message = "The bundle is the folder of the function in bundles."
  }
  assert {
    condition = alltrue([
      for name, f in google_cloudfunctions2_function.main : f.service_config[0].service_account_email == google_service_account.function[name].email
    ])
    error_message = "A function runs as the account made for it."
  }
  assert {
    condition = alltrue([
      for name, f in google_cloudfunctions2_function.main : f.service_config[0].max_instance_request_concurrency == local.topology.functions[name].concurrency
    ])
    error_message = "The concurrency is the topology's."
  }
  assert {
    condition     = google_cloudfunctions2_function.main["track"].service_config[0].max_instance_count == 1
    error_message = "track is scaled up, not out."
  }
  assert {
    condition = alltrue([
      for name, f in google_cloudfunctions2_function.main :
      f.service_config[0].environment_variables == tomap(merge(
        { GOOGLE_CLOUD_PROJECT = "demo-project", FIRESTORE_DATABASE = "(default)", FIRESTORE_LETTERS_DATABASE = "eventmend-letters", REVISION = "0a1b2c3d4e5f", NODE_OPTIONS = "--enable-source-maps" },
        name == "verify" ? { MAX_INSTANCES = "2" } : {},
        name == "reconstruct" ? { MAX_INSTANCES = "4" } : {},
      ))
    ])
    error_message = "A function is told where it is, and leaves the rest to its defaults."
  }

  # A tick comes every minute.
  assert {
    condition = (
      google_cloud_scheduler_job.sweep.schedule == "* * * * *"
      && google_cloud_scheduler_job.sweep.pubsub_target[0].topic_name == google_pubsub_topic.main["sweeps"].id
      && !contains(keys(google_cloud_scheduler_job.sweep.pubsub_target[0].attributes), "stream")
    )
    error_message = "The tick names no stream: sweep makes one a stream of it."
  }

  # Whoever was named is told.
  assert {
    condition = alltrue([
      for alert in google_monitoring_alert_policy.main : alert.notification_channels == tolist([google_monitoring_notification_channel.email["ops@example.com"].id])
    ])
    error_message = "An alert that tells nobody is none."
  }

  # Clean events go to bigquery with what pubsub knows of them.
  assert {
    condition = alltrue([
      for s in google_pubsub_subscription.bigquery :
      s.topic == google_pubsub_topic.main["cleaned-events"].id
      && s.filter == "NOT attributes.stream = \"eventmend-probe\""
      && s.bigquery_config[0].write_metadata
      && s.bigquery_config[0].table == "demo-project.eventmend.deliveries"
      && s.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.consumer_dead_letters["/bigquery"].id
      && google_pubsub_subscription_iam_member.consumer_dead_lettering["/bigquery"].subscription == s.id
      && google_pubsub_topic_iam_member.consumer_dead_letters["/bigquery"].role == "roles/pubsub.publisher"
      && google_pubsub_subscription.consumer_dead_letters["/bigquery"].name == "bigquery-cleaned-events-dead-letters"
    ]) && length(google_pubsub_subscription.bigquery) == 1
    error_message = "Clean events, but for the probe's, with their attributes."
  }
  assert {
    condition = { for column in jsondecode(google_bigquery_table.deliveries["bigquery"].schema) : column.name => column.type } == {
      data = "STRING", attributes = "JSON", publish_time = "TIMESTAMP", message_id = "STRING", subscription_name = "STRING"
    }
    error_message = "The columns are those that Pub/Sub writes; the event is text."
  }
  assert {
    condition     = strcontains(google_bigquery_table.current_events["bigquery"].view[0].query, "FROM `demo-project.eventmend.deliveries`")
    error_message = "The view reads the table."
  }
  # All days of recent_events, and those of the retention more, in the only part that reads the table: a filter outside would read all partitions.
  assert {
    condition = (
      length(regexall("demo-project.eventmend.deliveries", google_bigquery_table.recent_events["bigquery"].view[0].query)) == 1
      && strcontains(google_bigquery_table.recent_events["bigquery"].view[0].query, "FROM (SELECT * FROM `demo-project.eventmend.deliveries` WHERE publish_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 14 DAY))")
      && endswith(trimspace(google_bigquery_table.recent_events["bigquery"].view[0].query), "\nWHERE publish_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 7 DAY)")
      && google_bigquery_table.deliveries["bigquery"].time_partitioning[0].field == "publish_time"
      && google_bigquery_table.deliveries["bigquery"].clustering == tolist(["publish_time"])
    )
    error_message = "recent_events reads the partitions of its days only."
  }
}

run "producers_sizes_and_settings_are_those_that_are_given" {
  variables {
    producers = {
      crm     = { stream = "crm-1", members = ["serviceAccount:crm@example.iam.gserviceaccount.com"] }
      website = {}
    }
    functions = { track = { min_instances = 1, memory = "4Gi" } }
    settings  = { grace_ms = 30000, min_confidence = 0.9 }
    console   = { ingress = "internal-and-load-balancer" }
  }

  assert {
    condition = (
      google_cloudfunctions2_function.main["console"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
      && alltrue([for name, function in google_cloudfunctions2_function.main : function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" if name != "console"])
    )
    error_message = "The console is reached as it is said, and the other functions by Pub/Sub only."
  }

  # A producer pulls what it is asked to publish again.
  assert {
    condition     = google_pubsub_subscription.resend_requests["website"].filter == "attributes.phase = \"resend\" AND NOT attributes.stream = \"eventmend-probe\""
    error_message = "What is to be inferred is not for producers."
  }
  assert {
    condition     = google_pubsub_subscription.resend_requests["crm"].filter == "attributes.phase = \"resend\" AND attributes.stream = \"crm-1\""
    error_message = "A producer with a stream of its own is asked about that one alone."
  }
  assert {
    condition = alltrue([
      for name, s in google_pubsub_subscription.resend_requests :
      s.topic == google_pubsub_topic.main["reprocess-requests"].id && length(s.push_config) == 0
    ])
    error_message = "Requests are pulled from reprocess-requests."
  }

  # Sizes and settings reach the functions.
  assert {
    condition = (
      google_cloudfunctions2_function.main["track"].service_config[0].min_instance_count == 1
      && google_cloudfunctions2_function.main["track"].service_config[0].available_memory == "4Gi"
      && google_cloudfunctions2_function.main["track"].service_config[0].available_cpu == "1"
      && google_cloudfunctions2_function.main["track"].service_config[0].max_instance_count == 1
      && google_cloudfunctions2_function.main["validate"].service_config[0].min_instance_count == 0
    )
    error_message = "What is given takes the place of the default, for that function alone."
  }
  assert {
    condition = google_cloudfunctions2_function.main["sweep"].service_config[0].environment_variables == tomap({
      GOOGLE_CLOUD_PROJECT = "demo-project", FIRESTORE_DATABASE = "(default)", FIRESTORE_LETTERS_DATABASE = "eventmend-letters", REVISION = "0a1b2c3d4e5f", NODE_OPTIONS = "--enable-source-maps", GRACE_MS = "30000", MIN_CONFIDENCE = "0.9"
    })
    error_message = "A setting that is given is set."
  }
}

run "a_key_that_comes_after_the_creation_is_refused" {
  command = plan

  variables {
    encryption = {
      region   = "projects/keys/locations/europe-west1/keyRings/r/cryptoKeys/k"
      database = "projects/keys/locations/europe-west1/keyRings/r/cryptoKeys/k"
    }
  }
  expect_failures = [terraform_data.key_at_creation]
}

run "what_nobody_asked_for_is_not_there" {
  command = plan

  variables {
    store     = false
    console   = null
    bigquery  = null
    prefix    = "staging"
    labels    = { team = "payments" }
    sources   = {}
    consumers = { billing = {} }
  }
  assert {
    condition = (
      !contains(keys(google_cloudfunctions2_function.main), "store")
      && !contains(keys(google_cloudfunctions2_function.main), "console")
      && !contains(keys(google_pubsub_subscription.push), "store-cleaned-events")
      && !contains(keys(google_pubsub_topic_iam_member.publisher), "mended-events/console")
      && length(google_pubsub_subscription.bigquery) == 0
      && length(google_bigquery_dataset.main) == 0
    )
    error_message = "Without store, console and BigQuery nothing of them is made."
  }
  assert {
    condition     = length(google_pubsub_subscription.push) == length(local.topology.subscriptions) - length([for s in local.topology.subscriptions : s if s.function == "store"])
    error_message = "All else is."
  }

  # With a prefix, no name is that of a deployment without one.
  assert {
    condition = alltrue([
      for name in concat(
        [for topic in google_pubsub_topic.main : topic.name], [for topic in google_pubsub_topic.consumer_dead_letters : topic.name],
        [for subscription in google_pubsub_subscription.push : subscription.name], [for subscription in google_pubsub_subscription.consumer : subscription.name],
        [for subscription in google_pubsub_subscription.resend_requests : subscription.name], [google_pubsub_subscription.kept_dead_letters.name],
        [for function in google_cloudfunctions2_function.main : function.name], [for account in google_service_account.function : account.account_id],
        [for account in google_service_account.push : account.account_id], [google_service_account.build.account_id, google_firestore_database.main.name],
        [google_cloud_scheduler_job.sweep.name, trimprefix(google_storage_bucket.functions.name, "demo-project-")],
        [for subscription in google_pubsub_subscription.dataflow : subscription.name], [for account in google_service_account.dataflow : account.account_id],
        [for job in google_dataflow_flex_template_job.main : job.name], [for bucket in google_storage_bucket.dataflow : trimprefix(bucket.name, "demo-project-")],
        [for metric in google_logging_metric.count : replace(metric.name, "/", "-")], [for metric in google_logging_metric.gauge : replace(metric.name, "/", "-")],
      ) : startswith(name, "staging-")
    ])
    error_message = "Every name begins with the prefix."
  }
  assert {
    condition = (
      google_pubsub_topic.main["events"].name == "staging-events"
      && google_cloudfunctions2_function.main["track"].build_config[0].entry_point == "track"
      && google_cloudfunctions2_function.main["track"].service_config[0].environment_variables["NAME_PREFIX"] == "staging-"
      && google_cloudfunctions2_function.main["track"].service_config[0].environment_variables["FIRESTORE_DATABASE"] == "staging-events"
      && google_cloudfunctions2_function.main["track"].service_config[0].environment_variables["FIRESTORE_LETTERS_DATABASE"] == "staging-letters"
    )
    error_message = "A function knows the prefix, and its bundle has none."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.main : alltrue([
        for condition in policy.conditions :
        length(regexall("(user_eventmend_|topic_id=\"[^s]|subscription_id=~\"[^s])", condition.condition_prometheus_query_language[0].query)) == 0
      ])
    ]) && strcontains(google_logging_metric.count["published"].filter, "service_name=(\"staging-archive\" OR ")
    error_message = "Alerts and metrics are about this deployment alone."
  }
  assert {
    condition = alltrue(concat(
      [for topic in google_pubsub_topic.main : topic.labels == tomap({ application = "eventmend", team = "payments" })],
      [for subscription in google_pubsub_subscription.push : subscription.labels["team"] == "payments"],
      [for function in google_cloudfunctions2_function.main : function.labels["team"] == "payments"],
      [for policy in google_monitoring_alert_policy.main : policy.user_labels["team"] == "payments"],
      [google_storage_bucket.functions.labels["team"] == "payments"],
    ))
    error_message = "Labels are on what has labels."
  }
}
