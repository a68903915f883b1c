locals {
  ticks = merge([for name, function in local.ticked : { for job, tick in function.ticks : job => merge(tick, { function = name }) }]...)
}

resource "google_cloud_scheduler_job" "tick" {
  for_each = local.ticks

  name             = each.key
  description      = each.value.does
  region           = var.region
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "540s"

  retry_config {
    retry_count          = 3
    min_backoff_duration = "10s"
    max_backoff_duration = "300s"
  }

  http_target {
    http_method = "POST"
    uri         = "${local.url[each.value.function]}${each.value.path}"

    oidc_token {
      service_account_email = local.email["tick-${each.value.function}"]
      audience              = local.url[each.value.function]
    }
  }

  lifecycle {
    precondition {
      condition     = can(regex("^\\S+( \\S+){4}$", each.value.schedule))
      error_message = "${each.key}: a schedule has five fields."
    }

    postcondition {
      condition     = try(tonumber(trimsuffix(self.attempt_deadline, "s")) >= 15 && tonumber(trimsuffix(self.attempt_deadline, "s")) <= 1800, false)
      error_message = "${each.key}: an attempt's deadline is 15 to 1800 s."
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker]
}
