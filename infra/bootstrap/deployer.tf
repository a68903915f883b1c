# It makes what infra/ names and nothing else: accounts, secrets and grants on the project are made here, by a person.

locals {
  deployer_roles = concat([
    "roles/bigquery.dataOwner", "roles/cloudscheduler.admin", "roles/datastore.owner", "roles/logging.configWriter",
    "roles/monitoring.editor", "roles/pubsub.admin", "roles/run.admin",
  ], var.static_egress ? ["roles/compute.networkAdmin"] : [])

  # those that infra/ makes; state, catalog and sources are not among them
  buckets_of_infra = [for name in ["account-files", "artifacts", "staging"] : "projects/_/buckets/${var.project}-topdown-${name}"]
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

resource "google_project_iam_member" "buckets" {
  project = var.project
  role    = "roles/storage.admin"
  member  = local.member["deployer"]

  condition {
    title      = "buckets of infra"
    expression = join(" || ", [for bucket in local.buckets_of_infra : "resource.name == \"${bucket}\" || resource.name.startsWith(\"${bucket}/\")"])
  }
}

# to make a bucket is asked of the project, where no bucket's name could be compared
resource "google_project_iam_member" "bucket_maker" {
  project = var.project
  role    = "projects/${var.project}/roles/${google_project_iam_custom_role.bucket_maker.role_id}"
  member  = local.member["deployer"]
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
