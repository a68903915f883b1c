output "bootstrap_bucket" {
  description = "Where the state of this folder is kept: terraform -chdir=infra/bootstrap init -backend-config=bucket=..."
  value       = google_storage_bucket.bucket["bootstrap"].name
}

output "state_bucket" {
  description = "Where the state of infra/ is kept: terraform -chdir=infra init -backend-config=bucket=..."
  value       = google_storage_bucket.bucket["state"].name
}

output "catalog_bucket" {
  description = "Where prompts, models, chart templates and the watchlist are kept"
  value       = google_storage_bucket.bucket["catalog"].name
}

output "registry" {
  description = "Where images are pushed"
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
}

output "builder" {
  description = "Account that builds: gcloud builds submit --service-account=..."
  value       = local.account_id["builder"]
}

output "source_staging" {
  description = "Where a build's source is uploaded: gcloud builds submit --gcs-source-staging-dir=..."
  value       = "gs://${google_storage_bucket.bucket["source"].name}/source"
}

output "secrets" {
  description = "Secrets that wait for a version, by feature"
  value       = { for name in var.features : name => values(local.features[name].secrets) }
}
