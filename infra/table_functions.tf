resource "google_bigquery_routine" "table_function" {
  for_each = { for function in local.bigquery.functions : function.name => function }

  dataset_id      = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  routine_id      = each.key
  routine_type    = "TABLE_VALUED_FUNCTION"
  language        = "SQL"
  description     = each.value.description
  definition_body = file("${path.module}/${each.value.body}")

  dynamic "arguments" {
    for_each = each.value.arguments

    content {
      name      = arguments.value.name
      data_type = jsonencode(arguments.value.data_type)
    }
  }

  depends_on = [google_bigquery_table.table]
}
