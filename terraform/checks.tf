# Checks on a schedule: the audit of the books, and the probe. Each is a job of Cloud Run, in the image of the worker, that ends with an
# error if it finds something. The alert failed-check tells. See docs/deploy.md.
variable "checks" {
  description = "The checks that run on a schedule, each with its cron expression in UTC: audit (docs/cli/audit.md) and probe (docs/cli/probe.md). They need worker_image. An alert tells if one that is to run every day did not run. By default there are none."
  type = object({
    audit = optional(object({ schedule = optional(string, "17 * * * *") }))
    probe = optional(object({ schedule = optional(string, "47 * * * *") }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.worker_image != null || alltrue([for check in var.checks : check == null])
    error_message = "checks needs worker_image. docs/pull.md says how the image is built."
  }
  validation {
    condition     = alltrue([for check in var.checks : check == null ? true : length(split(" ", check.schedule)) == 5])
    error_message = "A schedule is a cron expression of five fields, such as \"17 * * * *\"."
  }
  validation {
    condition = alltrue(flatten([
      for check in var.checks : check == null ? [] : [
        for index, field in split(" ", check.schedule) :
        index > 4 || can(regex(replace(local.cron_field, "VALUE", local.cron_values[min(index, 4)]), lower(field)))
      ]
    ]))
    error_message = "The fields of a schedule are minute (0 to 59), hour (0 to 23), day of the month (1 to 31), month (1 to 12, or jan) and day of the week (0 to 7, or mon). Each is such a value, a range as in 1-5, or *, or several of them with commas between, and a step such as */15."
  }
}

locals {
  # Of a field of a cron expression: its pattern, and by position the pattern of its values.
  cron_field  = replace("^PART(,PART)*$", "PART", "(\\*|VALUE(-VALUE)?)(/[1-9][0-9]*)?")
  cron_values = ["[0-5]?[0-9]", "([01]?[0-9]|2[0-3])", "(0?[1-9]|[12][0-9]|3[01])", "(0?[1-9]|1[0-2]|[a-z]{3})", "([0-7]|[a-z]{3})"]

  checks = { for name, check in var.checks : name => check if check != null }

  # The program in the image (cli/scheduled-checks.ts), and the arguments of each check. The account of the probe may not read policies of
  # IAM, and may not make subscriptions.
  checks_program = ["node", "checks.js"]
  check_arguments = {
    audit = ["audit"]
    probe = ["probe", "--skip-grants", "--subscription", "probe-cleaned-events"]
  }

  # The role of each check on each database. The audit reads. The probe edits, replays and deletes its own letters.
  check_roles = {
    audit = { state = "roles/datastore.viewer", letters = "roles/datastore.viewer" }
    probe = { state = "roles/datastore.viewer", letters = "roles/datastore.user" }
  }
  check_grants = merge([
    for check in keys(local.checks) : {
      for database, role in local.check_roles[check] : "${check}/${database}" => { check = check, database = database, role = role }
    }
  ]...)
  # The subscriptions whose settings the probe compares with topology.json.
  probed = toset([for name in keys(local.pushed) : name if contains(keys(local.checks), "probe")])
}

resource "google_service_account" "check" {
  for_each = local.checks

  project      = var.project_id
  account_id   = "${var.prefix}-${each.key}"
  display_name = "${local.title}: what the scheduled ${each.key} runs as"

  depends_on = [google_project_service.main]
}

resource "google_project_iam_member" "check" {
  for_each = local.check_grants

  project = var.project_id
  role    = each.value.role
  member  = google_service_account.check[each.value.check].member

  condition {
    title      = "eventmend-${each.value.database}"
    expression = "resource.name == \"projects/${var.project_id}/databases/${local.databases[each.value.database]}\""
  }
}

# The probe's own events, that no consumer gets. With it the probe needs no right to make and delete subscriptions.
resource "google_pubsub_subscription" "probe" {
  for_each = { for name, check in local.checks : name => check if name == "probe" }

  project                    = var.project_id
  name                       = "${local.name_prefix}probe-cleaned-events"
  topic                      = google_pubsub_topic.main["cleaned-events"].id
  filter                     = "attributes.stream = \"eventmend-probe\""
  message_retention_duration = local.retention
  labels                     = local.labels

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_subscription_iam_member" "probe" {
  for_each = google_pubsub_subscription.probe

  project      = var.project_id
  subscription = each.value.id
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.check["probe"].member
}

resource "google_pubsub_subscription_iam_member" "probed" {
  for_each = local.probed

  project      = var.project_id
  subscription = google_pubsub_subscription.push[each.key].id
  role         = "roles/pubsub.viewer"
  member       = google_service_account.check["probe"].member
}

resource "google_cloud_run_v2_job" "check" {
  for_each = local.checks

  project  = var.project_id
  name     = "${var.prefix}-${each.key}"
  location = var.region
  labels   = local.labels_of_code
  # It holds no data. Protected, it could not be removed with the variable.
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.check[each.key].email
      encryption_key  = var.encryption.region
      # A failure is to be seen, and the next run is soon.
      max_retries = 0
      timeout     = "1800s"

      containers {
        image   = local.image
        command = local.checks_program
        args    = local.check_arguments[each.key]

        resources {
          limits = { cpu = "1", memory = "1Gi" }
        }

        dynamic "env" {
          for_each = local.environment
          content {
            name  = env.key
            value = env.value
          }
        }
      }
    }
  }

  depends_on = [
    google_firestore_index.block_totals,
    google_firestore_index.event_totals,
    google_kms_crypto_key_iam_member.main,
    google_project_iam_member.check,
    google_pubsub_subscription_iam_member.probe,
    google_pubsub_subscription_iam_member.probed,
    google_pubsub_topic_iam_member.publisher,
  ]
}

# The identity with which Cloud Scheduler starts the checks. It may start these jobs and nothing else.
resource "google_service_account" "start_checks" {
  for_each = length(local.checks) == 0 ? {} : { main = true }

  project      = var.project_id
  account_id   = "${var.prefix}-checks"
  display_name = "${local.title}: what Cloud Scheduler starts the checks as"

  depends_on = [google_project_service.main]
}

resource "google_cloud_run_v2_job_iam_member" "start_checks" {
  for_each = google_cloud_run_v2_job.check

  project  = var.project_id
  location = each.value.location
  name     = each.value.name
  role     = "roles/run.invoker"
  member   = google_service_account.start_checks["main"].member
}

resource "google_cloud_scheduler_job" "check" {
  for_each = local.checks

  project     = var.project_id
  name        = "${var.prefix}-${each.key}"
  description = "Starts Eventmend's ${each.key}."
  region      = var.region
  schedule    = each.value.schedule
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.check[each.key].id}:run"

    oauth_token {
      service_account_email = google_service_account.start_checks["main"].email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.start_checks]
}
