terraform {
  required_version = ">= 1.9"

  required_providers {
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
    google-beta = {
      source  = "hashicorp/google-beta"
      version = ">= 6.50, < 8.0"
    }
  }

  # `terraform init -backend-config=bucket=NAME` sets the bucket, because a backend takes no variables.
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
