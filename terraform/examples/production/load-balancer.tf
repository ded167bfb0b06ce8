# An HTTPS load balancer in front of the console. IAP asks each visitor to sign in, and passes on only those whom it knows.
data "google_project" "main" {
  project_id = var.project_id
}

locals {
  # IAP signs its header for this audience: https://cloud.google.com/iap/docs/signed-headers-howto
  iap_audience = "/projects/${data.google_project.main.number}/global/backendServices/${google_compute_backend_service.console.generated_id}"
}

resource "google_project_service" "console" {
  for_each = toset(["compute", "iap"])

  project            = var.project_id
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

# The service is named, and not taken from the module: the module needs the backend's id first.
resource "google_compute_region_network_endpoint_group" "console" {
  project               = var.project_id
  name                  = "eventmend-console"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = "${module.eventmend.name_prefix}console"
  }

  depends_on = [google_project_service.console]
}

resource "google_compute_backend_service" "console" {
  project               = var.project_id
  name                  = "eventmend-console"
  load_balancing_scheme = "EXTERNAL_MANAGED"

  backend {
    group = google_compute_region_network_endpoint_group.console.id
  }

  # Without a client of your own, IAP uses one of Google's, which lets in people of your organisation only.
  iap {
    enabled = true
  }

  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_managed_ssl_certificate" "console" {
  project = var.project_id
  # A certificate is for its domain only, so another domain needs another name.
  name = "eventmend-console-${substr(sha256(var.domain), 0, 8)}"

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.console]
}

resource "google_compute_url_map" "console" {
  project         = var.project_id
  name            = "eventmend-console"
  default_service = google_compute_backend_service.console.id
}

resource "google_compute_target_https_proxy" "console" {
  project          = var.project_id
  name             = "eventmend-console"
  url_map          = google_compute_url_map.console.id
  ssl_certificates = [google_compute_managed_ssl_certificate.console.id]
}

resource "google_compute_global_address" "console" {
  project = var.project_id
  name    = "eventmend-console"

  depends_on = [google_project_service.console]
  labels     = merge(local.labels, { application = "eventmend" })
}

resource "google_compute_global_forwarding_rule" "console" {
  project               = var.project_id
  name                  = "eventmend-console"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.console.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.console.id
  labels                = merge(local.labels, { application = "eventmend" })
}

# Whom IAP lets in. Who of them is an operator, the console decides.
resource "google_iap_web_backend_service_iam_member" "console" {
  for_each = setunion(var.viewers, [for email in var.operators : "user:${email}"])

  project             = var.project_id
  web_backend_service = google_compute_backend_service.console.name
  role                = "roles/iap.httpsResourceAccessor"
  member              = each.key
}

# IAP calls the console as its own service agent.
resource "google_project_service_identity" "iap" {
  provider = google-beta

  project = var.project_id
  service = google_project_service.console["iap"].service
}

resource "google_cloud_run_v2_service_iam_member" "iap" {
  project  = var.project_id
  location = var.region
  name     = "${module.eventmend.name_prefix}console"
  role     = "roles/run.invoker"
  member   = google_project_service_identity.iap.member

  depends_on = [module.eventmend]
}
