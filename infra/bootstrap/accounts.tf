locals {
  functions = yamldecode(file("${path.module}/../functions.yaml"))
  pubsub    = jsondecode(file("${path.module}/../pubsub.json"))
  features  = yamldecode(file("${path.module}/../features.yaml"))

  function_accounts = { for name, function in local.functions : name => "Function ${name}" }
  push_invokers     = { for push in local.pubsub.push : "push-${push.service}" => "Pushes messages to ${push.service}" }
  tick_invokers     = { for name, function in local.functions : "tick-${name}" => "Schedule of ${name}" if can(function.ticks) }
  attached          = merge(local.function_accounts, local.push_invokers, local.tick_invokers)
  accounts = merge(local.attached, {
    signer         = "Signs addresses of artifacts; runs nothing"
    account-signer = "Signs addresses of account files; runs nothing"
    builder        = "Builds images"
    deployer       = "Applies infra/"
  })

  # known before anything is made
  email      = { for id, account in google_service_account.account : id => "${account.account_id}@${var.project}.iam.gserviceaccount.com" }
  member     = { for id, email in local.email : id => "serviceAccount:${email}" }
  account_id = { for id, email in local.email : id => "projects/${var.project}/serviceAccounts/${email}" }
}

resource "google_service_account" "account" {
  for_each = local.accounts

  account_id   = each.key
  display_name = each.value

  lifecycle {
    precondition {
      condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", each.key))
      error_message = "Account id ${each.key}: 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last."
    }
  }

  depends_on = [google_project_service.api]
}
