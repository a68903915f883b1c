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

  exchange_url = "https://data-api.binance.vision"
  bybit_url    = "https://api.bybit.com"

  # whoever adds a feature adds it here
  features = {
    account       = { secret_versions = { binance-api-key = "2", binance-api-secret = "4" }, settings = { TOPDOWN_TOLERATED_PERMISSIONS = "enableMargin,enableFutures" } }
    bybit-account = { secret_versions = { bybit-api-key = "9", bybit-api-secret = "10" } }
    telegram      = { secret_versions = { telegram-bot-token = "3" }, settings = { TELEGRAM_CHAT_ID = "-1001" } }
    chart-img     = { secret_versions = { chart-img-api-key = "1" } }
    openai        = { secret_versions = { openai-api-key = "12" } }
    webhook       = { secret_versions = { webhook-url = "5", webhook-secret = "6" } }
    slack         = { secret_versions = { slack-webhook-url = "7" } }
    mail = {
      secret_versions = { smtp-password = "8" }
      settings = {
        SMTP_URL      = "smtps://smtp.example.org"
        SMTP_USERNAME = "topdown"
        MAIL_FROM     = "Topdown <topdown@example.org>"
        MAIL_TO       = "a@example.org, b@example.org"
      }
    }
  }
}

run "every_secret_is_a_file_of_one_version" {
  command = plan

  assert {
    condition     = toset(keys(var.features)) == toset(keys(local.features))
    error_message = "This test does not switch on every feature."
  }

  assert {
    condition = {
      for name, service in google_cloud_run_v2_service.function : name => [
        for volume in service.template[0].volumes : "${volume.secret[0].secret}:${volume.secret[0].items[0].version}"
      ]
      } == {
      account-exporter = ["binance-api-key:2", "binance-api-secret:4", "bybit-api-key:9", "bybit-api-secret:10"]
      chart-exporter   = ["chart-img-api-key:1"]
      coordinator      = []
      llm-analyst      = ["openai-api-key:12"]
      notifier         = ["slack-webhook-url:7", "smtp-password:8", "telegram-bot-token:3", "webhook-secret:6", "webhook-url:5"]
      ohlcv-collector  = []
      ohlcv-exporter   = []
    }
    error_message = "A secret is mounted elsewhere than in its own function, or in no version of its own."
  }

  assert {
    condition = alltrue([
      for pair in [
        "TELEGRAM_BOT_TOKEN_FILE=/secrets/telegram-bot-token/value", "TELEGRAM_CHAT_ID=-1001",
        "TOPDOWN_WEBHOOK_URL_FILE=/secrets/webhook-url/value", "TOPDOWN_WEBHOOK_SECRET_FILE=/secrets/webhook-secret/value",
        "SLACK_WEBHOOK_URL_FILE=/secrets/slack-webhook-url/value", "SMTP_PASSWORD_FILE=/secrets/smtp-password/value",
        "SMTP_URL=smtps://smtp.example.org", "MAIL_TO=a@example.org, b@example.org"
        ] : contains([
          for env in google_cloud_run_v2_service.function["notifier"].template[0].containers[0].env : "${env.name}=${env.value}"
      ], pair)
    ])
    error_message = "The notifier is not told where its secrets are, or not its settings."
  }

  assert {
    condition = [
      for name, service in google_cloud_run_v2_service.function : name if contains([
        for env in service.template[0].containers[0].env : "${env.name}=${env.value}"
      ], "TOPDOWN_TOLERATED_PERMISSIONS=enableMargin,enableFutures")
    ] == ["account-exporter"]
    error_message = "What the exchange's key may do beside reading is not told to who asks what it may do, or to others too."
  }

  assert {
    condition = alltrue([
      for env in google_cloud_run_v2_service.function["llm-analyst"].template[0].containers[0].env :
      env.name != "VERTEX_LOCATION" && (env.name != "TOPDOWN_DEFAULT_MODEL" || env.value == "openai")
    ])
    error_message = "With a key of its own the analyst still asks the platform's models, which it may not."
  }

  assert {
    condition = contains([
      for env in google_cloud_run_v2_service.function["llm-analyst"].template[0].containers[0].env : "${env.name}=${env.value}"
    ], "TOPDOWN_MODEL_HOSTS=api.openai.com")
    error_message = "A profile of the catalog could be asked elsewhere than at the key's own vendor."
  }

  assert {
    condition = alltrue(flatten([
      for service in google_cloud_run_v2_service.function :
      [for env in service.template[0].containers[0].env : !can(regex("(KEY|TOKEN|SECRET|PASSWORD)$", env.name)) && length(env.value_source) == 0]
    ]))
    error_message = "A secret stands in a variable: it belongs into a file."
  }
}

run "a_secret_without_a_version" {
  command = plan

  variables {
    features = { telegram = { secret_versions = {}, settings = { TELEGRAM_CHAT_ID = "-1001" } } }
  }

  expect_failures = [var.features]
}

run "a_version_that_changes_by_itself" {
  command = plan

  variables {
    features = { openai = { secret_versions = { openai-api-key = "latest" } } }
  }

  expect_failures = [var.features]
}

run "a_feature_that_does_not_exist" {
  command = plan

  variables {
    features = { telegraph = { secret_versions = {} } }
  }

  expect_failures = [var.features]
}

run "a_setting_left_out" {
  command = plan

  variables {
    features = { telegram = { secret_versions = { telegram-bot-token = "3" } } }
  }

  expect_failures = [var.features]
}

run "a_setting_that_does_not_exist" {
  command = plan

  variables {
    features = { account = { secret_versions = { binance-api-key = "2", binance-api-secret = "4" }, settings = { TOPDOWN_TOLERATED = "enableMargin" } } }
  }

  expect_failures = [var.features]
}

run "a_permission_that_is_no_name" {
  command = plan

  variables {
    features = { account = { secret_versions = { binance-api-key = "2", binance-api-secret = "4" }, settings = { TOPDOWN_TOLERATED_PERMISSIONS = "*" } } }
  }

  expect_failures = [var.features]
}
