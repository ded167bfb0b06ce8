locals {
  # 1 GiB is enough for 100 MB of bodies in flight. Beyond that a function answers 503 (functions/push-limits.ts; test/deployment
  # compares the numbers). Concurrent requests need a whole CPU.
  default_size = { cpu = "1", memory = "1Gi", min_instances = 0, max_instances = 10 }
  sizes = {
    validate = { max_instances = 20 }
    # One instance handles some thousand events a second. Instances compete for the same documents, and each conflict costs money
    # (docs/performance.md). So first raise its CPU, and only then the number.
    track       = { max_instances = 1 }
    sweep       = { max_instances = 4 }
    reconstruct = { max_instances = 4 }
    # Its instances share the rate limits of the systems of record.
    verify  = { max_instances = 2 }
    console = { memory = "512Mi", max_instances = 2 }
  }
  size_of = {
    for name, size in local.functions : name => {
      for setting, value in size : setting => try(coalesce(var.functions[name][setting], value), value)
    }
  }

  memory_pattern = "^[1-9][0-9]*(Mi|Gi)$"
  # By a memory as it is spelt: its size in MiB.
  mib_of = {
    for memory in toset(concat([for size in local.size_of : size.memory], var.worker[*].memory)) :
    memory => try(tonumber(regex("^[0-9]+", memory)), 0) * (endswith(memory, "Gi") ? 1024 : 1)
  }
  # By CPUs: the least and the most memory that Cloud Run takes, in MiB. https://cloud.google.com/run/docs/configuring/services/memory-limits
  memory_of_cpu = { "1" = [512, 4096], "2" = [512, 8192], "4" = [2048, 16384], "6" = [4096, 24576], "8" = [4096, 32768] }
  sizes_taken   = "1 CPU goes with up to 4Gi, 2 with up to 8Gi, 4 with 2Gi to 16Gi, 6 with 4Gi to 24Gi, 8 with 4Gi to 32Gi."

  # The maximum time of a delivery, because Pub/Sub sends the message again afterwards. The console has a minute.
  timeouts = {
    for name, subscriptions in local.subscriptions_of :
    name => length(subscriptions) == 0 ? 60 : min([for subscription in subscriptions : subscription.ackDeadlineSeconds]...)
  }

  # The settings that shared/config.ts reads. The platform sets FUNCTION_TARGET to the entry point.
  place = {
    GOOGLE_CLOUD_PROJECT       = var.project_id
    FIRESTORE_DATABASE         = google_firestore_database.main.name
    FIRESTORE_LETTERS_DATABASE = google_firestore_database.letters.name
    REVISION                   = local.revision
  }
  # If a value is absent, a function uses its own default or the catalog's.
  optional_settings = {
    NAME_PREFIX          = local.name_prefix == "" ? null : local.name_prefix
    FIRESTORE_TIMEOUT_MS = var.settings.firestore_timeout_ms
    PUBLISH_TIMEOUT_MS   = var.settings.publish_timeout_ms
    COUNTS_INTERVAL_MS   = var.settings.counts_interval_ms
    GRACE_MS             = var.settings.grace_ms
    RESEND_TIMEOUT_MS    = var.settings.resend_timeout_ms
    MIN_CONFIDENCE       = var.settings.min_confidence
  }
  # The functions that ask systems of record: verify looks records up, and reconstruct reads lists.
  asking_systems = toset(["verify", "reconstruct"])
  # What they need. The values of secrets stay in Secret Manager.
  system_settings = {
    HUBSPOT_PORTAL_ID  = try(var.systems.hubspot.portal_id, null)
    HUBSPOT_BASE_URL   = try(var.systems.hubspot.base_url, null)
    STRIPE_BASE_URL    = try(var.systems.stripe.base_url, null)
    TWILIO_ACCOUNT_SID = try(var.systems.twilio.account_sid, null)
    TWILIO_BASE_URL    = try(var.systems.twilio.base_url, null)
    SYSTEM_USE_SHARE   = var.systems.use_share
    MAX_INSTANCES      = null # each function has its own number, since its instances share the rate limits
  }
  system_secrets = {
    HUBSPOT_ACCESS_TOKEN = try(var.systems.hubspot.access_token_secret, null)
    STRIPE_API_KEY       = try(var.systems.stripe.api_key_secret, null)
    TWILIO_API_KEY       = try(var.systems.twilio.api_key_secret, null)
    TWILIO_API_SECRET    = try(var.systems.twilio.api_secret_secret, null)
  }
  # Who may use the console. An entry of viewers that is no single address, such as a group, cannot be compared: then IAM alone
  # decides who looks.
  console_viewers = try(var.console.viewers, [])
  console_ingress = { all = "ALLOW_ALL", internal = "ALLOW_INTERNAL_ONLY", internal-and-load-balancer = "ALLOW_INTERNAL_AND_GCLB" }[try(var.console.ingress, "all")]
  console_emails  = [for member in local.console_viewers : trimprefix(trimprefix(member, "user:"), "serviceAccount:") if can(regex("^(user|serviceAccount):", member))]
  console_settings = {
    VIEWERS      = length(local.console_emails) > 0 && length(local.console_emails) == length(local.console_viewers) ? join(",", local.console_emails) : null
    OPERATORS    = length(try(var.console.operators, [])) > 0 ? join(",", var.console.operators) : null
    IAP_AUDIENCE = try(var.console.iap_audience, null)
  }
  console_environment = { for name, value in local.console_settings : name => value if value != null }
  used_secrets        = { for name, secret in local.system_secrets : name => secret if secret != null }
  system_environment  = { for name, value in local.system_settings : name => tostring(value) if value != null }

  environment = merge(local.place, { for name, value in local.optional_settings : name => tostring(value) if value != null })
}

