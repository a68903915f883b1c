variable "project" {
  description = "Id of the project"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and hyphens, begins with a letter and ends with no hyphen."
  }
}

variable "region" {
  description = "Region of everything, such as asia-southeast1; it cannot be changed afterwards"
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "One region, such as asia-southeast1: no zone and no multi-region."
  }
}

variable "database" {
  description = "Name of the Firestore database that the functions may use"
  type        = string
  default     = "topdown"
}

variable "features" {
  description = "Names in features.yaml whose secrets functions may read"
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.features : contains(keys(yamldecode(file("${path.module}/../features.yaml"))), name)])
    error_message = "Features are the names in infra/features.yaml."
  }
}

variable "static_egress" {
  description = "Whether infra/ gives the collector an address of its own: the deployer may then make networks"
  type        = bool
  default     = false
}

variable "billing_account" {
  description = "Billing account whose budget warns; no budget without it"
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "A billing account is written 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "What a month may cost before the budget warns, in whole units of the billing account's currency"
  type        = number
  default     = 100

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "A whole number, 1 or more."
  }
}

variable "repository" {
  description = "Connected repository of Cloud Build (projects/P/locations/R/connections/C/repositories/N), for the triggers; none without it"
  type        = string
  default     = null

  validation {
    condition     = var.repository == null || can(regex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/repositories/[^/]+$", var.repository))
    error_message = "A repository is written projects/P/locations/R/connections/C/repositories/N."
  }
}

variable "branch" {
  description = "Branch whose pushes are built and, once approved, deployed"
  type        = string
  default     = "main"
}
