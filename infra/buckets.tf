locals {
  buckets = {
    # what runs are made of: written once, never changed
    artifacts = var.retention_days
    # files of load jobs
    staging = 1
    # what an exchange account holds: who reads or signs artifacts does not see it
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
      # catalog/ stays: a run that begins today may be pinned to a prompt that has lain there for a year
      matches_prefix = each.key == "artifacts" ? ["budget/", "pages/", "paid/", "runs/"] : null
    }
  }
}

locals {
  catalog = "${var.project}-topdown-catalog"

  # what functions do with what lies where; to sign is granted on the signer, by bootstrap
  uses = merge([for name, function in local.functions : {
    for bucket, verbs in {
      artifacts     = try(function.artifacts, [])
      account-files = try(function.account_files, [])
      staging       = try(function.load, false) ? ["create", "view", "load"] : []
    } : "${name} ${bucket}" => { account = name, bucket = bucket, verbs = setsubtract(verbs, ["sign"]) }
  }]...)

  # a retry reads what it wrote, a load job asks for the bucket as well as for its files; no one deletes, so nothing is written over
  objects = merge(
    merge([for use in local.uses : {
      for verb in use.verbs : "${use.account} ${verb}s ${use.bucket}" => { bucket = use.bucket, role = local.role[verb], account = use.account }
    }]...),
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
