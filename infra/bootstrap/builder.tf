resource "google_artifact_registry_repository_iam_member" "builder" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.repository_id
  role       = "roles/artifactregistry.writer"
  member     = local.member["builder"]
}

# a build of an account of its own has nowhere else to log
resource "google_project_iam_member" "log" {
  for_each = toset(["builder", "deployer"])

  project = var.project
  role    = "roles/logging.logWriter"
  member  = local.member[each.key]
}

resource "google_storage_bucket_iam_member" "source" {
  for_each = toset(["builder", "deployer"])

  bucket = google_storage_bucket.bucket["source"].name
  role   = "roles/storage.objectViewer"
  member = local.member[each.key]
}
