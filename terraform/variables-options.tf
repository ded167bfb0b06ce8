# Parts that are deployed only if they are asked for, and alerts.

variable "store" {
  description = "Whether the function store also stores each clean event once in Firestore."
  type        = bool
  default     = false
  nullable    = false
}

variable "bigquery" {
  description = "The dataset for clean events (by default the prefix, with underscores), its location (the region, or EU or US), and of how many days the view recent_events shows events. By default there is none."
  type = object({
    dataset_id  = optional(string)
    location    = optional(string)
    recent_days = optional(number, 7)
  })
  default = null

  validation {
    condition     = var.bigquery == null ? true : can(regex("^[A-Za-z0-9_]+$", coalesce(var.bigquery.dataset_id, "eventmend")))
    error_message = "dataset_id is letters, digits and underscores."
  }
  validation {
    condition     = var.bigquery == null ? true : var.bigquery.recent_days >= 1 && floor(var.bigquery.recent_days) == var.bigquery.recent_days
    error_message = "recent_days is a whole number, 1 or more."
  }
}

variable "dataflow" {
  description = "The pipeline that watches the clean events for anomalies: see docs/anomalies.md. template is the version of Google's Yaml template, as in gs://dataflow-templates-REGION: its date and candidate. reporters (serviceAccount:…) may publish totals to reported-totals. By default there is no pipeline."
  type = object({
    template        = string
    window_seconds  = optional(number, 300)
    windows         = optional(number, 24)
    settle_seconds  = optional(number, 900)
    threshold       = optional(number, 6)
    reporters       = optional(set(string), [])
    machine_type    = optional(string, "n1-standard-1")
    max_workers     = optional(number, 2)
    network         = optional(string)
    subnetwork      = optional(string)
    private_workers = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.dataflow == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}_RC[0-9]{2}$", var.dataflow.template))
    error_message = "template is a dated version such as 2026-11-10-00_RC00: latest is not what was tested."
  }
  validation {
    condition = var.dataflow == null ? true : (
      var.dataflow.window_seconds >= 60 && floor(var.dataflow.window_seconds) == var.dataflow.window_seconds
      && var.dataflow.settle_seconds >= var.dataflow.window_seconds && var.dataflow.settle_seconds % var.dataflow.window_seconds == 0
    )
    error_message = "window_seconds is 60 or more, and settle_seconds a multiple of it."
  }
  validation {
    condition = var.dataflow == null ? true : (
      var.dataflow.windows >= 8 && var.dataflow.windows <= 288 && floor(var.dataflow.windows) == var.dataflow.windows
      && var.dataflow.max_workers >= 1 && floor(var.dataflow.max_workers) == var.dataflow.max_workers && var.dataflow.threshold >= 3
    )
    error_message = "windows is a whole number from 8 to 288, max_workers one from 1, and threshold is 3 or more."
  }
  validation {
    condition     = var.dataflow == null ? true : alltrue([for member in var.dataflow.reporters : can(regex(local.member_pattern, member))])
    error_message = "A reporter is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…: reporters must authenticate."
  }
}

variable "console" {
  description = "The console: its viewers (user:…, group:…, domain:…), the email addresses of its operators, who see messages and change dead letters, and the audience of IAP's header if the console is behind IAP. ingress says from where it is reached: all (who then must authenticate), internal, or internal-and-load-balancer, for a load balancer with IAP. By default there is no console."
  type = object({
    viewers      = optional(set(string), [])
    operators    = optional(set(string), [])
    iap_audience = optional(string)
    ingress      = optional(string, "all")
  })
  default = null

  validation {
    condition     = var.console == null ? true : contains(["all", "internal", "internal-and-load-balancer"], var.console.ingress)
    error_message = "ingress is all, internal, or internal-and-load-balancer."
  }

  validation {
    condition     = var.console == null ? true : alltrue([for email in var.console.operators : can(regex("^${local.email_pattern}$", email))])
    error_message = "An operator is an email address, without user: before it: ana@example.com."
  }
  validation {
    condition = var.console == null ? true : alltrue([
      for member in var.console.viewers : can(regex(local.member_pattern, member))
    ])
    error_message = "A viewer is user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…: the page shows events, so viewers must authenticate."
  }
}

