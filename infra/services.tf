locals {
  # file of each secret that is switched on: function => { variable => { secret, version } }
  mounted = { for name in keys(local.functions) : name => merge({}, [
    for feature, given in var.features : {
      for variable, secret in local.features[feature].secrets : variable => { secret = secret, version = given.secret_versions[secret] }
    } if local.features[feature].function == name
  ]...) }
}

resource "google_cloud_run_v2_service" "function" {
  for_each = local.functions

  name                 = each.key
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = false
  deletion_protection  = false

  template {
    service_account                  = local.email[each.key]
    timeout                          = "540s"
    max_instance_request_concurrency = each.value.concurrency

    scaling {
      min_instance_count = 0
      max_instance_count = each.value.max_instances
    }

    containers {
      image = var.images[each.key]

      resources {
        limits = {
          cpu    = try(each.value.cpu, "1")
          memory = try(each.value.memory, "512Mi")
        }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      # a path that ends in z is answered by the platform
      startup_probe {
        period_seconds    = 1
        timeout_seconds   = 1
        failure_threshold = 30

        http_get {
          path = "/"
        }
      }

      dynamic "env" {
        for_each = local.environment[each.key]

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "volume_mounts" {
        for_each = local.mounted[each.key]

        content {
          name       = volume_mounts.value.secret
          mount_path = "/secrets/${volume_mounts.value.secret}"
        }
      }
    }

    dynamic "volumes" {
      for_each = local.mounted[each.key]

      content {
        name = volumes.value.secret

        secret {
          secret = volumes.value.secret

          items {
            version = volumes.value.version
            path    = "value"
          }
        }
      }
    }

    dynamic "vpc_access" {
      for_each = try(each.value.exchange, false) ? google_compute_subnetwork.egress[*] : []

      content {
        egress = "ALL_TRAFFIC"

        network_interfaces {
          network    = google_compute_network.egress[0].id
          subnetwork = vpc_access.value.id
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = can(regex("^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$", each.key)) && length("${each.key}-${data.google_project.project.number}") <= 63
      error_message = "${each.key}: a service's name and the project's number make one label of its address, 63 characters at most."
    }

    postcondition {
      condition     = can(regex("^[1-9][0-9]*(Mi|Gi)$", self.template[0].containers[0].resources[0].limits["memory"]))
      error_message = "${each.key}: memory is written 512Mi or 1Gi."
    }

    postcondition {
      condition     = contains(["1", "2", "4", "8"], self.template[0].containers[0].resources[0].limits["cpu"])
      error_message = "${each.key}: 1, 2, 4 or 8 CPUs; below 1 a service handles one request at a time."
    }

    # the lease of a step is 600 s and the acknowledgement deadline as long
    postcondition {
      condition     = try(tonumber(trimsuffix(self.template[0].timeout, "s")), 0) == 540
      error_message = "${each.key}: a request must end before its lease and its acknowledgement deadline do."
    }

    postcondition {
      condition     = self.template[0].max_instance_request_concurrency >= 1 && self.template[0].max_instance_request_concurrency <= 1000
      error_message = "${each.key}: 1 to 1000 requests at a time."
    }
  }
}

# One invoker a subscription or schedule, each on its one service.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = toset(local.invokers)

  name     = google_cloud_run_v2_service.function[replace(each.key, "/^(push|tick)-/", "")].name
  location = var.region
  role     = local.role.invoke
  member   = local.member[each.key]
}

# The paths of messages and schedules take the invokers' tokens alone, so a caller reaches the API and nothing else.
resource "google_cloud_run_v2_service_iam_member" "api_caller" {
  for_each = var.api_callers

  name     = google_cloud_run_v2_service.function["coordinator"].name
  location = var.region
  role     = local.role.invoke
  member   = each.key
}
