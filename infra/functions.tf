locals {
  functions = yamldecode(file("${path.module}/functions.yaml"))
  pubsub    = jsondecode(file("${path.module}/pubsub.json"))
  features  = yamldecode(file("${path.module}/features.yaml"))

  # made by bootstrap, so known by name
  member = { for id in concat(keys(local.functions), local.invokers, ["signer", "account-signer"]) : id => "serviceAccount:${local.email[id]}" }
  email  = { for id in concat(keys(local.functions), local.invokers, ["signer", "account-signer"]) : id => "${id}@${var.project}.iam.gserviceaccount.com" }

  pushed   = { for push in local.pubsub.push : push.service => push }
  ticked   = { for name, function in local.functions : name => function if can(function.ticks) }
  invokers = concat([for name in keys(local.pushed) : "push-${name}"], [for name in keys(local.ticked) : "tick-${name}"])
  steps    = { for name, function in local.functions : name => function if try(function.step, false) }

  # known before the service is made, so that it can be told its own
  url = { for name in keys(local.functions) : name => "https://${name}-${data.google_project.project.number}.${var.region}.run.app" }

  role = {
    append  = "projects/${var.project}/roles/bqAppender"
    read    = "roles/bigquery.dataViewer"
    create  = "roles/storage.objectCreator"
    view    = "roles/storage.objectViewer"
    load    = "roles/storage.legacyBucketReader"
    publish = "roles/pubsub.publisher"
    pull    = "roles/pubsub.subscriber"
    invoke  = "roles/run.servicesInvoker"
  }
}

data "google_project" "project" {
  project_id = var.project
}
