//! The schemas of the answers, as the exact bytes that are sent. The order of keys is the order in which a
//! model reasons, so they are never read into a map and written again.

/// `report/1`: evidence first, verdict last.
pub const REPORT: &str = include_str!("../schemas/report.json");

/// `recommendation/1`: both sides argued before the verdict.
pub const RECOMMENDATION: &str = include_str!("../schemas/recommendation.json");

/// The reply to a repair call.
pub const REPAIR: &str = include_str!("../schemas/repair.json");

/// The schema called `name`: `report`, `recommendation` or `repair`.
pub fn named(name: &str) -> Option<&'static str> {
    match name {
        "report" => Some(REPORT),
        "recommendation" => Some(RECOMMENDATION),
        "repair" => Some(REPAIR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_are_valid_and_strict() {
        for text in [REPORT, RECOMMENDATION, REPAIR] {
            let schema: serde_json::Value = serde_json::from_str(text).unwrap();
            assert!(jsonschema::meta::is_valid(&schema));
            strict(&schema);
        }
    }

    /// The subset that all vendors take: closed objects with all keys required, no references, no ranges.
    fn strict(node: &serde_json::Value) {
        let allowed = ["type", "additionalProperties", "required", "properties", "items", "enum"];
        let object = node.as_object().unwrap();
        assert!(object.keys().all(|key| allowed.contains(&key.as_str())), "{object:?}");
        if let Some(properties) = node.get("properties").and_then(|p| p.as_object()) {
            assert_eq!(node["additionalProperties"], false);
            let required: Vec<&str> =
                node["required"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
            assert_eq!(required.len(), properties.len());
            assert!(required.iter().all(|key| properties.contains_key(*key)));
            properties.values().for_each(strict);
        }
        if let Some(items) = node.get("items") {
            strict(items);
        }
    }
}
