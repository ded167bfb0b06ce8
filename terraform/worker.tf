# A worker that pulls, in place of pushes to the functions with the most messages: see docs/pull.md.
variable "mode" {
  description = "How messages come to validate and track: push to functions, or pull by a worker. pull needs worker_image. See docs/pull.md."
  type        = string
  default     = "push"
  nullable    = false

  validation {
    condition     = contains(["push", "pull"], var.mode)
    error_message = "mode is push or pull."
  }
  validation {
    condition     = var.mode == "push" || var.worker_image != null
    error_message = "mode = \"pull\" needs worker_image. docs/pull.md says how the image is built."
  }
}

variable "worker" {
  description = "The worker, if there may be one: its size, and the number of its instances when it is created. Later changes of the number are left alone, so that something else may scale it. With it, an Artifact Registry repository takes the image of the worker and of the checks."
  type = object({
    cpu       = optional(string, "1")
    memory    = optional(string, "1Gi")
    instances = optional(number, 1)
  })
  default = null

  validation {
    condition = var.worker == null ? true : (
      contains(["1", "2", "4", "8"], var.worker.cpu) && can(regex(local.memory_pattern, var.worker.memory))
      && var.worker.instances >= 1 && floor(var.worker.instances) == var.worker.instances
    )
    error_message = "worker has a cpu of \"1\", \"2\", \"4\" or \"8\", a memory such as 1Gi, and a whole number of instances, 1 or more."
  }
  validation {
    condition     = var.mode == "push" || var.worker != null
    error_message = "mode = \"pull\" needs worker = {}."
  }
}

variable "worker_image" {
  description = "The image of the worker and of the checks, as terraform/cloudbuild/worker.yaml names it, by what it was built from and its digest: REGION-docker.pkg.dev/PROJECT/REPOSITORY/worker:SOURCES-BUILD@sha256:…"
  type        = string
  default     = null

  validation {
    condition     = var.worker_image == null ? true : can(regex("^[a-z0-9.-]+-docker\\.pkg\\.dev/[^@: ]+:[0-9a-f]{12}-[^@ ]+@sha256:[0-9a-f]{64}$", var.worker_image))
    error_message = "worker_image names an image of Artifact Registry by its tag and its digest (…:SOURCES-BUILD@sha256:…), as the last line of its build does. The digest, since a tag may name another image tomorrow. The tag, since it tells what the image was built from."
  }
  validation {
    condition     = var.worker_image == null || local.built_hash == null ? true : strcontains(var.worker_image, ":${substr(local.built_hash, 0, 12)}-")
    error_message = "worker_image was built from other sources, or with another catalog, than the bundles (the hash of their sources begins with ${try(substr(local.built_hash, 0, 12), "")}). Build the image of this checkout (docs/pull.md), set worker_image to its last line, and plan again."
  }
}

locals {
  pulled_functions = var.mode == "pull" ? ["validate", "track"] : []
  pulled           = { for name, subscription in local.pushed : name => subscription if contains(local.pulled_functions, subscription.function) }
  worker           = var.mode == "pull" ? { main = var.worker } : {}
  # The tag is for people, and for the check above. The digest is what runs.
  image = try(replace(var.worker_image, "/:[^@/]+@/", "@"), null)

  # The topics on which the functions of the worker publish.
  worker_publishes = toset([
    for topic, settings in local.topology.topics : topic if length(setintersection(settings.publishers, local.pulled_functions)) > 0
  ])

  # The resource that logs what a function logs. A worker logs it under the name of the function.
  logged_by = {
    for name in keys(local.functions) :
    name => contains(local.pulled_functions, name) ? "monitored_resource=\"cloud_run_worker_pool\"" : local.logged
  }
  logged_by_worker = "monitored_resource=\"cloud_run_worker_pool\""
  # A query names one kind of resource, so what all log is asked of each kind.
  loggers = var.mode == "pull" ? [local.logged, local.logged_by_worker] : [local.logged]

  # A worker answers no requests, so its share of failures is one of its deliveries.
  worker_failures   = "sum by (function) (increase(${local.metric["errors"]}{${local.logged_by_worker},message=~\"a delivery .*\"}[10m]))"
  worker_deliveries = "sum by (function) (increase(${local.metric["received"]}_sum{${local.logged_by_worker}}[10m]))"
  worker_conditions = {
    for name, condition in {
      "a large share of the worker's deliveries" = {
        query    = "(${local.worker_failures} / ${local.worker_deliveries} > ${var.alerts.error_share}) and (${local.worker_failures} > ${var.alerts.least_errors})"
        duration = "600s"
      }
      "a bug of ours in the worker, a stream that ended, or a process that hung" = {
        query    = "sum by (function) (increase(${local.metric["errors"]}{${local.logged_by_worker},message=~\"a delivery met a bug|a message could not be read|an error was not caught|the stream of .*|the event loop .*\"}[10m])) > 0"
        duration = "0s"
      }
    } : name => condition if var.mode == "pull"
  }
}

