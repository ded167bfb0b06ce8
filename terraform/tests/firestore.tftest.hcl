# What Firestore indexes, forgets and protects.
mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "tests/bundles"
}

run "the_databases_index_and_forget_what_they_should" {
  command = plan

  # Nothing is indexed but what queries name.
  assert {
    condition     = alltrue([for field in google_firestore_field.unindexed : field.field == "*" && length(field.index_config[0].indexes) == 0])
    error_message = "A field of any name has no index of its own accord."
  }
  assert {
    condition = toset(flatten([
      for key, field in google_firestore_field.indexed : [for index in field.index_config[0].indexes : "${key} ${index.order} ${index.query_scope}"]
      ])) == toset([
      "blocks/index ASCENDING COLLECTION", "blocks/index DESCENDING COLLECTION", "blocks/unpublished ASCENDING COLLECTION",
      "buckets/index DESCENDING COLLECTION", "buckets/unpublished ASCENDING COLLECTION", "pages/unpublished ASCENDING COLLECTION",
      "blocks/revisions ASCENDING COLLECTION", "blocks/writtenMinute ASCENDING COLLECTION",
      "letters/dead-letters/about ASCENDING COLLECTION", "letters/dead-letters/code ASCENDING COLLECTION", "letters/dead-letters/dueAt ASCENDING COLLECTION", "letters/dead-letters/filedAt ASCENDING COLLECTION",
      "letters/dead-letters/filedAt DESCENDING COLLECTION",
      "letters/dead-letters/failedAtMs DESCENDING COLLECTION", "letters/dead-letters/failure.code ASCENDING COLLECTION",
      "letters/dead-letters/status ASCENDING COLLECTION", "letters/dead-letters/stream ASCENDING COLLECTION", "gaps/from ASCENDING COLLECTION", "gaps/from DESCENDING COLLECTION",
      "gaps/state ASCENDING COLLECTION", "gaps/isUntold ASCENDING COLLECTION", "letters/reasons/code ASCENDING COLLECTION",
      "letters/audit/at ASCENDING COLLECTION", "letters/audit/at DESCENDING COLLECTION", "letters/audit/letter ASCENDING COLLECTION",
      "clean-events/numbered ASCENDING COLLECTION", "clean-events/timed ASCENDING COLLECTION", "anomalies/endMs DESCENDING COLLECTION", "letters/jobs/createdAtMs DESCENDING COLLECTION",
    ])
    error_message = "The fields that queries name, in the orders that they ask for."
  }
  assert {
    condition     = [for field in google_firestore_index.block_totals.fields : field.field_path] == ["index", "clean", "closed", "reconstructed", "suspect"]
    error_message = "The sums of a range of blocks need one index: what they are filtered by first, then what is added up."
  }
  assert {
    condition = alltrue([
      for name in ["buckets", "pages"] : [for field in google_firestore_index.event_totals[name].fields : field.field_path] == ["index", "clean", "closed", "reconstructed", "suspect"]
    ])
    error_message = "The events of an unnumbered stream are summed in its buckets and in their pages."
  }
  assert {
    condition     = [for field in google_firestore_index.long_gaps.fields : field.field_path] == ["longTo", "from"]
    error_message = "Long gaps are found by where they end, then by where they begin."
  }
  assert {
    condition     = [for field in google_firestore_index.late_answers.fields : field.field_path] == ["lateOriginals", "lateVoids"]
    error_message = "The sums of late answers need one index of both."
  }
  assert {
    condition = toset([for index in google_firestore_index.letters : join(" ", [for field in index.fields : "${field.field_path} ${field.order}"])]) == toset([
      "about ASCENDING filedAt ASCENDING", "about ASCENDING filedAt DESCENDING", "code ASCENDING filedAt ASCENDING",
      "code ASCENDING filedAt DESCENDING", "reason ASCENDING filedAt ASCENDING", "reason ASCENDING filedAt DESCENDING",
      "source ASCENDING filedAt ASCENDING", "source ASCENDING filedAt DESCENDING", "stage ASCENDING filedAt ASCENDING",
      "stage ASCENDING filedAt DESCENDING", "state ASCENDING filedAt ASCENDING", "state ASCENDING filedAt DESCENDING",
      "stream ASCENDING filedAt ASCENDING", "stream ASCENDING filedAt DESCENDING", "type ASCENDING filedAt ASCENDING",
      "type ASCENDING filedAt DESCENDING",
    ])
    error_message = "Two indexes for each filter of letters: all in the same order, for the newest first and for the oldest first."
  }
  assert {
    condition = length(setsubtract(
      [for field in google_firestore_field.indexed : "${field.database} ${field.collection}"],
      [for field in google_firestore_field.unindexed : "${field.database} ${field.collection}"],
    )) == 0
    error_message = "An index is an exception from none at all."
  }

  # Each collection is in one database, but for the chunks of large messages, which are below their documents.
  assert {
    condition = toset([for field in google_firestore_field.unindexed : field.collection if field.database == "eventmend-letters"]) == toset([
      "audit", "chunks", "dead-letters", "jobs", "kept-messages", "parts", "reasons",
    ])
    error_message = "Letters, kept messages, jobs and the audit trail are in the letters' database."
  }
  assert {
    condition = toset([for field in google_firestore_field.unindexed : field.collection if field.database == "(default)"]) == toset([
      "anomalies", "blocks", "buckets", "chunks", "clean-events", "gaps", "keys", "pages", "reconciliations", "streams",
    ])
    error_message = "Everything else is in the other one."
  }
  assert {
    condition = alltrue([
      for field in concat(values(google_firestore_field.indexed), values(google_firestore_field.expiry)) :
      contains([for all in google_firestore_field.unindexed : "${all.database} ${all.collection}"], "${field.database} ${field.collection}")
    ])
    error_message = "An index or a TTL policy is in the database of its collection."
  }
  assert {
    condition = (
      alltrue([for index in google_firestore_index.letters : index.database == "eventmend-letters" && index.collection == "dead-letters"])
      && alltrue([
        for index in concat(values(google_firestore_index.event_totals), [google_firestore_index.block_totals, google_firestore_index.long_gaps, google_firestore_index.late_answers]) :
        index.database == "(default)"
      ])
    )
    error_message = "So is a composite index."
  }

  # Blocks, buckets, pages, uuids, settled letters, clean events, jobs, anomalies and the audit trail are forgotten.
  assert {
    condition = toset(keys(google_firestore_field.expiry)) == toset([
      "anomalies", "blocks", "buckets", "chunks", "clean-events", "keys", "pages",
      "letters/audit", "letters/chunks", "letters/dead-letters", "letters/jobs", "letters/kept-messages", "letters/parts",
    ])
    error_message = "What is only remembered for a window expires, and what says when it may: settled letters with their bodies, clean events of streams with storedMs, jobs, anomalies, and the audit trail. Gaps stay."
  }
  assert {
    condition = alltrue([
      for field in google_firestore_field.expiry : field.field == "expireAt" && length(field.ttl_config) == 1 && length(field.index_config[0].indexes) == 0
    ])
    error_message = "By expireAt, which grows with time and is not indexed."
  }

  # Both databases are protected.
  assert {
    condition = (
      google_firestore_database.main.name == "(default)"
      && google_firestore_database.main.location_id == "europe-west1"
      && google_firestore_database.main.type == "FIRESTORE_NATIVE"
      && google_firestore_database.main.delete_protection_state == "DELETE_PROTECTION_ENABLED"
      && google_firestore_database.main.deletion_policy == "DELETE"
    )
    error_message = "By default, to destroy it is an error: Terraform tries to, and Firestore refuses."
  }
  assert {
    condition = (
      google_firestore_database.letters.name == "eventmend-letters"
      && google_firestore_database.letters.location_id == "europe-west1"
      && google_firestore_database.letters.type == "FIRESTORE_NATIVE"
      && google_firestore_database.letters.delete_protection_state == "DELETE_PROTECTION_ENABLED"
      && google_firestore_database.letters.deletion_policy == "DELETE"
    )
    error_message = "The letters' database is like the other one."
  }
}

