# What everything else reads. Topics, subscriptions, functions and who may publish where come from shared/topology.json, which the
# code reads too: what is added there is deployed.
locals {
  labels   = { application = "eventmend" }
  topology = jsondecode(file("${path.module}/../shared/topology.json"))

  # The functions that are deployed: all but the optional ones that nobody asked for.
  left_out = setunion(var.store ? [] : ["store"], var.console == null ? ["console"] : [])
  functions = {
    for name, function in local.topology.functions : name => merge(local.default_size, lookup(local.sizes, name, {}), function)
    if !contains(local.left_out, name)
  }

  # The push subscriptions of the functions that are deployed.
  subscriptions = {
    for name, subscription in local.topology.subscriptions : name => subscription
    if contains(keys(local.functions), subscription.function)
  }
  # What each function is triggered by; nothing for the console.
  subscriptions_of = {
    for name in keys(local.functions) : name => {
      for key, subscription in local.subscriptions : key => subscription if subscription.function == name
    }
  }
  pushed_to = toset([for name, subscriptions in local.subscriptions_of : name if length(subscriptions) > 0])

  # The probe's events go all the way, but to nobody: subscriptions of consumers leave its stream out.
  consumer_filter = "NOT attributes.stream = \"eventmend-probe\""

  # How long topics and subscriptions keep messages. The code refuses a catalog that remembers ids for a shorter time.
  retention = "${local.topology.retentionDays * 86400}s"
}
