# The settings of terraform/, under the same names. The module has the types, the defaults and the checks: null is its default.

variable "project_id" {
  description = "See ../variables.tf."
  type        = string
}

variable "prefix" {
  description = "See ../variables.tf."
  type        = string
  default     = null
}

variable "labels" {
  description = "See ../variables.tf."
  type        = any
  default     = null
}

variable "bundles" {
  description = "See ../variables.tf."
  type        = string
  default     = null
}

variable "catalog" {
  description = "See ../variables.tf."
  type        = string
  default     = null
}

variable "region" {
  description = "See ../variables.tf."
  type        = string
  default     = null
}

variable "storage_regions" {
  description = "See ../variables.tf."
  type        = any
  default     = null
}

variable "enforce_in_transit" {
  description = "See ../variables.tf."
  type        = bool
  default     = null
}

variable "deletion_protection" {
  description = "See ../variables.tf."
  type        = bool
  default     = null
}

variable "policies" {
  description = "See ../policies.tf."
  type        = any
  default     = null
}

variable "firestore" {
  description = "See ../variables-data.tf."
  type        = any
  default     = null
}

variable "functions" {
  description = "See ../variables-functions.tf."
  type        = any
  default     = null
}

variable "build_worker_pool" {
  description = "See ../variables-functions.tf."
  type        = string
  default     = null
}

variable "mode" {
  description = "See ../worker.tf."
  type        = string
  default     = null
}

variable "worker" {
  description = "See ../worker.tf."
  type        = any
  default     = null
}

variable "worker_image" {
  description = "See ../worker.tf."
  type        = string
  default     = null
}

variable "checks" {
  description = "See ../checks.tf."
  type        = any
  default     = null
}

variable "systems" {
  description = "See ../variables-functions.tf."
  type        = any
  default     = null
}

variable "settings" {
  description = "See ../variables-functions.tf."
  type        = any
  default     = null
}

variable "producers" {
  description = "See ../variables-traffic.tf."
  type        = any
  default     = null
}

variable "sources" {
  description = "See ../variables-traffic.tf."
  type        = any
  default     = null
}

variable "consumers" {
  description = "See ../variables-traffic.tf."
  type        = any
  default     = null
}

variable "store" {
  description = "See ../variables-options.tf."
  type        = bool
  default     = null
}

variable "bigquery" {
  description = "See ../variables-options.tf."
  type        = any
  default     = null
}

variable "dataflow" {
  description = "See ../variables-options.tf."
  type        = any
  default     = null
}

variable "console" {
  description = "See ../variables-options.tf."
  type        = any
  default     = null
}

variable "alerts" {
  description = "See ../variables-options.tf."
  type        = any
  default     = null
}

variable "retention" {
  description = "See ../variables-data.tf."
  type        = any
  default     = null
}

variable "encryption" {
  description = "See ../variables-data.tf."
  type        = any
  default     = null
}
