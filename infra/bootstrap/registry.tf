resource "google_artifact_registry_repository" "images" {
  repository_id = "topdown"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the functions, one tag a commit"

  # layers of a cache that another has replaced
  cleanup_policies {
    id     = "replaced"
    action = "DELETE"

    condition {
      tag_state  = "UNTAGGED"
      older_than = "${30 * 24 * 3600}s"
    }
  }

  # an image has 20 MB: a year of them costs less than to find what runs deleted
  cleanup_policies {
    id     = "old"
    action = "DELETE"

    condition {
      older_than = "${365 * 24 * 3600}s"
    }
  }

  # what runs, or may be gone back to, however many builds nobody deployed; it counts more than the rules above
  cleanup_policies {
    id     = "last"
    action = "KEEP"

    most_recent_versions {
      package_name_prefixes = keys(local.functions)
      keep_count            = 100
    }
  }

  depends_on = [google_project_service.api]
}
