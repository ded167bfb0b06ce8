# Keys of the customer (variable encryption). A key must be where the data is. Google's service agents must be allowed to use it before
# the first resource is made with it. A grant takes effect after some minutes: if the first apply fails, apply again.
locals {
  keys = { for place, key in var.encryption : place => key if key != null }

  # By key: the service agents that use it. Those of Cloud Storage and BigQuery are read, the others are made (apis.tf).
  agents_with_region_key = concat(["artifactregistry", "cloudfunctions", "eventarc", "pubsub", "run"], var.dataflow == null ? [] : ["dataflow"])
  key_users = merge(
    { for agent in local.agents_with_region_key : "region/${agent}" => { place = "region", member = try(google_project_service_identity.main[agent].member, null) } },
    {
      "region/storage"     = { place = "region", member = try(data.google_storage_project_service_account.main["region"].member, null) }
      "database/firestore" = { place = "database", member = try(google_project_service_identity.main["firestore"].member, null) }
      "dataset/bigquery"   = { place = "dataset", member = try(data.google_bigquery_default_service_account.main["dataset"].member, null) }
    },
    # The workers of Dataflow are machines of Compute Engine, whose agent has the same number as that of Pub/Sub.
    var.dataflow == null ? {} : {
      "region/compute" = { place = "region", member = replace(google_project_service_identity.main["pubsub"].member, "@gcp-sa-pubsub.", "@compute-system.") }
    },
  )

  # What has a key from its creation on only, and the key that it has to have.
  keys_at_creation = merge(
    { database = var.encryption.database, letters = var.encryption.database, repository = var.encryption.region },
    var.bigquery == null ? {} : { table = var.encryption.dataset },
    var.worker == null ? {} : { worker-repository = var.encryption.region },
  )
}

data "google_storage_project_service_account" "main" {
  for_each = { for place, key in local.keys : place => key if place == "region" }

  project = var.project_id

  depends_on = [google_project_service.main]
}

data "google_bigquery_default_service_account" "main" {
  for_each = { for place, key in local.keys : place => key if place == "dataset" }

  project = var.project_id

  depends_on = [google_project_service.main]
}

resource "google_kms_crypto_key_iam_member" "main" {
  for_each = { for name, user in local.key_users : name => user if contains(keys(local.keys), user.place) }

  crypto_key_id = local.keys[each.value.place]
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value.member
}

# Remembers the key with which the databases, the repository of images and the table were made. Google cannot change it later, and the
# provider would replace the resource, with all that it holds.
resource "terraform_data" "key_at_creation" {
  for_each = local.keys_at_creation

  input = each.value == null ? "none" : each.value

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.output == (each.value == null ? "none" : each.value)
      error_message = "The ${each.key} has its key (${self.output}) since its creation, and it cannot change. Restore a backup into a new database with the other key, or deploy a second environment with it (prefix) and move to that (docs/protecting-data.md). Or delete the ${each.key} with its data first, and forget its key: terraform -chdir=terraform/root state rm 'module.eventmend.terraform_data.key_at_creation[\"${each.key}\"]'."
    }
  }
}
