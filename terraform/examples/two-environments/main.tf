# Two environments in one project. Production has the plain names, staging a prefix, databases of its own and smaller instances.
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
  description = "The project of both environments."
  type        = string
}

variable "bundles" {
  description = "The folder dist/functions of a checkout in which npm run build ran."
  type        = string
}

module "production" {
  source = "../../"

  project_id = var.project_id
  bundles    = var.bundles
  labels     = { environment = "production" }

  producers = { shop = { members = ["serviceAccount:shop@${var.project_id}.iam.gserviceaccount.com"], stream = "orders" } }
  consumers = { billing = { members = ["serviceAccount:billing@${var.project_id}.iam.gserviceaccount.com"] } }
  functions = { validate = { min_instances = 1 }, track = { min_instances = 1 } }
  alerts    = { emails = ["operators@example.com"] }
}

module "staging" {
  source = "../../"

  project_id          = var.project_id
  prefix              = "staging"
  bundles             = var.bundles
  labels              = { environment = "staging" }
  deletion_protection = false

  functions = { track = { cpu = "1", memory = "1Gi", max_instances = 1 } }
}

output "topics" {
  description = "By environment: the topic to which its producers publish."
  value       = { production = module.production.events_topic, staging = module.staging.events_topic }
}

output "names" {
  description = "By environment: the variables with which `npx eventmend probe` finds it."
  value = {
    production = { NAME_PREFIX = module.production.name_prefix, FIRESTORE_DATABASE = module.production.database, FIRESTORE_LETTERS_DATABASE = module.production.letters_database }
    staging    = { NAME_PREFIX = module.staging.name_prefix, FIRESTORE_DATABASE = module.staging.database, FIRESTORE_LETTERS_DATABASE = module.staging.letters_database }
  }
}
