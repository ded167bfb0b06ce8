# The policies of the organisation, as far as a plan can check them. A policy is enforced when something is made, so without these checks
# an apply would end half-way, with an error that names neither the setting nor, with members, the policy.

variable "policies" {
  description = "What the policies of the organisation allow, to be checked by the plan: member_domains, the domains of users and groups (the policy iam.allowedPolicyMemberDomains or iam.managed.allowedPolicyMembers), and locations, by name and without groups such as in:eu-locations (gcp.resourceLocations). What is not said is not checked. See docs/organisation.md."
  type = object({
    member_domains = optional(set(string))
    locations      = optional(set(string))
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for domain in coalesce(var.policies.member_domains, []) : can(regex("^[a-z0-9.-]+\\.[a-z0-9-]+$", domain))])
    error_message = "member_domains has domains such as example.com, in lowercase. The values of the policy are ids of customers: gcloud organizations list shows whose they are."
  }
  validation {
    condition     = alltrue([for location in coalesce(var.policies.locations, []) : !strcontains(location, ":")])
    error_message = "locations has names of locations, such as europe-west1 and eur3: spell out groups such as in:eu-locations."
  }
  validation {
    condition = var.policies.member_domains == null ? true : length(setsubtract(values(local.domain_of_member), var.policies.member_domains)) == 0
    error_message = join(" ", [
      join(", ", [for member, domain in local.domain_of_member : member if !contains(coalesce(var.policies.member_domains, []), domain)]),
      "cannot be granted a role: no domain of policies.member_domains. An apply would meet constraints/iam.allowedPolicyMemberDomains or",
      "constraints/iam.managed.allowedPolicyMembers. Name other members in producers, sources, consumers, console or dataflow, or have the policy allow these: docs/organisation.md.",
    ])
  }
  validation {
    condition = var.policies.locations == null ? true : alltrue([
      for place in local.places : contains([for location in coalesce(var.policies.locations, []) : lower(location)], lower(place.location))
    ])
    error_message = join(" ", [
      join(", ", [
        for place in local.places : "${place.setting} (${place.location})"
        if !contains([for location in coalesce(var.policies.locations, []) : lower(location)], lower(place.location))
      ]),
      "cannot be used: no location of policies.locations. An apply would meet constraints/gcp.resourceLocations. Choose other locations, or have the policy allow these: docs/organisation.md.",
    ])
  }
}

locals {
  # Of users, groups and domains: by the member, its domain. Whose a service account or a principal is, its name does not say.
  domain_of_member = {
    for member in distinct(concat(
      flatten([for producer in var.producers : tolist(producer.members)]),
      flatten([for source in var.sources : tolist(source.members)]),
      flatten([for consumer in var.consumers : tolist(consumer.members)]),
      var.console == null ? [] : concat(tolist(var.console.viewers), [for email in var.console.operators : "user:${email}"]),
      var.dataflow == null ? [] : tolist(var.dataflow.reporters),
    )) : member => lower(regex("[^:@]*$", member)) if can(regex("^(user|group|domain):", member))
  }
  # The locations in which something is made, each with the setting that says so.
  places = concat(
    [{ setting = "region", location = var.region }],
    [for location in var.storage_regions : { setting = "storage_regions", location = location }],
    [{ setting = "firestore.location", location = coalesce(var.firestore.location, var.region) }],
    var.bigquery == null ? [] : [{ setting = "bigquery.location", location = coalesce(var.bigquery.location, var.region) }],
  )
}
