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

run "a_region_that_the_exchange_refuses" {
  command = plan

  variables {
    region = "us-central1"
  }

  expect_failures = [var.region]
}

run "public_data_from_anywhere" {
  command = plan

  variables {
    region           = "us-central1"
    public_data_only = true
  }

  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.function : service.location == "us-central1"])
    error_message = "The region is not taken."
  }
}

run "an_account_where_its_exchange_answers_nobody" {
  command = plan

  variables {
    region           = "us-central1"
    public_data_only = true
    features         = { account = { secret_versions = { binance-api-key = "2", binance-api-secret = "4" } } }
  }

  expect_failures = [var.public_data_only]
}

run "candles_of_a_host_that_answers_nobody_there" {
  command = plan

  variables {
    region           = "us-central1"
    public_data_only = true
    exchange_url     = "https://api.binance.com"
  }

  expect_failures = [var.public_data_only]
}

run "a_zone" {
  command = plan

  variables {
    region = "asia-southeast1-a"
  }

  expect_failures = [var.region]
}

run "an_image_by_its_tag" {
  command = plan

  variables {
    images = {
      for name in ["account-exporter", "chart-exporter", "coordinator", "llm-analyst", "notifier", "ohlcv-collector", "ohlcv-exporter"] :
      name => "asia-southeast1-docker.pkg.dev/a-project/topdown/${name}:latest"
    }
  }

  expect_failures = [var.images]
}

run "a_function_without_an_image" {
  command = plan

  variables {
    images = { coordinator = "asia-southeast1-docker.pkg.dev/a-project/topdown/coordinator@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }

  expect_failures = [var.images]
}

run "the_default_database" {
  command = plan

  variables {
    database = "(default)"
  }

  expect_failures = [var.database]
}

run "everyone_as_a_caller" {
  command = plan

  variables {
    api_callers = ["user:you@example.com", "allAuthenticatedUsers"]
  }

  expect_failures = [var.api_callers]
}

run "a_password_in_an_address" {
  command = plan

  variables {
    features = {
      mail = {
        secret_versions = { smtp-password = "1" }
        settings = {
          SMTP_URL      = "smtps://topdown:a-password@mail.example.com"
          SMTP_USERNAME = "topdown"
          MAIL_FROM     = "topdown@example.com"
          MAIL_TO       = "you@example.com"
        }
      }
    }
  }

  expect_failures = [var.features]
}
