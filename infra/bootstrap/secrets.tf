# Shells: versions are added by hand and pass through no plan and no state.

locals {
  secrets  = merge([for feature in local.features : { for secret in values(feature.secrets) : secret => feature.function }]...)
  readable = merge([for name in var.features : { for secret in values(local.features[name].secrets) : secret => local.features[name].function }]...)
}

resource "google_secret_manager_secret" "secret" {
  for_each = local.secrets

  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.readable

  secret_id = google_secret_manager_secret.secret[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member[each.value]
}