run "unless_it_is_to_go" {
  command = plan

  variables {
    deletion_protection = false
    firestore           = { database_id = "events", letters_database_id = "event-letters", location = "eur3", point_in_time_recovery = true }
  }
  assert {
    condition = (
      google_firestore_database.main.name == "events"
      && google_firestore_database.main.location_id == "eur3"
      && google_firestore_database.main.delete_protection_state == "DELETE_PROTECTION_DISABLED"
      && google_firestore_database.main.deletion_policy == "DELETE"
      && google_storage_bucket.functions.force_destroy
    )
    error_message = "Without protection, destroying destroys."
  }
  assert {
    condition = (
      google_firestore_database.letters.name == "event-letters"
      && google_firestore_database.letters.location_id == "eur3"
      && google_firestore_database.letters.delete_protection_state == "DELETE_PROTECTION_DISABLED"
      && google_firestore_database.letters.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    )
    error_message = "What is set for a database is set for both."
  }
  assert {
    condition = alltrue([
      for key, field in google_firestore_field.unindexed : field.database == (startswith(key, "letters/") ? "event-letters" : "events")
    ])
    error_message = "Fields are those of the database that was named."
  }
}

run "one_database_for_letters_and_blocks_is_refused" {
  command = plan

  variables {
    firestore = { database_id = "eventmend-letters" }
  }
  expect_failures = [google_firestore_database.letters]
}
