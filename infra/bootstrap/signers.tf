# Who may sign as an account is as good as being it: so signers own nothing but the sight of one bucket. The library
# first becomes the signer and then signs as it, so the signer may do so for itself.

locals {
  signers = { signer = "artifacts", account-signer = "account_files" }
  signing = merge([for signer, files in local.signers : {
    for name, function in local.functions : "${name} ${signer}" => { function = name, signer = signer } if contains(try(function[files], []), "sign")
  }]...)
}

resource "google_service_account_iam_member" "signs" {
  for_each = local.signing

  service_account_id = local.account_id[each.value.signer]
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.member[each.value.function]
}

resource "google_service_account_iam_member" "signs_itself" {
  for_each = local.signers

  service_account_id = local.account_id[each.key]
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.member[each.key]
}
