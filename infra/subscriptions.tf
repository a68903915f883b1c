resource "google_pubsub_subscription" "push" {
  for_each = local.pushed

  name                       = each.value.topic
  topic                      = google_pubsub_topic.topic[each.value.topic].name
  ack_deadline_seconds       = local.pubsub.ack_deadline_seconds
  message_retention_duration = "${7 * 24 * 3600}s"

  # it does not go away when nothing happens for a month
  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = "${local.url[each.key]}${each.value.path}"

    oidc_token {
      service_account_email = local.email["push-${each.key}"]
      audience              = local.url[each.key]
    }
  }

  retry_policy {
    minimum_backoff = "${local.pubsub.minimum_backoff_seconds}s"
    maximum_backoff = "${local.pubsub.maximum_backoff_seconds}s"
  }

  # 16 hours of back-off; fewer attempts would be over within a vendor's outage
  dead_letter_policy {
    dead_letter_topic     = "projects/${var.project}/topics/${google_pubsub_topic.topic[local.pubsub.dead_letter_topic].name}"
    max_delivery_attempts = local.pubsub.max_delivery_attempts
  }

  lifecycle {
    postcondition {
      condition     = self.ack_deadline_seconds >= 10 && self.ack_deadline_seconds <= 600
      error_message = "${each.key}: an acknowledgement deadline is 10 to 600 s."
    }

    postcondition {
      condition     = self.dead_letter_policy[0].max_delivery_attempts >= 5 && self.dead_letter_policy[0].max_delivery_attempts <= 100
      error_message = "${each.key}: 5 to 100 delivery attempts."
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker]
}

# Without one of its own a topic forgets what nobody took.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = local.pubsub.dead_letter_topic
  topic                      = google_pubsub_topic.topic[local.pubsub.dead_letter_topic].name
  ack_deadline_seconds       = 60
  message_retention_duration = "${31 * 24 * 3600}s"

  expiration_policy {
    ttl = ""
  }
}

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.project.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# Dead lettering is the service agent's doing: it publishes there and takes the message from the subscription.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.topic[local.pubsub.dead_letter_topic].name
  role   = local.role.publish
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = google_pubsub_subscription.push

  subscription = each.value.name
  role         = local.role.pull
  member       = local.pubsub_agent
}
