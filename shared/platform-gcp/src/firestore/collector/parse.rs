//! The collector's state as it was read.

use std::collections::HashMap;

use domain::Instrument;
use firestore::FirestoreDb;
use firestore::gcloud_sdk::google::firestore::v1::value::ValueType;
use firestore::gcloud_sdk::google::firestore::v1::{Document, Value};
use jiff::Timestamp;
use storage::{Gap, SeriesKey, SeriesState, StoreError};

use super::VERSION;
use super::wire::mark;

/// An error if a newer version wrote the document.
pub(super) fn check_version(document: &Document) -> Result<(), StoreError> {
    match document.fields.get("v").and_then(|value| value.value_type.as_ref()) {
        Some(ValueType::IntegerValue(found)) if *found > i64::from(VERSION) => Err(StoreError::Newer {
            what: document.name.clone(),
            found: u32::try_from(*found).unwrap_or(u32::MAX),
            known: VERSION,
        }),
        Some(ValueType::IntegerValue(_)) => Ok(()),
        _ => Err(damaged(document, "v")),
    }
}

pub(super) fn state(
    series: &SeriesKey,
    marks: Option<&Document>,
    symbol: Option<&Document>,
) -> Result<SeriesState, StoreError> {
    let mark = mark(series);
    let timeframe = series.timeframe.as_str();
    Ok(SeriesState {
        refreshed_at: time(marks, "refreshed", &mark)?,
        history_from: time(symbol, "history_from", timeframe)?,
        newest_closed: time(marks, "closed", &mark)?,
        gaps: gaps(symbol, timeframe)?,
    })
}

pub(super) fn instrument(document: &Document) -> Result<Option<Instrument>, StoreError> {
    let Some(fields) = member(document, "instrument") else { return Ok(None) };
    let plain = Document { fields: fields.clone(), ..Document::default() };
    let found = FirestoreDb::deserialize_doc_to(&plain).map_err(|_| damaged(document, "instrument"))?;
    Ok(Some(found))
}

fn member<'a>(document: &'a Document, field: &str) -> Option<&'a HashMap<String, Value>> {
    match document.fields.get(field)?.value_type.as_ref()? {
        ValueType::MapValue(map) => Some(&map.fields),
        _ => None,
    }
}

fn time(document: Option<&Document>, field: &str, name: &str) -> Result<Option<Timestamp>, StoreError> {
    let Some(document) = document else { return Ok(None) };
    let Some(value) = member(document, field).and_then(|members| members.get(name)) else { return Ok(None) };
    ms(value).map(Some).ok_or_else(|| damaged(document, field))
}

fn ms(value: &Value) -> Option<Timestamp> {
    match value.value_type {
        Some(ValueType::IntegerValue(ms)) => Timestamp::from_millisecond(ms).ok(),
        _ => None,
    }
}

fn gaps(document: Option<&Document>, timeframe: &str) -> Result<Vec<Gap>, StoreError> {
    let Some(document) = document else { return Ok(Vec::new()) };
    let Some(value) = member(document, "gaps").and_then(|members| members.get(timeframe)) else {
        return Ok(Vec::new());
    };
    let Some(ValueType::ArrayValue(list)) = &value.value_type else { return Err(damaged(document, "gaps")) };
    let found: Option<Vec<Gap>> = list.values.iter().map(gap).collect();
    let mut found = found.ok_or_else(|| damaged(document, "gaps"))?;
    found.sort_by_key(|gap| gap.from);
    Ok(found)
}

fn gap(value: &Value) -> Option<Gap> {
    let Some(ValueType::MapValue(map)) = &value.value_type else { return None };
    let end = |name: &str| map.fields.get(name).and_then(ms);
    Some(Gap { from: end("from")?, to: end("to")?, asked_at: end("asked_at") })
}

fn damaged(document: &Document, field: &str) -> StoreError {
    StoreError::Damaged { what: document.name.clone(), found: format!("`{field}` is not of its form") }
}
