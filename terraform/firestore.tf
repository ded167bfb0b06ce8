# By default Firestore indexes every field in both directions. An index on a field that grows with time limits its collection to
# 500 writes a second (https://firebase.google.com/docs/firestore/best-practices#hotspots). An index on bytes costs money, and no
# query uses it. So only fields that a query names are indexed. Of these, index and writtenMinute of blocks grow with time. They
# limit a stream to some 500 block writes a second.
locals {
  database_ids = {
    state   = coalesce(var.firestore.database_id, var.prefix == "eventmend" ? "(default)" : "${var.prefix}-events")
    letters = coalesce(var.firestore.letters_database_id, "${var.prefix}-letters")
  }

  # By database and collection group: the fields that queries name, with their sort orders, and whether documents expire.
  # shared/databases.ts has the same collections.
  collections = {
    state = {
      streams = { indexes = {}, ttl = false }
      blocks = {
        indexes = {
          index         = ["ASCENDING", "DESCENDING"]
          unpublished   = ["ASCENDING"]
          revisions     = ["ASCENDING"]
          writtenMinute = ["ASCENDING"]
        }
        ttl = true
      }
      buckets         = { indexes = { index = ["DESCENDING"], unpublished = ["ASCENDING"] }, ttl = true }
      pages           = { indexes = { unpublished = ["ASCENDING"] }, ttl = true }
      gaps            = { indexes = { from = ["ASCENDING", "DESCENDING"], state = ["ASCENDING"], isUntold = ["ASCENDING"] }, ttl = false }
      keys            = { indexes = {}, ttl = true }
      reconciliations = { indexes = {}, ttl = false }
      # timed grows with time below its stream and type.
      clean-events = { indexes = { numbered = ["ASCENDING"], timed = ["ASCENDING"] }, ttl = true }
      chunks       = { indexes = {}, ttl = true }
      anomalies    = { indexes = { endMs = ["DESCENDING"] }, ttl = true }
    }
    letters = {
      dead-letters = {
        # failure.code and status are those of letters from a release without records.
        indexes = {
          about  = ["ASCENDING"], code = ["ASCENDING"], dueAt = ["ASCENDING"], "failure.code" = ["ASCENDING"], failedAtMs = ["DESCENDING"], filedAt = ["ASCENDING", "DESCENDING"],
          status = ["ASCENDING"], stream = ["ASCENDING"]
        }
        ttl = true
      }
      kept-messages = { indexes = {}, ttl = true }
      chunks        = { indexes = {}, ttl = true }
      reasons       = { indexes = { code = ["ASCENDING"] }, ttl = false }
      jobs          = { indexes = { createdAtMs = ["DESCENDING"] }, ttl = true }
      parts         = { indexes = {}, ttl = true }
      audit         = { indexes = { at = ["ASCENDING", "DESCENDING"], letter = ["ASCENDING"] }, ttl = true }
    }
  }
  # The fields by which letters are filtered.
  letter_filters = ["state", "code", "reason", "source", "stream", "type", "stage", "about"]
  databases      = { state = google_firestore_database.main.name, letters = google_firestore_database.letters.name }
  # A collection of the first database has its plain name as key, as before there was a second one.
  stored = merge([
    for database, collections in local.collections : {
      for collection, settings in collections :
      database == "state" ? collection : "${database}/${collection}" => merge(settings, { database = database, collection = collection })
    }
  ]...)
  indexed_fields = merge([
    for key, settings in local.stored : {
      for field, orders in settings.indexes : "${key}/${field}" => { database = settings.database, collection = settings.collection, field = field, orders = orders }
    }
  ]...)
}

