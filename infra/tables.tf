resource "google_bigquery_table" "table" {
  for_each = local.bigquery.tables

  dataset_id               = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  table_id                 = each.key
  description              = each.value.description
  schema                   = file("${path.module}/${each.value.schema}")
  clustering               = each.value.clustering
  require_partition_filter = each.value.require_partition_filter
  deletion_protection      = var.deletion_protection

  time_partitioning {
    type  = each.value.time_partitioning.type
    field = each.value.time_partitioning.field
  }

  lifecycle {
    postcondition {
      condition     = length(self.clustering) <= 4
      error_message = "${each.key}: a table is clustered by four columns at most."
    }
  }
}

locals {
  appends = merge([for name, function in local.functions : { for table in try(function.append, []) : "${name} ${table}" => { function = name, table = table } }]...)
}

resource "google_bigquery_table_iam_member" "appender" {
  for_each = local.appends

  dataset_id = google_bigquery_table.table[each.value.table].dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = local.role.append
  member     = local.member[each.value.function]
}
