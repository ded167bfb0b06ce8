# Production: the console behind a load balancer with Identity-Aware Proxy (IAP), and nothing of it reachable otherwise. See docs/deploy.md.
# The versions of the providers are those of the module: ../../versions.tf.
terraform {
  required_version = ">= 1.9"

  required_providers {
    archive = {
      source = "hashicorp/archive"
    }
    google = {
      source = "hashicorp/google"
    }
    google-beta = {
      source = "hashicorp/google-beta"
    }
  }
}

provider "google" {
  project = var.project_id
  # Some services, such as Firebase's rules, want to know whose quota a person's calls use.
  billing_project       = var.project_id
  user_project_override = true
}

variable "project_id" {
  description = "The project of Eventmend."
  type        = string
}

variable "region" {
  description = "The region of the functions."
  type        = string
  default     = "europe-west1"
}

variable "bundles" {
  description = "The folder dist/functions of a checkout in which npm run build ran."
  type        = string
}

variable "domain" {
  description = "The host name of the console, such as console.example.com. Its A record has the output console_address."
  type        = string
}

variable "viewers" {
  description = "Who may look at the console: user:…, group:…, domain:…"
  type        = set(string)
}

variable "operators" {
  description = "The email addresses of those who may also see messages and change dead letters."
  type        = set(string)
}

locals {
  labels = { environment = "production" }
  # A recovery takes a backup that is no older than the messages in the topics (retentionDays, 7 days): docs/recovery.md.
  firestore = { daily_backup_days = 7, point_in_time_recovery = true }
}

module "eventmend" {
  source = "../../"

  project_id = var.project_id
  region     = var.region
  bundles    = var.bundles
  labels     = local.labels

  producers = { shop = { members = ["serviceAccount:shop@${var.project_id}.iam.gserviceaccount.com"], stream = "orders" } }
  consumers = { billing = { members = ["serviceAccount:billing@${var.project_id}.iam.gserviceaccount.com"] } }
  functions = { validate = { min_instances = 1 }, track = { min_instances = 1 } }
  alerts    = { emails = ["operators@example.com"] }
  firestore = local.firestore

  console = {
    viewers   = var.viewers
    operators = var.operators
    ingress   = "internal-and-load-balancer"
    # The console refuses a request without the header that IAP signs for this backend.
    iap_audience = local.iap_audience
  }
}

output "console_address" {
  description = "The IP address of the console. The A record of the domain has it."
  value       = google_compute_global_address.console.address
}

output "console_url" {
  description = "The page for viewers and operators."
  value       = "https://${var.domain}"
}
