# The texts of the alerts: playbooks/, with the names of this deployment in the commands.
locals {
  # What a playbook may name: ${prefix} and so on. A topic, subscription or function has ${name_prefix} before its name.
  playbook_names = {
    project          = var.project_id
    region           = var.region
    prefix           = var.prefix
    name_prefix      = local.name_prefix
    letters_database = google_firestore_database.letters.name
    dataset          = join("", [for dataset in google_bigquery_dataset.main : dataset.dataset_id])
  }

  # How the commands of a playbook find this deployment.
  command_settings = join(" ", [
    for setting in ["GOOGLE_CLOUD_PROJECT", "NAME_PREFIX", "FIRESTORE_DATABASE", "FIRESTORE_LETTERS_DATABASE"] :
    "${setting}='${local.environment[setting]}'" if contains(keys(local.environment), setting)
  ])
  console_command = (
    var.console == null ? "# There is no console: set the variable console."
    : var.console.ingress != "all" ? "# The console is not public: set EVENTMEND_CONSOLE and EVENTMEND_TOKEN (docs/deploy.md)."
    : "gcloud run services proxy ${local.name_prefix}console --region ${var.region} --port 8080"
  )
  before_commands = <<-END

    **Before the commands:** run them in a checkout of Eventmend. Those that ask the console need the last line, in a terminal of its own.

    ```sh
    gcloud config set project ${var.project_id}
    export ${local.command_settings}
    ${local.console_command}
    ```
  END

  playbooks = {
    for file in fileset("${path.module}/playbooks", "*.md") :
    trimsuffix(file, ".md") => "${templatefile("${path.module}/playbooks/${file}", local.playbook_names)}${local.before_commands}"
  }
}
