variable "project_id" {
  description = "The project that holds everything."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is 6 to 30 lowercase letters, digits and hyphens, and begins with a letter. An id with a domain (example.com:shop) is not supported, because it cannot be part of a bucket's name."
  }
}

variable "region" {
  description = "The region of everything that has one."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is the name of a region, such as europe-west1."
  }
}

variable "storage_regions" {
  description = "The regions in which Pub/Sub may store messages. By default the region only. If the organisation has a policy on resource locations, it must allow them."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for region in var.storage_regions : can(regex("^[a-z]+-[a-z]+[0-9]+$", region))])
    error_message = "storage_regions has names of regions, such as europe-west1."
  }
}

variable "enforce_in_transit" {
  description = "Whether Pub/Sub also refuses to handle messages outside of storage_regions. Then a publisher or a consumer in another region, or at a global endpoint outside of them, gets an error."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether Firestore, BigQuery and the bundles are protected from destruction. Apply with false before `terraform destroy`."
  type        = bool
  default     = true
}

variable "firestore" {
  description = "The database, which only Eventmend may use: its name, its location (the region, or a multi-region such as eur3), and whether point-in-time recovery of the last seven days is on, which costs money."
  type = object({
    database_id            = optional(string, "(default)")
    location               = optional(string)
    point_in_time_recovery = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", var.firestore.database_id))
    error_message = "database_id is (default), or 4 to 63 lowercase letters, digits and hyphens, the first a letter."
  }
}

variable "functions" {
  description = "The sizes of functions by name, if they differ from the defaults of functions.tf. A minimum of 1 instance of validate and of track avoids their cold starts."
  type = map(object({
    cpu           = optional(string)
    memory        = optional(string)
    min_instances = optional(number)
    max_instances = optional(number)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.functions) : contains(keys(local.topology.functions), name)])
    error_message = "functions has an unknown name. shared/topology.json lists the functions."
  }
  validation {
    condition     = alltrue([for size in var.functions : size.cpu == null ? true : contains(["1", "2", "4", "8"], size.cpu)])
    error_message = "cpu is \"1\", \"2\", \"4\" or \"8\": every function serves concurrent requests, which need a whole CPU."
  }
  validation {
    condition     = alltrue([for size in var.functions : size.memory == null ? true : can(regex("^[1-9][0-9]*(Mi|Gi)$", size.memory))])
    error_message = "memory is a number of Mi or Gi: 512Mi, 2Gi."
  }
  validation {
    condition = alltrue([
      for name, size in var.functions : size.memory == null && size.cpu == null ? true : (
        tonumber(replace(coalesce(size.memory, "1Gi"), "/[MG]i$/", "")) * (endswith(coalesce(size.memory, "1Gi"), "Gi") ? 1024 : 1)
        >= lookup({ "4" = 2048, "8" = 4096 }, coalesce(size.cpu, "1"), name == "console" ? 512 : 1024)
      )
    ])
    error_message = "memory is 1Gi or more, which the messages in flight need (512Mi for console), with 4 CPUs 2Gi or more, and with 8 CPUs 4Gi or more, which Cloud Run demands. Set it with cpu."
  }
  validation {
    condition = alltrue([
      for size in var.functions : coalesce(size.min_instances, 0) >= 0 && coalesce(size.max_instances, 1) >= max(1, coalesce(size.min_instances, 0))
    ])
    error_message = "min_instances is 0 or more, max_instances is 1 or more, and no less than min_instances."
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
  default = {}

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
  default = {}

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

variable "producers" {
  description = "The producers that publish to `events`, by name: the members (such as serviceAccount:orders@…), and the stream if the producer shall get the requests of that stream only. Each producer pulls requests to resend from a subscription resend-requests-NAME."
  type = map(object({
    members = optional(set(string), [])
    stream  = optional(string)
  }))
  default = { default = {} }

  validation {
    condition     = alltrue([for name in keys(var.producers) : can(regex("^[a-z][a-z0-9-]{0,39}$", name))])
    error_message = "A producer's name is at most 40 lowercase letters, digits and hyphens, the first a letter."
  }
  validation {
    condition = alltrue(flatten([
      for producer in var.producers : [
        for member in producer.members : can(regex(local.member_pattern, member))
      ]
    ]))
    error_message = "A member is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…: producers must authenticate."
  }
  validation {
    condition = alltrue([
      for producer in var.producers : producer.stream == null ? true : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", producer.stream))
    ])
    error_message = "A stream is at most 128 letters, digits, \".\", \"_\" and \"-\", the first a letter or digit."
  }
}

variable "sources" {
  description = "The topics of the catalog's sources, by the name of the source (docs/sources.md). By default a topic of that name is made, and members (such as serviceAccount:outbox@…) may publish to it. topic is one that exists: projects/PROJECT/topics/NAME, in this project or another."
  type = map(object({
    topic   = optional(string)
    members = optional(set(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.sources) : contains(keys(local.catalog_sources), name)])
    error_message = "sources has a name that is no source of the catalog that was built. Add it to shared/catalog.ts and run npm run build, or take it out."
  }
  validation {
    condition     = alltrue([for name in keys(local.catalog_sources) : contains(keys(var.sources), name)])
    error_message = "The catalog that was built has a source that is not in sources: nothing would be read from it. Add it, with {} for a new topic."
  }
  validation {
    condition     = alltrue([for source in var.sources : source.topic == null ? true : can(regex("^projects/[^/]+/topics/[^/]+$", source.topic))])
    error_message = "topic is projects/PROJECT/topics/NAME."
  }
  validation {
    condition     = alltrue([for source in var.sources : source.topic == null || length(source.members) == 0])
    error_message = "members may publish to a topic that is made here. Grant the right on a topic that exists where that topic is managed."
  }
  validation {
    condition = alltrue(flatten([
      for source in var.sources : [
        for member in source.members : can(regex(local.member_pattern, member))
      ]
    ]))
    error_message = "A member is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…: producers must authenticate."
  }
}

variable "built_sources" {
  description = "The file of the sources of the catalog, which npm run build writes, relative to this folder."
  type        = string
  default     = "../dist/functions/sources.json"
}

variable "consumers" {
  description = "The consumers of clean events, by name. Each has the subscription consumer-NAME, which members pull (serviceAccount:…, also of another project) or which pushes to an HTTPS endpoint as an account of this project, and dead letters of its own after max_delivery_attempts. filter is in Pub/Sub's language of filters; a changed filter replaces the subscription, and what waits in it is lost."
  type = map(object({
    members = optional(set(string), [])
    push = optional(object({
      endpoint        = string
      service_account = string
      audience        = optional(string)
    }))
    filter                = optional(string)
    ordered               = optional(bool, false)
    ack_deadline_seconds  = optional(number, 60)
    max_delivery_attempts = optional(number, 20)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.consumers) : can(regex("^[a-z][a-z0-9-]{0,39}$", name)) && !endswith(name, "-dead-letters")])
    error_message = "A consumer's name is at most 40 lowercase letters, digits and hyphens, the first a letter, and does not end in -dead-letters."
  }
  validation {
    condition = alltrue([
      for consumer in var.consumers : length(coalesce(consumer.filter, "none")) + length("${local.consumer_filter} AND ()") <= 256
    ])
    error_message = "A filter has at most 256 characters, together with the clause that keeps the probe's events out: NOT attributes.stream = \"eventmend-probe\" AND (…)."
  }
  validation {
    condition = alltrue([
      for consumer in var.consumers : consumer.push == null ? true : (
        startswith(consumer.push.endpoint, "https://")
        && can(regex("^[a-z0-9-]+@[a-z0-9-]+\\.iam\\.gserviceaccount\\.com$", consumer.push.service_account))
      )
    ])
    error_message = "push.endpoint begins with https://, and push.service_account is NAME@PROJECT.iam.gserviceaccount.com."
  }
  validation {
    condition = alltrue([
      for consumer in var.consumers :
      consumer.push == null ? true : split("@", consumer.push.service_account)[1] == "${var.project_id}.iam.gserviceaccount.com"
    ])
    error_message = "push.service_account belongs to this project: Pub/Sub takes no account of another one."
  }
  validation {
    condition     = alltrue([for consumer in var.consumers : consumer.push == null || length(consumer.members) == 0])
    error_message = "A consumer pulls (members), or is pushed to (push), not both."
  }
  validation {
    condition = alltrue(flatten([
      for consumer in var.consumers : [
        for member in consumer.members : can(regex(local.member_pattern, member))
      ]
    ]))
    error_message = "A member is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…."
  }
  validation {
    condition = alltrue([
      for consumer in var.consumers :
      consumer.ack_deadline_seconds >= 10 && consumer.ack_deadline_seconds <= 600
      && consumer.max_delivery_attempts >= 5 && consumer.max_delivery_attempts <= 100
    ])
    error_message = "ack_deadline_seconds is 10 to 600, and max_delivery_attempts is 5 to 100."
  }
}

variable "store" {
  description = "Whether the function store also stores each clean event once in Firestore."
  type        = bool
  default     = false
}

variable "bigquery" {
  description = "The dataset for clean events, and its location (the region, or EU or US). By default there is none."
  type = object({
    dataset_id = optional(string, "eventmend")
    location   = optional(string)
  })
  default = null

  validation {
    condition     = var.bigquery == null ? true : can(regex("^[A-Za-z0-9_]+$", var.bigquery.dataset_id))
    error_message = "dataset_id is letters, digits and underscores."
  }
}

variable "dataflow" {
  description = "The pipeline that watches the clean events for anomalies: see docs/anomalies.md. template is the version of Google's Yaml template, as in gs://dataflow-templates-REGION: its date and candidate. reporters (serviceAccount:…) may publish totals to reported-totals. By default there is no pipeline."
  type = object({
    template        = string
    window_seconds  = optional(number, 300)
    windows         = optional(number, 24)
    settle_seconds  = optional(number, 900)
    threshold       = optional(number, 6)
    reporters       = optional(set(string), [])
    machine_type    = optional(string, "n1-standard-1")
    max_workers     = optional(number, 2)
    network         = optional(string)
    subnetwork      = optional(string)
    private_workers = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.dataflow == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}_RC[0-9]{2}$", var.dataflow.template))
    error_message = "template is a dated version such as 2026-11-10-00_RC00: latest is not what was tested."
  }
  validation {
    condition = var.dataflow == null ? true : (
      var.dataflow.window_seconds >= 60 && floor(var.dataflow.window_seconds) == var.dataflow.window_seconds
      && var.dataflow.settle_seconds >= var.dataflow.window_seconds && var.dataflow.settle_seconds % var.dataflow.window_seconds == 0
    )
    error_message = "window_seconds is 60 or more, and settle_seconds a multiple of it."
  }
  validation {
    condition = var.dataflow == null ? true : (
      var.dataflow.windows >= 8 && var.dataflow.windows <= 288 && var.dataflow.threshold >= 3 && var.dataflow.max_workers >= 1
    )
    error_message = "windows is 8 to 288, threshold is 3 or more, and max_workers is 1 or more."
  }
  validation {
    condition     = var.dataflow == null ? true : alltrue([for member in var.dataflow.reporters : can(regex(local.member_pattern, member))])
    error_message = "A reporter is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…: reporters must authenticate."
  }
}

variable "built_sums" {
  description = "The file with the numbers that are added up by type, which npm run build writes from the catalog, relative to this folder."
  type        = string
  default     = "../dist/functions/sums.json"
}

variable "console" {
  description = "The console: its viewers (user:…, group:…, domain:…), the email addresses of its operators, who see messages and change dead letters, and the audience of IAP's header if the console is behind IAP. By default there is no console."
  type = object({
    viewers      = optional(set(string), [])
    operators    = optional(set(string), [])
    iap_audience = optional(string)
  })
  default = null

  validation {
    condition     = var.console == null ? true : alltrue([for email in var.console.operators : can(regex("^[^\\s,@]+@[^\\s,@]+$", email))])
    error_message = "An operator is an email address: ana@example.com."
  }
  validation {
    condition = var.console == null ? true : alltrue([
      for member in var.console.viewers : can(regex(local.member_pattern, member))
    ])
    error_message = "A viewer is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…: the page shows events, so viewers must authenticate."
  }
}

variable "alerts" {
  description = "The recipients (email addresses, and ids of existing notification channels) and the thresholds of alerts: see terraform/playbooks. Gaps and lag of ignored_streams raise no alert: use it for streams whose gaps are only listed."
  type = object({
    emails                = optional(set(string), [])
    notification_channels = optional(set(string), [])
    ignored_streams       = optional(set(string), [])

    dead_letter_share    = optional(number, 0.05)
    least_dead_letters   = optional(number, 20)
    unacked_seconds      = optional(number, 900)
    gap_age_seconds      = optional(number, 3600)
    watermark_lag_events = optional(number, 1000000)
    revision_share       = optional(number, 0.05)
    least_revisions      = optional(number, 20)
    unaccounted_share    = optional(number, 0.01)
    least_unaccounted    = optional(number, 100)
    error_share          = optional(number, 0.05)
    least_errors         = optional(number, 20)
  })
  default = {}

  validation {
    condition = alltrue([
      for share in [
        var.alerts.dead_letter_share, var.alerts.revision_share, var.alerts.unaccounted_share, var.alerts.error_share,
      ] : share > 0 && share < 1
    ])
    error_message = "A share is more than 0 and less than 1."
  }
  validation {
    condition = alltrue([
      for threshold in [
        var.alerts.least_dead_letters, var.alerts.unacked_seconds, var.alerts.gap_age_seconds,
        var.alerts.watermark_lag_events, var.alerts.least_revisions, var.alerts.least_unaccounted, var.alerts.least_errors,
      ] : threshold >= 1
    ])
    error_message = "A threshold is 1 or more."
  }
  validation {
    condition     = alltrue([for stream in var.alerts.ignored_streams : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", stream))])
    error_message = "A stream is at most 128 letters, digits, \".\", \"_\" and \"-\", the first a letter or digit."
  }
}
