# What belongs to the whole project, and so is no part of the module.

variable "audit_logs" {
  description = "Whether Cloud Audit Logs record who reads and writes data in Firestore, besides Eventmend's own accounts. They name documents and show no values. Pub/Sub has no such logs of publishing and pulling. The setting is the only one for Firestore in the project."
  type        = bool
  default     = false
}

variable "budget" {
  description = "A monthly budget of the project: the billing account (000000-000000-000000), the amount in whole units, and its currency. Its alerts go to the account's administrators, and to the emails of alerts."
  type = object({
    billing_account = string
    amount          = number
    currency        = optional(string)
  })
  default = null

  validation {
    condition     = var.budget == null ? true : var.budget.amount >= 1 && floor(var.budget.amount) == var.budget.amount
    error_message = "amount is a whole number, 1 or more."
  }
  validation {
    condition     = var.budget == null ? true : can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account))
    error_message = "billing_account is such as 01A2B3-4C5D6E-7F8A9B: gcloud billing accounts list shows it."
  }
  validation {
    # https://cloud.google.com/billing/docs/how-to/budgets-notification-recipients
    condition     = var.budget == null || length(try(var.alerts.emails, [])) <= 5
    error_message = "A budget tells at most 5 addresses: give alerts.emails fewer, or the address of a group."
  }
}

variable "pager_service_key" {
  description = "The integration key of a service of PagerDuty that alerts page."
  type        = string
  default     = null
  sensitive   = true
}

resource "google_project_iam_audit_config" "firestore" {
  for_each = toset(var.audit_logs ? ["DATA_READ"] : [])

  project = var.project_id
  # The name under which Firestore logs.
  service = "datastore.googleapis.com"

  dynamic "audit_log_config" {
    for_each = ["DATA_READ", "DATA_WRITE"]
    content {
      log_type = audit_log_config.value
      # Eventmend itself would write an entry for each event.
      exempted_members = [for email in values(module.eventmend.accounts) : "serviceAccount:${email}"]
    }
  }
}

resource "google_monitoring_notification_channel" "pager" {
  for_each = toset(nonsensitive(var.pager_service_key == null) ? [] : ["pager"])

  project      = var.project_id
  display_name = "Eventmend: pager"
  type         = "pagerduty"
  user_labels  = merge(var.labels, { application = "eventmend" })
  # An alert that still names the channel would not let it go.
  force_delete = true

  sensitive_labels {
    service_key = var.pager_service_key
  }
}

resource "google_project_service" "budgets" {
  for_each = toset(var.budget == null ? [] : ["billingbudgets.googleapis.com"])

  project            = var.project_id
  service            = each.value
  disable_on_destroy = false
}

resource "google_billing_budget" "main" {
  for_each = var.budget == null ? {} : { main = var.budget }

  billing_account = each.value.billing_account
  display_name    = "Eventmend: ${var.project_id}"

  budget_filter {
    projects = ["projects/${var.project_id}"]
  }
  amount {
    specified_amount {
      currency_code = each.value.currency
      units         = tostring(each.value.amount)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  # A budget takes channels of e-mail only.
  dynamic "all_updates_rule" {
    for_each = length(module.eventmend.email_channels) == 0 ? [] : [values(module.eventmend.email_channels)]
    content {
      monitoring_notification_channels = all_updates_rule.value
    }
  }

  depends_on = [google_project_service.budgets]
}