resource "google_firestore_database" "main" {
  project     = var.project_id
  name        = local.database_ids.state
  location_id = coalesce(var.firestore.location, var.region)
  type        = "FIRESTORE_NATIVE"

  point_in_time_recovery_enablement = var.firestore.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  # With the protection, a destroy is an error. "ABANDON" would drop the database from the state without a word.
  deletion_policy = "DELETE"

  dynamic "cmek_config" {
    for_each = var.encryption.database == null ? [] : [var.encryption.database]
    content {
      kms_key_name = cmek_config.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.main, terraform_data.key_at_creation, google_project_service.main]
}

# The database of dead letters, kept messages, jobs and the audit trail. Roles are granted by database, and validate, which reads
# hostile input, has one on this database only.
resource "google_firestore_database" "letters" {
  project     = var.project_id
  name        = local.database_ids.letters
  location_id = google_firestore_database.main.location_id
  type        = "FIRESTORE_NATIVE"

  point_in_time_recovery_enablement = google_firestore_database.main.point_in_time_recovery_enablement
  delete_protection_state           = google_firestore_database.main.delete_protection_state
  deletion_policy                   = google_firestore_database.main.deletion_policy

  dynamic "cmek_config" {
    for_each = var.encryption.database == null ? [] : [var.encryption.database]
    content {
      kms_key_name = cmek_config.value
    }
  }

  lifecycle {
    precondition {
      condition     = local.database_ids.letters != local.database_ids.state
      error_message = "firestore.letters_database_id must differ from database_id: validate has rights on the letters' database, and none on the other."
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.main, terraform_data.key_at_creation, google_project_service.main]
}

resource "google_firestore_field" "unindexed" {
  for_each = local.stored

  project    = var.project_id
  database   = local.databases[each.value.database]
  collection = each.value.collection
  field      = "*"

  # Empty: no index at all.
  index_config {}

  timeouts {
    create = "2h"
    update = "2h"
  }
}

resource "google_firestore_field" "indexed" {
  for_each = local.indexed_fields

  project    = var.project_id
  database   = local.databases[each.value.database]
  collection = each.value.collection
  field      = each.value.field

  index_config {
    dynamic "indexes" {
      for_each = each.value.orders
      content {
        order       = indexes.value
        query_scope = "COLLECTION"
      }
    }
  }

  timeouts {
    create = "2h"
    update = "2h"
  }
}

# The index with which Firestore sums the totals of a range of blocks for `eventmend audit`. It must contain all fields of the
# query.
resource "google_firestore_index" "block_totals" {
  project     = var.project_id
  database    = google_firestore_database.main.name
  collection  = "blocks"
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = ["index", "clean", "closed", "reconstructed", "suspect"]
    content {
      field_path = fields.value
      order      = "ASCENDING"
    }
  }

  # After 20 minutes the provider would forget what Firestore still builds.
  timeouts {
    create = "2h"
  }
}

# The indexes with which Firestore sums the events of an unnumbered stream: in its buckets, and in their pages.
resource "google_firestore_index" "event_totals" {
  for_each = toset(["buckets", "pages"])

  project     = var.project_id
  database    = google_firestore_database.main.name
  collection  = each.key
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = ["index", "clean", "closed", "reconstructed", "suspect"]
    content {
      field_path = fields.value
      order      = "ASCENDING"
    }
  }

  timeouts {
    create = "2h"
  }
}

# The index with which Firestore finds the long gaps over a block: those that begin below it and end in it or above it.
resource "google_firestore_index" "long_gaps" {
  project     = var.project_id
  database    = google_firestore_database.main.name
  collection  = "gaps"
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = ["longTo", "from"]
    content {
      field_path = fields.value
      order      = "ASCENDING"
    }
  }

  timeouts {
    create = "2h"
  }
}

# The indexes with which Firestore filters dead letters: it merges those of the fields that a query names, because all end in the
# same order. So they serve every combination of filters, the newest letters first or the oldest.
resource "google_firestore_index" "letters" {
  for_each = merge(
    { for field in local.letter_filters : field => { field = field, order = "DESCENDING" } },
    { for field in local.letter_filters : "oldest_${field}" => { field = field, order = "ASCENDING" } },
  )

  project     = var.project_id
  database    = google_firestore_database.letters.name
  collection  = "dead-letters"
  query_scope = "COLLECTION"

  fields {
    field_path = each.value.field
    order      = "ASCENDING"
  }
  fields {
    field_path = "filedAt"
    order      = each.value.order
  }

  timeouts {
    create = "2h"
  }
}

# The index with which Firestore adds up the answers of a stream that came after their deadline.
resource "google_firestore_index" "late_answers" {
  project     = var.project_id
  database    = google_firestore_database.main.name
  collection  = "gaps"
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = ["lateOriginals", "lateVoids"]
    content {
      field_path = fields.value
      order      = "ASCENDING"
    }
  }

  timeouts {
    create = "2h"
  }
}

# Deletes expired documents, within about a day.
resource "google_firestore_field" "expiry" {
  for_each = { for key, settings in local.stored : key => settings if settings.ttl }

  project    = var.project_id
  database   = local.databases[each.value.database]
  collection = each.value.collection
  field      = "expireAt"

  ttl_config {}
  index_config {}

  timeouts {
    create = "2h"
    update = "2h"
  }
}
