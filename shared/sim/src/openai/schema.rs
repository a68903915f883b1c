//! The rules of strict structured output, and the order of keys that Topdown's own schemas must arrive in.

use super::ordered::Ordered;

/// What a node may hold.
const KNOWN: [&str; 24] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "$defs",
    "$ref",
    "description",
    "title",
    "pattern",
    "format",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "default",
    "$schema",
    "$id",
];
const DEEPEST: usize = 10;
const MOST_ENUMS: usize = 1_000;

/// Keys of the answers by schema name and place, in the order of reasoning.
const ORDERS: [(&str, &str, &[&str]); 14] = [
    (
        "report",
        "",
        &[
            "issues",
            "usable",
            "observations",
            "levels",
            "parent_reason",
            "parent_relation",
            "outcome",
            "scenarios",
            "trend",
            "bias",
            "invalidation",
            "confidence",
            "summary",
        ],
    ),
    ("report", "observations[]", &["aspect", "cites", "says", "leans"]),
    ("report", "observations[].cites[]", &["ref", "value"]),
    ("report", "scenarios", &["up", "down", "p_up", "p_down", "p_neither"]),
    ("report", "invalidation", &["reason", "above", "above_ref", "below", "below_ref", "timeframe"]),
    (
        "recommendation",
        "",
        &[
            "sources",
            "conflicts",
            "case_long",
            "case_short",
            "account_effect",
            "direction",
            "plan",
            "invalidation",
            "change_mind",
            "probability",
            "reasoning",
            "summary",
        ],
    ),
    ("recommendation", "sources[]", &["report_id", "bias", "takeaway"]),
    ("recommendation", "case_long[]", &["says", "cites"]),
    ("recommendation", "case_short[]", &["says", "cites"]),
    (
        "recommendation",
        "plan",
        &[
            "entry_low",
            "entry_high",
            "entry_ref",
            "stop",
            "stop_ref",
            "targets",
            "valid_hours",
            "horizon_days",
        ],
    ),
    ("recommendation", "plan.targets[]", &["price", "fraction_pct", "ref"]),
    ("recommendation", "invalidation", &["reason", "ref", "price", "close", "timeframe"]),
    ("repair", "", &["repairs"]),
    ("repair", "repairs[]", &["path", "text", "number", "ref", "leans"]),
];

/// What is wrong with a strict schema called `name`, naming the place and the key.
pub(crate) fn complaint(name: &str, schema: &Ordered) -> Option<String> {
    if schema.get("type").and_then(Ordered::text) != Some("object") {
        return Some(
            "schema must be a JSON Schema of 'type: \"object\"', got another type at the root".to_owned(),
        );
    }
    node(name, "", schema, 0)
}

fn node(name: &str, place: &str, schema: &Ordered, depth: usize) -> Option<String> {
    let at = |what: &str| Some(format!("In context=('{place}'), {what}"));
    let Some(entries) = schema.entries() else { return at("a schema must be an object") };
    if depth > DEEPEST {
        return at("the schema exceeds ten levels of nesting");
    }
    if let Some((key, _)) = entries.iter().find(|(key, _)| !KNOWN.contains(&key.as_str())) {
        return at(&format!("'{key}' is not permitted"));
    }
    if schema.get("enum").and_then(Ordered::list).is_some_and(|values| values.len() > MOST_ENUMS) {
        return at("'enum' has more than a thousand values");
    }
    if let Some(properties) = schema.get("properties") {
        if let Some(found) = object(name, place, schema, properties) {
            return at(&found);
        }
        for (key, child) in properties.entries().unwrap_or_default() {
            let below = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            if let Some(found) = node(name, &below, child, depth + 1) {
                return Some(found);
            }
        }
    } else if schema.get("type").and_then(Ordered::text) == Some("object") {
        return at("object schema missing properties");
    }
    for branch in schema.get("anyOf").and_then(Ordered::list).unwrap_or_default() {
        if let Some(found) = node(name, place, branch, depth + 1) {
            return Some(found);
        }
    }
    schema.get("items").and_then(|items| node(name, &format!("{place}[]"), items, depth + 1))
}

fn object(name: &str, place: &str, schema: &Ordered, properties: &Ordered) -> Option<String> {
    if schema.get("additionalProperties") != Some(&Ordered::Bool(false)) {
        return Some("'additionalProperties' is required to be supplied and to be false".to_owned());
    }
    let keys: Vec<&str> = properties.entries()?.iter().map(|(key, _)| key.as_str()).collect();
    let Some(required) = schema.get("required").and_then(Ordered::texts) else {
        return Some(
            "'required' is required to be supplied and to be an array including every key in properties"
                .to_owned(),
        );
    };
    if let Some(missing) = keys.iter().find(|key| !required.contains(key)) {
        return Some(format!(
            "'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'"
        ));
    }
    if let Some(extra) = required.iter().find(|key| !keys.contains(key)) {
        return Some(format!("Extra required key '{extra}' supplied"));
    }
    let known = ORDERS.iter().find(|(schema, at, _)| *schema == name && *at == place).map(|(.., keys)| *keys);
    let expected = known.unwrap_or(&required);
    let moved = keys.iter().zip(expected).find(|(got, wanted)| got != wanted);
    match moved {
        Some((got, wanted)) => Some(format!(
            "'properties' has '{got}' where '{wanted}' belongs: the order of keys is the order of the answer"
        )),
        None if keys.len() != expected.len() => Some("'properties' lacks keys of this answer".to_owned()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str) -> Option<String> {
        complaint(name, &serde_json::from_str(text).unwrap())
    }

    const GOOD: &str = r#"{"type":"object","additionalProperties":false,"required":["b","a"],"properties":
        {"b":{"type":"array","items":{"type":"object","additionalProperties":false,"required":[],"properties":{}}},
         "a":{"type":["string","null"]}}}"#;

    #[test]
    fn a_strict_schema_passes() {
        assert_eq!(check("anything", GOOD), None);
    }

    #[test]
    fn each_breach_is_named() {
        for (from, to, named) in [
            (r#"["b","a"]"#, r#"["a","b"]"#, "'properties' has 'b' where 'a' belongs"),
            (r#"["b","a"]"#, r#"["b"]"#, "Missing 'a'"),
            (r#"["b","a"]"#, r#"["b","a","c"]"#, "Extra required key 'c'"),
            (
                r#""additionalProperties":false,"required":[],"#,
                r#""required":[],"#,
                "In context=('b[]'), 'additionalProperties'",
            ),
            (
                r#"{"type":["string","null"]}"#,
                r#"{"type":"string","minLength":1}"#,
                "'minLength' is not permitted",
            ),
            (r#"{"type":["string","null"]}"#, r#"{"allOf":[]}"#, "'allOf' is not permitted"),
            (r#"{"type":["string","null"]}"#, r#"{"type":"object"}"#, "missing properties"),
        ] {
            let found = check("anything", &GOOD.replace(from, to)).unwrap_or_default();
            assert!(found.contains(named), "{found}");
        }
    }

    #[test]
    fn a_report_sorted_by_a_map_is_refused_even_if_it_agrees_with_itself() {
        let sorted = r#"{"type":"object","additionalProperties":false,"required":["bias","issues"],
            "properties":{"bias":{"type":"string"},"issues":{"type":"string"}}}"#;
        assert_eq!(check("another", sorted), None);
        assert!(check("report", sorted).unwrap().contains("'bias' where 'issues' belongs"));
    }
}
