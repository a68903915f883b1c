mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project  = "a-project"
  region   = "asia-southeast1"
  features = ["telegram", "account", "bybit-account"]
}

run "grants" {
  command = plan

  assert {
    condition = toset([for grant in concat(values(google_project_iam_member.jobs), values(google_project_iam_member.journal), values(google_project_iam_member.predict)) : grant.role]) == toset([
      "roles/bigquery.jobUser", "roles/datastore.user", "projects/a-project/roles/predict",
    ])
    error_message = "A function may do something else on the whole project."
  }

  assert {
    condition = alltrue([
      for grant in google_project_iam_member.journal :
      grant.condition[0].expression == "resource.type == \"firestore.googleapis.com/Database\" && resource.name == \"projects/a-project/databases/topdown\""
    ])
    error_message = "A function reaches other databases."
  }

  assert {
    condition     = keys(google_project_iam_member.predict) == ["llm-analyst"]
    error_message = "The model belongs to the analyst alone."
  }

  assert {
    condition     = google_project_iam_custom_role.bq_appender.permissions == toset(["bigquery.tables.get", "bigquery.tables.updateData"]) && google_project_iam_custom_role.predict.permissions == toset(["aiplatform.endpoints.predict"]) && google_project_iam_custom_role.bucket_maker.permissions == toset(["storage.buckets.create"])
    error_message = "A custom role holds more than it is for."
  }

  assert {
    condition = { for secret, grant in google_secret_manager_secret_iam_member.reader : secret => grant.member } == {
      binance-api-key    = "serviceAccount:account-exporter@a-project.iam.gserviceaccount.com"
      binance-api-secret = "serviceAccount:account-exporter@a-project.iam.gserviceaccount.com"
      bybit-api-key      = "serviceAccount:account-exporter@a-project.iam.gserviceaccount.com"
      bybit-api-secret   = "serviceAccount:account-exporter@a-project.iam.gserviceaccount.com"
      telegram-bot-token = "serviceAccount:notifier@a-project.iam.gserviceaccount.com"
    }
    error_message = "A secret can be read by another function, or by one whose feature is off."
  }

  assert {
    condition = alltrue([
      for grant in google_service_account_iam_member.signs : contains([for signer in ["signer", "account-signer"] : "projects/a-project/serviceAccounts/${signer}@a-project.iam.gserviceaccount.com"], grant.service_account_id)
    ])
    error_message = "A function may become another account than a signer."
  }

  assert {
    condition = toset([for grant in google_service_account_iam_member.signs : grant.member if strcontains(grant.service_account_id, "/account-signer@")]) == toset([
      for name in ["account-exporter", "coordinator"] : "serviceAccount:${name}@a-project.iam.gserviceaccount.com"
    ])
    error_message = "Addresses of account files are signed by another than who writes and who shows them."
  }

  assert {
    condition     = alltrue([for account in ["signer", "account-signer", "builder", "deployer"] : !contains(keys(google_service_account_iam_member.deployer), account)])
    error_message = "The deployer may act as an account that no service has."
  }
}

run "a_build_changes_nothing_that_runs" {
  command = plan

  assert {
    condition = google_storage_bucket_iam_member.catalog_builder.role == "roles/storage.objectCreator" && alltrue([
      for place in ["files", "builds"] : strcontains(google_storage_bucket_iam_member.catalog_builder.condition[0].expression, "resource.name.startsWith(\"projects/_/buckets/a-project-topdown-catalog/objects/${place}/\")")
    ])
    error_message = "A build may change the catalog that is in force, or the watchlist."
  }

  assert {
    condition     = google_storage_bucket_iam_member.catalog_deployer.condition[0].expression == "resource.name == \"projects/_/buckets/a-project-topdown-catalog/objects/catalog.json\""
    error_message = "A deployment may change more of the catalog than which one is in force."
  }

  assert {
    condition     = toset(keys(google_storage_bucket_iam_member.catalog_reader)) == toset(["builder", "coordinator", "deployer", "llm-analyst", "ohlcv-collector"])
    error_message = "Another function than who lists symbols, who begins runs and who compares symbols reads the catalog."
  }
}

run "what_runs_is_not_cleaned_up" {
  command = plan

  assert {
    condition = [
      for policy in google_artifact_registry_repository.images.cleanup_policies : policy.most_recent_versions[0].keep_count >= 100 && contains(policy.most_recent_versions[0].package_name_prefixes, "coordinator") if policy.action == "KEEP"
    ] == [true]
    error_message = "Builds that nobody deploys would push out the image that runs."
  }
}

run "a_key_of_its_own_instead_of_the_projects_model" {
  command = plan

  variables {
    features = ["openai"]
  }

  assert {
    condition     = length(google_project_iam_member.predict) == 0 && keys(google_secret_manager_secret_iam_member.reader) == ["openai-api-key"]
    error_message = "With a key of its own the analyst needs no model of the project."
  }
}

run "budget_and_triggers" {
  command = plan

  variables {
    billing_account = "012345-6789AB-CDEF01"
    repository      = "projects/a-project/locations/asia-southeast1/connections/code/repositories/topdown"
  }

  assert {
    condition     = google_billing_budget.month[0].budget_filter[0].projects == toset(["projects/123456789012"])
    error_message = "The budget counts something else than this project."
  }

  assert {
    condition = { for name, trigger in google_cloudbuild_trigger.trigger : name => "${trigger.approval_config[0].approval_required} ${trigger.service_account}" } == {
      build  = "false projects/a-project/serviceAccounts/builder@a-project.iam.gserviceaccount.com"
      deploy = "true projects/a-project/serviceAccounts/deployer@a-project.iam.gserviceaccount.com"
    }
    error_message = "A deployment needs approval and an account of its own."
  }
}

run "a_feature_that_does_not_exist" {
  command = plan

  variables {
    features = ["telegraph"]
  }

  expect_failures = [var.features]
}

# it is found out before anything is made: no location can be changed afterwards
run "a_region_that_the_exchange_refuses" {
  command = plan

  variables {
    region = "europe-west4"
  }

  expect_failures = [var.region]
}

run "public_data_from_anywhere" {
  command = plan

  variables {
    region           = "europe-west4"
    public_data_only = true
    features         = ["telegram"]
  }

  assert {
    condition     = alltrue([for bucket in google_storage_bucket.bucket : bucket.location == "europe-west4"])
    error_message = "The region is not taken."
  }
}

run "an_account_where_its_exchange_answers_nobody" {
  command = plan

  variables {
    public_data_only = true
  }

  expect_failures = [var.public_data_only]
}

run "the_default_database" {
  command = plan

  variables {
    database = "(default)"
  }

  expect_failures = [var.database]
}

run "every_branch" {
  command = plan

  variables {
    branch = ".*"
  }

  expect_failures = [var.branch]
}
