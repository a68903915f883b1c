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

  features = {
    telegram = { secret_versions = { telegram-bot-token = "3" }, settings = { TELEGRAM_CHAT_ID = "-1001" } }
  }
}

# applied, against the mock: what a state would hold
run "state" {
  assert {
    condition     = output.urls["coordinator"] == "https://coordinator-123456789012.asia-southeast1.run.app"
    error_message = "The on-demand API is not told where it is."
  }
}
