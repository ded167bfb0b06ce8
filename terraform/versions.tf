terraform {
  required_version = ">= 1.9"

  # The checks of this repository know the schemas of 6.50. Version 7 was read: its upgrade guide, the breaking changes of its changelog,
  # and for each resource in use the schemas of 6.50 and 7.45 side by side. Nothing that is set here is gone, has another type, or makes
  # a replacement. Of the guide three defaults concern us, and are set: disable_on_destroy, use_legacy_sql, and no event_trigger. Since
  # 7.33 most resources have a deletion_policy, which is DELETE unless it is set, as it was without it.
  # Version 8 is not allowed until it was read as well: it changes the defaults of load balancers and of datasets.
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
