locals {
  apis = concat([
    "aiplatform", "artifactregistry", "bigquery", "bigquerystorage", "billingbudgets", "cloudbuild", "cloudscheduler",
    "firestore", "iam", "iamcredentials", "logging", "monitoring", "pubsub", "run", "secretmanager", "storage",
  ], var.static_egress ? ["compute"] : [])
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
