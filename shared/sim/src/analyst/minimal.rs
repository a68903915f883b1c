//! The least that a schema admits.

use crate::openai::ordered::Ordered;

/// A valid value of `schema` as JSON, keys in its order.
pub(super) fn value(schema: &Ordered) -> String {
    if let Some(first) = schema.get("enum").and_then(Ordered::list).and_then(<[Ordered]>::first) {
        return literal(first);
    }
    if let Some(constant) = schema.get("const") {
        return literal(constant);
    }
    if let Some(branch) = schema.get("anyOf").and_then(Ordered::list).and_then(<[Ordered]>::first) {
        return value(branch);
    }
    let kind = schema.get("type");
    let nullable = kind.and_then(Ordered::texts).is_some_and(|kinds| kinds.contains(&"null"));
    if nullable {
        return "null".to_owned();
    }
    match kind.and_then(Ordered::text) {
        Some("object") => object(schema),
        Some("array") => list(schema),
        Some("string") => "\"\"".to_owned(),
        Some("number" | "integer") => least(schema),
        Some("boolean") => "false".to_owned(),
        _ => "null".to_owned(),
    }
}

fn object(schema: &Ordered) -> String {
    let properties = schema.get("properties").and_then(Ordered::entries).unwrap_or_default();
    let entry = |(key, child): &(String, Ordered)| format!("{}:{}", quoted(key), value(child));
    format!("{{{}}}", properties.iter().map(entry).collect::<Vec<_>>().join(","))
}

fn list(schema: &Ordered) -> String {
    let fewest = match schema.get("minItems") {
        // a few at most: a schema is not a way to fill memory
        Some(Ordered::Number(fewest)) => fewest.clamp(0.0, 16.0) as usize,
        _ => 0,
    };
    let item = schema.get("items").map_or_else(|| "null".to_owned(), value);
    format!("[{}]", vec![item; fewest].join(","))
}

fn least(schema: &Ordered) -> String {
    match schema.get("minimum") {
        Some(Ordered::Number(minimum)) => minimum.to_string(),
        _ => "0".to_owned(),
    }
}

fn literal(value: &Ordered) -> String {
    match value {
        Ordered::Null => "null".to_owned(),
        Ordered::Bool(value) => value.to_string(),
        Ordered::Number(value) => value.to_string(),
        Ordered::Text(text) => quoted(text),
        Ordered::List(list) => format!("[{}]", list.iter().map(literal).collect::<Vec<_>>().join(",")),
        Ordered::Object(entries) => {
            let entry = |(key, value): &(String, Ordered)| format!("{}:{}", quoted(key), literal(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_value_keeps_the_order_of_the_schema() {
        let schema = r#"{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"array","items":{"type":"string"}},
            "k":{"type":"string","enum":["long","short"]},"n":{"type":["number","null"]},"b":{"type":"boolean"},
            "i":{"type":"integer","minimum":4},"l":{"type":"array","minItems":2,"items":{"type":"integer"}}}}"#;
        let schema = serde_json::from_str(schema).unwrap();
        assert_eq!(value(&schema), r#"{"z":"","a":[],"k":"long","n":null,"b":false,"i":4,"l":[0,0]}"#);
    }
}
