# Who publishes, and who reads.

variable "producers" {
  description = "The producers that publish to `events`, by name: the members (such as serviceAccount:orders@…), and the stream if the producer shall get the requests of that stream only. Each producer pulls requests to resend from a subscription resend-requests-NAME."
  type = map(object({
    members = optional(set(string), [])
    stream  = optional(string)
  }))
  default  = { default = {} }
  nullable = false

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
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.sources) : contains(keys(local.catalog_sources), name)])
    error_message = "sources has a name that is no source of the catalog that was built. Add it to shared/catalog.ts and run npm run build, or take it out."
  }
  validation {
    condition = alltrue([
      for name, source in var.sources : source.topic != null || !(startswith(name, "goog") || contains(keys(local.topology.topics), name))
    ])
    error_message = "A topic cannot have the name of this source: Eventmend has a topic of that name, or it begins with goog, which Pub/Sub keeps for itself. Give it a topic."
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
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.consumers) : can(regex("^[a-z][a-z0-9-]{0,39}$", name)) && !endswith(name, "-dead-letters")])
    error_message = "A consumer's name is at most 40 lowercase letters, digits and hyphens, the first a letter, and does not end in -dead-letters."
  }
  validation {
    # https://cloud.google.com/pubsub/quotas. length() counts characters, so the bytes are those of base64, without its padding.
    condition = alltrue([
      for encoded in [for consumer in var.consumers : base64encode("${local.consumer_filter} AND (${coalesce(consumer.filter, "none")})")] :
      length(encoded) * 3 / 4 - length(regexall("=", encoded)) <= 256
    ])
    error_message = "A filter has at most 256 bytes, together with the clause that keeps the probe's events out: NOT attributes.stream = \"eventmend-probe\" AND (…)."
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
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions
    condition = alltrue([
      for consumer in var.consumers :
      consumer.ack_deadline_seconds >= 10 && consumer.ack_deadline_seconds <= 600
      && consumer.max_delivery_attempts >= 5 && consumer.max_delivery_attempts <= 100
      && alltrue([for number in [consumer.ack_deadline_seconds, consumer.max_delivery_attempts] : floor(number) == number])
    ])
    error_message = "ack_deadline_seconds is a whole number from 10 to 600, and max_delivery_attempts one from 5 to 100."
  }
}
