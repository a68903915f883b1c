locals {
  vertex_host = "${var.vertex_location == "global" ? "" : "${var.vertex_location}-"}aiplatform.googleapis.com"
  model_hosts = contains(keys(var.features), "openai") ? ["api.openai.com"] : [local.vertex_host]

  # what there is to tell; no value is a secret, and what is null is not told
  told = {
    ACCOUNT_FILES_BUCKET     = google_storage_bucket.bucket["account-files"].name
    ACCOUNT_SIGNER           = local.email["account-signer"]
    ARTIFACTS_BUCKET         = google_storage_bucket.bucket["artifacts"].name
    BIGQUERY_LOCATION        = var.region
    CATALOG_BUCKET           = local.catalog
    COLLECTOR_SHARDS         = tostring(var.collector_shards)
    FIRESTORE_DATABASE       = google_firestore_database.journal.name
    SIGNER                   = local.email["signer"]
    STAGING_BUCKET           = google_storage_bucket.bucket["staging"].name
    TOPDOWN_BINANCE_URL      = var.exchange_url
    TOPDOWN_BYBIT_URL        = var.bybit_url
    TOPDOWN_DEFAULT_MODEL    = contains(keys(var.features), "openai") ? "openai" : "vertex"
    TOPDOWN_LANGUAGE         = var.language
    TOPDOWN_MAX_EXPOSURE_PCT = tostring(var.max_exposure_pct)
    TOPDOWN_MAX_USD_PER_DAY  = tostring(var.max_usd_per_day)
    TOPDOWN_MODEL_HOSTS      = join(",", local.model_hosts)
    TOPDOWN_RETENTION_DAYS   = tostring(var.retention_days)
    TOPDOWN_RISK_PCT         = tostring(var.risk_pct)
    VERTEX_LOCATION          = contains(keys(var.features), "openai") ? null : var.vertex_location
  }

  environment = { for name, function in local.functions : name => merge(
    {
      AUTH                 = "cloud-run"
      AUDIENCE             = local.url[name]
      GOOGLE_CLOUD_PROJECT = var.project
    },
    contains(keys(local.pushed), name) ? { PUSH_INVOKER = local.email["push-${name}"] } : {},
    contains(keys(local.ticked), name) ? { TICK_INVOKER = local.email["tick-${name}"] } : {},
    { for variable in function.variables : variable => local.told[variable] if local.told[variable] != null },
    { for variable, mount in local.mounted[name] : "${variable}_FILE" => "/secrets/${mount.secret}/value" },
    merge([for feature, given in var.features : given.settings if local.features[feature].function == name]...),
  ) }
}
