terraform {
  required_version = ">= 1.11, < 2.0"

  # bucket and prefix are given to `terraform init -backend-config`
  backend "gcs" {
    prefix = "infra"
  }

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}
