# dataEditor could also drop the table
resource "google_project_iam_custom_role" "bq_appender" {
  role_id     = "bqAppender"
  title       = "Appends rows to a table"
  permissions = ["bigquery.tables.get", "bigquery.tables.updateData"]
}

# aiplatform.user holds hundreds of permissions
resource "google_project_iam_custom_role" "predict" {
  role_id     = "predict"
  title       = "Calls a model"
  permissions = ["aiplatform.endpoints.predict"]
}

# storage.admin could also read and delete every other bucket
resource "google_project_iam_custom_role" "bucket_maker" {
  role_id     = "bucketMaker"
  title       = "Makes buckets"
  permissions = ["storage.buckets.create"]
}
