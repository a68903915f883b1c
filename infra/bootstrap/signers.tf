# Who may sign as an account is as good as being it: so signers own nothing but the sight of one bucket. The library
# first becomes the signer and then signs as it, so the signer may do so for itself.

locals {
  signing = toset([for name, function in local.functions : name if try(function.step, false) || try(function.artifacts, false)])
}

resource "google_service_account_iam_member" "signs" {
  for_each = local.signing

  service_account_id = local.account_id["signer"]
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.member[each.key]
}

resource "google_service_account_iam_member" "signs_itself" {
  for_each = toset(["signer", "account-signer"])

  service_account_id = local.account_id[each.key]
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.member[each.key]
}
