# By built-in metrics or by lines of the log: a metric of one's own does not exist for its first ten minutes, and a
# policy on it would be refused.

locals {
  of_services = "resource.type=\"cloud_run_revision\""

  newer_version = "jsonPayload.message=\"left untouched\" OR jsonPayload.message=~\"newer version\""
  unreadable    = "jsonPayload.message=~\"^message dropped\""

  # what the programs and the platform log; infra/README.md says what to do about each
  log_alerts = {
    failed-step = {
      title  = "A step failed"
      filter = "${local.of_services} AND severity>=WARNING AND jsonPayload.message=~\"^step .* failed$\""
    }
    paid-again = {
      title  = "An answer was lost: its call is paid for again"
      filter = "${local.of_services} AND severity>=WARNING AND (jsonPayload.message=~\"answer.*lost$\" OR jsonPayload.message=~\"^no answer\")"
    }
    not-told = {
      title  = "A report went out to nobody"
      filter = "${local.of_services} AND severity>=WARNING AND jsonPayload.message=~\" was not reached$\""
    }
    newer-version = {
      title  = "Something was written by a newer version"
      filter = "${local.of_services} AND severity>=ERROR AND (${local.newer_version})"
    }
    unreadable = {
      title  = "A message could not be read"
      filter = "${local.of_services} AND severity>=ERROR AND ${local.unreadable}"
    }
    # whatever the others do not name: nothing that a program calls an error passes unseen
    error = {
      title  = "A service reports an error"
      filter = "${local.of_services} AND severity>=ERROR AND NOT (${local.newer_version} OR ${local.unreadable})"
    }
    # strangers are refused at other paths, and that is nobody's mistake
    refused = {
      title  = "An invoker is not let in"
      filter = "${local.of_services} AND httpRequest.status=(401 OR 403) AND httpRequest.requestUrl=~\"/(push|tick|sweep)$\""
    }
    schedule = {
      title  = "A schedule's call did not succeed"
      filter = "resource.type=\"cloud_scheduler_job\" AND severity>=ERROR"
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
    # reports wait for the model's limit: a hundred symbols, two reports each, take three minutes of a million tokens
    unacknowledged = {
      title     = "A message waits for longer than a Monday's reports take"
      filter    = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id!=\"${local.pubsub.dead_letter_topic}\""
      aligner   = "ALIGN_MAX"
      threshold = 900 + 180 * var.collector_shards
      duration  = "300s"
    }
    server-errors = {
      title     = "A service answered 5xx"
      filter    = "${local.of_services} AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\""
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
      # no labels: each of their values would be told of by itself
      filter = each.value.filter
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

# Who is called by a schedule every 20 minutes or more often, and answers nothing for an hour, is not called at all.
resource "google_monitoring_alert_policy" "silent" {
  for_each = toset(["silent"])

  display_name          = "A service that is called by a schedule has done nothing for an hour"
  combiner              = "OR"
  notification_channels = local.channels

  dynamic "conditions" {
    for_each = local.ticked

    content {
      display_name = "${conditions.key} has done nothing for an hour"

      condition_absent {
        filter   = "${local.of_services} AND resource.labels.service_name=\"${conditions.key}\" AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"2xx\""
        duration = "3600s"

        # revisions come and go, the service stays
        aggregations {
          alignment_period     = "300s"
          per_series_aligner   = "ALIGN_DELTA"
          cross_series_reducer = "REDUCE_SUM"
          group_by_fields      = ["resource.label.service_name"]
        }
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What it means and what to do: infra/README.md, Alerts, `silent`."
  }
}
