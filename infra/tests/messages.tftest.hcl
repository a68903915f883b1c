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

run "messages" {
  command = plan

  assert {
    condition = alltrue([
      for service, subscription in google_pubsub_subscription.push :
      subscription.push_config[0].oidc_token[0].audience == "https://${service}-123456789012.asia-southeast1.run.app" &&
      subscription.push_config[0].push_endpoint == "https://${service}-123456789012.asia-southeast1.run.app/push"
    ])
    error_message = "A subscription's audience or endpoint is another service's."
  }

  assert {
    condition = alltrue([
      for service, subscription in google_pubsub_subscription.push :
      subscription.push_config[0].oidc_token[0].service_account_email == "push-${service}@a-project.iam.gserviceaccount.com"
    ])
    error_message = "A subscription pushes as another's account."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.ack_deadline_seconds == 600])
    error_message = "An acknowledgement deadline is not 600 s, the lease of a step."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.dead_letter_policy[0].max_delivery_attempts == 100])
    error_message = "A message gets fewer than 100 attempts: it would be dead within a vendor's outage."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.dead_letter_policy[0].dead_letter_topic == "projects/a-project/topics/dead-letters"])
    error_message = "A subscription has no dead letters."
  }

  assert {
    condition     = alltrue([for subscription in merge(google_pubsub_subscription.push, { dead = google_pubsub_subscription.dead_letters }) : subscription.expiration_policy[0].ttl == ""])
    error_message = "A subscription goes away after a month without messages."
  }

  assert {
    condition = (
      google_pubsub_topic_iam_member.dead_letters.topic == "dead-letters" && google_pubsub_topic_iam_member.dead_letters.role == "roles/pubsub.publisher" &&
      google_pubsub_topic_iam_member.dead_letters.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    )
    error_message = "Pub/Sub's agent may not publish to the dead letters."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.push : anytrue([
        for grant in google_pubsub_subscription_iam_member.dead_letters : grant.subscription == subscription.name && grant.role == "roles/pubsub.subscriber" &&
        grant.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
      ])
    ])
    error_message = "Pub/Sub's agent may not take dead letters from a subscription."
  }

  assert {
    condition     = keys(google_pubsub_subscription.push) == keys(google_cloud_run_v2_service.function)
    error_message = "A service without a subscription, or the other way round."
  }
}

run "schedules" {
  command = plan

  # a series is refreshed about every third of its timeframe, and 1h is the shortest
  assert {
    condition     = tonumber(regex("^\\*/([0-9]+) \\* \\* \\* \\*$", google_cloud_scheduler_job.tick["collect"].schedule)[0]) <= 20
    error_message = "The collector's tick is longer than a third of 1h."
  }

  assert {
    condition     = google_cloud_scheduler_job.tick["flow-1"].schedule == "30 0 * * 1"
    error_message = "Flow 1 does not start on Mondays at 00:30."
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.tick : job.time_zone == "Etc/UTC"])
    error_message = "A schedule is not in UTC."
  }

  assert {
    condition = alltrue([
      for name, service in { collect = "ohlcv-collector", flow-1 = "coordinator", sweep = "coordinator" } :
      google_cloud_scheduler_job.tick[name].http_target[0].oidc_token[0].audience == "https://${service}-123456789012.asia-southeast1.run.app" &&
      google_cloud_scheduler_job.tick[name].http_target[0].oidc_token[0].service_account_email == "tick-${service}@a-project.iam.gserviceaccount.com" &&
      startswith(google_cloud_scheduler_job.tick[name].http_target[0].uri, "https://${service}-123456789012.asia-southeast1.run.app/")
    ])
    error_message = "A schedule's audience, account or address is another service's."
  }
}
