mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_resource "google_compute_backend_service" {
    defaults = { id = "projects/demo-project/global/backendServices/eventmend-console", generated_id = 4611686018427387905 }
  }
}
mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id = "demo-project"
  bundles    = "../../tests/bundles"
  domain     = "console.example.com"
  viewers    = ["group:support@example.com"]
  operators  = ["ana@example.com"]
}

run "the_console_is_reached_through_iap_only" {
  command = apply

  assert {
    condition     = local.iap_audience == "/projects/123456789012/global/backendServices/4611686018427387905"
    error_message = "The console verifies that IAP signed for its backend."
  }
  assert {
    condition     = google_compute_backend_service.console.iap[0].enabled && google_compute_region_network_endpoint_group.console.cloud_run[0].service == "console"
    error_message = "The backend is the console, behind IAP."
  }
  assert {
    condition     = google_compute_global_forwarding_rule.console.port_range == "443" && google_compute_global_forwarding_rule.console.target == google_compute_target_https_proxy.console.id
    error_message = "Only HTTPS is served."
  }
  assert {
    condition     = toset([for grant in google_iap_web_backend_service_iam_member.console : grant.member]) == toset(["group:support@example.com", "user:ana@example.com"])
    error_message = "IAP lets in viewers and operators, and nobody else."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.iap.role == "roles/run.invoker" && google_cloud_run_v2_service_iam_member.iap.member == google_project_service_identity.iap.member
    error_message = "IAP may call the console."
  }
}

run "the_databases_have_backups" {
  command = plan

  assert {
    condition     = local.firestore.daily_backup_days >= jsondecode(file("../../../shared/topology.json")).retentionDays && local.firestore.point_in_time_recovery
    error_message = "Backups are kept for as long as messages, and old versions too."
  }
}
