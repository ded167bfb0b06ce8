# What is stored, for how long, and under which key.

variable "firestore" {
  description = "The databases, which only this deployment may use: the names of that of streams, gaps and clean events (by default (default), or PREFIX-events with a prefix) and of that of dead letters (PREFIX-letters), and for both the location (the region, or a multi-region such as eur3), and whether point-in-time recovery of the last seven days is on, which costs money. Backups are made each day and each Sunday, if it is said how long they are kept: at most 98 days, or 14 weeks. rules denies clients of Firebase everything: false leaves them to another configuration."
  type = object({
    database_id            = optional(string)
    letters_database_id    = optional(string)
    location               = optional(string)
    point_in_time_recovery = optional(bool, false)
    daily_backup_days      = optional(number)
    weekly_backup_weeks    = optional(number)
    rules                  = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    # https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases/create
    condition = alltrue([
      for id in [var.firestore.database_id, var.firestore.letters_database_id] :
      id == null || can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", id))
    ])
    error_message = "database_id and letters_database_id are (default), or 4 to 63 lowercase letters, digits and hyphens, the first a letter."
  }

  validation {
    # https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.backupSchedules
    condition = alltrue([
      for backup in [{ given = var.firestore.daily_backup_days, most = 98 }, { given = var.firestore.weekly_backup_weeks, most = 14 }] :
      backup.given == null ? true : backup.given >= 1 && backup.given <= backup.most && floor(backup.given) == backup.given
    ])
    error_message = "daily_backup_days is a whole number from 1 to 98, and weekly_backup_weeks one from 1 to 14: Firestore keeps a backup for 14 weeks at most."
  }
}

variable "retention" {
  description = "How long things are kept, in days: published dead letters in Pub/Sub, rows of BigQuery (for ever, if it is not said), replaced bundles, and images that no function runs. Messages: retentionDays of shared/topology.json. Letters in Firestore and kept messages: letterRetention of the catalog."
  type = object({
    dead_letter_days = optional(number, 31)
    bigquery_days    = optional(number)
    bundle_days      = optional(number, 30)
    image_days       = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for days in [var.retention.dead_letter_days, coalesce(var.retention.bigquery_days, 1), var.retention.bundle_days, var.retention.image_days] :
      days >= 1 && floor(days) == days
    ])
    error_message = "A retention is a whole number of days, 1 or more."
  }
  validation {
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions
    condition     = var.retention.dead_letter_days <= 31
    error_message = "dead_letter_days is 31 at most, as Pub/Sub allows. Letters are kept in Firestore for as long as the catalog says."
  }
}

variable "encryption" {
  description = "Keys of Cloud KMS, projects/…/locations/…/keyRings/…/cryptoKeys/…, each in the location of what it encrypts: region (messages, bundles, images, functions, Dataflow), database (Firestore), dataset (BigQuery). Whoever deploys must be allowed to grant their use. Without a key, Google's own keys encrypt."
  type = object({
    region   = optional(string)
    database = optional(string)
    dataset  = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for key in [var.encryption.region, var.encryption.database, var.encryption.dataset] :
      key == null ? true : can(regex("^projects/[^/]+/locations/[a-z0-9-]+/keyRings/[^/]+/cryptoKeys/[^/]+$", key))
    ])
    error_message = "A key is projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY, without a version."
  }
  validation {
    condition     = var.encryption.region == null ? true : strcontains(var.encryption.region, "/locations/${var.region}/")
    error_message = "encryption.region is a key in the region itself: Pub/Sub, Cloud Functions and Artifact Registry take no other."
  }
  validation {
    condition = var.encryption.database == null ? true : strcontains(var.encryption.database, "/locations/${
      lookup({ eur3 = "europe", nam5 = "us", nam7 = "us" }, coalesce(var.firestore.location, var.region), coalesce(var.firestore.location, var.region))
    }/")
    error_message = "encryption.database is a key in the location of the database: europe for eur3, us for nam5 and nam7, otherwise the same region."
  }
  validation {
    condition = var.encryption.dataset == null || var.bigquery == null ? true : strcontains(var.encryption.dataset, "/locations/${
      lookup({ eu = "europe" }, lower(coalesce(var.bigquery.location, var.region)), lower(coalesce(var.bigquery.location, var.region)))
    }/")
    error_message = "encryption.dataset is a key in the location of the dataset: europe for EU, us for US, otherwise the same region."
  }
}
