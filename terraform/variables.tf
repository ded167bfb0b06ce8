variable "project_id" {
  description = "The project that holds everything."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is 6 to 30 lowercase letters, digits and hyphens, and begins with a letter. An id with a domain (example.com:shop) is not supported, because it cannot be part of a bucket's name."
  }
}

variable "prefix" {
  description = "The beginning of every name, so that two deployments fit in a project. Topics, subscriptions and functions have plain names (events, track) with the default."
  type        = string
  default     = "eventmend"
  nullable    = false

  validation {
    # https://cloud.google.com/iam/docs/service-accounts-create
    condition     = can(regex("^[a-z][a-z0-9-]{1,11}[a-z0-9]$", var.prefix)) && !startswith(var.prefix, "goog")
    error_message = "prefix is 3 to 13 lowercase letters, digits and hyphens, the first a letter, the last no hyphen. It does not begin with goog. An account's name has 30 characters at most, and the longest ends in -push-reconstruct."
  }
}

variable "labels" {
  description = "Labels of every resource that has labels, besides application = eventmend."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))
    ])
    error_message = "A label has a key that begins with a lowercase letter, and a value. Both are at most 63 lowercase letters, digits, hyphens and underscores."
  }
}

variable "bundles" {
  description = "The folder with the bundles of the functions, which npm run build writes: an absolute path, or relative to where Terraform runs. By default dist/functions of this checkout."
  type        = string
  default     = null
}

variable "catalog" {
  description = "The catalog file of the bundles, relative to the checkout. A plan refuses bundles that were built with another one (EVENTMEND_CATALOG)."
  type        = string
  default     = "shared/catalog.ts"
  nullable    = false
}

variable "region" {
  description = "The region of everything that has one."
  type        = string
  default     = "europe-west1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is the name of a region, such as europe-west1."
  }
}

variable "storage_regions" {
  description = "The regions in which Pub/Sub may store messages. By default the region only. If the organisation has a policy on resource locations, it must allow them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.storage_regions : can(regex("^[a-z]+-[a-z]+[0-9]+$", region))])
    error_message = "storage_regions has names of regions, such as europe-west1."
  }
}

variable "enforce_in_transit" {
  description = "Whether Pub/Sub also refuses to handle messages outside of storage_regions. Then a publisher or a consumer in another region, or at a global endpoint outside of them, gets an error."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether Firestore, BigQuery and the bundles are protected from destruction. Apply with false before `terraform destroy`."
  type        = bool
  default     = true
  nullable    = false
}
