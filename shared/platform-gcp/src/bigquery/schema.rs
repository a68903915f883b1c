//! The tables as their schema files describe them, and rows for them.

use prost::encoding;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto};
use serde::Deserialize;
use serde_json::{Map, Value};
use storage::StoreError;

use super::rows::damaged;

/// A table that rows are appended to.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) dataset: &'static str,
    pub(crate) name: &'static str,
    columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    of: ColumnType,
    mode: Mode,
}

/// The types that the schema files use; another one needs code here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ColumnType {
    String,
    Integer,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    Required,
    Nullable,
    Repeated,
}

impl Table {
    /// Candles.
    ///
    /// # Errors
    /// `Damaged` if the schema file, which is compiled in, cannot be read.
    pub(crate) fn ohlcv_raw() -> Result<Self, StoreError> {
        Self::parse("topdown_market", "ohlcv_raw", include_str!("../../../../infra/schemas/ohlcv_raw.json"))
    }

    /// Reports.
    ///
    /// # Errors
    /// As [`Table::ohlcv_raw`].
    pub(crate) fn reports() -> Result<Self, StoreError> {
        Self::parse("topdown_reports", "reports", include_str!("../../../../infra/schemas/reports.json"))
    }

    /// Recommendations.
    ///
    /// # Errors
    /// As [`Table::ohlcv_raw`].
    pub(crate) fn recommendations() -> Result<Self, StoreError> {
        let schema = include_str!("../../../../infra/schemas/recommendations.json");
        Self::parse("topdown_reports", "recommendations", schema)
    }

    fn parse(dataset: &'static str, name: &'static str, schema: &str) -> Result<Self, StoreError> {
        let columns = serde_json::from_str(schema).map_err(|error| StoreError::Damaged {
            what: format!("the schema of {name}"),
            found: error.to_string(),
        })?;
        Ok(Self { dataset, name, columns })
    }

    /// The message that carries a row: a field for each column, numbered from 1 in their order.
    pub(crate) fn descriptor(&self) -> DescriptorProto {
        let field = |(number, column): (i32, &Column)| FieldDescriptorProto {
            name: Some(column.name.clone()),
            number: Some(number),
            label: Some(match column.mode {
                Mode::Repeated => Label::Repeated.into(),
                Mode::Required | Mode::Nullable => Label::Optional.into(),
            }),
            r#type: Some(match column.of {
                ColumnType::String => Type::String.into(),
                // a TIMESTAMP travels as microseconds since 1970
                ColumnType::Integer | ColumnType::Timestamp => Type::Int64.into(),
            }),
            ..Default::default()
        };
        DescriptorProto {
            name: Some("Row".to_owned()),
            field: (1..).zip(&self.columns).map(field).collect(),
            ..Default::default()
        }
    }

    /// A row as that message: the document's members by the names of the columns, times as RFC 3339.
    ///
    /// # Errors
    /// `Damaged` if the row lacks a column, has one too many, or a value is not of its column's type.
    pub(crate) fn encode(&self, row: &Map<String, Value>) -> Result<Vec<u8>, StoreError> {
        self.check(row)?;
        let mut bytes = Vec::with_capacity(256);
        for (tag, column) in (1..).zip(&self.columns) {
            let value = row.get(&column.name).unwrap_or(&Value::Null);
            let values = match (column.mode, value) {
                (Mode::Repeated, Value::Array(values)) => values.as_slice(),
                (Mode::Nullable, Value::Null) => &[],
                (Mode::Required | Mode::Nullable, value) => std::slice::from_ref(value),
                (Mode::Repeated, other) => return Err(damaged(&column.name, other)),
            };
            for value in values {
                match column.of {
                    ColumnType::String => encoding::string::encode(tag, &text(column, value)?, &mut bytes),
                    ColumnType::Integer => encoding::int64::encode(tag, &integer(column, value)?, &mut bytes),
                    ColumnType::Timestamp => {
                        encoding::int64::encode(tag, &micros(column, value)?, &mut bytes)
                    }
                }
            }
        }
        Ok(bytes)
    }

    fn check(&self, row: &Map<String, Value>) -> Result<(), StoreError> {
        let known = |name: &&String| self.columns.iter().any(|column| column.name == **name);
        match row.keys().find(|name| !known(name)) {
            Some(name) => Err(damaged(name, format!("no column of {}", self.name))),
            None => Ok(()),
        }
    }
}

fn text(column: &Column, value: &Value) -> Result<String, StoreError> {
    value.as_str().map(str::to_owned).ok_or_else(|| damaged(&column.name, value))
}

fn integer(column: &Column, value: &Value) -> Result<i64, StoreError> {
    value.as_i64().ok_or_else(|| damaged(&column.name, value))
}

fn micros(column: &Column, value: &Value) -> Result<i64, StoreError> {
    let at: Option<jiff::Timestamp> = value.as_str().and_then(|text| text.parse().ok());
    at.map(jiff::Timestamp::as_microsecond).ok_or_else(|| damaged(&column.name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    fn small() -> Table {
        let schema = r#"[
            {"name": "id", "type": "STRING", "mode": "REQUIRED"},
            {"name": "count", "type": "INTEGER", "mode": "NULLABLE"},
            {"name": "seen", "type": "TIMESTAMP", "mode": "REQUIRED"},
            {"name": "tags", "type": "STRING", "mode": "REPEATED"}
        ]"#;
        Table::parse("d", "t", schema).unwrap()
    }

    #[test]
    fn a_row_is_the_message_of_its_descriptor() {
        // by the wire format: key = number * 8 + type (0 varint, 2 length); 1 s after 1970 is 1000000 microseconds
        let bytes = small()
            .encode(&row(r#"{"id": "ä", "count": 3, "seen": "1970-01-01T00:00:01Z", "tags": ["x", "y"]}"#))
            .unwrap();
        assert_eq!(bytes, b"\x0a\x02\xc3\xa4\x10\x03\x18\xc0\x84\x3d\x22\x01x\x22\x01y");
        let without =
            small().encode(&row(r#"{"id": "", "count": null, "seen": "1970-01-01T00:00:00Z", "tags": []}"#));
        assert_eq!(without.unwrap(), b"\x0a\x00\x18\x00", "an empty text is no NULL");
    }

    #[test]
    fn a_row_that_does_not_fit_is_refused() {
        for bad in [
            r#"{"id": "a", "seen": "1970-01-01T00:00:00Z", "tags": [], "other": 1}"#,
            r#"{"id": "a", "seen": "yesterday", "tags": []}"#,
            r#"{"id": 1, "seen": "1970-01-01T00:00:00Z", "tags": []}"#,
            r#"{"id": "a", "seen": "1970-01-01T00:00:00Z"}"#,
            r#"{"seen": "1970-01-01T00:00:00Z", "tags": []}"#,
        ] {
            assert!(small().encode(&row(bad)).is_err(), "{bad}");
        }
    }
}
