# How the functions run.

variable "functions" {
  description = "The sizes of functions by name, if they differ from the defaults of functions.tf. A minimum of 1 instance of validate and of track avoids their cold starts."
  type = map(object({
    cpu           = optional(string)
    memory        = optional(string)
    min_instances = optional(number)
    max_instances = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.functions) : contains(keys(local.topology.functions), name)])
    error_message = "functions has an unknown name. shared/topology.json lists the functions."
  }
  validation {
    condition     = alltrue([for size in var.functions : size.cpu == null ? true : contains(["1", "2", "4", "6", "8"], size.cpu)])
    error_message = "cpu is \"1\", \"2\", \"4\", \"6\" or \"8\": every function serves concurrent requests, which need a whole CPU."
  }
  validation {
    condition     = alltrue([for size in var.functions : size.memory == null ? true : can(regex(local.memory_pattern, size.memory))])
    error_message = "memory is a number of Mi or Gi: 512Mi, 2Gi."
  }
  validation {
    condition = alltrue(flatten([
      for size in var.functions : [for count in [size.min_instances, size.max_instances] : count == null ? true : floor(count) == count]
    ]))
    error_message = "min_instances and max_instances are whole numbers."
  }
  validation {
    condition = alltrue([
      for size in var.functions : coalesce(size.min_instances, 0) >= 0 && coalesce(size.max_instances, 1) >= max(1, coalesce(size.min_instances, 0))
    ])
    error_message = "min_instances is 0 or more, max_instances is 1 or more, and no less than min_instances."
  }
}

variable "build_worker_pool" {
  description = "The private pool of Cloud Build that builds the functions, in a perimeter of VPC Service Controls: projects/PROJECT/locations/REGION/workerPools/NAME. See docs/organisation.md. By default Cloud Build's own machines build."
  type        = string
  default     = null

  validation {
    condition     = var.build_worker_pool == null ? true : can(regex("^projects/[^/]+/locations/[a-z0-9-]+/workerPools/[^/]+$", var.build_worker_pool)) && strcontains(var.build_worker_pool, "/locations/${var.region}/")
    error_message = "build_worker_pool is projects/PROJECT/locations/REGION/workerPools/NAME, in the region of the functions."
  }
}

variable "systems" {
  description = "How verify and reconstruct reach systems of record: see docs/systems.md and docs/reconciliation.md. Members that end in _secret are ids of secrets in Secret Manager that exist in the project, each with a version."
  type = object({
    use_share = optional(number)
    hubspot = optional(object({
      access_token_secret = string
      portal_id           = optional(string)
      base_url            = optional(string)
    }))
    stripe = optional(object({
      api_key_secret = string
      base_url       = optional(string)
    }))
    twilio = optional(object({
      account_sid       = string
      api_key_secret    = string
      api_secret_secret = string
      base_url          = optional(string)
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.systems.use_share == null ? true : var.systems.use_share > 0 && var.systems.use_share <= 1
    error_message = "use_share is a number above 0, at most 1."
  }
}

variable "settings" {
  description = "Optional settings of the functions: see docs/reference/settings.md. If a value is absent, a function uses its own default or the catalog's."
  type = object({
    firestore_timeout_ms = optional(number)
    publish_timeout_ms   = optional(number)
    counts_interval_ms   = optional(number)
    grace_ms             = optional(number)
    resend_timeout_ms    = optional(number)
    min_confidence       = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for ms in [var.settings.firestore_timeout_ms, var.settings.publish_timeout_ms, var.settings.counts_interval_ms] :
      ms == null ? true : ms >= 100 && ms <= 600000 && floor(ms) == ms
    ])
    error_message = "firestore_timeout_ms, publish_timeout_ms and counts_interval_ms are whole numbers from 100 to 600000."
  }
  validation {
    condition = (
      coalesce(var.settings.firestore_timeout_ms, 10000) + coalesce(var.settings.publish_timeout_ms, 20000)
      < 1000 * min([for subscription in local.topology.subscriptions : subscription.ackDeadlineSeconds]...)
    )
    error_message = "The sum of firestore_timeout_ms and publish_timeout_ms must be less than the shortest ack deadline (shared/topology.json)."
  }
  validation {
    condition = alltrue([
      for ms in [var.settings.grace_ms, var.settings.resend_timeout_ms] : ms == null ? true : ms >= 0 && floor(ms) == ms
    ])
    error_message = "grace_ms and resend_timeout_ms are whole numbers of milliseconds."
  }
  validation {
    condition     = var.settings.min_confidence == null ? true : var.settings.min_confidence >= 0 && var.settings.min_confidence <= 1
    error_message = "min_confidence is a number from 0 to 1."
  }
}
