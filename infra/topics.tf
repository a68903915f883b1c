locals {
  topics = toset([for function in values(local.pushed) : function.topic])

  # each step function reports what it ended
  publishers = merge([
    for name, function in local.functions : {
      for topic in concat(try(function.publish, []), try(function.step, false) ? ["flow-events"] : []) : "${name} ${topic}" => { function = name, topic = topic }
    }
  ]...)
}

resource "google_pubsub_topic" "topic" {
  for_each = setunion(local.topics, [local.pubsub.dead_letter_topic])

  name = each.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishers

  topic  = google_pubsub_topic.topic[each.value.topic].name
  role   = local.role.publish
  member = local.member[each.value.function]
}