# The bundles are refused unless they were made of the sources in this checkout, with the catalog that is meant.
locals {
  repository = "${path.module}/.."
  source_hashes = merge(
    { for path in concat(["package-lock.json"], tolist(fileset(local.repository, "{functions,shared}/**"))) : path => filesha256("${local.repository}/${path}") },
    # A catalog of your own lies in the checkout that was built, which may be another one.
    { for path in try(local.manifest.otherSources, []) :
      path => try(filesha256("${local.bundles}/../../${path}"), filesha256("${local.repository}/${path}"), "missing")
    },
  )
  # As build/manifest.mjs makes it.
  source_hash = sha256(join("", [for path in sort(keys(local.source_hashes)) : "${local.source_hashes[path]} ${path}\n"]))
  # A build always writes a hash. The manifests of tests/ have none, because they would change with each commit.
  built_hash    = try(local.manifest.sourceHash, "")
  built_catalog = try(local.manifest.catalog, "unknown")
  revision      = try(local.manifest.revision, "unknown")

  # Of what runs the code: functions, worker and checks.
  labels_of_code = merge(local.labels, { revision = local.revision })
}

# The bundles that `npm run build` has made.
data "archive_file" "function" {
  for_each = local.functions

  type        = "zip"
  source_dir  = "${local.bundles}/${each.key}"
  output_path = "${path.root}/.build/${var.bundles == null ? "" : "${md5(var.bundles)}/"}${local.name_prefix}${each.key}.zip"
  # Fixed, because other file modes on another machine would make another bundle.
  output_file_mode = "0644"
}

resource "google_storage_bucket" "functions" {
  project                     = var.project_id
  name                        = "${var.project_id}-${var.prefix}-functions"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection
  labels                      = local.labels

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = var.retention.bundle_days
      with_state                 = "ARCHIVED"
    }
  }

  versioning {
    enabled = true
  }

  dynamic "encryption" {
    for_each = var.encryption.region == null ? [] : [var.encryption.region]
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.main, google_project_service.main]
}

# The name contains the hash of the content, so a function is deployed again only if its bundle has changed.
resource "google_storage_bucket_object" "function" {
  for_each = local.functions

  bucket = google_storage_bucket.functions.name
  name   = "${each.key}/${data.archive_file.function[each.key].output_sha256}.zip"
  source = data.archive_file.function[each.key].output_path

  lifecycle {
    precondition {
      condition     = local.built_hash == null || local.built_hash == local.source_hash
      error_message = "dist/ was built from other sources than those of this checkout, or its catalog has changed or is missing (it says ${local.revision}). Run npm run build, and plan again."
    }
    precondition {
      condition     = local.built_hash == null || local.built_catalog == var.catalog
      error_message = "dist/ was built with the catalog ${local.built_catalog}, and the variable catalog names ${var.catalog}. Set both to the same file, EVENTMEND_CATALOG for the build (in Cloud Build _CATALOG), run npm run build, and plan again."
    }
    precondition {
      condition     = local.topology.retentionDays * 86400000 <= try(local.manifest.windowMs, 0)
      error_message = "The shortest windowMs of the catalog that was built is below retentionDays of shared/topology.json: an event that comes again would count as new. Raise windowMs, run npm run build, and plan again."
    }
  }
}

