output "urls" {
  description = "Address of each service; an anonymous GET of any of them answers 403"
  value       = local.url
}

output "api" {
  description = "Address of the on-demand API, for callers with run.servicesInvoker on the coordinator"
  value       = local.url["coordinator"]
}

output "artifacts" {
  description = "Where candles, charts and reports are kept"
  value       = "gs://${google_storage_bucket.bucket["artifacts"].name}"
}

output "catalog" {
  description = "Where prompts, models, chart templates and the watchlist are kept"
  value       = "gs://${local.catalog}"
}

output "datasets" {
  description = "Where candles, reports and recommendations are read, in BigQuery's console"
  value       = { for name in keys(local.bigquery.datasets) : name => "https://console.cloud.google.com/bigquery?project=${var.project}&p=${var.project}&d=${name}&page=dataset" }
}

output "egress_address" {
  description = "The address that the exchange sees, for keys that are bound to one"
  value       = one(google_compute_address.egress[*].address)
}
