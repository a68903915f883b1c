# Who reads the catalog, who adds to it, who brings what was added into force.

locals {
  catalog         = google_storage_bucket.bucket["catalog"].name
  catalog_objects = "projects/_/buckets/${local.catalog}/objects"
  catalog_readers = concat([for name, function in local.functions : name if contains(function.variables, "CATALOG_BUCKET")], ["builder", "deployer"])
}

resource "google_storage_bucket_iam_member" "catalog_reader" {
  for_each = toset(local.catalog_readers)

  bucket = local.catalog
  role   = "roles/storage.objectViewer"
  member = local.member[each.key]
}

# a build adds files and what it made; it changes nothing that is there, so nothing comes into force by it
resource "google_storage_bucket_iam_member" "catalog_builder" {
  bucket = local.catalog
  role   = "roles/storage.objectCreator"
  member = local.member["builder"]

  condition {
    title      = "files and builds"
    expression = "resource.name.startsWith(\"${local.catalog_objects}/files/\") || resource.name.startsWith(\"${local.catalog_objects}/builds/\")"
  }
}

# a deployment, which a person approves, brings a commit's catalog into force; the watchlist is out of its reach
resource "google_storage_bucket_iam_member" "catalog_deployer" {
  bucket = local.catalog
  role   = "roles/storage.objectUser"
  member = local.member["deployer"]

  condition {
    title      = "catalog.json"
    expression = "resource.name == \"${local.catalog_objects}/catalog.json\""
  }
}
