# It makes what infra/ names and nothing else: accounts, secrets and grants on the project are made here, by a person.

locals {
  deployer_roles = concat([
    "roles/bigquery.dataOwner", "roles/cloudscheduler.admin", "roles/datastore.owner", "roles/logging.configWriter",
    "roles/monitoring.editor", "roles/pubsub.admin", "roles/run.admin", "roles/storage.admin",
  ], var.static_egress ? ["roles/compute.networkAdmin"] : [])
}

resource "google_project_iam_member" "deployer" {
  for_each = toset(local.deployer_roles)

  project = var.project
  role    = each.key
  member  = local.member["deployer"]

  lifecycle {
    precondition {
      condition     = can(regex("^roles/[a-zA-Z]+\\.[a-zA-Z]+$", each.key))
      error_message = "${each.key}: a role is written roles/service.name."
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "deployer" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.repository_id
  role       = "roles/artifactregistry.reader"
  member     = local.member["deployer"]
}

resource "google_storage_bucket_iam_member" "state" {
  bucket = google_storage_bucket.bucket["state"].name
  role   = "roles/storage.objectUser"
  member = local.member["deployer"]
}

# services, subscriptions and schedules act as these accounts
resource "google_service_account_iam_member" "deployer" {
  for_each = local.attached

  service_account_id = local.account_id[each.key]
  role               = "roles/iam.serviceAccountUser"
  member             = local.member["deployer"]
}
