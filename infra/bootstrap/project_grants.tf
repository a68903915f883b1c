# All that functions may do on the project as a whole; everything else is granted on the thing itself.

locals {
  key_of_model = anytrue([for name in var.features : can(local.functions[local.features[name].function].model)])

  # the condition keeps other databases of the project out of reach
  journal = {
    title      = "this database"
    expression = "resource.type == \"firestore.googleapis.com/Database\" && resource.name == \"projects/${var.project}/databases/${var.database}\""
  }
}

resource "google_project_iam_member" "journal" {
  for_each = local.functions

  project = var.project
  role    = "roles/datastore.user"
  member  = local.member[each.key]

  condition {
    title      = local.journal.title
    expression = local.journal.expression
  }
}

resource "google_project_iam_member" "jobs" {
  for_each = { for name, function in local.functions : name => function if try(function.jobs, false) }

  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = local.member[each.key]
}

# with a key of its own the analyst needs no model of the project
resource "google_project_iam_member" "predict" {
  for_each = { for name, function in local.functions : name => function if try(function.model, false) && !local.key_of_model }

  project = var.project
  role    = "projects/${var.project}/roles/${google_project_iam_custom_role.predict.role_id}"
  member  = local.member[each.key]
}
