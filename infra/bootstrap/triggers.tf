# Two triggers, two accounts: who may build may not deploy, and a person approves each deployment.

locals {
  triggers = {
    build  = { file = "cloudbuild.yaml", account = "builder", approval = false, told = { _REGION = var.region } }
    deploy = { file = "infra/deploy.cloudbuild.yaml", account = "deployer", approval = true, told = {} }
  }
}

resource "google_cloudbuild_trigger" "trigger" {
  for_each = var.repository == null ? {} : local.triggers

  name            = each.key
  location        = var.region
  filename        = each.value.file
  service_account = local.account_id[each.value.account]

  substitutions = each.value.told

  approval_config {
    approval_required = each.value.approval
  }

  repository_event_config {
    repository = var.repository

    push {
      branch = "^${var.branch}$"
    }
  }
}
