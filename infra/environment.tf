locals {
  # what each function is told; no value is a secret
  environment = { for name, function in local.functions : name => merge(
    {
      AUTH                 = "cloud-run"
      AUDIENCE             = local.url[name]
      GOOGLE_CLOUD_PROJECT = var.project
    },
    contains(keys(local.pushed), name) ? { PUSH_INVOKER = local.email["push-${name}"] } : {},
    contains(keys(local.ticked), name) ? { TICK_INVOKER = local.email["tick-${name}"] } : {},
    { for variable, mount in local.mounted[name] : "${variable}_FILE" => "/secrets/${mount.secret}/value" },
    merge([for feature, given in var.features : given.settings if local.features[feature].function == name]...),
  ) }
}
