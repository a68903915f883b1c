locals {
  week = 604800

  buckets = {
    # Terraform's state of this folder, for the person who applies it: the deployer never sees it
    bootstrap = { versions = 50, days = null }
    # that of infra/, with its variables
    state = { versions = 50, days = null }
    # prompts, models, chart templates, watchlist: a version is gone back to
    catalog = { versions = 50, days = null }
    # what `gcloud builds submit` uploads
    source = { versions = null, days = 30 }
  }
}

resource "google_storage_bucket" "bucket" {
  for_each = local.buckets

  name                        = "${var.project}-topdown-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = each.value.versions != null
  }

  soft_delete_policy {
    retention_duration_seconds = local.week
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.versions[*]

    content {
      action {
        type = "Delete"
      }
      condition {
        with_state         = "ARCHIVED"
        num_newer_versions = lifecycle_rule.value
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.days[*]

    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  depends_on = [google_project_service.api]
}
