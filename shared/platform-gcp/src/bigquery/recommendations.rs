//! Recommendations as rows.

use domain::recommendation::Direction;
use serde_json::{Value as Json, json};
use storage::{RecommendationFilter, RecommendationRow, StoreError};

use super::reports::members;
use super::rows::{Row, damaged};
use super::types::Value;

/// Columns whose values are numbers.
const NUMBERS: [&str; 4] = ["signal_strength", "model_calls", "prompt_tokens", "completion_tokens"];

/// Columns whose values are texts.
const TEXTS: [&str; 17] = [
    "recommendation_id",
    "run_id",
    "step_id",
    "source",
    "symbol",
    "direction",
    "summary",
    "reasoning",
    "trust",
    "analyst",
    "llm_prompt_id",
    "llm_model_id",
    "llm_model",
    "cost_usd",
    "gcs_uri",
    "sha256",
    "plan_state",
];

pub(super) fn parse(row: &Row<'_>) -> Result<RecommendationRow, StoreError> {
    let mut members = members(row, &NUMBERS, &TEXTS)?;
    members.insert("source_report_id".to_owned(), json!(row.list("source_report_id")?));
    let probability = match row.optional("probability")? {
        Some(_) => json!(row.parsed::<i64>("probability")?),
        None => Json::Null,
    };
    members.insert("probability".to_owned(), probability);
    serde_json::from_value(Json::Object(members)).map_err(|error| damaged("of a recommendation", error))
}

/// A filter as values of the statement's parameters, in their order.
pub(super) fn parameters(filter: &RecommendationFilter, limit: usize) -> Vec<Value> {
    vec![
        Value::optional(filter.symbol.as_ref().map(Value::text)),
        Value::optional(filter.source.as_ref().map(Value::text)),
        Value::optional(filter.direction.map(Direction::as_str).map(Value::text)),
        Value::optional(filter.min_strength.map(i64::from).map(Value::Int64)),
        Value::optional(filter.from.map(Value::Timestamp)),
        Value::optional(filter.to.map(Value::Timestamp)),
        Value::Int64(i64::try_from(limit).unwrap_or(i64::MAX)),
    ]
}
