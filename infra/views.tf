# A view can be made once all that it reads is there: views of tables first, then views of these.

locals {
  views = { for view in local.bigquery.views : view.name => merge(view, { text = file("${path.module}/${view.body}") }) }
  reads_views = {
    for name, view in local.views : name => [for other in values(local.views) : other.name if strcontains(view.text, "${other.dataset}.${other.name}")]
  }
  views_of_tables = { for name, view in local.views : name => view if length(local.reads_views[name]) == 0 }
  views_of_views  = { for name, view in local.views : name => view if length(local.reads_views[name]) > 0 }
}

resource "google_bigquery_table" "view" {
  for_each = local.views_of_tables

  dataset_id          = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  table_id            = each.key
  description         = each.value.description
  deletion_protection = false

  view {
    query          = each.value.text
    use_legacy_sql = false
  }

  depends_on = [google_bigquery_table.table, google_bigquery_routine.table_function]
}

resource "google_bigquery_table" "view_of_views" {
  for_each = local.views_of_views

  dataset_id          = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  table_id            = each.key
  description         = each.value.description
  deletion_protection = false

  view {
    query          = each.value.text
    use_legacy_sql = false
  }

  lifecycle {
    precondition {
      condition     = alltrue([for name in local.reads_views[each.key] : contains(keys(local.views_of_tables), name)])
      error_message = "${each.key} reads a view that reads a view: it would be made too early."
    }
  }

  depends_on = [google_bigquery_table.table, google_bigquery_routine.table_function, google_bigquery_table.view]
}
