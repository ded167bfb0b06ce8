# Alerts about losses, and about the platform: instances, deployments, the scheduler, quotas. monitoring.tf has the others.
locals {
  half_retention_seconds = local.topology.retentionDays * 43200

  # Log lines of Google's, which have no counter of ours.
  platform_logs = {
    memory-kill = {
      description = "Instances that were ended because they needed more memory than they have."
      filter      = "${local.logs_of_functions} AND severity>=ERROR AND (textPayload:\"Memory limit of\" OR textPayload:\"JavaScript heap out of memory\")"
    }
    failed-start = {
      description = "Revisions of functions that did not start, and functions that could not be deployed."
      filter = join(" OR ", [
        "(${local.logs_of_functions} AND severity>=ERROR AND (textPayload:\"STARTUP TCP probe failed\" OR protoPayload.status.message:\"failed to start\"))",
        "(resource.type=\"cloud_function\" AND severity>=ERROR AND protoPayload.methodName:\"FunctionService\" AND protoPayload.resourceName:(${join(" OR ", [for name in keys(local.functions) : "\"/functions/${local.name_prefix}${name}\""])}))",
      ])
    }
    # What terraform/cloudbuild/plan.yaml says, with the prefix: a project can hold several deployments. Without a plan at night there
    # are no such lines.
    changed-plan = {
      description = "Plans at night that would change something, or that failed."
      filter      = "resource.type=\"build\" AND textPayload:(\"What is deployed as ${var.prefix} differs from this checkout\" OR \"The plan of ${var.prefix} failed, so nobody knows whether somebody changed what is deployed\")"
    }
    # That the plan at night came to its end. A failed build of it does not get so far.
    plan-at-night = {
      description = "Plans at night that ended, whatever they found."
      filter      = "resource.type=\"build\" AND textPayload:\"The plan of the night of ${var.prefix} has ended\""
    }
    failed-tick = {
      description = "Ticks that Cloud Scheduler could not publish, and checks that it could not start."
      filter      = "resource.type=\"cloud_scheduler_job\" AND resource.labels.job_id=(${join(" OR ", [for job in concat(["sweep"], keys(local.checks)) : "\"${var.prefix}-${job}\""])}) AND severity>=ERROR"
    }
  }

  # The lines of Google's about instances and deployments in ten minutes. A query names one kind of resource, so each kind that may log
  # such a line is asked.
  platform_lines_in_10m = {
    for name, kinds in { memory-kill = local.loggers, failed-start = concat(local.loggers, ["monitored_resource=\"cloud_function\""]) } :
    name => join(" + ", [for kind in kinds : "(sum(increase(${local.metric[name]}{${kind}}[10m])) or vector(0))"])
  }
  logged_by_scheduler = "monitored_resource=\"cloud_scheduler_job\""
  logged_by_build     = "monitored_resource=\"build\""

  # How long something may be absent. The whole time cannot be that of the query: then a new alert would fire before the first run. And
  # Cloud Monitoring allows a duration of 23.5 hours, and 25 hours together with the time of the query. So a run is missed if none ended
  # for both times together, which of a daily one is half an hour more than a day.
  absent_for = {
    hourly = { window = "1h", duration = "7200s" }
    daily  = { window = "1h", duration = "84600s" }
  }
  # By check: how often it runs. One that runs on some days only is not watched.
  check_rhythms = {
    for name, check in local.checks : name => split(" ", check.schedule)[1] == "*" ? "hourly" : "daily"
    if slice(split(" ", check.schedule), 2, 5) == tolist(["*", "*", "*"])
  }

  # The alerts by the name of their playbooks, as in monitoring.tf.
  platform_alerts = {
    no-sweep = {
      title    = "Nobody looks for missing events"
      severity = "ERROR"
      conditions = {
        # The metric has a point for each minute with a tick, so its absence is what counts.
        "no tick of the scheduler was handled for a quarter of an hour" = {
          query    = "absent_over_time(${local.metric["tick"]}_sum{${local.logged},function=\"sweep\"}[15m])"
          duration = "300s"
        }
      }
    }
    events-lost = {
      title    = "Events are lost"
      severity = "CRITICAL"
      conditions = {
        "a gap was given up" = {
          query    = "sum(increase(${local.metric["letter-ERR_GAP_UNRECOVERABLE"]}_sum{${local.logged}}[10m])) > 0"
          duration = "0s"
        }
      }
    }
    undeliverable = {
      title    = "A message was given up"
      severity = "ERROR"
      conditions = {
        # Pub/Sub writes these letters itself, so no function counts them.
        "Pub/Sub gave a message up after all its attempts" = {
          # The probe has one of its own messages given up in each run.
          query    = "sum by (subscription_id) (increase(pubsub_googleapis_com:subscription_dead_letter_message_count{${local.worked_off},subscription_id!=\"${local.name_prefix}validate-probe-poison\"}[10m])) > 0"
          duration = "0s"
        }
      }
    }
    retention-ends = {
      title    = "Half of the time in which messages are kept is over"
      severity = "CRITICAL"
      conditions = {
        "the oldest message of a subscription has waited for half of retentionDays" = {
          query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${join("|", concat(local.worked_off_names, [for name in keys(var.consumers) : "${local.name_prefix}consumer-${name}"]))}\"}) > ${local.half_retention_seconds}"
          duration = "0s"
        }
      }
    }
    no-instance = {
      title    = "A function has too few instances"
      severity = "WARNING"
      conditions = {
        "requests found no instance" = {
          query    = "sum by (service_name) (increase(run_googleapis_com:request_count{${local.served},response_code=\"429\"}[10m])) > ${var.alerts.least_errors}"
          duration = "600s"
        }
      }
    }
    out-of-memory = {
      title    = "An instance ran out of memory"
      severity = "ERROR"
      conditions = {
        "an instance was ended for its memory" = {
          query    = "${local.platform_lines_in_10m["memory-kill"]} > 0"
          duration = "0s"
        }
      }
    }
    failed-rollout = {
      title    = "A deployment failed"
      severity = "ERROR"
      conditions = {
        "a revision did not start, or a function could not be deployed" = {
          query    = "${local.platform_lines_in_10m["failed-start"]} > 0"
          duration = "0s"
        }
      }
    }
    failed-tick = {
      title    = "The scheduler fails"
      severity = "WARNING"
      conditions = {
        "ticks could not be published, or a check could not be started" = {
          query    = "sum by (job_id) (increase(${local.metric["failed-tick"]}{${local.logged_by_scheduler},job_id=\"${var.prefix}-sweep\"}[15m])) > 2 or sum by (job_id) (increase(${local.metric["failed-tick"]}{${local.logged_by_scheduler},job_id!=\"${var.prefix}-sweep\"}[15m])) > 0"
          duration = "0s"
        }
      }
    }
    failed-check = {
      title    = "A scheduled check found something, or did not run"
      severity = "ERROR"
      conditions = merge({
        "the audit or the probe ended with an error" = {
          query    = "sum by (job_name) (increase(run_googleapis_com:job_completed_execution_count{monitored_resource=\"cloud_run_job\",job_name=~\"${var.prefix}-(${join("|", keys(local.check_arguments))})\",result=\"failed\"}[15m])) > 0"
          duration = "0s"
        }
        }, {
        for name, rhythm in local.check_rhythms : "the ${name} did not run" => {
          query    = "absent_over_time(run_googleapis_com:job_completed_execution_count{monitored_resource=\"cloud_run_job\",job_name=\"${var.prefix}-${name}\"}[${local.absent_for[rhythm].window}])"
          duration = local.absent_for[rhythm].duration
        }
      })
    }
    changed-plan = {
      title    = "Somebody changed what is deployed"
      severity = "WARNING"
      conditions = merge({
        "the plan of the night would change something, or failed" = {
          query    = "sum(increase(${local.metric["changed-plan"]}{${local.logged_by_build}}[1h])) > 0"
          duration = "0s"
        }
        }, var.alerts.plan_at_night ? {
        "no plan of the night ended" = {
          query    = "absent_over_time(${local.metric["plan-at-night"]}{${local.logged_by_build}}[${local.absent_for.daily.window}])"
          duration = local.absent_for.daily.duration
        }
      } : {})
    }
    quota = {
      title    = "A quota is exceeded"
      severity = "ERROR"
      conditions = {
        "a quota of a service that Eventmend uses is exceeded" = {
          query    = "max by (service, quota_metric) (max_over_time(serviceruntime_googleapis_com:quota_exceeded{monitored_resource=\"consumer_quota\",service=~\"(pubsub|firestore|run|cloudfunctions|logging|monitoring)\\\\.googleapis\\\\.com\"}[10m])) > 0"
          duration = "0s"
        }
      }
    }
  }
}

resource "google_logging_metric" "platform" {
  for_each = local.platform_logs

  project     = var.project_id
  name        = "${var.prefix}/${each.key}"
  description = each.value.description
  filter      = each.value.filter

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }

  depends_on = [google_project_service.main]
}