resource "google_artifact_registry_repository" "worker" {
  for_each = var.worker == null ? {} : { main = true }

  project       = var.project_id
  location      = var.region
  repository_id = "${var.prefix}-worker"
  description   = "${local.title}: the image of the worker and of the checks."
  format        = "DOCKER"
  kms_key_name  = var.encryption.region
  labels        = local.labels

  docker_config {
    immutable_tags = true
  }

  # Cloud Run keeps a copy of an image that runs.
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

resource "google_service_account" "worker" {
  for_each = local.worker

  project      = var.project_id
  account_id   = "${var.prefix}-worker"
  display_name = "${local.title}: what the worker runs as"

  depends_on = [google_project_service.main]
}

resource "google_pubsub_subscription_iam_member" "worker" {
  for_each = local.pulled

  project      = var.project_id
  subscription = google_pubsub_subscription.push[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.worker["main"].member
}

resource "google_pubsub_topic_iam_member" "worker" {
  for_each = local.worker_publishes

  project = var.project_id
  topic   = google_pubsub_topic.main[each.key].id
  role    = "roles/pubsub.publisher"
  member  = google_service_account.worker["main"].member
}

# validate and track together use both databases.
resource "google_project_iam_member" "worker" {
  for_each = var.mode == "pull" ? { database = google_firestore_database.main.name, letters = google_firestore_database.letters.name } : {}

  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.worker["main"].member

  condition {
    title      = "eventmend-${each.key}"
    expression = "resource.name == \"projects/${var.project_id}/databases/${each.value}\""
  }
}

# It has no probe: the worker ends itself when it hangs (functions/steady-stream.ts, functions/hang-watchdog.ts).
resource "google_cloud_run_v2_worker_pool" "main" {
  for_each = local.worker

  project  = var.project_id
  name     = "${var.prefix}-worker"
  location = var.region
  labels   = local.labels_of_code
  # It holds no data. Protected, it could not be removed with mode = "push".
  deletion_protection = false

  template {
    service_account = google_service_account.worker["main"].email
    encryption_key  = var.encryption.region

    containers {
      image = local.image

      resources {
        limits = { cpu = each.value.cpu, memory = each.value.memory }
      }

      dynamic "env" {
        for_each = merge(local.environment, { SUBSCRIPTIONS = join(",", sort(keys(local.pulled))) })
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }

  scaling {
    manual_instance_count = each.value.instances
  }

  lifecycle {
    # For those who scale it by other means. A deployment would take its instances away.
    ignore_changes = [scaling[0].manual_instance_count]

    precondition {
      condition = try(
        local.mib_of[each.value.memory] >= local.memory_of_cpu[each.value.cpu][0] && local.mib_of[each.value.memory] <= local.memory_of_cpu[each.value.cpu][1], false,
      )
      error_message = "worker would have ${each.value.cpu} CPUs and ${each.value.memory}, which Cloud Run does not take. ${local.sizes_taken}"
    }
  }

  depends_on = [
    google_kms_crypto_key_iam_member.main,
    google_project_iam_member.worker,
    google_pubsub_subscription_iam_member.worker,
    google_pubsub_topic_iam_member.worker,
  ]
}

output "worker_repository" {
  description = "The repository that takes the image of the worker and of the checks, if worker is set."
  value       = one([for repository in google_artifact_registry_repository.worker : "${repository.location}-docker.pkg.dev/${repository.project}/${repository.repository_id}"])
}
