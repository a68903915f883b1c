mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project = "a-project"
  region  = "asia-southeast1"
  images = {
    for name in ["account-exporter", "chart-exporter", "coordinator", "llm-analyst", "notifier", "ohlcv-collector", "ohlcv-exporter"] :
    name => "asia-southeast1-docker.pkg.dev/a-project/topdown/${name}@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }
}

run "data" {
  command = plan

  assert {
    condition     = [for name, table in google_bigquery_table.table : name if table.require_partition_filter] == ["ohlcv_raw"]
    error_message = "A partition filter is required of ohlcv_raw and of nothing else."
  }

  assert {
    condition     = google_bigquery_table.table["ohlcv_raw"].time_partitioning[0].type == "YEAR" && google_bigquery_table.table["ohlcv_raw"].clustering == tolist(["symbol", "timeframe", "open_time"])
    error_message = "ohlcv_raw is not partitioned by year and clustered by symbol, timeframe and open_time."
  }

  assert {
    condition     = toset([for field in google_firestore_field.field : field.collection if length(field.ttl_config) == 1 && field.field == "expire_at"]) == toset(["flow_runs", "steps"])
    error_message = "Runs and steps do not both expire."
  }

  assert {
    condition     = anytrue([for index in google_firestore_index.index : index.collection == "steps" && index.query_scope == "COLLECTION_GROUP" && join(" ", index.fields[*].field_path) == "shard status lease_until"])
    error_message = "The sweeper's index is missing."
  }

  assert {
    condition     = google_firestore_database.journal.name != "(default)" && google_firestore_database.journal.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    error_message = "The journal is the default database or cannot be restored."
  }

  assert {
    condition     = alltrue([for bucket in google_storage_bucket.bucket : bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced"])
    error_message = "A bucket may be public."
  }

  assert {
    condition = toset(flatten([
      for name, bucket in google_storage_bucket.bucket : [
        for rule in bucket.lifecycle_rule : [
          for condition in rule.condition : "${name} ${condition.age} ${join(" ", coalesce(condition.matches_prefix, []))}"
        ]
      ]
    ])) == toset(["account-files 400 ", "artifacts 400 budget/ pages/ paid/ runs/", "staging 1 "])
    error_message = "A file goes before its time, or what later runs are pinned to goes with it."
  }

  assert {
    condition = contains([
      for env in google_cloud_run_v2_service.function["coordinator"].template[0].containers[0].env : "${env.name}=${env.value}"
    ], "TOPDOWN_RETENTION_DAYS=400")
    error_message = "The journal is kept for another time than artifacts."
  }

  assert {
    condition = toset(flatten([
      [for bucket in google_storage_bucket.bucket : bucket.location], [for dataset in google_bigquery_dataset.dataset : dataset.location], google_firestore_database.journal.location_id,
      [for service in google_cloud_run_v2_service.function : service.location], [for job in google_cloud_scheduler_job.tick : job.region],
    ])) == toset(["asia-southeast1"])
    error_message = "Something is in another region."
  }

  assert {
    condition     = alltrue([for grant in google_storage_bucket_iam_member.objects : grant.member != "serviceAccount:signer@a-project.iam.gserviceaccount.com" || grant.bucket == "a-project-topdown-artifacts"])
    error_message = "The signer of artifacts sees more than artifacts."
  }

  assert {
    condition = toset([for grant in google_storage_bucket_iam_member.objects : "${grant.member} ${grant.role}" if grant.bucket == "a-project-topdown-account-files"]) == toset([
      for pair in ["account-exporter objectCreator", "account-exporter objectViewer", "account-signer objectViewer", "coordinator objectViewer", "llm-analyst objectViewer"] :
      "serviceAccount:${split(" ", pair)[0]}@a-project.iam.gserviceaccount.com roles/storage.${split(" ", pair)[1]}"
    ])
    error_message = "Another than who writes, judges and shows account files reaches them."
  }

  assert {
    condition     = alltrue([for grant in google_storage_bucket_iam_member.objects : grant.bucket == "a-project-topdown-account-files" if grant.member == "serviceAccount:account-exporter@a-project.iam.gserviceaccount.com"])
    error_message = "Who holds the exchange's key reaches other files than an account's."
  }

  assert {
    condition     = google_bigquery_routine.table_function["ohlcv_as_of"].routine_type == "TABLE_VALUED_FUNCTION" && length(google_bigquery_routine.table_function["ohlcv_as_of"].arguments) == 5
    error_message = "Candles cannot be read: the table function is not there."
  }

  assert {
    condition = toset(keys(google_bigquery_table.view_of_views)) == toset([
      for name, view in merge(google_bigquery_table.view, google_bigquery_table.view_of_views) : name if can(regex("topdown_reports\\.[a-z]+_once", view.view[0].query))
    ])
    error_message = "A view of views is made together with what it reads."
  }

  assert {
    condition     = length(setsubtract(["latest_reports", "recommendations_with_sources", "made_by_prompt", "cost_by_day_and_model"], keys(merge(google_bigquery_table.view, google_bigquery_table.view_of_views)))) == 0
    error_message = "A view for auditing is missing."
  }
}
