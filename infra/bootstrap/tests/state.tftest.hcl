mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project  = "a-project"
  region   = "asia-southeast1"
  features = ["telegram", "account"]
}

# applied, against the mock: what a state would hold
run "state" {
  assert {
    condition     = length(google_secret_manager_secret.secret) > 0
    error_message = "The state holds no shell of a secret."
  }
}
