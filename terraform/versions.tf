terraform {
  required_version = ">= 1.9"

  # Of google and google-beta, the source was read at 6.50 and at 7.45, and the checks of this repository know the schemas of 6.50.
  required_providers {
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
    # Only for google_project_service_identity, which the provider google does not have.
    google-beta = {
      source  = "hashicorp/google-beta"
      version = ">= 6.50, < 8.0"
    }
  }
}
