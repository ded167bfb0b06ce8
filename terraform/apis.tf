locals {
  apis = toset(concat(
    [
      "artifactregistry", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "cloudscheduler", "firestore", "iam", "logging",
      "monitoring", "pubsub", "run", "serviceusage", "storage",
    ],
    var.bigquery == null ? [] : ["bigquery"],
    var.firestore.rules ? ["firebaserules"] : [],
    length(local.keys) == 0 ? [] : ["cloudkms"],
    var.encryption.region == null ? [] : ["eventarc"],
    var.dataflow == null ? [] : ["compute", "dataflow"],
    length(local.used_secrets) == 0 ? [] : ["secretmanager"],
  ))

  # Google's service agents that need grants. Google creates them when they are first needed, and refuses a grant to one that does
  # not exist. So they are created here.
  service_agents = toset(concat(
    ["cloudscheduler", "pubsub"],
    var.encryption.region == null ? [] : local.agents_with_region_key,
    var.encryption.database == null ? [] : ["firestore"],
  ))
}

resource "google_project_service" "main" {
  for_each = local.apis

  project            = var.project_id
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service_identity" "main" {
  for_each = local.service_agents
  provider = google-beta

  project = var.project_id
  service = google_project_service.main[each.key].service
}
