//! The order of an answer's keys. Evidence before verdict is how the model reasons, so the order tells whether
//! it did.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// A document's keys in the order they stand.
enum Shape {
    Object(Vec<(String, Shape)>),
    Array(Vec<Shape>),
    Scalar,
}

impl Shape {
    fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, shape)| shape),
            _ => None,
        }
    }
}

/// Whether every object of the answer has its keys in the order of `schema`.
pub(super) fn is_kept(answer: &str, schema: &str) -> bool {
    let shapes = (serde_json::from_str::<Shape>(answer), serde_json::from_str::<Shape>(schema));
    matches!(shapes, (Ok(answer), Ok(schema)) if follows(&answer, &schema))
}

fn follows(answer: &Shape, schema: &Shape) -> bool {
    match (answer, schema.get("properties"), schema.get("items")) {
        (Shape::Object(entries), Some(Shape::Object(properties)), _) => {
            entries.len() == properties.len()
                && entries
                    .iter()
                    .zip(properties)
                    .all(|((key, value), (wanted, property))| key == wanted && follows(value, property))
        }
        (Shape::Array(values), _, Some(items)) => values.iter().all(|value| follows(value, items)),
        _ => true,
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Shape::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key()? {
            entries.push((key, map.next_value()?));
        }
        Ok(Shape::Object(entries))
    }
}
