/// The tools as they are offered, a JSON array on one line: names, descriptions and strict schemas, the same in every
/// request. The indicators it lists are those of `market::studies`, which a test of the analyst holds it to.
pub const CATALOGUE: &str = include_str!("../../schemas/tools.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tools::Arguments;

    #[test]
    fn every_tool_is_strict_and_known() {
        let tools: Vec<Value> = serde_json::from_str(CATALOGUE).unwrap();
        assert_eq!(tools.len(), Arguments::NAMES.len());
        for (tool, name) in tools.iter().zip(Arguments::NAMES) {
            let function = &tool["function"];
            assert_eq!((&tool["type"], &function["name"]), (&"function".into(), &name.into()));
            assert_eq!(function["strict"], true);
            let schema = &function["parameters"];
            assert!(jsonschema::validator_for(schema).is_ok());
            assert_eq!(schema["additionalProperties"], false);
            let mut properties: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
            let mut required: Vec<_> =
                schema["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            required.sort_unstable();
            properties.sort();
            assert_eq!(required, properties, "{name}");
        }
        assert!(!CATALOGUE.contains('\n'));
    }
}
