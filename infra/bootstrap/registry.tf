resource "google_artifact_registry_repository" "images" {
  repository_id = "topdown"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the functions, one tag a commit"

  cleanup_policies {
    id     = "old"
    action = "DELETE"

    condition {
      older_than = "${30 * 24 * 3600}s"
    }
  }

  # what one may want to go back to; it counts more than the rule above
  cleanup_policies {
    id     = "last"
    action = "KEEP"

    most_recent_versions {
      keep_count = 20
    }
  }

  depends_on = [google_project_service.api]
}
