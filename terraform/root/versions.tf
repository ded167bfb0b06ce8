# The versions of the providers are those of the module: ../versions.tf.
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

  # `terraform init -backend-config=bucket=NAME` sets the bucket, because a backend takes no variables. Another environment with its state
  # in the same bucket also sets its own prefix: `-backend-config=prefix=staging`.
  backend "gcs" {
    prefix = "eventmend"
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  # Some services, such as Firebase's rules and budgets, want to know whose quota a person's calls use.
  billing_project       = var.project_id
  user_project_override = true
}
