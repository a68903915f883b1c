locals {
  charts = [
    { title = "Requests by service and class", metric = "run.googleapis.com/request_count", resource = "cloud_run_revision", by = ["resource.label.service_name", "metric.label.response_code_class"], aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" },
    { title = "Latency, 95th percentile", metric = "run.googleapis.com/request_latencies", resource = "cloud_run_revision", by = ["resource.label.service_name"], aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX" },
    # a series for each state of an instance: active and idle are instances alike
    { title = "Instances", metric = "run.googleapis.com/container/instance_count", resource = "cloud_run_revision", by = ["resource.label.service_name"], aligner = "ALIGN_MAX", reducer = "REDUCE_SUM" },
    { title = "Memory, 99th percentile", metric = "run.googleapis.com/container/memory/utilizations", resource = "cloud_run_revision", by = ["resource.label.service_name"], aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX" },
    { title = "Oldest message not acknowledged", metric = "pubsub.googleapis.com/subscription/oldest_unacked_message_age", resource = "pubsub_subscription", by = ["resource.label.subscription_id"], aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" },
    { title = "Dead letters", metric = "pubsub.googleapis.com/subscription/dead_letter_message_count", resource = "pubsub_subscription", by = ["resource.label.subscription_id"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM" },
    { title = "Journal: writes", metric = "firestore.googleapis.com/document/write_ops_count", resource = "firestore.googleapis.com/Database", by = ["metric.label.op"], aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" },
    { title = "BigQuery: bytes billed", metric = "bigquery.googleapis.com/query/scanned_bytes_billed", resource = "global", by = [], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM" },
  ]
}

resource "google_monitoring_dashboard" "overview" {
  dashboard_json = jsonencode({
    displayName = "Topdown"
    mosaicLayout = {
      columns = 12
      tiles = [for place, chart in local.charts : {
        xPos   = place % 2 * 6
        yPos   = floor(place / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = chart.title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = "resource.type=\"${chart.resource}\" metric.type=\"${chart.metric}\""
                  aggregation = {
                    alignmentPeriod    = "300s"
                    perSeriesAligner   = chart.aligner
                    crossSeriesReducer = chart.reducer
                    groupByFields      = chart.by
                  }
                }
              }
            }]
          }
        }
      }]
    }
  })
}
