locals {
  journal = jsondecode(file("${path.module}/firestore.indexes.json"))
}

resource "google_firestore_database" "journal" {
  name                              = var.database
  location_id                       = var.region
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.deletion_protection ? "ABANDON" : "DELETE"
}

resource "google_firestore_backup_schedule" "daily" {
  database  = google_firestore_database.journal.name
  retention = "${7 * 24 * 3600}s"

  daily_recurrence {}
}

resource "google_firestore_index" "index" {
  for_each = { for index in local.journal.indexes : join(" ", concat([index.collectionGroup], index.fields[*].fieldPath)) => index }

  database    = google_firestore_database.journal.name
  collection  = each.value.collectionGroup
  query_scope = each.value.queryScope

  dynamic "fields" {
    for_each = each.value.fields

    content {
      field_path = fields.value.fieldPath
      order      = fields.value.order
    }
  }
}

# an index over values that only grow takes 500 writes a second
resource "google_firestore_field" "field" {
  for_each = { for field in local.journal.fieldOverrides : "${field.collectionGroup} ${field.fieldPath}" => field }

  database   = google_firestore_database.journal.name
  collection = each.value.collectionGroup
  field      = each.value.fieldPath

  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes

      content {
        order       = indexes.value.order
        query_scope = indexes.value.queryScope
      }
    }
  }

  dynamic "ttl_config" {
    for_each = each.value.ttl ? [true] : []

    content {}
  }
}