variable "alerts" {
  description = "The recipients (email addresses, and ids of existing notification channels) and the thresholds of alerts: see terraform/playbooks. Gaps and lag of ignored_streams raise no alert: use it for streams whose gaps are only listed. plan_at_night says that there is a plan each night (docs/cloud-build.md), whose absence is then an alert."
  type = object({
    emails                = optional(set(string), [])
    notification_channels = optional(set(string), [])
    ignored_streams       = optional(set(string), [])
    plan_at_night         = optional(bool, false)

    comparison_late_seconds = optional(number, 7200)
    dead_letter_share       = optional(number, 0.05)
    least_dead_letters      = optional(number, 20)
    least_outliers          = optional(number, 20)
    unacked_seconds         = optional(number, 900)
    gap_age_seconds         = optional(number, 3600)
    watermark_lag_events    = optional(number, 1000000)
    watermark_lag_seconds   = optional(number, 3600)
    revision_share          = optional(number, 0.05)
    least_revisions         = optional(number, 20)
    unaccounted_share       = optional(number, 0.01)
    least_unaccounted       = optional(number, 100)
    error_share             = optional(number, 0.05)
    least_errors            = optional(number, 20)
    clean_seconds           = optional(number, 60)
    checked_clean_seconds   = optional(number, 300)
    least_late              = optional(number, 20)
    clean_share             = optional(number, 0.995)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for share in [
        var.alerts.dead_letter_share, var.alerts.revision_share, var.alerts.unaccounted_share, var.alerts.error_share,
      ] : share > 0 && share < 1
    ])
    error_message = "A share is more than 0 and less than 1."
  }
  validation {
    # A burn of 14.4 is more than 14.4 * (1 - clean_share) of all events, so below 0.9306 it would need more events than there are.
    # At most 0.9999 is what an SLO takes.
    condition     = var.alerts.clean_share >= 0.95 && var.alerts.clean_share <= 0.9999
    error_message = "clean_share is from 0.95 to 0.9999. With a lower one the alert on a fast burn could never fire, since not even a failure of all events burns the budget 14.4 times too fast. An SLO takes none above 0.9999."
  }
  validation {
    # https://cloud.google.com/monitoring/quotas
    condition     = length(var.alerts.emails) + length(var.alerts.notification_channels) <= 16
    error_message = "emails and notification_channels are 16 together at most, since an alert of Cloud Monitoring has no more. Give the address of a group for several people."
  }
  validation {
    condition = alltrue([
      for threshold in [
        var.alerts.least_dead_letters, var.alerts.unacked_seconds, var.alerts.gap_age_seconds,
        var.alerts.comparison_late_seconds, var.alerts.least_outliers, var.alerts.watermark_lag_events, var.alerts.watermark_lag_seconds, var.alerts.least_revisions, var.alerts.least_unaccounted, var.alerts.least_errors, var.alerts.least_late,
      ] : threshold >= 1
    ])
    error_message = "A threshold is 1 or more."
  }
  validation {
    condition     = alltrue([for seconds in [var.alerts.clean_seconds, var.alerts.checked_clean_seconds] : contains(local.late_after_seconds, seconds)])
    error_message = "clean_seconds and checked_clean_seconds are one of ${join(", ", local.late_after_seconds)}: by these times track counts late events."
  }
  validation {
    condition     = alltrue([for email in var.alerts.emails : can(regex("^${local.email_pattern}$", email))])
    error_message = "emails has addresses such as operators@example.com."
  }
  validation {
    condition     = alltrue([for stream in var.alerts.ignored_streams : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", stream))])
    error_message = "A stream is at most 128 letters, digits, \".\", \"_\" and \"-\", the first a letter or digit."
  }
}
