# By built-in metrics or by lines of the log: a metric of one's own does not exist for its first ten minutes, and a
# policy on it would be refused.

locals {
  # what the programs log; infra/README.md says what to do about each
  log_alerts = {
    failed-step = {
      title  = "A step failed"
      filter = "severity>=WARNING AND jsonPayload.message=~\"^step .* failed$\""
    }
    paid-again = {
      title  = "An answer was lost: its call is paid for again"
      filter = "severity>=WARNING AND (jsonPayload.message=\"answer lost\" OR jsonPayload.message=\"no answer within the lease\" OR jsonPayload.message=\"a paid answer is lost\")"
    }
    newer-version = {
      title  = "Something was written by a newer version"
      filter = "severity>=ERROR AND (jsonPayload.message=\"left untouched\" OR jsonPayload.message=~\"newer version\")"
    }
    unreadable = {
      title  = "A message could not be read"
      filter = "severity>=ERROR AND jsonPayload.message=~\"^message dropped\""
    }
  }

  metric_alerts = {
    dead-letters = {
      title     = "Messages went to the dead letters"
      filter    = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/dead_letter_message_count\""
      aligner   = "ALIGN_DELTA"
      threshold = 0
      duration  = "0s"
    }
    unacknowledged = {
      title     = "A message has waited for 15 minutes"
      filter    = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id!=\"${local.pubsub.dead_letter_topic}\""
      aligner   = "ALIGN_MAX"
      threshold = 900
      duration  = "300s"
    }
    server-errors = {
      title     = "A service answered 5xx"
      filter    = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\""
      aligner   = "ALIGN_DELTA"
      threshold = 5
      duration  = "0s"
    }
  }

  channels = google_monitoring_notification_channel.email[*].id
}

resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == null ? 0 : 1

  display_name = "Topdown's alerts"
  type         = "email"

  labels = {
    email_address = var.alert_email
  }
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_alerts

  display_name          = each.value.title
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = each.value.title

    condition_matched_log {
      filter = "resource.type=\"cloud_run_revision\" AND ${each.value.filter}"

      label_extractors = {
        run_id = "EXTRACT(jsonPayload.runId)"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What it means and what to do: infra/README.md, Alerts, `${each.key}`."
  }
}

resource "google_monitoring_alert_policy" "metric" {
  for_each = local.metric_alerts

  display_name          = each.value.title
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = each.value.duration

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = each.value.aligner
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What it means and what to do: infra/README.md, Alerts, `${each.key}`."
  }
}
