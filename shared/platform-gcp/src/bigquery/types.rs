//! Types of bound parameters, and values for them.

use std::collections::HashMap;
use std::fmt;

use gcp_bigquery_client::model::query_parameter::QueryParameter;
use gcp_bigquery_client::model::query_parameter_type::QueryParameterType;
use gcp_bigquery_client::model::query_parameter_type_struct_types::QueryParameterTypeStructTypes;
use gcp_bigquery_client::model::query_parameter_value::QueryParameterValue;
use jiff::Timestamp;

/// The type of a statement's parameter, as GoogleSQL has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `STRING`.
    String,
    /// `INT64`.
    Int64,
    /// `TIMESTAMP`.
    Timestamp,
    /// `ARRAY<...>`.
    Array(&'static Type),
    /// `STRUCT<name type, ...>`.
    Struct(&'static [(&'static str, Type)]),
}

/// As it is written in SQL.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("STRING"),
            Self::Int64 => f.write_str("INT64"),
            Self::Timestamp => f.write_str("TIMESTAMP"),
            Self::Array(element) => write!(f, "ARRAY<{element}>"),
            Self::Struct(fields) => {
                f.write_str("STRUCT<")?;
                for (place, (name, of)) in fields.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    write!(f, "{comma}{name} {of}")?;
                }
                f.write_str(">")
            }
        }
    }
}

impl Type {
    fn wire(self) -> QueryParameterType {
        let plain = |name: &str| QueryParameterType { r#type: name.to_owned(), ..Default::default() };
        match self {
            Self::String | Self::Int64 | Self::Timestamp => plain(&self.to_string()),
            Self::Array(element) => {
                QueryParameterType { array_type: Some(Box::new(element.wire())), ..plain("ARRAY") }
            }
            Self::Struct(fields) => {
                let field = |(name, of): &(&str, Type)| QueryParameterTypeStructTypes {
                    name: Some((*name).to_owned()),
                    r#type: Some(of.wire()),
                    ..Default::default()
                };
                QueryParameterType {
                    struct_types: Some(fields.iter().map(field).collect()),
                    ..plain("STRUCT")
                }
            }
        }
    }
}

/// A value for a parameter. The fields of a struct stand in the order of its type.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    String(String),
    Int64(i64),
    Timestamp(Timestamp),
    Array(Vec<Value>),
    Struct(Vec<Value>),
    Null,
}

impl Value {
    pub(crate) fn text(value: impl ToString) -> Self {
        Self::String(value.to_string())
    }

    /// NULL where there is no value.
    pub(crate) fn optional(value: Option<Self>) -> Self {
        value.unwrap_or(Self::Null)
    }

    fn wire(self, of: Type) -> QueryParameterValue {
        let scalar = |text: String| QueryParameterValue { value: Some(text), ..Default::default() };
        match (self, of) {
            (Self::String(text), _) => scalar(text),
            (Self::Int64(number), _) => scalar(number.to_string()),
            (Self::Timestamp(at), _) => scalar(at.to_string()),
            (Self::Array(values), Type::Array(element)) => QueryParameterValue {
                array_values: Some(values.into_iter().map(|value| value.wire(*element)).collect()),
                ..Default::default()
            },
            (Self::Struct(values), Type::Struct(fields)) => {
                let named = fields.iter().zip(values);
                let values: HashMap<_, _> =
                    named.map(|((name, of), value)| ((*name).to_owned(), value.wire(*of))).collect();
                QueryParameterValue { struct_values: Some(values), ..Default::default() }
            }
            // a type without a value; of an array or struct without one the server names the parameter
            (Self::Null | Self::Array(_) | Self::Struct(_), _) => QueryParameterValue::default(),
        }
    }
}

/// A parameter of that name, type and value.
pub(super) fn bind(name: &str, of: Type, value: Value) -> QueryParameter {
    QueryParameter {
        name: Some(name.to_owned()),
        parameter_type: Some(of.wire()),
        parameter_value: Some(value.wire(of)),
    }
}
