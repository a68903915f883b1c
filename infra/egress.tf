# One address for all calls of the exchange: keys may be bound to it, and its limit is shared with nobody.

resource "google_compute_network" "egress" {
  count = var.static_egress ? 1 : 0

  name                    = "topdown-egress"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "egress" {
  count = var.static_egress ? 1 : 0

  name    = "topdown-egress"
  region  = var.region
  network = google_compute_network.egress[0].id
  # a small one stops instances from starting
  ip_cidr_range = "10.64.0.0/24"
  # Google's own services are reached without the address
  private_ip_google_access = true
}

resource "google_compute_address" "egress" {
  count = var.static_egress ? 1 : 0

  name   = "topdown-egress"
  region = var.region
}

resource "google_compute_router" "egress" {
  count = var.static_egress ? 1 : 0

  name    = "topdown-egress"
  region  = var.region
  network = google_compute_network.egress[0].id
}

resource "google_compute_router_nat" "egress" {
  count = var.static_egress ? 1 : 0

  name                               = "topdown-egress"
  router                             = google_compute_router.egress[0].name
  region                             = var.region
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = [google_compute_address.egress[0].self_link]
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  subnetwork {
    name                    = google_compute_subnetwork.egress[0].id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }
}
