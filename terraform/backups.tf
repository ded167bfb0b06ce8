# Backups of both databases, which Firestore keeps beside them. docs/recovery.md says how to restore one, into a new database.
locals {
  backups = {
    for name, schedule in {
      daily  = { retention = var.firestore.daily_backup_days, seconds = 86400 }
      weekly = { retention = var.firestore.weekly_backup_weeks, seconds = 7 * 86400 }
    } : name => schedule.retention * schedule.seconds if schedule.retention != null
  }
}

resource "google_firestore_backup_schedule" "main" {
  for_each = merge([
    for database, name in local.database_ids : { for schedule, seconds in local.backups : "${database}/${schedule}" => { database = database, schedule = schedule, seconds = seconds } }
  ]...)

  project   = var.project_id
  database  = local.databases[each.value.database]
  retention = "${each.value.seconds}s"

  dynamic "daily_recurrence" {
    for_each = each.value.schedule == "daily" ? ["daily"] : []
    content {}
  }
  dynamic "weekly_recurrence" {
    for_each = each.value.schedule == "weekly" ? ["weekly"] : []
    content {
      day = "SUNDAY"
    }
  }
}

# Rules for clients of Firebase: browsers and apps. The functions use the server's API, for which IAM decides.
resource "google_firebaserules_ruleset" "deny" {
  for_each = toset(var.firestore.rules ? ["deny"] : [])

  project = var.project_id

  source {
    files {
      name    = "firestore.rules"
      content = <<-END
        rules_version = '2';
        service cloud.firestore {
          match /databases/{database}/documents {
            match /{document=**} {
              allow read, write: if false;
            }
          }
        }
      END
    }
  }

  depends_on = [google_firestore_database.main, google_firestore_database.letters, google_project_service.main]
}

# A database has one release. Its name is that of the database, but for the default one.
resource "google_firebaserules_release" "deny" {
  for_each = var.firestore.rules ? local.database_ids : {}

  project      = var.project_id
  name         = each.value == "(default)" ? "cloud.firestore" : "cloud.firestore/${each.value}"
  ruleset_name = google_firebaserules_ruleset.deny["deny"].name
}
