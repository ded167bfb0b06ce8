# One deployment of Eventmend: the module in terraform/, with a state, credentials, and what belongs to a whole project.
module "eventmend" {
  source = "../"

  project_id          = var.project_id
  prefix              = var.prefix
  labels              = var.labels
  bundles             = var.bundles
  catalog             = var.catalog
  region              = var.region
  retention           = var.retention
  encryption          = var.encryption
  storage_regions     = var.storage_regions
  enforce_in_transit  = var.enforce_in_transit
  deletion_protection = var.deletion_protection
  policies            = var.policies
  firestore           = var.firestore
  functions           = var.functions
  build_worker_pool   = var.build_worker_pool
  mode                = var.mode
  worker              = var.worker
  worker_image        = var.worker_image
  checks              = var.checks
  systems             = var.systems
  settings            = var.settings
  producers           = var.producers
  sources             = var.sources
  consumers           = var.consumers
  store               = var.store
  bigquery            = var.bigquery
  dataflow            = var.dataflow
  console             = var.console
  alerts = merge({}, var.alerts, {
    notification_channels = concat(try(tolist(var.alerts.notification_channels), []), [for channel in google_monitoring_notification_channel.pager : channel.id])
  })
}
