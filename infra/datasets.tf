locals {
  bigquery = jsondecode(file("${path.module}/schemas/tables.json"))

  reads = merge([for name, function in local.functions : { for dataset in try(function.read, []) : "${name} ${dataset}" => { function = name, dataset = dataset } }]...)
}

resource "google_bigquery_dataset" "dataset" {
  for_each = local.bigquery.datasets

  dataset_id                 = each.key
  description                = each.value
  location                   = var.region
  max_time_travel_hours      = 168
  delete_contents_on_destroy = false
}

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = local.reads

  dataset_id = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  role       = local.role.read
  member     = local.member[each.value.function]
}
