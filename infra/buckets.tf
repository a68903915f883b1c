locals {
  buckets = {
    # what runs are made of: written once, never changed
    artifacts = var.retention_days
    # files of load jobs
    staging = 1
    # what an exchange account holds: out of sight of all that reads artifacts
    account-files = var.retention_days
  }
}

resource "google_storage_bucket" "bucket" {
  for_each = local.buckets

  name                        = "${var.project}-topdown-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  soft_delete_policy {
    retention_duration_seconds = each.key == "staging" ? 0 : 604800
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = each.value
    }
  }
}

locals {
  catalog = "${var.project}-topdown-catalog"

  objects = merge(
    # a retry reads what it wrote; no one deletes, so nothing is written over
    merge([for name in keys(local.steps) : {
      "${name} creates artifacts" = { bucket = "artifacts", role = local.role.create, account = name }
      "${name} views artifacts"   = { bucket = "artifacts", role = local.role.view, account = name }
    }]...),
    { for name, function in local.functions : "${name} views artifacts" => { bucket = "artifacts", role = local.role.view, account = name } if try(function.artifacts, false) },
    merge([for name, function in local.functions : {
      "${name} creates staging" = { bucket = "staging", role = local.role.create, account = name }
      "${name} views staging"   = { bucket = "staging", role = local.role.view, account = name }
    } if try(function.load, false)]...),
    {
      "signer views artifacts"             = { bucket = "artifacts", role = local.role.view, account = "signer" }
      "account-signer views account-files" = { bucket = "account-files", role = local.role.view, account = "account-signer" }
    },
  )
}

resource "google_storage_bucket_iam_member" "objects" {
  for_each = local.objects

  bucket = google_storage_bucket.bucket[each.value.bucket].name
  role   = each.value.role
  member = local.member[each.value.account]
}

resource "google_storage_bucket_iam_member" "catalog" {
  for_each = local.functions

  bucket = local.catalog
  role   = local.role.view
  member = local.member[each.key]
}
