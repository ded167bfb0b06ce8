# Shared values. Topics, subscriptions, functions and publishers come from shared/topology.json, which the code reads too. An
# addition there is deployed.
locals {
  labels = merge(var.labels, { application = "eventmend" })

  # Names of topics, subscriptions and functions: those of topology.json, behind the prefix unless it is the default one. The names
  # of all else begin with the prefix itself.
  name_prefix = var.prefix == "eventmend" ? "" : "${var.prefix}-"
  title       = var.prefix == "eventmend" ? "Eventmend" : "Eventmend ${var.prefix}"

  bundles  = var.bundles == null ? "${path.module}/../dist/functions" : var.bundles
  topology = jsondecode(file("${path.module}/../shared/topology.json"))

  # The deployed functions: all except the optional ones that are not configured.
  left_out = setunion(var.store ? [] : ["store"], var.console == null ? ["console"] : [], var.dataflow == null ? ["recheck"] : [])
  functions = {
    for name, function in local.topology.functions : name => merge(local.default_size, lookup(local.sizes, name, {}), function)
    if !contains(local.left_out, name)
  }

  # What the build says of the bundles (build/manifest.mjs). Without a build, the bundles are missing too, and a plan fails.
  manifest = try(jsondecode(file("${local.bundles}/manifest.json")), {})
  # The sources of the catalog that was built, besides `events`: whether each is closed.
  catalog_sources = try(local.manifest.sources, {})
  source_topics = {
    for name, source in var.sources : name => source.topic == null ? google_pubsub_topic.source[name].id : source.topic
  }
  source_names = { for name in keys(var.sources) : name => "validate-source-${name}" }

  # The push subscriptions of topology.json to the functions that are deployed.
  subscriptions = {
    for name, subscription in local.topology.subscriptions : name => subscription
    if contains(keys(local.functions), subscription.function)
  }
  # The subscriptions of each function. The console has none.
  subscriptions_of = {
    for name in keys(local.functions) : name => {
      for key, subscription in local.subscriptions : key => subscription if subscription.function == name
    }
  }
  pushed_to = toset([for name, subscriptions in local.subscriptions_of : name if length(subscriptions) > 0])

  # All push subscriptions. One to a source has the settings of the one to `events`.
  pushed = merge(
    { for name, subscription in local.subscriptions : name => merge(subscription, {
      topic_id = google_pubsub_topic.main[subscription.topic].id
      path     = subscription.topic
    }) },
    { for source, name in local.source_names : name => merge(local.topology.subscriptions["validate-events"], {
      topic_id = local.source_topics[source]
      path     = "sources/${source}"
    }) },
  )

  # The retention of topics and subscriptions. The code refuses a catalog whose `windowMs` is shorter.
  retention = "${local.topology.retentionDays * 86400}s"
  # Of published dead letters, and of those of consumers.
  longest_retention = "${var.retention.dead_letter_days * 86400}s"

  email_pattern = "[^\\s,:@]+@[^\\s,:@]+\\.[^\\s,:@]+"
  # A member of a grant, who must authenticate: neither allUsers nor allAuthenticatedUsers.
  member_pattern = "^((user|group):${local.email_pattern}|serviceAccount:[^\\s,:]+|domain:[^\\s,:@]+\\.[^\\s,:@]+|principal(Set)?://[^\\s,]+)$"

  # Where Pub/Sub stores messages.
  storage_regions = length(var.storage_regions) == 0 ? [var.region] : sort(var.storage_regions)
}
