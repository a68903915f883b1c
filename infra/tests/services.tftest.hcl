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

run "services" {
  command = plan

  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.function : service.invoker_iam_disabled == false])
    error_message = "A service lets in whoever calls."
  }

  assert {
    condition = alltrue([
      for grant in google_cloud_run_v2_service_iam_member.invoker :
      grant.role == "roles/run.servicesInvoker" && can(regex("^serviceAccount:(push|tick)-[a-z-]+@a-project\\.iam\\.gserviceaccount\\.com$", grant.member))
    ])
    error_message = "Someone but an invoker account may call a service, or with more than servicesInvoker."
  }

  assert {
    condition = alltrue([
      for name, service in google_cloud_run_v2_service.function :
      service.template[0].service_account == "${name}@a-project.iam.gserviceaccount.com"
    ])
    error_message = "A service runs as another service's account."
  }

  assert {
    condition = alltrue(flatten([
      for service in google_cloud_run_v2_service.function :
      [for probe in service.template[0].containers[0].startup_probe : [for get in probe.http_get : !endswith(get.path, "z")]]
    ]))
    error_message = "A probe's path ends in z: the platform would answer it."
  }

  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.function : can(regex("@sha256:[0-9a-f]{64}$", service.template[0].containers[0].image))])
    error_message = "An image is named by a tag."
  }

  assert {
    condition = alltrue([
      for name, service in google_cloud_run_v2_service.function : contains([
        for env in service.template[0].containers[0].env : "${env.name}=${env.value}"
      ], "AUTH=cloud-run")
    ])
    error_message = "A service is not told that Cloud Run checks its callers."
  }

  assert {
    condition = alltrue([
      for name, service in google_cloud_run_v2_service.function : contains([
        for env in service.template[0].containers[0].env : "${env.name}=${env.value}"
      ], "AUDIENCE=https://${name}-123456789012.asia-southeast1.run.app")
    ])
    error_message = "A service takes tokens for another."
  }

  assert {
    condition = length(setsubtract(["TOPDOWN_DEFAULT_MODEL=vertex", "TOPDOWN_MODEL_HOSTS=aiplatform.googleapis.com", "VERTEX_LOCATION=global"], [
      for env in google_cloud_run_v2_service.function["llm-analyst"].template[0].containers[0].env : "${env.name}=${env.value}"
    ])) == 0
    error_message = "Without a key the analyst does not ask the platform's models, and them alone."
  }

  assert {
    condition = alltrue(flatten([
      for service in google_cloud_run_v2_service.function :
      [for env in service.template[0].containers[0].env : !can(regex("(KEY|TOKEN|SECRET|PASSWORD)$", env.name))]
    ]))
    error_message = "A secret stands in a variable: it belongs into a file."
  }

  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.function : length(service.template[0].vpc_access) == 0])
    error_message = "A service has an egress of its own though none was asked for."
  }
}

run "alerts" {
  command = plan

  assert {
    condition     = alltrue([for alert in google_monitoring_alert_policy.log : length(coalesce(alert.conditions[0].condition_matched_log[0].label_extractors, {})) == 0])
    error_message = "Each run would be told of by itself: an alert extracts labels."
  }

  assert {
    condition     = toset([for condition in google_monitoring_alert_policy.silent["silent"].conditions : regex("service_name=\"([a-z-]+)\"", condition.condition_absent[0].filter)[0]]) == toset(["coordinator", "ohlcv-collector"])
    error_message = "A service may be silent and nobody is told."
  }

  assert {
    condition     = google_monitoring_alert_policy.metric["unacknowledged"].conditions[0].condition_threshold[0].threshold_value == 1080
    error_message = "An ordinary Monday is told of, or a message that waits is not."
  }
}

run "dashboard" {
  command = plan

  # active and idle are series of their own
  assert {
    condition = [
      for tile in jsondecode(google_monitoring_dashboard.overview.dashboard_json).mosaicLayout.tiles :
      tile.widget.xyChart.dataSets[0].timeSeriesQuery.timeSeriesFilter.aggregation.crossSeriesReducer if tile.widget.title == "Instances"
    ] == ["REDUCE_SUM"]
    error_message = "The dashboard does not count all instances."
  }
}

run "one_address_for_the_exchange" {
  command = plan

  variables {
    static_egress = true
  }

  # the reference to what does not exist yet is unknown, its presence is not
  assert {
    condition     = [for name, service in google_cloud_run_v2_service.function : name if length(service.template[0].vpc_access) == 1] == ["account-exporter", "llm-analyst", "ohlcv-collector"]
    error_message = "The collector and the exporter of the account alone call the exchange."
  }

  assert {
    condition     = alltrue([for access in google_cloud_run_v2_service.function["ohlcv-collector"].template[0].vpc_access : access.egress == "ALL_TRAFFIC"])
    error_message = "Calls would leave by another address."
  }
}