# Which images go, here and in the worker's repository. To keep wins over to delete.
locals {
  # In seconds: the API answers so, and with days each plan would show a change.
  images_go_after = "${var.retention.image_days * 86400}s"
  # The image that runs, and those to roll back to.
  images_kept = 5
}

# The images of the functions. Cloud Functions makes a new one with each deployment.
resource "google_artifact_registry_repository" "functions" {
  project       = var.project_id
  location      = var.region
  repository_id = "${var.prefix}-functions"
  description   = "${local.title}: the images of the functions."
  format        = "DOCKER"
  kms_key_name  = var.encryption.region
  labels        = local.labels

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = local.images_go_after
    }
  }
  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = local.images_kept
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.main, terraform_data.key_at_creation, google_project_service.main]
}

resource "google_cloudfunctions2_function" "main" {
  for_each = local.size_of

  project  = var.project_id
  name     = "${local.name_prefix}${each.key}"
  location = var.region
  labels   = local.labels_of_code

  kms_key_name = var.encryption.region

  build_config {
    runtime           = "nodejs24"
    entry_point       = each.key
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.functions.id
    worker_pool       = var.build_worker_pool

    source {
      storage_source {
        bucket = google_storage_bucket.functions.name
        object = google_storage_bucket_object.function[each.key].name
      }
    }
  }

  service_config {
    available_cpu                    = each.value.cpu
    available_memory                 = each.value.memory
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = each.value.min_instances
    max_instance_count               = each.value.max_instances
    timeout_seconds                  = local.timeouts[each.key]
    service_account_email            = google_service_account.function[each.key].email
    environment_variables = merge(
      local.environment,
      # Stack traces name lines of the sources: the bundles have source maps.
      { NODE_OPTIONS = "--enable-source-maps" },
      contains(local.asking_systems, each.key) ? merge(local.system_environment, { MAX_INSTANCES = tostring(local.size_of[each.key].max_instances) }) : {},
      each.key == "console" ? local.console_environment : {},
    )
    # Pub/Sub in the same project counts as internal. The console is for people, who must authenticate.
    ingress_settings = each.key == "console" ? local.console_ingress : "ALLOW_INTERNAL_ONLY"

    dynamic "secret_environment_variables" {
      for_each = contains(local.asking_systems, each.key) ? local.used_secrets : {}
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value
        version    = "latest"
      }
    }
  }

  lifecycle {
    precondition {
      condition     = local.mib_of[each.value.memory] >= (each.key == "console" ? 512 : 1024)
      error_message = "${each.key} would have ${each.value.memory}. memory of functions is 1Gi or more, which the messages in flight need (512Mi for console)."
    }
    precondition {
      condition = try(
        local.mib_of[each.value.memory] >= local.memory_of_cpu[each.value.cpu][0] && local.mib_of[each.value.memory] <= local.memory_of_cpu[each.value.cpu][1], false,
      )
      error_message = "${each.key} would have ${each.value.cpu} CPUs and ${each.value.memory}, which Cloud Run does not take. ${local.sizes_taken} Set cpu and memory of functions together."
    }
  }

  # A function that queries without its index would fail.
  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_firestore_field.expiry,
    google_firestore_field.indexed,
    google_firestore_field.unindexed,
    google_firestore_index.block_totals,
    google_firestore_index.event_totals,
    google_firestore_index.late_answers,
    google_firestore_index.letters,
    google_firestore_index.long_gaps,
    google_kms_crypto_key_iam_member.main,
    google_project_iam_member.build,
    google_project_iam_member.firestore,
    google_project_iam_member.letters,
    google_secret_manager_secret_iam_member.asking,
    google_project_service.main,
  ]
}
