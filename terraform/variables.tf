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
