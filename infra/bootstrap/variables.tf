variable "project" {
  description = "Id of the project"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and hyphens, begins with a letter and ends with no hyphen."
  }
}

variable "region" {
  description = "Region of everything, such as asia-east1; it cannot be changed afterwards"
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "One region, such as asia-east1: no zone and no multi-region."
  }

  # United States, Canada, Netherlands
  validation {
    condition     = var.public_data_only || !can(regex("^(us-|northamerica-northeast|europe-west4$)", var.region))
    error_message = "The exchange answers 451 from there: take another region, or public_data_only = true (candles alone, never an account)."
  }
}

variable "public_data_only" {
  description = "Whether the exchange is asked for candles alone, at its host for public data, which answers everywhere; as in infra/"
  type        = bool
  default     = false

  validation {
    condition     = !var.public_data_only || !anytrue([for name in var.features : try(yamldecode(file("${path.module}/../features.yaml"))[name].function, "") == "account-exporter"])
    error_message = "Who takes public data alone reads no account: leave its features off."
  }
}

variable "database" {
  description = "Name of the Firestore database that the functions may use"
  type        = string
  default     = "topdown"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.database))
    error_message = "A database name has 4 to 63 lower-case letters, digits and hyphens; (default) may belong to App Engine."
  }
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

  # it becomes a part of a pattern
  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9/_-]*$", var.branch))
    error_message = "One branch by its name: letters, digits, /, _ and -."
  }
}
