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
  description = "Whether the exchange is asked for candles alone, at its host for public data, which answers everywhere; as in bootstrap"
  type        = bool
  default     = false

  validation {
    condition     = !var.public_data_only || !anytrue([for name in keys(var.features) : try(yamldecode(file("${path.module}/features.yaml"))[name].function, "") == "account-exporter"])
    error_message = "Who takes public data alone reads no account: leave its features off."
  }

  # the program asks there by itself
  validation {
    condition     = !var.public_data_only || coalesce(var.exchange_url, "https://data-api.binance.vision") == "https://data-api.binance.vision"
    error_message = "Public data alone is had at the program's own default: leave exchange_url out."
  }
}

variable "images" {
  description = "Image of each function by digest, as the build of a commit wrote them down"
  type        = map(string)

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("^[a-z0-9.-]+(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$", image))])
    error_message = "Images are named by digest: HOST/PATH@sha256:..."
  }

  validation {
    condition     = toset(keys(var.images)) == toset(keys(yamldecode(file("${path.module}/functions.yaml"))))
    error_message = "One image for each function in infra/functions.yaml, and no other."
  }
}

variable "features" {
  description = "What needs a secret, by its name in features.yaml: the version of each secret and the settings beside them"
  type = map(object({
    secret_versions = map(string)
    settings        = optional(map(string), {})
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.features) : contains(keys(yamldecode(file("${path.module}/features.yaml"))), name)])
    error_message = "Features are the names in infra/features.yaml."
  }

  validation {
    condition = alltrue([
      for name, feature in var.features :
      join(" ", sort(keys(feature.secret_versions))) == join(" ", sort(values(try(yamldecode(file("${path.module}/features.yaml"))[name].secrets, {}))))
    ])
    error_message = "Each secret of a feature needs its version in secret_versions, and no other is named there."
  }

  # "latest" would change what runs without a deployment
  validation {
    condition     = alltrue(flatten([for feature in values(var.features) : [for version in values(feature.secret_versions) : can(regex("^[1-9][0-9]*$", version))]]))
    error_message = "A secret's version is a number."
  }

  validation {
    condition = alltrue([
      for name, feature in var.features :
      length(setsubtract(try(yamldecode(file("${path.module}/features.yaml"))[name].settings, []), keys(feature.settings))) == 0
    ])
    error_message = "Each of a feature's settings in infra/features.yaml must be given."
  }

  validation {
    condition = alltrue([
      for name, feature in var.features : length(setsubtract(
        keys(feature.settings),
        concat(try(yamldecode(file("${path.module}/features.yaml"))[name].settings, []), try(yamldecode(file("${path.module}/features.yaml"))[name].optional, []))
      )) == 0
    ])
    error_message = "A setting is one that infra/features.yaml names for its feature."
  }

  # a setting stands in plans, state and environments
  validation {
    condition     = alltrue(flatten([for feature in values(var.features) : [for setting in values(feature.settings) : !can(regex("://[^/]*@", setting))]]))
    error_message = "A setting holds no password: a user and what proves him are secrets of the feature, not a part of its address."
  }

  validation {
    condition     = alltrue([for feature in values(var.features) : can(regex("^[A-Za-z0-9.]+(,[A-Za-z0-9.]+)*$", feature.settings["TOPDOWN_TOLERATED_PERMISSIONS"])) if contains(keys(feature.settings), "TOPDOWN_TOLERATED_PERMISSIONS")])
    error_message = "Permissions are tolerated by the exchange's names, commas between them: enableMargin,permitsUniversalTransfer."
  }
}

variable "exchange_url" {
  description = "Where the exchange is asked for candles; the program's own default without it"
  type        = string
  default     = null

  validation {
    condition     = var.exchange_url == null || can(regex("^https://[a-z0-9.-]+$", var.exchange_url))
    error_message = "An https address without a path."
  }
}

variable "bybit_url" {
  description = "Where Bybit is asked for candles, which answers 403 in the United States and mainland China"
  type        = string
  default     = null

  validation {
    condition     = var.bybit_url == null || can(regex("^https://[a-z0-9.-]+$", var.bybit_url))
    error_message = "An https address without a path."
  }
}

variable "database" {
  description = "Name of the Firestore database, as in bootstrap; a restored one has another name"
  type        = string
  default     = "topdown"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.database))
    error_message = "A database name has 4 to 63 lower-case letters, digits and hyphens; (default) may belong to App Engine."
  }
}

variable "retention_days" {
  description = "How long journal, artifacts and paid answers are kept; a run can be replayed as long. Reports stay"
  type        = number
  default     = 400

  validation {
    condition     = var.retention_days >= 30 && floor(var.retention_days) == var.retention_days
    error_message = "A whole number of days, 30 or more."
  }
}

variable "alert_email" {
  description = "Who alerts are mailed to; they stand in the console alone without it"
  type        = string
  default     = null

  validation {
    condition     = var.alert_email == null || can(regex("^[^@ ]+@[^@ ]+$", var.alert_email))
    error_message = "An e-mail address."
  }
}

variable "max_usd_per_day" {
  description = "What models may cost in a UTC day, in USD"
  type        = number
  default     = 20

  validation {
    condition     = var.max_usd_per_day > 0
    error_message = "More than 0."
  }
}

variable "risk_pct" {
  description = "What a plan of Flow 4 may lose at its stop, percent of the account's equity"
  type        = number
  default     = 1

  validation {
    condition     = var.risk_pct > 0 && var.risk_pct <= 100
    error_message = "More than 0, 100 at most."
  }
}

variable "max_exposure_pct" {
  description = "What may stand in one symbol before Flow 4 warns, percent of the account's equity"
  type        = number
  default     = 100

  validation {
    condition     = var.max_exposure_pct > 0 && var.max_exposure_pct <= 10000
    error_message = "More than 0, 10000 at most."
  }
}

variable "static_egress" {
  description = "Whether calls of the exchange come from one address that never changes (about 35 USD a month)"
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether tables and the database refuse to be deleted; false first, when everything is to go"
  type        = bool
  default     = true
}

variable "api_callers" {
  description = "Who may call the on-demand API: members such as user:you@example.com; nobody without it"
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.api_callers : can(regex("^(user|group|serviceAccount):[^@ ]+@[^@ ]+$", member))])
    error_message = "A caller is user:, group: or serviceAccount: and an e-mail address; never everyone."
  }
}

variable "language" {
  description = "Language of the reports"
  type        = string
  default     = "en"

  validation {
    condition     = contains(["en", "ru"], var.language)
    error_message = "en or ru."
  }
}

variable "collector_shards" {
  description = "Over how many documents the collector keeps what it has read of each series: one for a hundred symbols. Another number forgets them, and every series is read anew"
  type        = number
  default     = 1

  validation {
    condition     = var.collector_shards >= 1 && var.collector_shards <= 1000 && floor(var.collector_shards) == var.collector_shards
    error_message = "A whole number from 1 to 1000."
  }
}

variable "vertex_location" {
  description = "Where Vertex AI's models are asked: a region that has them, or global"
  type        = string
  default     = "global"

  validation {
    condition     = can(regex("^(global|[a-z]+-[a-z]+[0-9]+)$", var.vertex_location))
    error_message = "A region such as asia-southeast1, or global."
  }
}
